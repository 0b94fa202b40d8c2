"""The exercises of a lesson: where they are, their answers, a run with other answers in them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import nbformat
from kernels import Kernel

from roundtrip.course import Lesson


def cells_of(lesson: Lesson) -> list[nbformat.NotebookNode]:
    return nbformat.read(lesson.notebook, as_version=4).cells


def is_exercise(cell: nbformat.NotebookNode) -> bool:
    return "exercise" in cell.metadata.get("tags", ())


def answers(lesson: Lesson) -> list[str]:
    """What is folded under each exercise, once and right below it."""
    cells = cells_of(lesson)
    found = []
    for place, cell in enumerate(cells):
        if is_exercise(cell):
            folded = cells[place + 1].source
            pattern = r"<details><summary>Answer</summary>\n\n```\n(.*)\n```\n</details>"
            found.append(re.fullmatch(pattern, folded, re.DOTALL)[1])
    return found


def changes(lesson: Lesson) -> list[str]:
    """The answers, and nothing where one only looks, or makes a copy that no goal asks for."""
    idle = r".*VACUUM INTO '(?!instance/before-p)"
    looks = re.compile(rf"%board|!git status|!flask .*\bdb current|%%flask_shell -|{idle}")
    return [
        "" if all(map(looks.match, answer.splitlines())) else answer for answer in answers(lesson)
    ]


def with_answers(
    notebook: Kernel, lesson: Lesson, solved: Sequence[str], last: str = ""
) -> dict[str, str]:
    """Run the lesson with these in the exercise cells; what each `%check` and `%finish` said.

    With `last`: up to that cell, and of the others only the exercises and the first.
    """
    waiting = iter(solved)
    said: dict[str, str] = {}
    for cell in cells_of(lesson):
        needed = is_exercise(cell) or cell.source == last or cell.source.startswith("%load_ext")
        if cell.cell_type != "code" or (last and not needed):
            continue
        source = next(waiting) if is_exercise(cell) else cell.source
        text = run(notebook, source, "raises-exception" in cell.metadata.get("tags", ()))
        if cell.source.startswith(("%check", "%finish")):
            said[cell.source] = text
        if cell.source == last:
            break
    return said


def at_its_end(
    notebook: Kernel, lesson: Lesson, end: Path, workspace: Path, solved: Sequence[str]
) -> dict[str, str]:
    """Solve the exercises that come after `%finish`, where the lesson ended; what it then says.

    `end`: the project as the lesson leaves it, which becomes the workspace.
    """
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(end, workspace, symlinks=True)
    run(notebook, f"%load_ext roundtrip\n%lesson {lesson.number} --continue", may_fail=False)
    cells = [cell for cell in cells_of(lesson) if cell.cell_type == "code"]
    place = [cell.source for cell in cells].index("%finish")
    assert not any(map(is_exercise, cells[:place]))
    waiting = iter(solved)
    said: dict[str, str] = {}
    for cell in cells[place + 1 :]:
        if is_exercise(cell):
            run(notebook, next(waiting), may_fail=False)
        else:
            said[cell.source] = run(notebook, cell.source, may_fail=False)
    return said


def follow(notebook: Kernel, check: str, said: str, commands: str, most: int) -> str:
    """Run what a check has told next, and the check again, as often as that; what it says at last.

    `commands`: how the commands begin that are run. Where another board is to be looked at, what it
    tells is run.
    """
    for _ in range(most):
        following = re.search(rf"next: ((?:{commands}|%board --).*)", said)
        if not following or "Done." in said:
            break
        command = following[1]
        if command.startswith("%board"):
            board = notebook.run(command).displays[0]["text/plain"]
            command = re.search(r"(?:Next|Or): (flask .*)", board)[1]
        run(notebook, f"!{command}", may_fail=False)
        said = run(notebook, check, may_fail=False)
    return said


def run(notebook: Kernel, source: str, may_fail: bool) -> str:
    answer = notebook.run(source)
    assert may_fail or answer.error is None, f"{source}\n{answer.text}\n{answer.value}"
    return answer.text
