"""Has commands end with the process that runs them, also where that is killed and can end nothing.

The lock on the workspace goes with a killed kernel, and its command would go on beside those of the
next one. So a small process waits at a pipe that we alone hold open; when it closes, the process
ends what we had running. (A command that inherited the lock would do without, but it is not handed
over to a helper then: see `preload/client.py`.) On Windows, which has no process groups to end,
nothing is done.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

_running: set[int] = set()
_told = threading.Lock()
_waiting: subprocess.Popen[bytes] | None = None


def prepare() -> None:
    """Have the small process there before a command begins, so that tying it takes no time."""
    with _told:
        _begin()


def tie(group: int) -> None:
    """Have this process group ended when we end, until it is let go. Costs a line in a pipe."""
    with _told:
        _running.intersection_update([each for each in _running if _sent(each, 0)])
        _running.add(group)
        _tell()


def untie(group: int) -> None:
    """Let go of a process group that has ended; its number may become another's."""
    with _told:
        _running.discard(group)
        _tell()


def _tell() -> None:
    with suppress(OSError):  # without room for one more process, commands still run
        _begin()
        if _waiting and _waiting.stdin:
            _waiting.stdin.write(" ".join(map(str, _running)).encode() + b"\n")


def _begin() -> None:
    global _waiting
    if sys.platform == "win32" or (_waiting and _waiting.poll() is None):
        return
    with suppress(OSError):
        _waiting = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # out of reach of what ends a kernel with its children
        )


def _wait_and_end() -> None:
    """Read which groups are running, a line each time that changes; at the end, end them."""
    groups: list[int] = []
    for line in sys.stdin.buffer:
        groups = [int(group) for group in line.split()]
    for number in (signal.SIGTERM, signal.SIGKILL):  # Git takes its locks away when asked to end
        deadline = time.monotonic() + 1
        groups = [group for group in groups if _sent(group, number)]
        while groups and time.monotonic() < deadline:
            time.sleep(0.02)
            groups = [group for group in groups if _sent(group, 0)]


def _sent(group: int, number: int) -> bool:
    if sys.platform == "win32":
        return False
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    _wait_and_end()
