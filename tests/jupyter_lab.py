"""A JupyterLab of the course's own, on copies of the notebooks, for tests in a browser."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil

TOP = Path(__file__).resolve().parents[1]
STARTS = 180  # seconds it may take, on a machine that is busy with other tests
ENDS = 30  # seconds


@dataclass(frozen=True)
class Lab:
    """A JupyterLab on copies of the notebooks, with a learner's home of its own."""

    origin: str
    token: str
    folder: Path

    @property
    def address(self) -> str:
        """Where it is opened; the token goes with it."""
        return f"{self.origin}/lab?token={self.token}&reset"

    def saved(self, path: str) -> list[dict[str, Any]]:
        """The code cells of a notebook, as its file has them."""
        notebook = json.loads((self.folder / path).read_text(encoding="utf-8"))
        return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@contextmanager
def jupyterlab(folder: Path) -> Iterator[Lab]:
    """`roundtrip lab` on copies of the notebooks in `folder`; all that it starts ends with it."""
    home = folder / "home"
    (folder / "notebooks").mkdir()
    for file in (TOP / "notebooks").iterdir():
        if file.is_file():  # no folder of checkpoints, no socket of a kernel
            shutil.copy(file, folder / "notebooks")
    for file in (folder / "notebooks").glob("*.ipynb"):
        _clear(file)
    # Every cell is in the page, not only those that fit in the window.
    settings = home / ".roundtrip/jupyter/settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = Lab(f"http://127.0.0.1:{port}", secrets.token_hex(16), folder)
    options = [
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={lab.token}",
        "--LabApp.expose_app_in_browser=True",
    ]
    log = folder / "jupyterlab.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "roundtrip", "lab", *options],
            cwd=folder,
            env=os.environ | {"ROUNDTRIP_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(lab, process, log)
        yield lab
    finally:
        _end(process)


def _clear(notebook: Path) -> None:
    """Take the stored outputs out, so that what is there afterwards is of this run."""
    content = nbformat.read(notebook, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(content, notebook)


def _wait_for(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + STARTS
    while process.poll() is None and time.monotonic() < limit:
        try:
            urllib.request.urlopen(f"{lab.origin}/api/status?token={lab.token}", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"JupyterLab does not answer. It said:\n{log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        started = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        started = []
    process.terminate()
    try:
        process.wait(timeout=ENDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=ENDS)
    _, left = psutil.wait_procs(started, timeout=10)
    for child in left:
        child.kill()
