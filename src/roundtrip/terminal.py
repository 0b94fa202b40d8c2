"""Runs a command as a terminal would. The only place that knows how that is done."""

from __future__ import annotations

import codecs
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from . import preload, watchdog
from .environment import environment, shut_out_settings
from .errors import Interrupted, RoundtripError
from .polish import Polish
from .safe_files import first_reason


def prepare(project: Path, patience: float = 0) -> None:
    """Have the commands that follow start faster, where that is possible; nothing else changes.

    `patience`: how many seconds to wait, at most, until they do.
    """
    preload.start(environment(project))
    preload.wait(patience)


def stream(
    command: str | Sequence[str], project: Path, cwd: Path, write: Callable[[str], None]
) -> int:
    """Run a command and pass on what it prints as it comes; return its exit code.

    `command` is a line for the shell or a list of arguments. Standard output and standard error are
    one stream; there is nothing to read on standard input. Raises `Interrupted` after a
    KeyboardInterrupt has ended the command with all it started, and `RoundtripError` where it
    cannot be started.
    """
    process = start(command, project, cwd, stdin=subprocess.DEVNULL)
    polish = Polish(project)
    tail = ""
    with ending(process) as left_running:
        for piece in output_of(process):
            write(polish.feed(piece))
            tail = (tail + piece)[-200:]
        write(polish.finish())
        code = process.wait()
    if left_running():
        write("(The command had left a process running. Roundtrip has ended it.)\n")
    if code and _WANTED_AN_ANSWER.search(tail):
        write(
            "(The command asked for something to be typed in, which a notebook cell cannot do. "
            "Give the answer on the command line instead.)\n"
        )
    return code


def capture(arguments: Sequence[str], project: Path) -> subprocess.CompletedProcess[str]:
    """Run one program in the project and return its exit code, output and errors, unshortened.

    A process that it left behind and that holds them open is not waited for. Raises as `stream`
    does.
    """
    process = start(arguments, project, project, subprocess.DEVNULL, errors=subprocess.PIPE)
    _captured.add(process)
    try:
        with ending(process):
            pieces: tuple[list[bytes], ...] = [], []
            pipes = process.stdout, process.stderr
            readers = [
                threading.Thread(target=_gather, args=each, daemon=True)
                for each in zip(pipes, pieces, strict=True)
            ]
            for reader in readers:
                reader.start()
            process.wait()
        for reader in readers:  # what was left behind is ended, unless it is in another session
            reader.join(1)
    finally:
        _captured.discard(process)
    output, problems = (
        b"".join(each).decode("utf-8", "replace").replace("\r\n", "\n") for each in pieces
    )
    return subprocess.CompletedProcess(arguments, process.returncode, output, problems)


def end_captured() -> None:
    """End what `capture` runs in other threads: an interrupt reaches the main thread alone."""
    for process in tuple(_captured):
        end(process)


_captured: set[subprocess.Popen[bytes]] = set()


def start(
    command: str | Sequence[str],
    project: Path,
    cwd: Path,
    stdin: int,
    errors: int = subprocess.STDOUT,
    more: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command without a terminal, in a process group of its own, which ends with us.

    `command` is a line for the shell or a list of arguments; `errors` says where its standard error
    goes; `more` are additional environment variables.
    """
    shut_out_settings(project)
    env = environment(project) | dict(more or {})
    # What a cell types may lead out of the workspace; a program that we start does not.
    cells = () if command[0] == "git" or sys.platform == "win32" else (str(_OF_CELLS),)
    env["PATH"] = os.pathsep.join((*preload.search_path(), *cells, env["PATH"]))
    watchdog.prepare()
    try:
        process = subprocess.Popen(
            command if isinstance(command, str) else _resolve(command, env),
            shell=isinstance(command, str),
            cwd=cwd,
            env=env,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            **_GROUP,
        )
    except (OSError, ValueError) as error:
        name = command.split()[0] if isinstance(command, str) else command[0]
        raise RoundtripError(
            f"The command {name} could not be started ({first_reason(error)}); "
            "`%doctor` tells whether something is missing on this computer."
        ) from None
    watchdog.guard(process.pid)
    return process


@contextmanager
def ending(process: subprocess.Popen[Any]) -> Iterator[Callable[[], bool]]:
    """End a process and all it started when the block is left, however it is left.

    Gives a function that tells, afterwards, whether anything was still running. Turns a
    KeyboardInterrupt into `Interrupted`.
    """
    running = False
    try:
        yield lambda: running
    except KeyboardInterrupt:
        raise Interrupted("the command was stopped, with everything that it had started.") from None
    finally:
        running = end(process)


def output_of(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """What a process prints, piece by piece, until it ends.

    An empty piece is given now and then while it prints nothing. A process that it left behind
    and that holds the stream open is not waited for.
    """
    pieces: queue.Queue[tuple[float, bytes]] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, pieces), daemon=True).start()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    last_moment = float("inf")
    while True:
        try:
            moment, piece = pieces.get(timeout=0.2)
        except queue.Empty:
            moment, piece = time.monotonic(), None
        if last_moment == float("inf") and process.poll() is not None:
            last_moment = time.monotonic() + 0.3  # what it printed itself has been read by then
        if piece == b"" or moment > last_moment:
            yield decoder.decode(b"", final=True)
            return
        yield decoder.decode(piece or b"")


def end(process: subprocess.Popen[Any]) -> bool:
    """End a process and everything it started; tell whether anything was still running."""
    family = members = _family(process)
    for sign in ("terminate", "kill", "kill"):
        for member in members:
            with suppress(psutil.Error):
                getattr(member, sign)()
        deadline = time.monotonic() + 1.5
        while any(map(_runs, members)) and time.monotonic() < deadline:
            time.sleep(0.02)
        if not (members := _family(process)):
            break
    process.wait()
    preload.forget(process.pid)
    watchdog.release(process.pid)
    return bool(family)


_KEPT_AT_MOST = 64_000_000
"""Bytes: many times what the longest history of a project gives."""

_OF_CELLS = Path(__file__).with_name("programs")
"""Programs of our own that a cell finds in the place of others."""

_WANTED_AN_ANSWER = re.compile(r"(^EOFError(: EOF when reading a line)?|\bAborted!)\s*\Z", re.M)
"""The last line of Python's `input()` and of click's prompts when nobody answers."""

_GROUP: dict[str, Any] = (
    {
        "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    }
    if sys.platform == "win32"
    # A session of its own is a process group of its own, and has no /dev/tty to ask questions on.
    else {"start_new_session": True}
)


def _resolve(arguments: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """The program as the clean PATH finds it; on Windows, subprocess would look in our own PATH."""
    program, *rest = arguments
    return [shutil.which(program, path=env["PATH"]) or program, *rest]


def _read(pipe: Any, pieces: queue.Queue[tuple[float, bytes]]) -> None:
    with pipe:
        while piece := os.read(pipe.fileno(), 65536):
            pieces.put((time.monotonic(), piece))
    pieces.put((0.0, b""))


def _gather(pipe: Any, pieces: list[bytes]) -> None:
    """Read all that comes, and keep what a program of ours may say: a model can print for ever."""
    kept = 0
    with pipe:
        while piece := os.read(pipe.fileno(), 65536):
            if kept < _KEPT_AT_MOST:
                pieces.append(piece)
                kept += len(piece)


def _family(process: subprocess.Popen[Any]) -> list[psutil.Process]:
    """The process, its descendants, and whoever else is left in its group."""
    found: dict[int, psutil.Process] = {}
    with suppress(psutil.Error):
        if process.poll() is None:
            parent = psutil.Process(process.pid)
            found |= {p.pid: p for p in (parent, *parent.children(recursive=True))}
    groups = {process.pid, *preload.groups(process.pid)} if sys.platform != "win32" else set()
    if any(map(watchdog.is_alive, groups)):
        for other in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError):
                if os.getpgid(other.pid) in groups:
                    found[other.pid] = other
    return [p for p in found.values() if _runs(p)]


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
