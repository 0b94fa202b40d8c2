"""Where a learner's work lives: made, copied, put back, set aside. Nothing is ever deleted.

home/
  workspace/     the learner's project: a Git repository and a database of its own
  attic/         every workspace that a new one has replaced, with the time in its name
  .roundtrip/    snapshots, the lock, the note of who holds the workspace, the learner's progress
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock, Timeout

from .errors import RoundtripError


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
            f"The folder {wanted or root} cannot be used for your work ({_first_reason(error)}); "
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
            f"A new workspace could not be made in {home.root} ({_first_reason(error)}), so "
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
            f"The workspace could not be set aside ({_first_reason(error)}), so nothing was "
            "changed; close programs that have files of it open, then try again."
        ) from None
    return place


def free_place(folder: Path, label: str) -> Path:
    """A name in the folder that is not taken: the time, then the label."""
    stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    count = 1
    place = folder / f"{stamp}_{label}"
    while os.path.lexists(place):
        count += 1
        place = folder / f"{stamp}_{label}_{count}"
    return place


def copy(source: Path, target: Path) -> None:
    """Copy a project tree to a path that does not exist yet; all or nothing.

    What is neither a file nor a folder (a pipe, a socket) is left out. Raises `RoundtripError` when
    the rest cannot be copied whole (no room, no permission).
    """
    half = target.with_name(target.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, half, symlinks=True, ignore=_neither_files_nor_folders)
        half.rename(target)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(half, ignore_errors=True)
        reason = _first_reason(error)
        full = any(os.strerror(number) in reason for number in (errno.ENOSPC, errno.EDQUOT))
        cure = "make room on the disk" if full else f"look whether {source} can be read whole"
        raise RoundtripError(
            f"A copy of the project could not be written ({reason}); {cure}, then try again."
        ) from None


def _neither_files_nor_folders(folder: str, names: list[str]) -> list[str]:
    """Those of the names in a folder that only a running program gives a content."""
    paths = {name: Path(folder, name) for name in names}
    return [n for n, p in paths.items() if not (p.is_symlink() or p.is_file() or p.is_dir())]


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


def read_json(path: Path) -> Any:
    """What a JSON file of the course holds; None when it is missing or cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file, as `write_text` does."""
    write_text(path, json.dumps(value, indent=1))


def write_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new one, never half of it.

    Makes its folder. Raises `RoundtripError` where it cannot be written; the old one then stays.
    """
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            shutil.copymode(path, fresh)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise RoundtripError(
            f"{path.name} could not be written ({_first_reason(error)}), so it is as it was; make "
            "sure that there is room and that the folder can be written, then try again."
        ) from None


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


def _first_reason(error: Exception) -> str:
    """Why it failed, in a few words; of a copy that failed in many files, the first."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        said = str(error.args[0][0][-1])
        return said.removeprefix("[Errno ").partition("] ")[2].partition(": ")[0] or said
    return getattr(error, "strerror", None) or str(error)
