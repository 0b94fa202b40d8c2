"""Copies of the workspace at the ends of lessons: the learner's own, and those the course makes.

A made one is kept under a key of the notebooks that lead to it and of the installed versions, so
that a changed step or a new version makes a new one. `ROUNDTRIP_SNAPSHOTS` moves the made ones.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .course import Course, Lesson, steps_in
from .errors import RoundtripError
from .home import Home
from .safe_files import copy, read_json, remove, write_json
from .state import State


def own(home: Home, lesson: Lesson) -> Path:
    """Where the learner's own end state of a lesson is kept, whether it exists or not.

    One whose successor was stopped on its way in is put back there first.
    """
    place = home.private / "snapshots" / f"lesson-{lesson.number:02d}"
    with suppress(OSError):
        if not place.exists():
            _old(place).rename(place)
    return place


def made(home: Home, course: Course, lesson: Lesson) -> Path:
    """Where the course's end state of a lesson is kept, whether it exists or not.

    One that lost its project does not.
    """
    folder = os.environ.get("ROUNDTRIP_SNAPSHOTS")
    root = Path(folder) if folder else home.private / "made"
    place = root / f"lesson-{lesson.number:02d}-{_key(course, lesson)}"
    if place.exists() and not project_in(place).is_dir():  # somebody has cleared up in there
        remove(place)
    return place


def store(project: Path, place: Path, notes: dict[str, Any]) -> None:
    """Keep a copy of a project at `place`, with notes about it; an older copy there is replaced.

    The older one is removed last, so that there is a whole one at any moment. Raises
    `RoundtripError` where it cannot be written; the older one stays then.
    """
    fresh = place.with_name(place.name + ".new")
    _clear(place, fresh)
    try:
        copy(project, fresh / "workspace")
        write_json(notes_file(fresh), notes)
        if place.exists():
            place.rename(_old(place))
        fresh.rename(place)
    except OSError as error:
        raise RoundtripError(
            f"The end of the lesson could not be kept ({error.strerror}), so one that was kept "
            "before is as it was; make sure that there is room and that the folder "
            f"{place.parent} can be written, then try again."
        ) from None
    finally:
        _clear(place, fresh)


def move(snapshot: Path, place: Path) -> None:
    """Keep a snapshot at another place instead; raises `RoundtripError` as `store` does."""
    try:
        snapshot.rename(place)
    except OSError:  # it is on another disk, or something is there
        store(project_in(snapshot), place, notes_in(snapshot))


def _old(place: Path) -> Path:
    """Where the copy at a place waits while another comes in. What lies there is always whole."""
    return place.with_name(place.name + ".old")


def _clear(place: Path, fresh: Path) -> None:
    """Take away a half `fresh`, and an old copy beside a new one; without that one it is back."""
    remove(fresh)
    with suppress(OSError):
        _old(place).rename(fresh if place.exists() else place)
    remove(fresh)


def project_in(place: Path) -> Path:
    """The project tree inside a snapshot."""
    return place / "workspace"


def notes(current: State) -> dict[str, Any]:
    """What is kept beside the project at a lesson's end: the state of its four places."""
    return {"state": current.to_dict()}


def notes_file(place: Path) -> Path:
    """The file that holds the notes about a snapshot."""
    return place / "notes.json"


def notes_in(place: Path) -> dict[str, Any]:
    """The notes about a snapshot; empty where there is none."""
    return read_json(notes_file(place)) or {}


_VERSIONS = ("alembic", "flask", "flask-migrate", "flask-sqlalchemy", "sqlalchemy", "roundtrip")


def _key(course: Course, lesson: Lesson) -> str:
    """Twelve hex digits for every step up to this lesson's end, and the versions.

    Raises `RoundtripError` where one of the notebooks cannot be read.
    """
    digest = hashlib.sha256()
    for name in _VERSIONS:
        digest.update(f"{name}=={version(name)}\n".encode())
    for each in course.lessons:
        for _, cell in steps_in(each.notebook):
            digest.update("".join(cell["source"]).encode() + b"\0")
        if each == lesson:
            break
    return digest.hexdigest()[:12]
