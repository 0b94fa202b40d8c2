"""Makes the ends of lessons that are needed, by a replay of the notebooks that lead there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from . import snapshots, terminal
from .course import Course, Lesson, steps_in
from .errors import RoundtripError
from .home import Home
from .safe_files import remove, says_disk_is_full

OnCell = Callable[[Lesson, int, int], None]
"""Told, while ends are made: the lesson being run, cells done, cells in all."""


def make(
    course: Course, home: Home, lessons: Sequence[Lesson], on_cell: OnCell | None = None
) -> None:
    """Run these lessons, which follow each other, and keep the end state of each.

    Another process that makes the same ones is waited for. Raises `RoundtripError` naming the
    lesson whose notebook does not run; the ends of those before it are kept.
    """
    terminal.prepare(home.project)
    with ExitStack() as held:
        for lesson in lessons:
            held.enter_context(FileLock(f"{snapshots.made(home, course, lesson)}.lock"))
        missing = [each for each in lessons if not snapshots.made(home, course, each).exists()]
        if not missing:
            return
        scratch = held.enter_context(_scratch(home))
        problem = _replay_elsewhere(
            course, scratch, snapshots.made(home, course, lessons[0]), missing, on_cell
        )
        for lesson in missing:
            result = snapshots.own(scratch, lesson)
            if not result.exists():
                later = [each for each in missing if each.number > lesson.number]
                if not problem or any(each.notebook.name in problem for each in later):
                    problem = "its goals are not met at its end."
                raise RoundtripError(
                    f"The start state could not be made, because the notebook of {lesson.name} "
                    f"does not run here: {problem} {_cure(course, lesson, problem)}"
                )
            snapshots.move(result, snapshots.made(home, course, lesson))


def _cure(course: Course, lesson: Lesson, problem: str) -> str:
    """What to do about a notebook that does not run: it may be the disk, or a changed cell."""
    if says_disk_is_full(problem):
        return "Make room on the disk, then try again."
    notebook = lesson.notebook.relative_to(course.folder).as_posix()
    return (
        "If you changed that notebook, save a copy of it, put it back with "
        f"`git restore {notebook}` in the course folder, then try again."
    )


def _replay_elsewhere(
    course: Course,
    scratch: Home,
    made: Path,
    lessons: Sequence[Lesson],
    on_cell: OnCell | None,
) -> str:
    """Replay the lessons in a process of its own, `roundtrip make`; why it failed, if it did.

    It prints a line `lesson done/all` for each cell.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:  # a pipe might fill up
        process = subprocess.Popen(
            [sys.executable, "-m", "roundtrip", "make", *(str(each.number) for each in lessons)],
            cwd=course.folder,
            env=os.environ
            | {"ROUNDTRIP_HOME": str(scratch.root), "ROUNDTRIP_SNAPSHOTS": str(made.parent)}
            | {"ROUNDTRIP_PROGRESS": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
        lesson, done, late = lessons[0], 0, threading.Event()
        with terminal.ending(process):
            for line in _lines(process, late):
                if told := re.fullmatch(r"(\d+) (\d+)/(\d+)\n", line):
                    number, done, total = map(int, told.groups())
                    lesson = course.lesson(number)
                    if on_cell:
                        on_cell(lesson, done, total)
            code = process.wait()
        if late.is_set():
            places = (place for place, _ in steps_in(lesson.notebook) if place > done)
            said = f"{lesson.notebook.name}, code cell {next(places, done)}"
            return f"{said}: it does not end in {_PATIENCE:.0f} seconds."
        errors.seek(0)
        lines = errors.read().strip().splitlines()
    reasons = [line for line in lines if line.startswith("Error: ")] or lines
    return reasons[-1] if code and reasons else ""


def _lines(process: subprocess.Popen[str], late: threading.Event) -> Iterator[str]:
    """The lines that a process prints. It is ended, and called late, when none comes for long."""

    def give_up() -> None:
        late.set()
        terminal.end(process)

    while process.stdout:
        clock = threading.Timer(_PATIENCE, give_up)
        clock.start()
        try:
            line = process.stdout.readline()
        finally:
            clock.cancel()
        if not line:
            return
        yield line


_PATIENCE = 120.0
"""Seconds for one cell: many times what it takes where thirty people share two processors."""


@contextmanager
def _scratch(home: Home) -> Iterator[Home]:
    """A home to make ends in. What a killed run has left there is taken away first."""
    folder = home.private / "make"
    with FileLock(home.private / "make.lock"):
        remove(folder)
        folder.mkdir(parents=True)
        try:
            yield Home(folder)
        finally:
            remove(folder)
