"""Keeps a workspace in a process that stops at one of the steps that change the disk."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from roundtrip import snapshots
from roundtrip.errors import RoundtripError

_PROCESSES = multiprocessing.get_context("spawn" if sys.platform == "win32" else "fork")


def store_until(step: int, how: str, project: Path, place: Path) -> tuple[str, int]:
    """Be killed at this step, or find the disk full there; what it said, and how many it took."""
    here, there = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=_store, args=(step, how, project, place, there))
    process.start()
    there.close()
    process.join()
    if how == "killed" and process.exitcode == 9:
        return "", step
    return here.recv()


def _store(last: int, how: str, project: Path, place: Path, told: Connection) -> None:
    done = 0

    def count(event: str, _: object) -> None:
        nonlocal done
        if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove"):
            done += 1
            if done == last:
                if how == "killed":
                    os._exit(9)
                raise OSError(28, "No space left")

    sys.addaudithook(count)
    said = ""
    try:
        snapshots.store(project, place, {"who": "new"})
    except RoundtripError as error:
        said = str(error)
    told.send((said, done))
