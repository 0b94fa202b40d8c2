"""The helper: loads the libraries once, then forks for each command that a client hands over.

    python server.py FOLDER FLASK PROBE

FOLDER is private; the socket lies in it. FLASK is pip's launcher, PROBE the script that reads the
model. Standard input is a pipe whose other end is held by whoever started us: we end when it does.

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
from contextlib import suppress
from functools import cache
from pathlib import Path

from child import Command, become, keep_libraries

del sys.modules["child"]  # the learner may have a module of this name

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
    if (folder / "helper").exists():
        sys.exit("A helper lives there already.")
    (folder / "helper").write_text(str(os.getpid()))
    for number in (signal.SIGHUP, signal.SIGQUIT):  # ignored under nohup; clients tell theirs
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    load_libraries()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    helper = os.getpid()
    try:
        command = wait_for_command(folder, lifeline, probe)
    finally:
        if os.getpid() == helper:
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)
    become(command, flask)


def load_libraries() -> None:
    """Import what commands import, and keep it as it is in every fork, to its end.

    A collection of garbage would write to memory that helper and forks have in common.
    """
    loaded: set[str] = set()
    atexit.register(keep_libraries, loaded)  # the first one registered is called last
    for name in _LIBRARIES:
        importlib.import_module(name)
    sys.modules["flask.cli"].cli._load_plugin_commands()  # looks into every package, so it is slow
    loaded.update(set(sys.modules) - {"sys", "builtins", "__main__"})
    gc.collect()
    gc.disable()
    gc.freeze()


def wait_for_command(folder: Path, lifeline: int, probe: str) -> Command:
    """Fork for each client that comes, to watch over its command.

    Returns only in a process that is to become a command, with that command. The helper leaves it
    by SystemExit: when whoever started it has ended, or by SIGTERM.
    """
    libraries, helper = _marks(), os.getpid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(128)
        while lifeline not in select.select([listener, lifeline], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                with suppress(Exception):  # the client sees that we are gone
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    signal.signal(signal.SIGTERM, signal.SIG_DFL)
                    if libraries == _marks():  # none has changed under us
                        return fork_and_watch(connection, folder, probe)
                    if os.getppid() == helper:  # it is of no use any more; others may start one
                        os.kill(helper, signal.SIGTERM)
                os._exit(0)
            connection.close()
    sys.exit()


def fork_and_watch(connection: socket.socket, folder: Path, probe: str) -> Command:
    """Fork for what the client wants, if it is ours to do, and tell the client how that ended.

    Returns only in the fork, with the command that it is to become, and not before the client has
    said so. Here, in the process that watches, it ends with the process.

    What is read in /proc is the client's own: the client's last "." comes after that, so it has
    lived until then, and nobody else has had its number.
    """
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    client, user, _ = _PEER.unpack(peer)
    if user != os.getuid() or _bounds(client) != _bounds(os.getpid()):
        os._exit(0)
    command = _read(connection, client)
    if not _is_ours(command, probe):
        os._exit(0)
    session = os.getsid(client)
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
    note = folder / "running" / f"{session}.{pid}"
    note.touch()
    connection.sendall(_NUMBER.pack(pid))
    if connection.recv(1):  # from here on the client does not run it itself
        os.write(go, b".")
    os.close(go)
    ended = os.pidfd_open(pid)
    if ended not in select.select([ended, connection], [], [])[0]:
        os.kill(pid, signal.SIGKILL)  # nothing but the client's death ends its side
    _, status = os.waitpid(pid, 0)
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:  # it has left nothing running
        note.unlink(missing_ok=True)
    connection.sendall(_NUMBER.pack(status))
    os._exit(0)


def _read(connection: socket.socket, client: int) -> Command:
    """What the client sends, and what /proc says about it."""
    connection.settimeout(2)
    connection.sendall(b".")
    length, streams, _, _ = socket.recv_fds(connection, _NUMBER.size, 3)
    with connection.makefile("rb") as file:
        data = file.read(min(*_NUMBER.unpack(length), _LONGEST))
    connection.settimeout(None)
    kind, count, *rest = data.split(b"\0")
    status = _status(client)
    ignored = int(status["SigIgn"], 16)
    return Command(
        kind=kind.decode(),
        words=[os.fsdecode(word) for word in rest[: int(count)]],
        env=dict(variable.split(b"=", 1) for variable in rest[int(count) :]),
        streams=tuple(streams),
        folder=os.open(f"/proc/{client}/cwd", os.O_RDONLY | os.O_DIRECTORY),
        umask=int(status["Umask"], 8),
        ignored=tuple(n for n in signal.valid_signals() if ignored >> (n - 1) & 1),
        priority=os.getpriority(os.PRIO_PROCESS, client),
    )


def _marks() -> list[tuple[int, int]]:
    """What changes when a library is changed, or one is added: its files' times and sizes."""
    marks = []
    for file in _watched():
        try:
            about = os.stat(file)
            marks.append((about.st_mtime_ns, about.st_size))
        except OSError:
            marks.append((0, 0))
    return marks


def _is_ours(command: Command, probe: str) -> bool:
    """Whether it is one of the three commands that we were built for, for our own Python."""
    known = {"flask": [], "module": ["-m", "flask"], "probe": [probe]}.get(command.kind)
    return (
        known is not None
        and command.words[1 : 1 + len(known)] == known
        and len(command.streams) == 3
        and _interpreter(command.env) == _OURS
        and command.priority >= os.getpriority(os.PRIO_PROCESS, 0)  # lower is nobody's to take
        and not any(map(_is_looked_for, os.listdir(command.folder)))
    )


def _bounds(pid: int) -> tuple[object, ...]:
    """What bounds a process, and is inherited: groups, rights, processors, limits, namespaces."""
    status, spaces = _status(pid), f"/proc/{pid}/ns"
    with open(f"/proc/{pid}/limits") as file:  # what is left after a crash limits nothing
        limits = [line for line in file if not line.startswith("Max core file size")]
    return (
        *map(status.get, _BOUNDS),
        *limits,
        *(os.readlink(f"{spaces}/{kind}") for kind in sorted(os.listdir(spaces))),
        os.sched_getscheduler(pid),
    )


_BOUNDS = (
    *("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"),
    *("NoNewPrivs", "Seccomp", "Cpus_allowed"),
)


def _status(pid: int) -> dict[str, str]:
    """What Linux says about a process: https://docs.kernel.org/filesystems/proc.html, table 1-2."""
    with open(f"/proc/{pid}/status", errors="replace") as file:
        return dict(line.split(":", 1) for line in file)


def _is_looked_for(name: str) -> bool:
    """Whether Python would have found a file of the learner's own where we found a library's.

    It may hide a library, or describe a package that adds commands to `flask`.
    """
    return name.partition(".")[0] in _top_level() or name.endswith((".egg-info", ".dist-info"))


@cache
def _top_level() -> frozenset[str]:
    """The names of all modules that are loaded, without those inside packages."""
    return frozenset(name for name in sys.modules if "." not in name)


@cache
def _watched() -> tuple[str, ...]:
    """The files of everything that is loaded, the folders of libraries, and what adds folders."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    places = (path for folder in sys.path[1:] for path in Path(folder).glob("*.pth"))
    return (*filter(None, files), *sys.path[1:], *map(str, places))


def _interpreter(env: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """What Python itself reads at its start, before any program runs."""
    names = (b"PYTHON", b"LC_", b"LANG", b"LD_", b"MALLOC_", b"GLIBC_", b"COVERAGE_")
    read = {k: v for k, v in env.items() if k.startswith(names)}
    return {k: v for k, v in read.items() if k != b"PYTHONSTARTUP"}


_OURS = _interpreter(dict(os.environb))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
