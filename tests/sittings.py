"""Lessons begun and ended at known times, and what is kept of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from roundtrip import progress
from roundtrip.cli import main
from roundtrip.course import Course, find_course
from roundtrip.home import Home
from roundtrip.progress import Record

COURSE = find_course()
ZONE = timezone(timedelta(hours=2))
NINE = datetime(2026, 11, 24, 9, 0, 0, tzinfo=ZONE)
GOALS = {lesson.number: len(lesson.goals) for lesson in COURSE.lessons}
ALL = sum(GOALS.values())
LESSONS = len(COURSE.lessons)
NONE_YET = f"Progress: 0 of {LESSONS} lessons done, 0 of {ALL} goals met, 0 minutes."


def file_of(home: Home) -> Path:
    return home.root / ".roundtrip" / "progress.json"


def rows(home: Home) -> dict[str, dict[str, Any]]:
    """What the file holds, read without the course."""
    return json.loads(file_of(home).read_text(encoding="utf-8"))["lessons"]


def begin(home: Home, number: int, minutes: float = 0) -> Record:
    return progress.started(home, COURSE.lesson(number), NINE + timedelta(minutes=minutes))


def end(home: Home, number: int, minutes: float, met: int | None = None) -> Record:
    now = NINE + timedelta(minutes=minutes)
    goals = GOALS[number]
    return progress.finished(home, COURSE.lesson(number), goals if met is None else met, goals, now)


def course_with(folder: Path, goals: dict[int, int]) -> Course:
    """A course whose lessons have so many goals."""
    rows = []
    for number, count in goals.items():
        names = f'title = "Title"\nnotebook = "{number:02d}.ipynb"\nminutes = 5\n'
        rows.append(f"[[lesson]]\nnumber = {number}\n{names}")
        rows += ['[[lesson.goal]]\ntext = "A goal"\ncheck = "clean"\n'] * count
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "course.toml").write_text("\n".join(rows), encoding="utf-8")
    return Course(folder)


def table(home: Home) -> list[str]:
    """What `roundtrip progress` prints."""
    done = CliRunner().invoke(main, ["progress"], env={"ROUNDTRIP_HOME": str(home.root)})
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.splitlines()
