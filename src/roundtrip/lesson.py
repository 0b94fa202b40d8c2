"""Starts and finishes a lesson: sets up its start state, checks and keeps its end state."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from . import checks, snapshots, terminal, workspace
from .course import Course, Goal, Lesson
from .errors import RoundtripError
from .facts import State
from .workspace import Home

Progress = Callable[[Lesson, int, int], None]
"""Told, while start states are made: the lesson being run, cells done, cells in all."""


@dataclass(frozen=True)
class Started:
    """What `start` did. `source`: "empty", "own" or "made"; `aside`: where the old one went."""

    lesson: Lesson
    source: str
    before: Lesson | None
    aside: Path | None


@dataclass(frozen=True)
class Finished:
    """What `finish` found. `kept` tells whether the end state was stored as the learner's own."""

    lesson: Lesson
    results: tuple[checks.Result, ...]
    kept: bool
    next: Lesson | None

    @property
    def all_met(self) -> bool:
        """Whether every goal of the lesson is met."""
        return all(result.met for result in self.results)


def start(
    course: Course,
    home: Home,
    lesson: Lesson,
    progress: Progress | None = None,
    fresh: bool = False,
    token: str = "",
) -> Started:
    """Put the lesson's start state in the workspace; what was there goes to the attic.

    The kernel with this token holds the workspace from then on (without one: no kernel does).

    The start state is the learner's own end state of the lesson before, if they finished it (and
    `fresh` is not asked for), else one made by running the notebooks before.
    """
    before = course.before(lesson)
    holder = workspace.owner(home)
    label = f"lesson-{holder.lesson:02d}" if holder else "unknown"
    if before is None or course.before(before) is None:
        source, place = "empty", None
    else:
        source, place = end_state(course, home, before, progress, fresh)
    tree = snapshots.project_in(place) if place else None
    aside = workspace.replace(home, tree, label, lambda: workspace.take(home, token, lesson.number))
    return Started(lesson, source, before, aside)


def end_state(
    course: Course,
    home: Home,
    lesson: Lesson,
    progress: Progress | None = None,
    fresh: bool = False,
) -> tuple[str, Path]:
    """The snapshot of a lesson's end: ("own", place) or ("made", place), made now where needed."""
    own = snapshots.own(home, lesson)
    if own.exists() and not fresh:
        return "own", own
    missing: list[Lesson] = []
    for each in reversed(course.lessons[1 : course.lessons.index(lesson) + 1]):
        if snapshots.made(home, course, each).exists():
            break
        missing.insert(0, each)
    if missing:
        terminal.prepare(home.project)
    for each in missing:
        place = snapshots.made(home, course, each)
        with _making(place):
            if not place.exists():
                _make(course, home, each, place, progress)
    return "made", snapshots.made(home, course, lesson)


def finish(
    course: Course, home: Home, lesson: Lesson, current: State, anyway: bool = False
) -> Finished:
    """Check the lesson's goals against the state now and, when all are met, keep it as its end."""
    results = hold(lesson.goals, home, current)
    keep = anyway or all(result.met for result in results)
    if keep:
        notes = {"lesson": lesson.number, "state": current.to_dict()}
        snapshots.store(home.project, snapshots.own(home, lesson), notes)
    return Finished(lesson, results, keep, course.after(lesson))


def hold(goals: Sequence[Goal], home: Home, current: State) -> tuple[checks.Result, ...]:
    """Hold goals, of a lesson or of an exercise, against the state now."""
    return tuple(checks.check(goal, current, home.project) for goal in goals)


@contextmanager
def _making(place: Path) -> Iterator[None]:
    """Hold the right to make one snapshot; others that want it wait, then find it made."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_name(place.name + ".lock")):
        yield


@contextmanager
def _scratch(home: Home, lesson: Lesson) -> Iterator[Home]:
    """A home to make a lesson's end in. What a killed run has left there is taken away first."""
    folder = home.private / f"make-{lesson.number:02d}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield Home(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(
    course: Course, home: Home, lesson: Lesson, place: Path, progress: Progress | None
) -> None:
    """Run a lesson's notebook in a home of its own, and keep the end state that it leaves.

    It runs in a process of its own, `roundtrip make`, that prints a line `done/all` for each cell.
    """
    with _scratch(home, lesson) as scratch:
        env = os.environ | {
            "ROUNDTRIP_HOME": str(scratch.root),
            "ROUNDTRIP_SNAPSHOTS": str(place.parent),
            "ROUNDTRIP_PROGRESS": "0",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "roundtrip", "make", str(lesson.number)],
            cwd=course.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with terminal.ending(process):
            for line in process.stdout or ():
                done, _, total = line.strip().partition("/")
                if progress and done.isdigit() and total.isdigit():
                    progress(lesson, int(done), int(total))
            problem = process.stderr.read() if process.stderr else ""
            process.wait()
        result = snapshots.own(scratch, lesson)
        if process.returncode or not result.exists():
            reason = problem.strip().splitlines()[-1:] or ["its goals are not met at its end"]
            raise RoundtripError(
                f"The start state could not be made, because the notebook of {lesson.name} does "
                f"not run here: {reason[0]} If you changed that notebook, put it back with "
                f"`git restore {lesson.notebook.relative_to(course.folder).as_posix()}` in the "
                "course folder; then run this cell again."
            )
        snapshots.store(snapshots.project_in(result), place, snapshots.notes_in(result))
