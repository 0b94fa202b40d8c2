"""Copies of the workspace at the ends of lessons: the learner's own, and those the course makes.

A made one is kept under a key of the notebooks that lead to it and of the installed versions, so
that a changed step or a new version makes a new one. `ROUNDTRIP_SNAPSHOTS` moves the made ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import workspace
from .course import Course, Lesson
from .facts import State
from .workspace import Home


def own(home: Home, lesson: Lesson) -> Path:
    """Where the learner's own end state of a lesson is kept, whether it exists or not."""
    return home.private / "snapshots" / f"lesson-{lesson.number:02d}"


def made(home: Home, course: Course, lesson: Lesson) -> Path:
    """Where the course's end state of a lesson is kept, whether it exists or not."""
    folder = os.environ.get("ROUNDTRIP_SNAPSHOTS")
    root = Path(folder) if folder else home.private / "made"
    return root / f"lesson-{lesson.number:02d}-{_key(course, lesson)}"


def store(project: Path, place: Path, notes: dict[str, Any]) -> None:
    """Keep a copy of a project at `place`, with notes about it; an older copy there is replaced."""
    fresh = place.with_name(place.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    workspace.copy(project, fresh / "workspace")
    workspace.write_json(notes_file(fresh), notes)
    if place.exists():
        shutil.rmtree(place)
    fresh.rename(place)


def project_in(place: Path) -> Path:
    """The project tree inside a snapshot."""
    return place / "workspace"


def notes(lesson: Lesson, current: State) -> dict[str, Any]:
    """What is noted of a lesson's end."""
    return {"lesson": lesson.number, "state": current.to_dict()}


def notes_file(place: Path) -> Path:
    """Where the notes about a snapshot lie."""
    return place / "notes.json"


def notes_in(place: Path) -> dict[str, Any]:
    """What was noted when the snapshot was stored; empty where it does not exist."""
    return workspace.read_json(notes_file(place)) or {}


_VERSIONS = ("alembic", "flask", "flask-migrate", "flask-sqlalchemy", "sqlalchemy", "roundtrip")


def _key(course: Course, lesson: Lesson) -> str:
    """Twelve hex digits for every code cell up to this lesson's end, and the versions."""
    digest = hashlib.sha256()
    for name in _VERSIONS:
        digest.update(f"{name}=={version(name)}\n".encode())
    for each in course.lessons:
        notebook = json.loads(each.notebook.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                digest.update("".join(cell["source"]).encode() + b"\0")
        if each == lesson:
            break
    return digest.hexdigest()[:12]
