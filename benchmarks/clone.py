"""From a fresh clone to lesson 00 answering; the second start; JupyterLab's own start."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import cells
from jupyter_client.blocking.client import BlockingKernelClient
from measure import NOTHING, Cost, Row, Settings, compare, cost, in_turn
from places import ROOT, execute, folder, run_cell

from roundtrip.environment import SCRIPTS

_LESSON = "notebooks/00_welcome.ipynb"
_PYTHON = getattr(sys, "_base_executable", None) or sys.executable
_TOKEN = "benchmarks"
_UNBOUND = "jsonschema[format-nongpl]"
"""What JupyterLab asks for. From 4.25 on it brings rfc3987-syntax, which the lock leaves out."""


@dataclass
class _Found:
    """What it costs until JupyterLab gives its page, and until lesson 00's first cell is done."""

    page: list[Cost] = field(default_factory=list)
    lesson: list[Cost] = field(default_factory=list)


def rows(settings: Settings) -> Iterator[Row]:
    """pip and uv, each with an empty cache; then two ways to start what pip has installed."""
    uv = shutil.which("uv", path=os.pathsep.join((*SCRIPTS, os.environ["PATH"])))
    found = {way: _Found() for way in ("pip", *(("uv",) if uv else ()), "second", "lab", "full")}
    with ExitStack() as held:
        ready = held.enter_context(folder()) / "ready"
        for number, way in in_turn(["pip", "uv"] if uv else ["pip"], settings.runs):
            with folder() as place:
                here = ready if way == "pip" and number == 0 else place / "clone"
                _fresh(here, place, uv if way == "uv" else None, found[way])
        lab = [".venv/bin/jupyter-lab", "--allow-root"]
        starts = {"second": _by_start(), "lab": lab, "full": lab}
        more = held.enter_context(folder())
        pip = [f"{ready}/.venv/bin/python", "-m", "pip", "install", "--quiet", "--target"]
        execute([*pip, str(more), _UNBOUND], more, os.environ)
        for number, way in in_turn(list(starts), settings.runs + 1):
            with folder() as place:
                ignored = _Found()
                here = found[way] if number else ignored
                _start(starts[way], ready, place, here, more=more if way == "full" else None)
    answers = "until lesson 00 answers"
    pip, second, own_start = found["pip"], found["second"], found["lab"]
    if uv:
        yield compare(f"fresh clone, uv, {answers}", found["uv"].lesson, "pip alone", pip.lesson)
    else:
        yield Row(f"fresh clone, uv, {answers}", "not installed")
    yield compare(f"second start, {answers}", second.lesson, "fresh clone, pip alone", pip.lesson)
    own = "`jupyter lab` in the same environment"
    yield compare(f"second start, {answers}", second.lesson, own, own_start.lesson)
    yield compare("second start, until JupyterLab answers", second.page, own, own_start.page)
    besides = "with the newest jsonschema, as pip alone would have it"
    yield compare(
        "`jupyter lab` by the lock, until it answers", own_start.page, besides, found["full"].page
    )


def _fresh(clone: Path, place: Path, uv: str | None, found: _Found) -> None:
    """Clone what is committed, install it as the README says, and start it."""
    steps = [["git", "clone", "--quiet", str(ROOT), str(clone)]]
    if uv:
        venv = str(clone / ".venv")
        install = [uv, "pip", "install", "--quiet", "--python", venv, "--no-deps"]
        lock = ["--compile-bytecode", "--require-hashes", "-r", str(clone / "requirements.lock")]
        steps += [
            [uv, "venv", "--quiet", "--python", _PYTHON, venv],
            [*install, *lock],
            [*install, "--no-build-isolation", "-e", str(clone)],
        ]
    spent = [cost(partial(execute, step, place, _environment(place))) for step in steps]
    command = [".venv/bin/roundtrip", "lab"] if uv else _by_start()
    _start(command, clone, place, found, sum(spent, NOTHING))


def _by_start() -> list[str]:
    return [_PYTHON, "start.py", "lab"]


def _start(
    command: Sequence[str],
    clone: Path,
    place: Path,
    found: _Found,
    before: Cost = NOTHING,
    more: Path | None = None,
) -> None:
    """Start JupyterLab, wait for its page, open lesson 00 and run its first cell; then end it.

    `more`: a folder of packages besides those of its environment.
    """
    with _server(command, clone, place, more) as (address, process):
        page = before + cost(partial(_wait, f"{address}/lab/tree/{_LESSON}", process))
        found.page.append(page)
        found.lesson.append(page + cost(partial(_first_cell, address, place)))


@contextmanager
def _server(
    command: Sequence[str], clone: Path, place: Path, more: Path | None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """JupyterLab, started and not waited for: its address and its process."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--ServerApp.port_retries=0"]
    process = subprocess.Popen(
        [*command, *options, f"--IdentityProvider.token={_TOKEN}"],
        cwd=clone,
        env=_environment(place) | ({"PYTHONPATH": str(more)} if more else {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(page: str, process: subprocess.Popen[bytes]) -> None:
    """Ask for a page until it is there."""
    while process.poll() is None:
        try:
            return urllib.request.urlopen(f"{page}?token={_TOKEN}", timeout=60).close()
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args} ended with {process.returncode}")


def _first_cell(address: str, place: Path) -> None:
    """Open lesson 00 as a browser does, and run its first cell."""
    wanted = {"path": _LESSON, "name": "", "type": "notebook", "kernel": {"name": "python3"}}
    headers = {"Authorization": f"token {_TOKEN}"}
    request = urllib.request.Request(
        f"{address}/api/sessions", json.dumps(wanted).encode(), headers
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        kernel = json.load(answer)["kernel"]["id"]
    client = BlockingKernelClient(connection_file=str(place / f"runtime/kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        run_cell(client, cells.of(0)[0].source)
    finally:
        client.stop_channels()


def _environment(place: Path) -> dict[str, str]:
    """An environment with empty caches, and with Jupyter's folders in `place`."""
    names = {"PIP_CACHE_DIR": "pip", "UV_CACHE_DIR": "uv", "JUPYTER_RUNTIME_DIR": "runtime"}
    return os.environ | {name: str(place / folder) for name, folder in names.items()}
