"""What new workspaces have replaced: whose each is, by the lesson in its name, and the way back."""

from __future__ import annotations

import re
from pathlib import Path

import psutil

from . import holding, workspace
from .course import command
from .errors import RoundtripError
from .home import Home


def label(home: Home) -> str:
    """What to call the workspace when it goes to the attic: the lesson that it belongs to."""
    holder = holding.owner(home)
    return f"lesson-{holder.lesson:02d}" if holder else "unknown"


def names(home: Home) -> list[str]:
    """All that was set aside, the oldest first."""
    return sorted(place.name for place in home.attic.iterdir()) if home.attic.is_dir() else []


def newest(home: Home, lesson: int) -> Path | None:
    """Where the newest workspace of a lesson is; None where there is none."""
    found = [name for name in names(home) if lesson_of(name) == lesson]
    return home.attic / found[-1] if found else None


def restore(home: Home, name: str) -> Path | None:
    """Put a copy in the workspace's place; return where the workspace before went, if it had any.

    Whoever held the workspace holds it on, in the lesson that the copy belongs to. Raises
    `RoundtripError` where the attic has no such folder, or as `workspace.replace` does.
    """
    place = home.attic / name
    if name not in names(home) or not place.is_dir():
        raise RoundtripError(f"The attic holds nothing named {name}; `{command()} attic` lists it.")

    def taken() -> None:
        holder, lesson = holding.owner(home), lesson_of(name)
        if lesson is None:  # nobody knows whose it is
            holding.let_go(home)
        else:
            holding.take(home, holder.token if holder else "", lesson)

    return workspace.replace(home, place, f"{label(home)}_before-restore", taken)


def left_behind(aside: Path | None) -> list[str]:
    """What to tell where a terminal is open in a workspace that was set aside: it went along."""
    shells = (p for p in psutil.process_iter() if aside and _is_shell_in(p, aside))
    if next(shells, None) is None:
        return []
    return ["A terminal that is open there went along, and works in the attic: type `cd .` in it."]


def _is_shell_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() in _SHELLS and Path(process.cwd()).is_relative_to(folder)
    except (psutil.Error, OSError):  # it has ended, or is somebody else's
        return False


_SHELLS = {"bash", "dash", "fish", "ksh", "nu", "pwsh", "sh", "tcsh", "xonsh", "zsh"}


def lesson_of(name: str) -> int | None:
    """The lesson in a name that `safe_files.free_place` has made, behind the time."""
    found = re.fullmatch(r"[\d-]+_[\d-]+_lesson-(\d+)(_.*)?", name)
    return int(found[1]) if found else None
