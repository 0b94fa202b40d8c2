"""Where a learner's work lives: made, copied, put back, set aside. Nothing is ever deleted.

home/
  workspace/     the learner's project: a Git repository and a database of its own
  attic/         every workspace that a new one has replaced, with the time in its name
  .roundtrip/    snapshots, the lock, the note of who holds the workspace, the learner's progress
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from .errors import RoundtripError
from .safe_files import copy, first_reason, free_place, read_json, write_json


@dataclass(frozen=True)
class Home:
    """The folder that holds everything of one learner."""

    root: Path

    @property
    def project(self) -> Path:
        """The learner's project directory, `workspace/`."""
        return self.root / "workspace"

    @property
    def attic(self) -> Path:
        """Where replaced workspaces go."""
        return self.root / "attic"

    @property
    def private(self) -> Path:
        """What the course keeps for itself."""
        return self.root / ".roundtrip"

    def shown(self, path: Path) -> str:
        """The path as a learner reads it: relative to home where it lies inside."""
        return (
            path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)
        )


def find_home(course_folder: Path, environ: Mapping[str, str] = os.environ) -> Home:
    """The learner's home: `ROUNDTRIP_HOME`, else the course folder, else a per-user folder.

    Raises `RoundtripError` where `ROUNDTRIP_HOME` cannot be used.
    """
    wanted = environ.get("ROUNDTRIP_HOME")
    try:
        if wanted:
            root = course_folder / Path(wanted).expanduser()
        elif _writable(course_folder):
            root = course_folder
        else:
            root = Path(platformdirs.user_data_dir("roundtrip", appauthor=False))
        home = Home(root.resolve())
        if os.pathsep in str(home.root):
            raise RoundtripError(
                f"The folder {home.root} has a '{os.pathsep}' in its name, which would keep Git "
                "from staying in your project; move the course to another folder."
            )
        home.private.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise RoundtripError(
            f"The folder {wanted or root} cannot be used for your work ({first_reason(error)}); "
            "set ROUNDTRIP_HOME to a folder that you can write to."
        ) from None
    return home


def notice(home: Home, course_folder: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """A sentence when the work is neither in the course folder nor where the learner said."""
    if environ.get("ROUNDTRIP_HOME") or home.root == course_folder.resolve():
        return None
    return (
        f"The course folder cannot be written, so your work is kept in {home.root}. Notebooks "
        "cannot be saved: what you write in one is lost with its page, unless you download it."
    )


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

    `taken` is called once it stands there, before anybody else can use it. Returns where the
    workspace before went, or None when there was nothing in it. The copy is complete before
    anything moves, so a failure (`RoundtripError`) at any moment leaves the old workspace where it
    was or in the attic.
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
            finally:
                shutil.rmtree(fresh.parent, ignore_errors=True)
            return aside
    except Timeout:
        raise RoundtripError(
            "A command of another notebook is running in the workspace, so nothing was changed; "
            "wait for it or stop it there, then try again."
        ) from None
    except OSError as error:
        raise RoundtripError(
            f"A new workspace could not be made in {home.root} ({first_reason(error)}), so "
            "nothing was changed; make sure that there is room and that the folder can be written."
        ) from None


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
        raise RoundtripError(
            f"The workspace could not be set aside ({first_reason(error)}), so nothing was "
            "changed; close programs that have files of it open, then try again."
        ) from None
    return place


@dataclass(frozen=True)
class Owner:
    """Who holds the workspace: one kernel, in one lesson, since a moment (ISO 8601, local)."""

    token: str
    lesson: int
    since: str


def take(home: Home, token: str, lesson: int) -> None:
    """Note that the kernel with this token now holds the workspace for this lesson."""
    since = datetime.now().isoformat(timespec="seconds")
    write_json(home.private / "owner.json", asdict(Owner(token, lesson, since)))


def let_go(home: Home) -> None:
    """Note that nobody holds the workspace."""
    (home.private / "owner.json").unlink(missing_ok=True)


def owner(home: Home) -> Owner | None:
    """Who holds the workspace; None when nobody does (or the note cannot be read)."""
    row = read_json(home.private / "owner.json")
    match row:
        case {"token": str(token), "lesson": int(lesson), "since": str(since)}:
            return Owner(token, lesson, since)
    return None


_NEW = "new-"


def _sweep(home: Home) -> None:
    """Take away copies that a killed kernel left half made. No learner has worked in them."""
    for left in home.private.glob(f"{_NEW}*"):
        shutil.rmtree(left, ignore_errors=True)


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
