"""The helper: loads the libraries once, then forks for each command that a client hands over.

    python server.py FOLDER FLASK PROBE

FOLDER is private; the socket lies in it. FLASK is pip's launcher, PROBE the script that reads the
model. Standard input is a pipe whose other end all that use us hold: we end with the last.

For a command two processes are made. The first watches: it tells the client how the command ended,
and ends the command when the client was killed. The second becomes the command, with the client's
streams, folder, environment and umask, in a session of its own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path

from child import Command, LateImport, become, keep_libraries
from fit import bounds, fingerprint, fits, status, top_level
from warm import warm_up

for _name in ("child", "fit", "warm"):  # the learner may have modules of these names
    del sys.modules[_name]

_LIBRARIES = (
    *("flask.cli", "flask_sqlalchemy.cli", "flask_migrate.cli", "dotenv", "werkzeug.serving"),
    *("sqlalchemy.dialects.sqlite", "sqlite3", "code", "readline", "rlcompleter"),
)
"""What commands import. Not `logging.config`, which would make `logging.handlers` known to all."""

_NUMBER, _PEER = struct.Struct("q"), struct.Struct("3i")
_LONGEST = 8_000_000
"""Bytes of a request. Linux itself takes no longer command line with its environment."""


def main(folder: Path, flask: str, probe: str) -> None:
    """Be the helper for as long as one is wanted; in a fork for a command, become that."""
    if (folder / "socket").exists():
        sys.exit("A helper lives there already.")
    reset_signals()
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    load_libraries()
    late = LateImport("sqlalchemy.dialects", "sqlite")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    helper = os.getpid()
    try:
        command = wait_for_command(folder, lifeline, probe)
    finally:
        if os.getpid() == helper:
            leave(folder, lifeline)
            os._exit(0)
    become(command, flask, late)


def leave(folder: Path, lifeline: int) -> None:
    """Take the folder away when nobody uses it any more: commands that begin now read its files."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would leave half of it
    if select.select([lifeline], [], [], 0)[0]:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name in ("alike", "socket"):
        (folder / name).unlink(missing_ok=True)
    os.dup2(lifeline, 0)
    wait = 'read -r _; exec rm -rf "$0"'  # in a shell, which is small
    os.posix_spawn("/bin/sh", ["sh", "-c", wait, str(folder)], os.environ)


def reset_signals() -> None:
    """Have them as Python has: who started us may ignore some, and others tell what they ignore."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    fixed = {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE, signal.SIGXFSZ}
    for number in signal.valid_signals() - fixed:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def load_libraries() -> None:
    """Import what commands import, and keep it as it is in every fork, to its end.

    Garbage is not looked for: while the libraries are loaded there is hardly any, and the look
    takes an eighth of the time. Later it would write to memory that helper and forks share.
    """
    gc.disable()
    loaded: set[str] = set()
    atexit.register(keep_libraries, loaded)  # the first one registered is called last
    for name in _LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    warm_up()
    gc.collect()  # what that has made, and nothing else
    sys.modules["flask.cli"].cli._load_plugin_commands()  # looks into every package, so it is slow
    loaded.update(set(sys.modules) - {"sys", "builtins", "__main__"})
    gc.freeze()


def wait_for_command(folder: Path, lifeline: int, probe: str) -> Command:
    """Fork for each client that comes, to watch over its command.

    Returns only in a process that is to become a command, with that command. The helper leaves it
    by SystemExit: when whoever started it has ended, or by SIGTERM.
    """
    # Found here, once: memory that a fork writes to is copied, and to look at an object is to count
    # a reference to it.
    libraries, helper = fingerprint(), os.getpid()
    ours, _ = bounds(helper), top_level()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(128)
        while True:
            if lifeline in select.select([listener.fileno(), lifeline], [], [])[0]:
                (folder / "alike").unlink(missing_ok=True)  # from here on nobody else joins
                if select.select([lifeline], [], [], 0)[0]:
                    sys.exit()
                continue  # somebody had, at the last moment
            connection, _ = listener.accept()
            # Python calls functions around a fork, and what is raised in them is lost: SystemExit.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            forked = os.fork()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            if forked == 0:
                listener.close()
                with suppress(Exception):  # the client sees that we are gone
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    signal.signal(signal.SIGTERM, signal.SIG_DFL)
                    if libraries == fingerprint():  # none has changed under us
                        command = receive(connection, ours)
                        if command and fits(command, probe):
                            return fork_and_watch(connection, command, folder)
                    elif os.getppid() == helper:  # it is of no use any more; others may start one
                        os.kill(helper, signal.SIGTERM)
                os._exit(0)
            connection.close()


def receive(connection: socket.socket, ours: tuple[object, ...]) -> Command | None:
    """What a client wants run, and what /proc says about it. None for one with other bounds.

    It is the client that /proc tells of: it has its number until it ends, and it sends the "." that
    lets the command go after all of this has been read.
    """
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    client, user, _ = _PEER.unpack(peer)
    if user != os.getuid() or bounds(client) != ours:
        return None
    connection.settimeout(2)
    connection.sendall(b".")
    length, streams, _, _ = socket.recv_fds(connection, _NUMBER.size, 3)
    with connection.makefile("rb") as file:
        data = file.read(min(*_NUMBER.unpack(length), _LONGEST))
    connection.settimeout(None)
    kind, count, *rest = data.split(b"\0")
    ignored = int(status(client)["SigIgn"], 16)
    return Command(
        kind=kind.decode(),
        argv=[os.fsdecode(word) for word in rest[: int(count)]],
        env=dict(variable.split(b"=", 1) for variable in rest[int(count) :]),
        streams=tuple(streams),
        folder=os.open(f"/proc/{client}/cwd", os.O_RDONLY | os.O_DIRECTORY),
        umask=int(status(client)["Umask"], 8),
        ignored=tuple(n for n in signal.valid_signals() if ignored >> (n - 1) & 1),
        priority=os.getpriority(os.PRIO_PROCESS, client),
        session=os.getsid(client),
    )


def fork_and_watch(connection: socket.socket, command: Command, folder: Path) -> Command:
    """Fork for a command, and tell the client how that ended.

    Returns only in the fork, with the command, when the client has said that it is to run. Here, in
    the process that watches, it ends with the process.
    """
    wait, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.close(go)
        if not os.read(wait, 1):
            os._exit(1)
        return command
    for opened in (*command.streams, command.folder, wait):
        os.close(opened)
    note = folder / "running" / f"{command.session}.{pid}"
    note.touch()
    connection.sendall(_NUMBER.pack(pid))
    if connection.recv(1):  # from here on the client does not run it itself
        os.write(go, b".")
    os.close(go)
    ended = os.pidfd_open(pid)
    if ended not in select.select([ended, connection.fileno()], [], [])[0]:
        os.kill(pid, signal.SIGKILL)  # nothing but the client's death ends its side
    _, wait_status = os.waitpid(pid, 0)
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:  # it has left nothing running
        note.unlink(missing_ok=True)
    with suppress(OSError):  # the client was killed
        connection.sendall(_NUMBER.pack(wait_status))
    end_what_is_left(pid, command.session)
    os._exit(0)


def end_what_is_left(group: int, session: int) -> None:
    """End what a command has left running, as the kernel does at the end of its shell line.

    The kernel may have been killed, or have lost our notes; then it is still there some time later.
    """
    patience = 5.0
    with suppress(ProcessLookupError):
        while patience > 0:
            os.killpg(group, 0)
            time.sleep(0.2)
            if has_ended(session):
                patience -= 0.2
        os.killpg(group, signal.SIGKILL)


def has_ended(pid: int) -> bool:
    """Whether there is no such process any more, be it that nobody has asked how it ended."""
    try:
        return status(pid)["State"].split()[0] in "ZX"
    except OSError:
        return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
