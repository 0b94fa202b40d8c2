"""Runs shell lines plain and pre-loaded, and an app that tells what it finds around it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from roundtrip import preload
from roundtrip.environment import environment

STRANGE = """
import atexit, json, os, signal, subprocess, sys, threading, time, warnings
import click
from flask import Flask

app = Flask(__name__)
facts = app.cli.command


class Loud:
    def __del__(self):
        print("taken apart")


class Own(Exception):
    pass


@facts()
def surroundings():
    main = sys.modules["__main__"]
    print(json.dumps({
        "argv": sys.argv, "orig_argv": sys.orig_argv[1:], "path": sys.path,
        "flags": list(sys.flags), "python": sys.executable,
        "environ": dict(os.environ), "cwd": os.getcwd(), "umask": os.umask(0o77),
        "main": [main.__name__, getattr(main, "__file__", None), main.__package__],
        "hooks": [sys.excepthook is sys.__excepthook__, hasattr(sys, "ps1"),
                  hasattr(sys, "last_value")],
        "handlers": {s.name: str(signal.getsignal(s)) for s in signal.Signals},
        "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "streams": [[s.fileno(), s.encoding, s.errors, s.line_buffering] for s in
                    (sys.stdin, sys.stdout, sys.stderr)],
        "open": sorted(map(int, os.listdir("/proc/self/fd")))[:3],
        "more": [n for n in map(int, os.listdir("/proc/self/fd")) if n > 3],
        "threads": threading.active_count(),
        "warnings": list(map(str, warnings.filters)), "hash": hash("one"),
        "collects": __import__("gc").isenabled(), "bytecode": sys.dont_write_bytecode,
    }, indent=1, sort_keys=True))


@facts()
@click.argument("words", nargs=-1)
def echo(words):
    print(words, sys.stdin.read())
    print("to stderr", file=sys.stderr)


@facts()
@click.argument("code")
def do(code):
    exec(code, {"app": app, "Loud": Loud, "Own": Own})
"""


@dataclass(frozen=True)
class Ended:
    """How a shell line ended: its exit code, its output and its errors."""

    code: int
    out: str
    err: str


@contextmanager
def apart() -> Iterator[Path]:
    """A folder for temporary files, where a process finds no helper that it could join."""
    # It goes with the run. A short name: sockets lie below.
    folder, usual = tempfile.mkdtemp(dir=os.environ["TMPDIR"]), tempfile.tempdir
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.delenv("ROUNDTRIP_PRELOAD", raising=False)
        tempfile.tempdir = folder
        yield Path(folder)
        tempfile.tempdir = usual


def ready_helper() -> subprocess.Popen[bytes]:
    """A helper that answers, for this process and those it starts."""
    process = preload.start(environment(Path("/nowhere/workspace")))
    assert process
    wait_for(lambda: Path(os.environ["ROUNDTRIP_PRELOAD"], "socket").exists())
    return process


def wait_for(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until it has happened; fail when that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_over(pid: int) -> bool:
    """Whether a process does nothing any more, be it that nobody has asked yet how it ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def begin(line: str, project: Path, folder: str | None) -> subprocess.Popen[bytes]:
    """Start a shell line as a cell would: with the helper in this folder, or with none."""
    env = environment(project)
    if folder:
        env["PATH"] = f"{folder}/bin:{env['PATH']}"
    return subprocess.Popen(
        line,
        shell=True,
        cwd=project,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> Ended:
    """Wait for a shell line to end."""
    out, err = process.communicate(timeout=30)
    return Ended(process.returncode, *(text.decode("utf-8", "replace") for text in (out, err)))


def commands_run(folder: str) -> int:
    """How many commands the helper's processes are running now."""
    helper = psutil.Process(int(Path(folder, "helper").read_text()))
    return len(helper.children())


def same(ended: Ended) -> Ended:
    """How it ended, made comparable with another run."""
    return Ended(ended.code, blind(ended.out), blind(ended.err))


def blind(text: str) -> str:
    """Without what differs between two plain runs: revision ids, times, addresses, depth."""
    text = re.sub(r"(?<![0-9a-zA-Z])[0-9a-f]{12}(?![0-9a-zA-Z])", "REVISION", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", "TIME", text)
    text = re.sub(r"line repeated \d+ more", "line repeated N more", text)
    return re.sub(r"0x[0-9a-f]+", "ADDRESS", text)


def libraries_loaded_before(project: Path, folder: str) -> bool:
    """Whether a command finds Alembic loaded, of which this app makes no use."""
    code = "import sys; print('alembic' in sys.modules)"
    ended = finish(begin(f"flask do {shlex.quote(code)}", project, folder))
    assert ended.code == 0
    return ended.out == "True\n"
