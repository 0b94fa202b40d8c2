"""Runs cells in a real kernel, as a notebook does; and a small project to run them on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import KernelManager
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Answer:
    """What a cell gave: all streams in their order, the error if there was one, and displays."""

    text: str = ""
    error: str | None = None
    value: str = ""
    traceback: list[str] = field(default_factory=list)
    displays: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Kernel:
    """One notebook's kernel."""

    manager: KernelManager
    client: BlockingKernelClient

    def run(self, source: str, timeout: float = 60) -> Answer:
        """Execute a cell and wait for its end."""
        return self.wait(self.client.execute(source), timeout)

    def wait(self, identity: str, timeout: float = 60) -> Answer:
        """What the cell with this message id gives, until it ends."""
        answer = Answer()
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=timeout)
            except Empty:
                raise TimeoutError(f"no end after {timeout} s; so far: {answer}") from None
            if message["parent_header"].get("msg_id") != identity:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                answer.text += content["text"]
            elif kind == "error":
                answer.error, answer.value = content["ename"], content["evalue"]
                answer.traceback = content["traceback"]
            elif kind in ("display_data", "execute_result"):
                answer.displays.append(content["data"])
            elif kind == "status" and content["execution_state"] == "idle":
                return answer


@contextmanager
def kernel(home: Path, cwd: Path | None = None, **environ: str) -> Iterator[Kernel]:
    """A kernel with a learner's home of its own, as started in `notebooks/`."""
    env = os.environ | {"ROUNDTRIP_HOME": str(home)} | environ
    place = str(cwd or ROOT / "notebooks")
    try:
        manager, client = start_new_kernel(kernel_name="python3", cwd=place, env=env)
    except RuntimeError:  # another process has taken one of its ports (see conftest.py)
        manager, client = start_new_kernel(kernel_name="python3", cwd=place, env=env)
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        with suppress(OSError):
            manager.cleanup_resources()


def make_project(folder: Path) -> Path:
    """A project with the demo app and a database of two users; no Git repository yet."""
    folder.mkdir(parents=True)
    shutil.copytree(
        ROOT / "demo_app",
        folder / "demo_app",
        ignore=shutil.ignore_patterns("__pycache__", "tests"),
    )
    (folder / ".flaskenv").write_text("FLASK_APP=demo_app\n")
    return folder.resolve()
