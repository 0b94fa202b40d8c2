"""The helper: loads the libraries once, then forks for each command that a client hands over.

    python server.py FOLDER FLASK PROBE

FOLDER is private; the socket lies in it. FLASK is pip's launcher, PROBE the script that reads the
model. Standard input is a pipe whose other end is held by whoever started us: we end when it does.

For a command two processes are made. The first watches: it tells the client how the command ended,
and ends the command when the client was killed. The second leaves `serve` and becomes the command,
with the client's streams, folder, environment and umask, in a session of its own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import resource
import runpy
import select
import shutil
import signal
import socket
import struct
import sys
import time
import types
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from client import LIMITS

del sys.modules["client"]  # the learner may have a module of that name

_LIBRARIES = (
    *("flask.cli", "flask_sqlalchemy.cli", "flask_migrate.cli", "dotenv", "werkzeug.serving"),
    *("sqlalchemy.dialects.sqlite", "sqlite3", "alembic.command", "alembic.autogenerate"),
    *("logging.config", "code", "readline", "rlcompleter"),
)
_NUMBER, _PEER = struct.Struct("q"), struct.Struct("3i")
_LONGEST = 8_000_000
"""Bytes of a request. Linux itself takes no longer command line with its environment."""


@dataclass(frozen=True)
class Command:
    """What a client hands over. `words` begin with the program."""

    kind: str
    words: list[str]
    env: dict[bytes, bytes]
    cwd: bytes
    umask: int
    ignored: tuple[int, ...]
    priority: int
    limits: str
    streams: tuple[int, ...]

    def is_ours(self, probe: str) -> bool:
        """Whether it is one of the three commands that we were built for, for our own Python."""
        known = {"flask": [], "module": ["-m", "flask"], "probe": [probe]}.get(self.kind)
        return (
            known is not None
            and self.words[1 : 1 + len(known)] == known
            and len(self.streams) == 3
            and _interpreter(self.env) == _OURS
            and self.priority >= os.getpriority(os.PRIO_PROCESS, 0)  # lower is nobody's to take
            and self.limits == repr([resource.getrlimit(limit) for limit in LIMITS])
            # a file of the learner's own that hides a library was not there when we loaded
            and not {name.partition(b".")[0] for name in os.listdir(self.cwd)} & _top_level()
        )


def serve(folder: Path, lifeline: int, probe: str) -> Command | None:
    """Fork for one command after the other.

    Returns in the child that is to become a command, with that command; in the helper, when whoever
    started it has ended, with None.
    """
    marks, helper = _marks(), os.getpid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        listener.listen(128)
        while True:
            ready, _, _ = select.select([listener, lifeline], [], [])
            if lifeline in ready:
                return None
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                command = None
                with suppress(Exception):  # the client sees that we are gone
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    signal.signal(signal.SIGTERM, signal.SIG_DFL)
                    if marks == _marks():  # no library has changed under us
                        command = _watch(connection, folder, probe)
                    elif os.getppid() == helper:  # it is of no use any more; others may start one
                        os.kill(helper, signal.SIGTERM)
                if command:
                    return command
                os._exit(0)
            connection.close()


def become(command: Command, flask: str) -> None:
    """Be the command from here on: as far as it can see, a Python that was started for it."""
    os.chdir(command.cwd)
    os.umask(command.umask)
    os.setpriority(os.PRIO_PROCESS, 0, command.priority)
    os.environb.clear()
    os.environb.update(command.env)
    time.tzset()
    for number in command.ignored:
        signal.signal(number, signal.SIG_IGN)
    gc.enable()
    importlib.invalidate_caches()
    main = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=__builtins__)
    sys.modules["__main__"] = main
    try:
        if command.kind == "module":
            sys.path[0] = os.getcwd()
            sys.argv = ["-m", *command.words[3:]]
            sys.orig_argv = command.words
            runpy._run_module_as_main("flask")  # what `python -m` does, to its tracebacks
        else:
            sys.argv = [flask, *command.words[1:]] if command.kind == "flask" else command.words[1:]
            sys.orig_argv = [sys.executable, *sys.argv]
            main.__file__ = script = sys.argv[0]
            sys.path[0] = os.path.dirname(script)
            code = compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)
            exec(code, main.__dict__)
    except SystemExit as end:
        _ended_with[:] = [end.code]
        raise
    except BaseException as error:
        _show(error)
        sys.excepthook = lambda *_: None
        raise
    else:
        _ended_with[:] = [0]


def _watch(connection: socket.socket, folder: Path, probe: str) -> Command | None:
    """Fork for what the client wants, if it is ours to do, and tell the client how that ended.

    Returns, with the command, in the process that is to become it.
    """
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    client, user, _ = _PEER.unpack(peer)
    if user != os.getuid():
        return None
    command = _read(connection)
    if not command.is_ours(probe):
        return None
    note_for = f"{os.getsid(client)}."
    wait, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number, stream in enumerate(command.streams):
            os.dup2(stream, number)
        os.close(go)
        may_run = os.read(wait, 1)
        os.closerange(3, 256)
        if not may_run:
            os._exit(1)
        return command
    for stream in (*command.streams, wait):
        os.close(stream)
    note = folder / "running" / f"{note_for}{pid}"
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
    return None


def _read(connection: socket.socket) -> Command:
    connection.settimeout(2)
    connection.sendall(b".")
    length, streams, _, _ = socket.recv_fds(connection, _NUMBER.size, 3)
    with connection.makefile("rb") as file:
        data = file.read(min(*_NUMBER.unpack(length), _LONGEST))
    connection.settimeout(None)
    kind, cwd, umask, ignored, priority, limits, count, *rest = data.split(b"\0")
    return Command(
        kind=kind.decode(),
        words=[os.fsdecode(word) for word in rest[: int(count)]],
        env=dict(variable.split(b"=", 1) for variable in rest[int(count) :]),
        cwd=cwd,
        umask=int(umask),
        ignored=tuple(map(int, ignored.split())),
        priority=int(priority),
        limits=limits.decode(),
        streams=tuple(streams),
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


@cache
def _top_level() -> frozenset[bytes]:
    """The names of all modules that are loaded, without those inside packages."""
    return frozenset(name.encode() for name in sys.modules if "." not in name)


@cache
def _watched() -> tuple[str, ...]:
    """The files of everything that is loaded, and the folders in which libraries lie."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return (*filter(None, files), *sys.path[1:])


def _interpreter(env: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """What Python itself reads at its start, before any program runs."""
    read = {k: v for k, v in env.items() if k.startswith((b"PYTHON", b"LC_", b"LANG"))}
    return {k: v for k, v in read.items() if k != b"PYTHONSTARTUP"}


_OURS = _interpreter(dict(os.environb))


def _show(error: BaseException) -> None:
    """Show an error that ends the command, without the lines of this file."""
    tb = error.__traceback__
    while tb and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    sys.excepthook(type(error), error.with_traceback(tb), tb)


def _keep_libraries() -> None:
    """At the end of a command: leave the libraries to the operating system.

    Python would take them apart piece by piece, which takes as long as the command's own work. What
    the command made is taken apart as ever. What is in `sys` goes last; what Python would still do
    after that is to free its own memory, so the process ends there.
    """

    class End:
        def __del__(self, leave: Callable[[int], None] = os._exit) -> None:
            leave(status)

    for code in _ended_with:
        with suppress(Exception):  # what cannot be written changes the status: Python sees to that
            sys.stdout.flush()
            sys.stderr.flush()
            if code is None or (isinstance(code, int) and 0 <= code < 256):
                status = int(code or 0)
                sys.the_end = End()
    kept: list[object] = [sys.modules.pop(name) for name in _loaded if name in sys.modules]
    kept.append(kept)  # nothing lets go of what holds itself and is frozen
    gc.freeze()


_ended_with: list[object] = []
_loaded: set[str] = set()


if __name__ == "__main__":
    folder, flask, probe = sys.argv[1:]
    if Path(folder, "helper").exists():
        sys.exit("A helper lives there already.")
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    Path(folder, "helper").write_text(str(os.getpid()))
    atexit.register(_keep_libraries)  # the first one registered is the last one called
    for name in _LIBRARIES:
        importlib.import_module(name)
    _loaded.update(set(sys.modules) - {"sys", "builtins", "__main__"})
    gc.collect()
    gc.disable()
    gc.freeze()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    command, helper = None, os.getpid()
    try:
        command = serve(Path(folder), lifeline, probe)
    finally:
        if os.getpid() == helper:
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)
    become(command, flask)
