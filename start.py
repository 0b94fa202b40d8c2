#!/usr/bin/env python3
"""The way into the course: makes its environment in `.venv`, then runs the command `roundtrip`.

    python3 start.py             open the course in JupyterLab
    python3 start.py test        run every notebook and every test
    python3 start.py doctor      check that this machine has what the course needs

Words after `start.py` go to `roundtrip`, options after `lab` to JupyterLab, options after `test`
to pytest. Needs Python 3.11 or newer and Git; the first start also needs a network.
"""

import sys

# No newer syntax in this file than Python 3.6 reads: an old Python must get to this line.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "The course needs Python 3.11 or newer, and this is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}: install a newer one, then start the course "
        "with it, for example with: python3.12 start.py"
    )

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import time
import tomllib
from contextlib import contextmanager, suppress
from pathlib import Path

CLONE = Path(__file__).resolve().parent
VENV = CLONE / ".venv"
STAMP = (
    VENV / "roundtrip-stamp"
)  # marks the folder as ours; its first line says whether it is complete
PROJECT = CLONE / "pyproject.toml"
LOCK = CLONE / "requirements.lock"
PRIVATE = CLONE / ".roundtrip"
LOG = PRIVATE / "install.log"
TEMPORARY = PRIVATE / "install-tmp"
ROOM = 600  # MB: 320 when installed, the rest for packages on their way in


class StartError(Exception):
    """What stops the start, said to a person, with the cure."""


def main(words):
    """Run `roundtrip` with these words (none: `lab`), in a complete environment; give its code."""
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    try:
        if not shutil.which("git"):
            raise StartError(_NO_GIT)
        if not is_complete():
            prepare()
        return become([str(_python()), "-P", "-m", "roundtrip", *(words or ["lab"])])
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command to start again.", file=sys.stderr)
        return 130


def is_complete():
    """Tell whether `.venv` is what this lock, this project and this place on the disk ask for.

    Also whether nothing has gone since: by a stray `pip uninstall`, or by who made room.
    """
    try:
        key, *parts = STAMP.read_text(encoding="utf-8").split("\n")
        return key == _key() and all(os.path.lexists(VENV / part) for part in parts)
    except (OSError, ValueError):
        return False


def prepare():
    """Make `.venv`, or wait until another start has made it. Raises `StartError`."""
    # Where a blank or the length keeps the path out of a first line with `#!`, pip has a shell
    # read it, in double quotes (distlib's scripts.py).
    odd = sorted(set(str(CLONE)) & set('"$`\\') - {os.sep})
    if os.pathsep in str(CLONE):  # `venv` refuses it
        odd = [os.pathsep]
    elif " " not in str(CLONE) and len(str(CLONE)) <= 100:
        odd = []
    if odd:
        raise StartError(_ODD_NAME.format(CLONE, odd[0]))
    _made_from()
    try:
        PRIVATE.mkdir(exist_ok=True)
        with _alone() as guard:
            if not is_complete():
                _clear_the_place()
                _build(guard)
    except OSError as error:
        raise StartError(_cause(str(error)) or _CANNOT_WRITE.format(error.strerror)) from None


def become(arguments):
    """Go on as another program; on Windows, which cannot do that, run it and give its exit code."""
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(arguments[0], arguments, _environment())
    process = subprocess.Popen(arguments, env=_environment())
    while True:
        with suppress(KeyboardInterrupt):  # the program has got it too, and knows what to do
            return process.wait()


def _key():
    """Names what an environment is made from. It works in one place, with one Python."""
    place = os.fsencode(CLONE), os.fsencode(_python().resolve(strict=True))
    return hashlib.sha256(b"\0".join((*_made_from(), *place))).hexdigest()


def _made_from():
    try:
        project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
        flit = project.get("tool", {}).get("flit")  # where files beside the package go
        parts = project["build-system"], project["project"], flit
        described = json.dumps(parts, sort_keys=True)
        beside = (file.read_bytes() for file in sorted((CLONE / "data").rglob("*.py")))
        return LOCK.read_bytes(), described.encode(), *beside
    except (OSError, KeyError, ValueError):
        raise StartError(
            "pyproject.toml or requirements.lock is missing or cannot be read: get them back with "
            "git restore pyproject.toml requirements.lock"
        ) from None


def _python():
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@contextmanager
def _alone():
    """Hold the right to change `.venv`; whoever comes second waits. Gives the file that is locked.

    The lock lasts while any process has the file open, also one that a killed start has left.
    """
    with (PRIVATE / "install.lock").open("a") as guard:
        if not _locked(guard):
            print("Another start is making the environment; waiting for it to end.", flush=True)
            while not _locked(guard):
                time.sleep(0.2)
        yield guard


def _locked(guard):
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(guard.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:  # any other: a network drive without locks, where we go on without
        return not isinstance(error, (BlockingIOError, PermissionError))
    return True


def _clear_the_place():
    """Remove an environment of ours that does not fit; set aside whatever else is there."""
    for left in (TEMPORARY, *PRIVATE.glob("old-venv-*")):
        _remove(left)
    if not os.path.lexists(VENV):
        return
    ours = os.path.lexists(STAMP) or (VENV.is_dir() and not any(VENV.iterdir()))
    name = time.strftime("venv-%Y-%m-%d_%H-%M-%S")
    place = PRIVATE / (f"old-{name}" if ours else name)
    try:
        VENV.rename(place)
    except OSError as error:
        raise StartError(
            f"The folder .venv does not fit, and it cannot be moved away ({error.strerror}): close "
            "JupyterLab and other programs that use it, then run this command again."
        ) from None
    if ours:
        print("The environment in .venv is unfinished or out of date; it is made again.")
        _remove(place)
    else:
        print(f"The .venv here was not made by start.py; it is now in {place.relative_to(CLONE)}")


def _remove(place):
    if place.is_symlink():
        place.unlink()
    else:
        shutil.rmtree(place, ignore_errors=True)


def _build(guard):
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise StartError(_NO_VENV)
    if shutil.disk_usage(CLONE).free < ROOM * 1_000_000:
        raise StartError(_NO_ROOM)
    print("Making the environment of the course in .venv. This happens once and takes a minute.")
    # Inside a virtual environment (perhaps the one just moved away): the Python it came from
    python = getattr(sys, "_base_executable", None) or sys.executable
    install = [str(_python()), "-m", "pip", "install", "--no-deps", "--no-compile"]
    locked = [*install, "--require-hashes", "--only-binary=:all:", "-r", str(LOCK)]
    course = [*install, "--no-build-isolation", "-e", str(CLONE)]
    # Without bytecode each flask command takes three times as long, and where a container sets
    # PYTHONDONTWRITEBYTECODE it would stay so. pip compiles too, but with one processor.
    compiled = [str(_python()), "-m", "compileall", "-q", "-j", "0", str(VENV), str(CLONE / "src")]
    # Packages are unpacked in the clone: no small /tmp fills up, nothing is left there. Compiling
    # is not done there: from Python 3.13 on its workers have a socket, which allows no long path.
    here = {"TMPDIR": str(TEMPORARY)}
    try:
        VENV.mkdir()
        STAMP.write_text("unfinished", encoding="utf-8")
        TEMPORARY.mkdir()
        with LOG.open("w", encoding="utf-8") as log:
            venv = [python, "-m", "venv", str(VENV)]
            _step("1 of 4  an empty environment", venv, guard, log, here)
            _step("2 of 4  the packages that requirements.lock names", locked, guard, log, here)
            _step("3 of 4  the course's own package", course, guard, log, here)
            _write_paths_in_ascii()
            _step("4 of 4  compiling them, for speed", compiled, guard, log, {}, must=False)
        STAMP.write_text("\n".join((_key(), *_parts())), encoding="utf-8")
    except (StartError, OSError):
        _remove(VENV)  # a full disk gets its room back
        raise
    finally:
        _remove(TEMPORARY)


def _parts():
    """What lies in `.venv` after an installation: each package, and each file for kernels."""
    for pattern in ("[lL]ib/python*/site-packages/*", "[lL]ib/site-packages/*", "etc/**/*.py"):
        yield from (path.relative_to(VENV).as_posix() for path in VENV.glob(pattern))


def _write_paths_in_ascii():
    """Python 3.11 reads .pth files in the locale's encoding, and starts with none that it cannot.

    So an umlaut in the path of the clone would keep it from starting under LC_ALL=C (its site.py,
    addpackage; from 3.13 on it tries UTF-8 first).
    """
    for file in VENV.glob("**/site-packages/roundtrip.pth"):
        path = file.read_text(encoding="utf-8").strip()
        if not path.isascii():
            file.write_text(f"import sys; sys.path.append({path!a})\n", encoding="ascii")


def _step(name, arguments, guard, log, settings, must=True):
    """Run one step, its output to the log. Raises `StartError` when it fails and must not."""
    print(f"  {name}", flush=True)
    log.write(f"\n{name}\n")
    said = ""
    with subprocess.Popen(
        arguments,
        cwd=CLONE,
        env=_environment(installing=True) | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **({} if os.name == "nt" else {"pass_fds": [guard.fileno()]}),
    ) as process:
        try:
            for line in process.stdout:
                said += line
                log.write(line)
                log.flush()
                if line.startswith("Collecting ") and sys.stdout.isatty():
                    print(f"          {said.count('Collecting ')} packages", end="\r", flush=True)
        except BaseException:
            # compileall ends its workers when interrupted, but not when killed
            process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
            raise
    if process.returncode and must:
        cause = _cause(said) or "The installation failed, for a reason not seen before."
        raise StartError(f"{cause} The whole output is in {LOG.relative_to(CLONE)}")


def _environment(installing=False):
    """Our environment without what leads Python, or pip, away from `.venv`."""
    away = {"PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"}
    settings = {}
    if installing:
        away |= {"PYTHONDONTWRITEBYTECODE", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
        settings = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
        settings["PYTHONUTF8"] = "1"
    return {key: value for key, value in os.environ.items() if key not in away} | settings


_NO_GIT = (
    "Git was not found, and the course needs it: install it (on Debian or Ubuntu: sudo apt install "
    "git), then run this command again."
)
_ODD_NAME = (
    "The folder {} has the character {} in its name, with which the commands that pip installs do "
    "not start: rename the folder or move it, then run this command again."
)
_NO_VENV = (
    "This Python comes without its modules venv and ensurepip, which make the environment of the "
    "course: install them (on Debian or Ubuntu: sudo apt install python3-venv), then run this "
    "command again."
)
_NO_ROOM = f"The disk is nearly full: make {ROOM} MB free, then run this command again."
_CANNOT_WRITE = (
    "The folder of the course cannot be written ({}), and the environment in its .venv is missing "
    "or not one that you can use: clone the course into a folder of your own, and start it there."
)
# Looked for in this order in the output of a step that failed
_CAUSES = (
    (r"No space left|Errno 28\b|not enough space|Disk quota", _NO_ROOM),
    (r"ensurepip is not\s+available", _NO_VENV),
    (
        r"DO NOT MATCH THE HASHES",
        "A package that arrived is not the one that requirements.lock names, so it was not "
        "installed: run this command again, and on another network if that does not help.",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|"
        r"ConnectionResetError|Failed to establish a new connection",
        "The packages could not be fetched, because the package index was not reached: check the "
        "network (and the proxy, if you need one), then run this command again.",
    ),
    (
        r"No matching distribution|not a supported wheel",
        "pip finds no release of a package for this system and Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}: start the course with Python 3.12, or set "
        "pip to use an index that has it.",
    ),
)


def _cause(output):
    return next((said for pattern, said in _CAUSES if re.search(pattern, output)), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
