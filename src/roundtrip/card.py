"""Says how far a learner is: one sentence, the card that a lesson begins with, and a table."""

from __future__ import annotations

import html

from .course import Course, Lesson
from .plural import counted
from .progress import Entry, Record


def sentence(course: Course, record: Record) -> str:
    """`Progress: 2 of 11 lessons done, 9 of 45 goals met, 25 minutes.`, and the remark, if any.

    `tests/sanitize.cfg` knows this form.
    """
    done = sum(_entry(record, lesson).completed is not None for lesson in course.lessons)
    minutes = sum(_minutes(_entry(record, lesson)) for lesson in course.lessons)
    met, goals = _goals(course, record)
    said = (
        f"Progress: {done} of {len(course.lessons)} lessons done, {met} of {goals} goals met, "
        f"{counted(minutes, 'minute')}."
    )
    return f"{said} {record.remark}".rstrip()


def card(course: Course, record: Record) -> str:
    """The sentence as HTML, with a bar. What differs between learners is on its second line."""
    met, goals = _goals(course, record)
    return (
        '<div style="border: 1px solid #8886; border-radius: 6px; padding: 0.4em 0.8em; '
        'width: fit-content; max-width: 100%; box-sizing: border-box">\n'
        f"{html.escape(sentence(course, record))} "
        f'<progress value="{met}" max="{goals}" aria-label="Goals met"></progress>\n'
        "</div>"
    )


def table(course: Course, record: Record) -> str:
    """One line a lesson, then the sentence; and where to begin, when nothing is recorded yet."""
    rows = [_row(lesson, _entry(record, lesson)) for lesson in course.lessons]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines += ["", sentence(course, record)]
    if not record.lessons and not record.remark:
        first = course.lessons[0].notebook.relative_to(course.folder).as_posix()
        lines.append(f"Nothing is noted yet; {first} is where the course begins.")
    return "\n".join(lines)


def _row(lesson: Lesson, entry: Entry) -> tuple[str, ...]:
    state = "started" if entry.first_started else "not begun"
    goals = f"{_met(lesson, entry)} of {len(lesson.goals)} goals" if lesson.goals else "no goals"
    return (
        f"{lesson.number:02d}",
        lesson.title,
        "done" if entry.completed else state,
        goals,
        counted(_minutes(entry), "minute"),
    )


def _entry(record: Record, lesson: Lesson) -> Entry:
    return record.lessons.get(lesson.number, Entry())


def _goals(course: Course, record: Record) -> tuple[int, int]:
    """The goals met of all lessons, and how many there are."""
    met = sum(_met(lesson, _entry(record, lesson)) for lesson in course.lessons)
    return met, sum(len(lesson.goals) for lesson in course.lessons)


def _met(lesson: Lesson, entry: Entry) -> int:
    """Never more than the lesson has today: the course may have changed since."""
    return min(entry.met, len(lesson.goals))


def _minutes(entry: Entry) -> int:
    """Whole minutes, rounded, so that those of the lessons add up to the sum."""
    return (entry.seconds + 30) // 60
