"""The workspace: made, copied, put back, set aside. Nothing is ever deleted."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import Interrupted, RoundtripError
from .home import Home
from .safe_files import copy, first_reason, free_place, remove


def lock(home: Home) -> FileLock:
    """The lock to hold while the workspace is replaced, or a command works in it.

    Use it in a `with`. Raises `Timeout` after `PATIENCE` seconds. Ends with its process.
    """
    return FileLock(home.private / "lock", timeout=PATIENCE)


PATIENCE = 30.0
"""Seconds to wait for another notebook that uses the workspace at this moment."""


def replace(
    home: Home, source: Path | None, label: str, taken: Callable[[], None] = lambda: None
) -> Path | None:
    """Put a copy of `source` (None: an empty folder) in the workspace's place.

    `taken` is called once the copy is in place, before anybody else can use it. Returns where the
    workspace before went, or None when there was nothing in it. The copy is complete before
    anything moves, so a failure (`RoundtripError`) at any moment leaves the old workspace where it
    was or in the attic. An interrupt that comes too late raises `Interrupted`, with where that is.
    """
    try:
        with lock(home):
            _sweep(home)
            fresh = Path(tempfile.mkdtemp(prefix=_NEW, dir=home.private)) / "workspace"
            try:
                if source is None:
                    fresh.mkdir()
                else:
                    copy(source, fresh)
                with _interrupts_wait() as came:
                    aside = _swap(home, fresh, label, taken)
            finally:
                remove(fresh.parent)
            if came:
                where = f"; what was in it is in {home.shown(aside)}" if aside else ""
                raise Interrupted(f"the workspace was replaced before the interrupt came{where}.")
            return aside
    except Timeout:
        raise RoundtripError(
            "A command of another notebook is running in the workspace, so nothing was changed; "
            "wait for it or stop it there, then try again."
        ) from None
    except OSError as error:
        cure = "make sure that there is room and that the folder can be written"
        raise RoundtripError(
            f"A new workspace could not be made in {home.root} ({first_reason(error)}), so "
            f"nothing was changed; {_CURES.get(error.errno or 0, cure)}."
        ) from None


def _swap(home: Home, fresh: Path, label: str, taken: Callable[[], None]) -> Path | None:
    """Put `fresh` in the workspace's place; where that fails, the old one comes back."""
    aside = set_aside(home, label)
    try:
        fresh.rename(home.project)
        taken()
    except (OSError, RoundtripError):
        if home.project.exists():
            home.project.rename(fresh)
        if aside:
            aside.rename(home.project)
        raise
    return aside


@contextmanager
def _interrupts_wait() -> Iterator[list[int]]:
    """Go on to the end of the block, whoever interrupts; the list then holds what came."""
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came  # no interrupt comes here
        return
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, usual or signal.SIG_DFL)


def set_aside(home: Home, label: str) -> Path | None:
    """Move the workspace to the attic and return where it is now; None if there was nothing in it.

    Raises `RoundtripError` when it cannot be moved; it is then where it was.
    """
    project = home.project
    if not os.path.lexists(project):
        return None
    try:
        if project.is_dir() and not project.is_symlink() and not any(project.iterdir()):
            project.rmdir()
            return None
        home.attic.mkdir(parents=True, exist_ok=True)
        place = free_place(home.attic, label)
        project.rename(place)
    except OSError as error:
        cure = _CURES.get(error.errno or 0, "close programs that have files of it open")
        raise RoundtripError(
            f"The workspace could not be set aside ({first_reason(error)}), so nothing was "
            f"changed; {cure}, then try again."
        ) from None
    return place


_ONE_DISK = (
    "it is moved, which is only possible on one disk: ROUNDTRIP_HOME can name a folder there for "
    "all of it, or take the links away"
)
_CURES = {
    errno.EXDEV: _ONE_DISK,
    errno.EBUSY: _ONE_DISK,  # the workspace itself is another disk, as a volume of a container is
    errno.EEXIST: "rename the file `attic`, where a folder should be",
    errno.ENOTDIR: "rename the file `attic`, where a folder should be",
}
if os.name != "nt":  # where it also means that a program has a file open
    _CURES[errno.EACCES] = "give the folder its write permission back (chmod u+w)"
"""What to do about what kept a folder from being moved."""


_NEW = "new-"


def _sweep(home: Home) -> None:
    """Take away copies that a killed kernel left half made. No learner has worked in them."""
    for left in home.private.glob(f"{_NEW}*"):
        remove(left)
