"""Starts and finishes a lesson: sets up its start state, checks and keeps its end state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import attic, checks, holding, making, snapshots, workspace
from .course import Course, Goal, Lesson
from .home import Home
from .making import OnCell
from .state import State


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
    def met(self) -> int:
        """How many goals of the lesson are met."""
        return sum(result.met for result in self.results)


def start(
    course: Course,
    home: Home,
    lesson: Lesson,
    on_cell: OnCell | None = None,
    fresh: bool = False,
    token: str = "",
) -> Started:
    """Put the lesson's start state in the workspace; what was there goes to the attic.

    The kernel with this token holds the workspace from then on (without one: no kernel does).

    The start state is the learner's own end state of the lesson before, if they finished it (and
    `fresh` is not asked for), else one made by running the notebooks before.
    """
    before = course.before(lesson)
    label = attic.label(home)
    if before is None or not begins_with_commits(course, lesson):
        source, place = "empty", None
    else:
        source, place = end_state(course, home, before, on_cell, fresh)
    tree = snapshots.project_in(place) if place else None
    take = partial(holding.take, home, token, lesson.number, fresh)
    aside = workspace.replace(home, tree, label, take)
    return Started(lesson, source, before, aside)


def begins_with_commits(course: Course, lesson: Lesson) -> bool:
    """Whether a lesson begins with what another one has made, and not with nothing."""
    before = course.before(lesson)
    return before is not None and course.before(before) is not None


def end_state(
    course: Course,
    home: Home,
    lesson: Lesson,
    on_cell: OnCell | None = None,
    fresh: bool = False,
) -> tuple[str, Path]:
    """The snapshot of a lesson's end: ("own", place) or ("made", place), made now where needed."""
    own = snapshots.own(home, lesson)
    if snapshots.project_in(own).is_dir() and not fresh:
        return "own", own
    missing: list[Lesson] = []
    for each in reversed(course.lessons[1 : course.lessons.index(lesson) + 1]):
        if snapshots.made(home, course, each).exists():
            break
        missing.insert(0, each)
    if missing:
        making.make(course, home, missing, on_cell)
    return "made", snapshots.made(home, course, lesson)


def finish(
    course: Course, home: Home, lesson: Lesson, current: State, anyway: bool = False
) -> Finished:
    """Check the lesson's goals against the state now and, when all are met, keep it as its end."""
    results = held(course, home, lesson, lesson.goals, current)
    keep = anyway or all(result.met for result in results)
    if keep:
        notes = snapshots.notes(current)
        snapshots.store(home.project, snapshots.own(home, lesson), notes)
    return Finished(lesson, results, keep, course.after(lesson))


def held(
    course: Course, home: Home, lesson: Lesson, goals: Sequence[Goal], current: State
) -> tuple[checks.Result, ...]:
    """Hold goals of this lesson, or of an exercise in it, against the workspace as it is now."""
    start, commits = own_start(course, home, lesson), begins_with_commits(course, lesson)
    return hold(goals, home.project, current, start, commits)


def own_start(course: Course, home: Home, lesson: Lesson) -> Path | None:
    """The project that a lesson starts from, where the learner has kept one; else None."""
    before = course.before(lesson)
    start = snapshots.project_in(snapshots.own(home, before)) if before else None
    return start if start and start.is_dir() else None


def hold(
    goals: Sequence[Goal],
    project: Path,
    current: State,
    start: Path | None = None,
    commits: bool = False,
) -> tuple[checks.Result, ...]:
    """Hold goals, of a lesson or of an exercise, against a project and its state.

    `start`: the project that the learner would begin with again. `commits`: it begins with some.
    """
    results = tuple(checks.check(goal, current, project) for goal in goals)
    if start:
        results = checks.lacking_at_the_start(results, current, start)
    return checks.without_commits(results, current, project, start) if commits else results
