"""Has commands end with the process that runs them, also where that is killed and can end nothing.

The lock on the workspace goes with a killed kernel, and its command would go on beside those of the
next one. So a small process, the watchdog, reads a pipe that we alone hold open; when it closes,
the watchdog ends what we had running. (A command that inherited the lock would do without, but it
is not handed over to a helper then: see `preload/client.py`.) On Windows, which has no process
groups to end, nothing is done.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

_guarded: set[int] = set()
_in_turn = threading.Lock()
_watchdog: subprocess.Popen[bytes] | None = None


def prepare() -> None:
    """Have the watchdog there before a command begins, so that guarding it takes no time."""
    with _in_turn:
        _start()


def guard(group: int) -> None:
    """Have this process group ended when we end, until it is released. Costs a line in a pipe."""
    with _in_turn:
        _guarded.intersection_update([each for each in _guarded if is_alive(each)])
        _guarded.add(group)
        _tell()


def release(group: int) -> None:
    """Stop guarding a process group that has ended: another one may get its number."""
    with _in_turn:
        _guarded.discard(group)
        _tell()


def is_alive(group: int) -> bool:
    """Whether there is a process group of ours with this number."""
    return _sent(group, 0)


def _tell() -> None:
    with suppress(OSError):  # without room for one more process, commands still run
        _start()
        if _watchdog and _watchdog.stdin:
            _watchdog.stdin.write(" ".join(map(str, _guarded)).encode() + b"\n")


def _start() -> None:
    global _watchdog
    if sys.platform == "win32" or (_watchdog and _watchdog.poll() is None):
        return
    with suppress(OSError):
        _watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # out of reach of what ends a kernel with its children
        )


def main() -> None:
    """Be the watchdog: read which groups are running, a line for each change; then end them."""
    groups: list[int] = []
    for line in sys.stdin.buffer:
        groups = [int(group) for group in line.split()]
    for number in (signal.SIGTERM, signal.SIGKILL):  # Git takes its locks away when asked to end
        deadline = time.monotonic() + 1
        groups = [group for group in groups if _sent(group, number)]
        while groups and time.monotonic() < deadline:
            time.sleep(0.02)
            groups = [group for group in groups if is_alive(group)]


def _sent(group: int, number: int) -> bool:
    """Send a signal, or 0 for none; whether there was a group of ours to take it."""
    if sys.platform == "win32":
        return False
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
