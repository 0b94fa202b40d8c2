"""The trip through the lessons as a series of states: what each of them left behind."""

from __future__ import annotations

from dataclasses import replace

from . import snapshots, verdict
from .course import Course, Lesson
from .home import Home
from .state import State


def steps(course: Course, home: Home, here: Lesson, now: State) -> list[tuple[str, State]]:
    """A title and the end state of each lesson before `here` that is known; then the state now.

    Lessons that changed nothing in the four places are left out.
    """
    found: list[tuple[str, State]] = []
    for lesson in course.lessons[1 : course.lessons.index(here)]:
        place = snapshots.own(home, lesson)
        if not place.exists():
            place = snapshots.made(home, course, lesson)
        notes = snapshots.notes_in(place)
        if "state" in notes:
            kept = State.from_dict(notes["state"])
            # judged again: the rules may be newer than what was kept
            kept = replace(kept, disagreements=verdict.disagreements(kept))
            found.append((f"{lesson.number:02d} {lesson.title}", kept))
    found.append((f"{here.number:02d} {here.title}", now))
    return [step for n, step in enumerate(found) if n == 0 or step[1] != found[n - 1][1]]
