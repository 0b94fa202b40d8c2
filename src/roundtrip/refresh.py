"""Runs notebooks as nbval does, and rewrites those outputs that differ after sanitising."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbval.plugin import get_sanitize_patterns

from .course import Course, Lesson, code_in
from .errors import RoundtripError
from .plural import counted
from .questions import WIDGET

SANITIZER = Path("tests") / "sanitize.cfg"
"""What is random in an output, relative to the course folder; nbval reads the same file."""

_CELL_TIMEOUT = 600


def run(notebook: Path) -> nbformat.NotebookNode:
    """Execute a notebook in a fresh kernel, in its own folder, and return it with its outputs.

    Raises `RoundtripError` naming the first cell that fails without being tagged
    `raises-exception`.
    """
    node = nbformat.reads(_text(notebook), as_version=4)
    done = 0

    def add(cell: nbformat.NotebookNode, cell_index: int, **_: Any) -> None:
        nonlocal done
        done += cell.cell_type == "code"

    client = NotebookClient(
        node,
        timeout=_CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook.parent)}},
        on_cell_executed=add,
        store_widget_state=False,
    )
    try:
        client.execute()
    except CellExecutionError as error:
        said = f"{error.ename}: {error.evalue}".splitlines()[0]
        raise RoundtripError(f"{notebook.name}, code cell {done + 1}: {said}") from None
    return node


def refresh(course: Course, lessons: Sequence[Lesson], every: bool = False) -> Iterator[str]:
    """Run these lessons' notebooks again, in the order given, and say of each what was rewritten.

    All run in one temporary home, so that a lesson starts where the one before it ended. A cell
    keeps its stored outputs where the new ones are the same after sanitising; with `every`, all are
    rewritten, so that every page has the random ids of the same run. Cells that are new get ids of
    the course. What was saved while it ran is not overwritten.
    """
    same = (lambda old, new: False) if every else _sameness(course.folder / SANITIZER)
    with tempfile.TemporaryDirectory(prefix="roundtrip-") as folder:
        os.environ.update(ROUNDTRIP_HOME=folder, ROUNDTRIP_PROGRESS="0")
        for lesson in lessons:
            before = _text(lesson.notebook)
            stored = nbformat.reads(before, as_version=4)
            fresh = run(lesson.notebook)
            changed = _name_cells(stored, lesson.number) + _merge(stored, fresh, same)
            said = f"{counted(changed, 'cell')} rewritten" if changed else "unchanged"
            if changed and _text(lesson.notebook) != before:
                said = "left as it is: somebody saved it while it ran. Refresh it again."
            elif changed:
                write(stored, lesson.notebook)
            yield f"{lesson.notebook.name}: {said}"


def _text(notebook: Path) -> str:
    """What the file holds; raises `RoundtripError` where that is no notebook."""
    code_in(notebook)
    return notebook.read_text(encoding="utf-8")


def write(node: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook as JupyterLab does: one line of source a line, keys in order."""
    path.write_text(nbformat.writes(node, version=4) + "\n", encoding="utf-8", newline="\n")


def _name_cells(node: nbformat.NotebookNode, lesson: int) -> int:
    """Give cells the ids by which a replay knows them (`l05-12`); count those that had none."""
    prefix = f"l{lesson:02}-"
    taken = {cell.id for cell in node.cells}
    free = (name for n in count(1) if (name := f"{prefix}{n:02}") not in taken)
    new = [cell for cell in node.cells if not cell.id.startswith(prefix)]
    for cell in new:
        cell.id = next(free)
    return len(new)


def _merge(
    stored: nbformat.NotebookNode,
    fresh: nbformat.NotebookNode,
    same: Callable[[list[Any], list[Any]], bool],
) -> int:
    """Put fresh outputs into `stored` where they differ; count the cells that were changed."""
    changed, place = 0, 0
    for old, new in zip(stored.cells, fresh.cells, strict=True):
        if old.cell_type != "code":
            continue
        place += 1
        outputs = [_plain(output, place) for output in _joined(new.outputs)]
        if old.execution_count != place or not same(old.outputs, outputs):
            old.outputs, old.execution_count = outputs, place
            changed += 1
    return changed


def _joined(outputs: Sequence[Any]) -> list[Any]:
    """Neighbouring pieces of one stream as one output, as JupyterLab stores them."""
    found: list[Any] = []
    for output in outputs:
        last = found[-1] if found else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            found.append(output)
    return found


def _plain(output: Any, count: int) -> Any:
    """An output without what belongs to this one run: its count, and buttons that need its kernel.

    A page that is opened before it runs shows the words of a question then.
    """
    getattr(output, "data", {}).pop(WIDGET, None)
    if "execution_count" in output:
        output.execution_count = count
    return output


def _sameness(sanitizer: Path) -> Callable[[list[Any], list[Any]], bool]:
    """The comparison that nbval makes: everything but pictures, after the sanitiser's patterns."""
    patterns = get_sanitize_patterns(sanitizer.read_text(encoding="utf-8"))

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            for regex, replacement in patterns:
                value = re.sub(regex, replacement, value)
            return value
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return {key: clean(item) for key, item in value.items()}
        return value

    def same(old: list[Any], new: list[Any]) -> bool:
        return clean(json.loads(json.dumps(old))) == clean(json.loads(json.dumps(new)))

    return same
