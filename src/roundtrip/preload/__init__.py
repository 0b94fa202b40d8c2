"""Runs `flask` from a process that has the libraries loaded already; on Linux, unless told not to.

Nine tenths of a `flask` command are imports that are the same each time. A helper makes them once
and never loads the learner's app; for each command it forks. The `flask` on the PATH of a command
is a small client:

    client.py            server.py, the helper    its fork, the watcher    fork of that, child.py
      connect ─────────────> accept, fork ──────────> same libraries and limits?
      <────────────────────────────────────────────── "."
      request, 3 streams ───────────────────────────> does it fit? fork ─────> waits
      <────────────────────────────────────────────── process id
      "." ──────────────────────────────────────────> lets it go ────────────> becomes flask
      signals ───────────────────────────────────────────────────────────────> gets them
      <────────────────────────────────────────────── wait status <─────────── ends
      ends the same way

Until the client sends its ".", it runs the plain `flask` whenever the next answer does not come.
From then on client and command end together, also when one of them or the watcher is killed. A
helper that dies disturbs no command; where there is none, or none that fits (`fit.py`), the plain
one runs.

A process that asks for a helper joins that of another of the same user where one would serve both,
so a class in one account needs one. Each that uses it holds a pipe open: it ends with the last.

`ROUNDTRIP_PRELOAD` says what is done: `0` never to use a helper, a folder to use the one that lives
there. `multiprocessing.forkserver` does not serve here: its children are known only to the process
that started it, run pickled functions, and have no exit code that a shell could see.
"""

from __future__ import annotations

import errno
import os
import py_compile
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..probing import PROBE
from .fit import likeness

_HERE = Path(__file__).parent
_PREFIX = "roundtrip-"
_CLIENT = "client.pyc"
_COURSE = "prefix"  # a link to the environment of the one that has started the helper
_ALIKE = "alike"  # a link to nowhere, whose text tells who may join
_HOLD = "hold"  # the pipe

_helpers: dict[subprocess.Popen[bytes], Path] = {}
"""Those that this process has started, and where they live."""

_holds: dict[Path, int] = {}
"""Where those live that it uses or has used, and the pipe that it holds open there."""


def start(env: Mapping[str, str]) -> subprocess.Popen[bytes] | None:
    """Start a helper for this process and those it starts; return at once, before it is ready.

    `env` is the environment of a command. The helper ends with this process, however that ends and
    whatever program it goes on as, or when `stop` is called. None where there is one already, or
    was one to join, where none is wanted, or none is possible.
    """
    flask = shutil.which("flask", path=env["PATH"])
    refused = os.environ.get("ROUNDTRIP_PRELOAD") == "0"
    there = _folder()
    if sys.platform != "linux" or refused or not flask or (there and not _has_ended(there)):
        return None
    folder = hold = None
    for left in [each for each in _holds if _has_ended(each) or not each.exists()]:
        os.close(_holds.pop(left))
    try:
        alike = likeness(os.getpid(), env)
        with _one_at_a_time():
            if _join_another(alike):
                return None
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX))  # mode 0700
            os.mkfifo(folder / _HOLD, 0o600)
            hold = os.open(folder / _HOLD, os.O_RDWR)
            (folder / "running").mkdir()
            _write_commands(folder, flask)
            (folder / _ALIKE).symlink_to(alike)
        with (folder / _HOLD).open("rb") as held:
            helper = subprocess.Popen(
                [_python(), _HERE / "server.py", folder, flask, PROBE],
                cwd=folder,
                env=env,
                stdin=held,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        (folder / "helper").write_text(str(helper.pid))
        os.set_inheritable(hold, True)  # by exec; subprocess closes it
    except OSError:  # no room: commands are as they would be without
        if hold is not None:
            os.close(hold)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        return None
    os.environ["ROUNDTRIP_PRELOAD"] = str(folder)
    _helpers[helper], _holds[folder] = folder, hold
    return helper


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock on the folder for temporary files, so that of two that look one finds the other.

    Where somebody keeps it, or the disk knows none, each has a helper of its own; nothing worse.
    """
    import fcntl

    place = os.open(tempfile.gettempdir(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        for _ in range(20):
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:
                break
        yield
    finally:
        os.close(place)


def _join_another(alike: str) -> bool:
    """Use the helper of another process, if there is one that would serve this one as well.

    Takes away what was left by those that were killed.
    """
    joined = False
    for pipe in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_HOLD}"):
        with suppress(OSError):
            folder, link = pipe.parent, pipe.with_name(_ALIKE)
            about = folder.stat(follow_symlinks=False)
            private = about.st_uid == os.getuid() and about.st_mode & 0o777 == 0o700
            if not private:
                continue
            try:
                found = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno == errno.ENXIO:  # nobody holds it: no helper, nor a user of one
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            with suppress(OSError):  # the link has gone: the helper ends
                if not joined and str(link.readlink()) == alike and not _has_ended(folder):
                    _holds[folder] = os.open(pipe, os.O_RDWR)
                    os.set_inheritable(_holds[folder], True)
                    os.environ["ROUNDTRIP_PRELOAD"] = str(folder)
                    joined = True
            os.close(found)
    return joined


def wait(patience: float) -> None:
    """Wait until a helper that is about to come answers; for so many seconds at most."""
    deadline = time.monotonic() + patience
    while (
        (folder := _folder())
        and not (folder / "socket").exists()
        and not _has_ended(folder)
        and time.monotonic() < deadline
    ):
        time.sleep(0.01)


def stop(helper: subprocess.Popen[bytes]) -> None:
    """End a helper that `start` has given. Commands that run in it are not disturbed."""
    folder = _helpers.pop(helper)
    if folder in _holds:
        os.close(_holds.pop(folder))
    if os.environ.get("ROUNDTRIP_PRELOAD") == str(folder):
        del os.environ["ROUNDTRIP_PRELOAD"]
    try:
        helper.wait(timeout=2)
    except subprocess.TimeoutExpired:
        helper.kill()
        helper.wait()
    shutil.rmtree(folder, ignore_errors=True)  # it has done so itself, unless it was killed


def search_path() -> tuple[str, ...]:
    """What comes first in the PATH of a command: where a helper lives, its `flask` and `python`."""
    folder = _folder()
    return (str(folder / "bin"),) if folder and not _has_ended(folder) else ()


def groups(session: int) -> list[int]:
    """The process groups of the commands that a helper has run for a session and that still run.

    They are no children of the session's processes, so nothing else tells that they belong to it.
    """
    folder = _folder()
    names = [path.name for path in folder.glob(f"running/{session}.*")] if folder else []
    return [int(name.partition(".")[2]) for name in names]


def forget(session: int) -> None:
    """Take away the notes of a session that has ended with all its commands."""
    if folder := _folder():
        for note in folder.glob(f"running/{session}.*"):
            note.unlink(missing_ok=True)


def _folder() -> Path | None:
    """Where a helper of ours lives, or lived: its commands run the plain ones once it has ended."""
    named = Path(os.environ.get("ROUNDTRIP_PRELOAD") or "0")
    with suppress(OSError):
        # Where the system has cleared up in /tmp, commands are plain ones; and so are those of
        # another course, in whose JupyterLab we were started.
        ours = (named / _CLIENT).stat().st_uid == os.getuid()
        if named.is_absolute() and ours and str((named / _COURSE).readlink()) == sys.prefix:
            return named
    return None


def _write_commands(folder: Path, flask: str) -> None:
    """Put `flask` and `python` into the helper's folder: small scripts that ask the helper.

    `flask` is the path of the plain one.
    """
    (folder / _COURSE).symlink_to(sys.prefix)
    compiled = str(folder / _CLIENT)  # Python keeps nothing of a script that it compiles
    py_compile.compile(str(_HERE / "client.py"), compiled, doraise=True)
    client = (_python(), "-I", "-S", compiled, str(folder))
    words = {
        "ask": shlex.join(client),
        "flask": shlex.quote(flask),
        "python": shlex.quote(_python()),
        "probe": shlex.quote(str(PROBE)),
        "path": repr(flask),
    }
    (folder / "bin").mkdir()
    for name, text in {"flask": _FLASK, "python": _PYTHON}.items():
        script = folder / "bin" / name
        script.write_text(text.format(**words), encoding="utf-8")
        script.chmod(0o700)


def _python() -> str:
    """Our own Python under the name that commands find; we may run as `python3`, another not."""
    return shutil.which("python", path=str(Path(sys.executable).parent)) or sys.executable


_FLASK = """\
#!/bin/sh
''':'
exec {ask} flask {flask} "$@"
'''
import runpy, sys
sys.argv[0] = {path}
runpy.run_path({path}, None, "__main__")
"""
"""A shell runs the line that Python takes for a text, as in pip's own launchers for long paths.

So whichever Python is given the file itself (`python3 "$(command -v flask)"`) runs the plain one.
"""

_PYTHON = """\
#!/bin/sh
case "$1 $2" in "-m flask") exec {ask} module {python} "$@";; esac
[ "$1" != {probe} ] || exec {ask} probe {python} "$@"
exec {python} "$@"
"""
"""Only `python -m flask` and the reading of the model are taken over."""


def _has_ended(folder: Path) -> bool:
    """Whether the helper of this folder has been there and is no more, or somebody stopped it."""
    try:
        helper = int((folder / "helper").read_text())
    except (OSError, ValueError):
        return False  # it is about to come
    try:
        state = Path(f"/proc/{helper}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZXT"  # nobody has asked yet how it ended; or each command would wait for it
