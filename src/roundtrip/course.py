"""Reads `notebooks/course.toml`, the only list of lessons."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import RoundtripError


@dataclass(frozen=True)
class Goal:
    """One checkable fact about the end of a lesson: a row of the table.

    `check` names a predicate of `checks/`, `arguments` are what it gets. `hints`: a first one, a
    stronger one, and the heading under which the answer is.
    """

    text: str
    check: str
    arguments: Mapping[str, Any]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """Something to do alone in a lesson: its name, and what is true when it is done."""

    name: str
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class Lesson:
    """One row of the course: a notebook, what is true at its end, and its exercises."""

    number: int
    title: str
    notebook: Path
    goals: tuple[Goal, ...] = ()
    exercises: tuple[Exercise, ...] = ()

    def exercise(self, name: str) -> Exercise:
        """The exercise with this name, or the only one. Raises `RoundtripError` for any other."""
        for exercise in self.exercises:
            if exercise.name == name or (not name and len(self.exercises) == 1):
                return exercise
        names = ", ".join(exercise.name for exercise in self.exercises)
        if not name and self.exercises:
            raise RoundtripError(f"{self.name} has more exercises than one, so name it: {names}.")
        if not self.exercises:
            raise RoundtripError(f"{self.name} has no exercise; %finish looks at what it is about.")
        raise RoundtripError(f"{self.name} has no exercise {name!r}. It has: {names}.")

    @property
    def name(self) -> str:
        """`lesson 03 · Create the migration`."""
        return f"lesson {self.number:02d} · {self.title}"


@dataclass(frozen=True)
class Course:
    """The course folder (the clone) and its lessons in order."""

    folder: Path

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons, in the order of the table. Raises `RoundtripError` where it is broken."""
        notebooks = self.folder / "notebooks"
        try:
            table = tomllib.loads((notebooks / "course.toml").read_text(encoding="utf-8"))
            return tuple(_lesson(row, notebooks) for row in table["lesson"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise unreadable(notebooks / "course.toml", error) from None

    def lesson(self, number: int) -> Lesson:
        """The lesson with this number. Raises `RoundtripError` where there is none."""
        for lesson in self.lessons:
            if lesson.number == number:
                return lesson
        numbers = f"{self.lessons[0].number} to {self.lessons[-1].number}"
        raise RoundtripError(f"There is no lesson {number}: the course has lessons {numbers}.")

    def before(self, lesson: Lesson) -> Lesson | None:
        """The lesson whose end state is this one's start state; None for the first."""
        place = self.lessons.index(lesson)
        return self.lessons[place - 1] if place else None

    def after(self, lesson: Lesson) -> Lesson | None:
        """The next lesson; None for the last."""
        place = self.lessons.index(lesson) + 1
        return self.lessons[place] if place < len(self.lessons) else None


def find_course() -> Course:
    """The course this package belongs to: the clone, or the folder above the working directory.

    Raises `RoundtripError` when neither holds a `notebooks/course.toml`.
    """
    ours = Path(__file__).resolve().parents[2]
    if is_course(ours):
        return Course(ours)
    with suppress(OSError):  # the working directory may be gone
        here = Path.cwd()
        for folder in (here, *here.parents):
            if is_course(folder):
                return Course(folder)
    raise RoundtripError(
        "The course's notebooks were not found, so there is no lesson to run; change into the "
        "folder that you cloned and try again."
    )


def is_course(folder: Path) -> bool:
    """Whether this is a course folder: it holds the list of lessons."""
    return (folder / "notebooks" / "course.toml").is_file()


def command() -> str:
    """What one types for `roundtrip`: in the course's own `.venv`, `start.py` is the way to it."""
    own = Path(sys.prefix).name == ".venv" and Path(sys.prefix).with_name("start.py").is_file()
    python = "py" if sys.platform == "win32" else "python3"
    return f"{python} start.py" if own else "roundtrip"


def code_in(notebook: Path) -> list[str]:
    """The sources of the code cells. Raises `RoundtripError` where it cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(notebook, error) from None


def steps_in(notebook: Path) -> list[tuple[int, Mapping[str, Any]]]:
    """The cells that lead to a lesson's end, and the place of each among all code cells, from 1.

    Not those that a learner has added, whose ids are JupyterLab's, nor exercises. Raises
    `RoundtripError` as `code_in` does.
    """
    code_in(notebook)
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = enumerate((cell for cell in cells if cell["cell_type"] == "code"), start=1)
    if steps := [(place, cell) for place, cell in code if _is_a_step(cell)]:
        return steps
    raise unreadable(notebook, ValueError("its cells have lost their ids"))


def _is_a_step(cell: Mapping[str, Any]) -> bool:
    ours = COURSE_ID.match(cell.get("id", ""))
    return bool(ours) and "exercise" not in cell["metadata"].get("tags", ())


COURSE_ID = re.compile(r"l\d+-")
"""How the id of a cell of the course begins: `l05-12` is one of lesson 05."""


def unreadable(file: Path, error: Exception) -> RoundtripError:
    """What is said where a file in `notebooks/` is not there, or is broken."""
    reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
    return RoundtripError(
        f"The course needs notebooks/{file.name}, and it cannot be read ({reason}); put it back, "
        "or mend it. In the course folder, git status names what differs from the clone, and "
        f"git restore notebooks/{file.name} brings that file back."
    )


def goal(row: Mapping[str, Any]) -> Goal:
    """A goal as a row of a table says it."""
    return Goal(
        text=row["text"],
        check=row["check"],
        arguments=row.get("with", {}),
        hints=tuple(row.get("hints", ())),
    )


def _lesson(row: Mapping[str, Any], notebooks: Path) -> Lesson:
    exercises = (Exercise(each["name"], _goals(each)) for each in row.get("exercise", ()))
    return Lesson(
        number=row["number"],
        title=row["title"],
        notebook=notebooks / row["notebook"],
        goals=_goals(row),
        exercises=tuple(exercises),
    )


def _goals(row: Mapping[str, Any]) -> tuple[Goal, ...]:
    return tuple(map(goal, row.get("goal", ())))
