"""Where measuring takes place: temporary folders, kernels, shells."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from jupyter_client import KernelManager
from jupyter_client.blocking.client import BlockingKernelClient

from roundtrip.environment import SCRIPTS

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {"ROUNDTRIP_PRELOAD": "0"}
"""The environment variable that does without a helper."""


@contextmanager
def settled() -> Iterator[None]:
    """Give this process, and all that it starts, nobody's settings, and a folder for everything.

    Python may write bytecode, as on a learner's machine.
    """
    with tempfile.TemporaryDirectory(prefix="roundtrip benchmarks ") as folder:
        for name in list(os.environ):
            if name.startswith(("ROUNDTRIP_", "GIT_", "FLASK_")) or name in _AWAY:
                del os.environ[name]
        jupyter = {name: str(Path(folder, place)) for name, place in _FOLDERS.items()}
        os.environ.update(jupyter, ROUNDTRIP_PROGRESS="0")
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, for as long as it is needed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        yield Path(name)


Run = Callable[[str], None]
"""Runs a cell to its end."""


@contextmanager
def kernel(home: Path, **environ: str) -> Iterator[Run]:
    """A kernel in `notebooks/`, with the course loaded, for a learner who lives in `home`."""
    # Of many that begin at once, one could find a port taken meanwhile by the client of another.
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{home}-kernel")
    env = os.environ | {"ROUNDTRIP_HOME": str(home)} | environ
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager.start_kernel(cwd=str(ROOT / "notebooks"), env=env, **quiet)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        run_cell(client, "%load_ext roundtrip")
        yield partial(run_cell, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        with suppress(OSError):
            manager.cleanup_resources()


def run_cell(client: BlockingKernelClient, source: str) -> None:
    """Run a cell to its end. Raises `RuntimeError`, with what it said, where it fails."""
    heard: list[str] = []

    def hear(message: dict) -> None:
        heard.append(message["content"].get("text", ""))

    reply = client.execute_interactive(source, timeout=1800, output_hook=hear)["content"]
    if reply["status"] != "ok":
        raise RuntimeError(f"{source}\n{''.join(heard)}\n{reply.get('ename')}")


def shell(line: str, cwd: Path) -> None:
    """Run a line as in a terminal, by a shell of one's own, with the `flask` that pip installed.

    Raises `RuntimeError` where it fails.
    """
    execute(["sh", "-c", line], cwd, shell_environment())


def execute(command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
    """Run a command. Raises `RuntimeError`, with the end of what it printed, where it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}\n{done.stdout[-3000:]}")


def shell_environment() -> dict[str, str]:
    """An ordinary environment, with a name for Git to commit under."""
    who = {f"GIT_{role}_{key}": "learner" for role in _ROLES for key in ("NAME", "EMAIL")}
    path = os.pathsep.join((*SCRIPTS, os.environ["PATH"]))
    return os.environ | who | {"PATH": path, "GIT_CONFIG_GLOBAL": os.devnull}


_AWAY = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "DATABASE_URL", "VIRTUAL_ENV")
_ROLES = ("AUTHOR", "COMMITTER")
_FOLDERS = {
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
}
