"""The ends of the lessons, and a kernel to do their exercises in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kernels import Kernel, kernel

from roundtrip import lesson, snapshots
from roundtrip.course import find_course
from roundtrip.home import find_home


@pytest.fixture
def end_of(tmp_path: Path) -> Callable[[int], Path]:
    """`end_of(5)` is a copy of the project as lesson 5 leaves it.

    It is what the notebooks of this run left, else made here.
    """
    course = find_course()
    home = find_home(course.folder)

    def copy(number: int) -> Path:
        _, place = lesson.end_state(course, home, course.lesson(number))
        target = tmp_path / f"end of {number}"
        shutil.copytree(snapshots.project_in(place), target, symlinks=True)
        return target

    return copy


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workspace of all these exercises lies."""
    return tmp_path_factory.mktemp("exercises") / "home"


@pytest.fixture(scope="module")
def notebook(home: Path) -> Iterator[Kernel]:
    """One kernel for all: each lesson begins by making its workspace anew."""
    with kernel(home) as notebook:
        yield notebook
