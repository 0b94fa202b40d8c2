"""Makes the ends of lessons, by running the notebooks that lead there, quietly.

The cells run in an IPython of this process's own, all lessons one after the other: no kernel has to
be started. Cells that only look are left out, since they change nothing in the workspace.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from . import snapshots, terminal
from .course import Course, Lesson
from .errors import RoundtripError
from .workspace import Home

Progress = Callable[[Lesson, int, int], None]
"""Told, while ends are made: the lesson being run, cells done, cells in all."""

_LOOKS = re.compile(
    r"""%(board|show|page|ask|answer|check|hint|doctor)\b
    | !git\ (status|diff|log|show|reflog|clean\ -n)\b
    | !flask\ (--env-file\ \S+\ )?db\ (check|current|history|heads)\b
    | !flask\ db\ upgrade\ --sql\b
    | !pytest\b
    | %%flask_shell$
    | users?\ =\ (User\.query\.first\(\)|db\.session\.scalars\(db\.select\(User\))
    | for\ user\ in\ users:
    | (\ {4})?print\(user\.
    | \#""",
    re.VERBOSE,
)
"""How a line begins that changes nothing."""


def make(
    course: Course, home: Home, lessons: Sequence[Lesson], progress: Progress | None = None
) -> None:
    """Run these lessons, which follow each other, and keep the end state of each.

    Another process that makes the same ones is waited for. Raises `RoundtripError` naming the
    lesson whose notebook does not run; the ends of those before it are kept.
    """
    terminal.prepare(home.project)
    with ExitStack() as held:
        for lesson in lessons:
            held.enter_context(_making(snapshots.made(home, course, lesson)))
        missing = [each for each in lessons if not snapshots.made(home, course, each).exists()]
        if not missing:
            return
        scratch = held.enter_context(_scratch(home))
        problem = _replay_elsewhere(
            course, scratch, snapshots.made(home, course, lessons[0]), missing, progress
        )
        for lesson in missing:
            result = snapshots.own(scratch, lesson)
            if not result.exists():
                reason = problem or "its goals are not met at its end."
                notebook = lesson.notebook.relative_to(course.folder).as_posix()
                raise RoundtripError(
                    f"The start state could not be made, because the notebook of {lesson.name} "
                    f"does not run here: {reason} If you changed that notebook, put it back with "
                    f"`git restore {notebook}` in the course folder; then run this cell again."
                )
            place = snapshots.made(home, course, lesson)
            snapshots.store(snapshots.project_in(result), place, snapshots.notes_in(result))


def replay(lessons: Sequence[Lesson], on_cell: Progress) -> None:
    """Run the cells of these lessons in this process, in ROUNDTRIP_HOME.

    Raises `RoundtripError` naming the first cell that fails without being tagged
    `raises-exception`.
    """
    from IPython.core.interactiveshell import InteractiveShell

    from . import magics

    shell = InteractiveShell.instance()
    magics.load(shell)
    for lesson in lessons:
        os.chdir(lesson.notebook.parent)
        cells = json.loads(lesson.notebook.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        for number, cell in enumerate(code, start=1):
            source = "".join(cell["source"])
            if not all(map(_only_looks, source.splitlines())):
                error = _run(shell, source)
                if error and "raises-exception" not in cell["metadata"].get("tags", ()):
                    said = str(error).splitlines()[0]
                    name = lesson.notebook.name
                    raise RoundtripError(f"{name}, code cell {number}: {said}")
            on_cell(lesson, number, len(code))


def _only_looks(line: str) -> bool:
    """Whether a line of a cell changes nothing. What a shell would do beside is not known here."""
    return bool(_LOOKS.match(line)) and (line[0] == "#" or not re.search(r"[;&|<>`$]", line))


def _run(shell: object, source: str) -> BaseException | None:
    """Run a cell; what it prints goes nowhere."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(source)
    return result.error_before_exec or result.error_in_exec


def _replay_elsewhere(
    course: Course,
    scratch: Home,
    made: Path,
    lessons: Sequence[Lesson],
    progress: Progress | None,
) -> str:
    """Replay the lessons in a process of its own, `roundtrip make`; why it failed, if it did.

    It prints a line `lesson done/all` for each cell.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "roundtrip", "make", *(str(each.number) for each in lessons)],
        cwd=course.folder,
        env=os.environ
        | {"ROUNDTRIP_HOME": str(scratch.root), "ROUNDTRIP_SNAPSHOTS": str(made.parent)}
        | {"ROUNDTRIP_PROGRESS": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with terminal.ending(process):
        for line in process.stdout or ():
            if progress and (said := re.fullmatch(r"(\d+) (\d+)/(\d+)\n", line)):
                number, done, total = map(int, said.groups())
                progress(course.lesson(number), done, total)
        problem = process.stderr.read() if process.stderr else ""
        process.wait()
    return next(iter(problem.strip().splitlines()[-1:]), "")


@contextmanager
def _making(place: Path) -> Iterator[None]:
    """Hold the right to make one snapshot; others that want it wait, then find it made."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_name(place.name + ".lock")):
        yield


@contextmanager
def _scratch(home: Home) -> Iterator[Home]:
    """A home to make ends in. What a killed run has left there is taken away first."""
    folder = home.private / "make"
    with FileLock(home.private / "make.lock"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield Home(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
