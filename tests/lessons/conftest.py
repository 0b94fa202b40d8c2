"""The end states of the lessons: those that the notebooks of this run left, else made here."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from roundtrip import lesson, snapshots, workspace
from roundtrip.course import find_course


@pytest.fixture
def end_of(tmp_path: Path) -> Callable[[int], Path]:
    """`end_of(5)` is a copy of the project as lesson 5 leaves it."""
    course = find_course()
    home = workspace.find_home(course.folder)

    def copy(number: int) -> Path:
        _, place = lesson.end_state(course, home, course.lesson(number))
        target = tmp_path / f"end of {number}"
        shutil.copytree(snapshots.project_in(place), target, symlinks=True)
        return target

    return copy
