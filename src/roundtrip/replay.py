"""Replays the notebooks of lessons, quietly, and keeps the end state of each.

The cells run in an IPython of this process's own, all lessons one after the other: no kernel has to
be started. Cells that only look are left out, since they change nothing in the workspace, and so
are those that the learner has added. Goals are held against the copy that is kept, while the next
lesson runs.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

from . import magics, snapshots, terminal
from .course import Lesson, steps_in
from .errors import RoundtripError
from .home import Home
from .lesson import hold
from .making import OnCell
from .reading.reader import Reader
from .safe_files import remove, write_json

_LOOKS = re.compile(
    r"""%(board|show|page|ask|answer|check|hint|doctor)\b
    | !git\ (status|(diff|log|show)(?!.*\ --output)|reflog$|reflog\ show|clean\ -n)\b
    | !flask\ (--env-file\ \S+\ )?db\ (check|current|history|heads)\b
    | !flask\ db\ upgrade\ --sql\b
    | !pytest\b
    | %%flask_shell$
    | user\ =\ User\.query\.first\(\)$
    | users\ =\ db\.session\.scalars\(db\.select\(User\)(\.order_by\(User\.\w+\))?\)$
    | for\ user\ in\ users:$
    | (\ {4})?print\(user\.\w+(,\ user\.\w+)*\)$
    | \#""",
    re.VERBOSE,
)
"""How a line begins that changes nothing, or, up to a `$`, what the whole of it is."""


def replay(home: Home, lessons: Sequence[Lesson], on_cell: OnCell) -> None:
    """Run the cells of these lessons in this process; `home` is where ROUNDTRIP_HOME is.

    Raises `RoundtripError` naming the first cell that fails without being tagged
    `raises-exception`. Of a lesson whose goals are not met at its end, nothing is kept.
    """
    shell = InteractiveShell.instance()
    magics.load(shell)
    terminal.prepare(home.project, patience=2)
    met: dict[Path, Future[bool]] = {}
    at_end = False  # the workspace is as the lesson before has left it
    with ThreadPoolExecutor(1) as beside:
        try:
            for lesson in lessons:
                os.chdir(lesson.notebook.parent)
                steps = steps_in(lesson.notebook)
                on_cell(lesson, 0, steps[-1][0])
                for number, cell in steps:
                    source = "".join(cell["source"])
                    if source == "%finish":
                        kept = snapshots.own(home, lesson)
                        snapshots.store(home.project, kept, {})
                        met[kept] = beside.submit(_write_notes, lesson, kept)
                        at_end = True
                    elif not all(map(_only_looks, source.splitlines())):
                        if at_end and source == f"%load_ext roundtrip\n%lesson {lesson.number}":
                            source += " --continue"  # no copy of what is there already
                        expected = "raises-exception" in cell["metadata"].get("tags", ())
                        if (error := _run(shell, source)) and not expected:
                            said = str(error).splitlines()[0]
                            name = lesson.notebook.name
                            raise RoundtripError(f"{name}, code cell {number}: {said}")
                        at_end = False
                    on_cell(lesson, number, steps[-1][0])
        finally:
            for kept, is_met in met.items():
                if not is_met.result():
                    remove(kept)


def _write_notes(lesson: Lesson, kept: Path) -> bool:
    """Write the state of a snapshot beside it; whether all goals of its lesson are met there."""
    project = snapshots.project_in(kept)
    current = Reader(project).read()
    write_json(snapshots.notes_file(kept), snapshots.notes(current))
    return all(result.met for result in hold(lesson.goals, project, current))


def _only_looks(line: str) -> bool:
    """Whether a line of a cell changes nothing. What a shell would do beside is not known here."""
    return bool(_LOOKS.match(line)) and (line[0] == "#" or not re.search(r"[;&|<>`$]", line))


def _run(shell: InteractiveShell, source: str) -> BaseException | None:
    """Run a cell; what it prints goes nowhere."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(source)
    return result.error_before_exec or result.error_in_exec
