"""A course folder in which something is missing or broken."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from roundtrip import doctor, refresh, snapshots
from roundtrip.course import Course
from roundtrip.errors import RoundtripError
from roundtrip.home import Home

ROOT = Path(__file__).parents[1]
FIRST = "01_build_the_demo_app.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A copy of the lessons."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    return Course(tmp_path)


def cut(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8")[:-300], encoding="utf-8")


@pytest.mark.parametrize("harm", [Path.unlink, cut, lambda file: file.write_text("[]")])
def test_a_notebook_that_cannot_be_read_is_named(course: Course, harm: Callable[[Path], object]):
    harm(course.folder / "notebooks" / FIRST)
    lesson = course.lesson(1)
    said = f"needs notebooks/{FIRST}, and .* git restore notebooks/{FIRST} brings that file back"
    with pytest.raises(RoundtripError, match=said):
        snapshots.made(Home(course.folder), course, course.lesson(2))
    with pytest.raises(RoundtripError, match=said):
        refresh.run(lesson.notebook)
    found = doctor._lessons(course)
    assert not found.ok and FIRST in found.found


@pytest.mark.parametrize("text", ["[[lesson]", "x = 1", "lesson = 3", "[[lesson]]\nnumber = 1\n"])
def test_a_list_of_lessons_that_cannot_be_read_is_named(course: Course, text: str):
    (course.folder / "notebooks" / "course.toml").write_text(text)
    with pytest.raises(
        RoundtripError, match=r"needs notebooks/course\.toml, and it cannot be read"
    ):
        _ = course.lessons
    assert "course.toml" in doctor._lessons(course).found


def test_a_course_that_is_whole(course: Course):
    assert doctor._lessons(course).ok
