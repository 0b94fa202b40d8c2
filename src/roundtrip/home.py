"""Where everything of one learner lies, and which folder that is.

home/
  workspace/     the learner's project: a Git repository and a database of its own
  attic/         every workspace that a new one has replaced, with the time in its name
  .roundtrip/    snapshots, the lock, the record of who holds the workspace, the learner's progress
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from .errors import RoundtripError
from .safe_files import first_reason


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

    Raises `RoundtripError` where `ROUNDTRIP_HOME` cannot be used, or has somebody else's
    `workspace`.
    """
    wanted = environ.get("ROUNDTRIP_HOME")
    try:
        if wanted:
            root = course_folder / Path(wanted).expanduser()
        elif _writable(course_folder) or os.access(course_folder / ".roundtrip", os.W_OK):
            root = course_folder  # also where it is full now: what is ours is there
        else:
            root = Path(platformdirs.user_data_dir("roundtrip", appauthor=False))
        home = Home(root.resolve())
        if "\ufffd" in os.fsencode(home.root).decode("utf-8", "replace"):
            raise OSError("its name is not UTF-8")
        if os.pathsep in str(home.root):
            raise RoundtripError(
                f"The folder {home.root} has a '{os.pathsep}' in its name, which would keep Git "
                "from staying in your project; move the course to another folder."
            )
        above = (home.root, *home.root.parents)
        if any(f.name == "workspace" and (f.parent / ".roundtrip").is_dir() for f in above):
            raise RoundtripError(
                f"{home.root} is inside the project of another home, whose Git would take your "
                "work along; set ROUNDTRIP_HOME to a folder elsewhere."
            )
        if wanted and not home.private.exists() and _is_others(home.project):
            raise RoundtripError(
                f"{home.root} has a folder `workspace` already, which the course did not make and "
                "does not touch; set ROUNDTRIP_HOME to another folder, an empty one."
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


def _is_others(project: Path) -> bool:
    """Whether there is something in the workspace's place that the course has not put there."""
    return os.path.lexists(project) and not (project.is_dir() and not any(project.iterdir()))


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
