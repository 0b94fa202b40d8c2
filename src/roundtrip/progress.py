"""How far a learner is: when each lesson was begun and done, its goals met, the time spent on it.

Kept in the learner's home, never in a notebook, and never a reason for a lesson to fail: what
cannot be written is said in a remark, and what cannot be read is set aside, not deleted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from .course import Lesson
from .errors import RoundtripError
from .home import Home
from .safe_files import first_reason, free_place, write_json

SITTING = timedelta(hours=3)
"""The most that counts between a lesson's start and its `%finish`: a night in between does not."""

PATIENCE = 3.0
"""Seconds to wait for another notebook that writes at this moment."""


@dataclass(frozen=True)
class Entry:
    """What was done of one lesson. Times are ISO 8601, local, with their distance from UTC.

    `completed` is when all goals were met for the first time; `met` the most that were met at once
    of `goals`; `seconds` the time of all sittings, `counted` how much of it is of the last one.
    """

    first_started: str | None = None
    last_started: str | None = None
    completed: str | None = None
    met: int = 0
    goals: int = 0
    seconds: int = 0
    counted: int = 0


@dataclass(frozen=True)
class Record:
    """All entries, by the number of the lesson; a sentence when something went wrong with them."""

    lessons: Mapping[int, Entry] = field(default_factory=dict)
    remark: str = ""


def started(home: Home, lesson: Lesson, now: datetime | None = None) -> Record:
    """Record that a notebook has begun this lesson, also with `--continue`: a sitting begins.

    `roundtrip restart` does not count. It makes a start state, for a class on the day before
    perhaps; who works on from there begins in the notebook, with `%lesson N --continue`.
    """
    stamp = _stamp(now)

    def change(entry: Entry) -> Entry:
        first = entry.first_started or stamp
        return replace(entry, first_started=first, last_started=stamp, counted=0)

    return _change(home, lesson, change)


def finished(
    home: Home, lesson: Lesson, met: int, goals: int, now: datetime | None = None
) -> Record:
    """Record what `%finish` found. It counts the time since the sitting began, and no part twice.

    A lesson that was completed stays so. Where it has another number of goals by now, the
    most that were met at once is counted from here.
    """
    stamp = _stamp(now)

    def change(entry: Entry) -> Entry:
        counted = max(_seconds(entry.last_started, stamp), entry.counted)
        return Entry(
            first_started=entry.first_started or stamp,
            last_started=entry.last_started,
            completed=entry.completed or (stamp if met == goals else None),
            met=max(met, entry.met) if goals == entry.goals else met,
            goals=goals,
            seconds=entry.seconds + counted - entry.counted,
            counted=counted,
        )

    return _change(home, lesson, change)


def read(home: Home) -> Record:
    """What is recorded; raises nothing."""
    try:
        lessons, whole = _load(_file(home))
    except OSError as error:
        return Record(remark=f"It cannot be read now ({first_reason(error)}).")
    return Record(lessons, "" if whole else "A part of it cannot be read.")


def _change(home: Home, lesson: Lesson, change: Callable[[Entry], Entry]) -> Record:
    """Read, change one lesson's entry, write: all of it while nobody else can."""
    lock = FileLock(home.private / "progress.lock", timeout=PATIENCE)
    try:
        with lock.acquire(poll_interval=0.01):
            lessons, whole = _load(_file(home))
            entry = change(lessons.get(lesson.number, Entry()))
            return _write(home, {**lessons, lesson.number: entry}, whole)
    except Timeout:
        reason = "another notebook is writing it."
    except RoundtripError as error:
        reason = str(error)
    except (OSError, NotImplementedError) as error:  # the latter: a disk that knows no locks
        reason = f"{first_reason(error)}."
    return replace(read(home), remark=f"It could not be kept: {reason}")


def _write(home: Home, lessons: Mapping[int, Entry], whole: bool) -> Record:
    """Write all entries; a file that was not understood as a `whole` goes out of the way first."""
    file = _file(home)
    if whole:
        write_json(file, _content(lessons))
        return Record(lessons)
    aside = free_place(home.private, file.name)
    file.rename(aside)
    try:
        write_json(file, _content(lessons))
    except RoundtripError:
        aside.rename(file)
        raise
    return Record(lessons, f"What could not be read of it is now in {home.shown(aside)}.")


def _load(file: Path) -> tuple[dict[int, Entry], bool]:
    """The entries that can be understood, and whether that is all that there is."""
    if not os.path.lexists(file):
        return {}, True
    if not file.is_file():
        return {}, False
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return {}, False
    rows = content.get("lessons") if isinstance(content, dict) else None
    lessons = {
        int(number): _entry(row)
        for number, row in (rows.items() if isinstance(rows, dict) else ())
        if number.isdecimal() and len(number) < 5 and isinstance(row, dict)
    }
    return lessons, content == _content(lessons)


def _content(lessons: Mapping[int, Entry]) -> dict[str, Any]:
    """What the file holds. A course that changes its form gives it another number."""
    rows = {str(number): asdict(lessons[number]) for number in sorted(lessons)}
    return {"layout": 1, "lessons": rows}


def _entry(row: Mapping[str, Any]) -> Entry:
    """An entry with those values of a row that can be what they should be."""
    empty = asdict(Entry())
    times = {name for name, value in empty.items() if value is None and _moment(row.get(name))}
    numbers = {
        name
        for name, value in empty.items()
        if value == 0 and type(row.get(name)) is int and row[name] >= 0
    }
    return Entry(**{name: row[name] for name in times | numbers})


def _file(home: Home) -> Path:
    return home.private / "progress.json"


def _stamp(now: datetime | None) -> str:
    return (now or datetime.now()).astimezone().isoformat(timespec="seconds")


def _seconds(since: str | None, until: str) -> int:
    """The seconds between two moments, as far as they count; 0 where the first is not known."""
    begin, end = _moment(since), _moment(until)
    if begin is None or end is None:
        return 0
    return int(min(max(end - begin, timedelta(0)), SITTING).total_seconds())


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (TypeError, ValueError, OverflowError, OSError):
        return None
