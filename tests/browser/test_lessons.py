"""Every lesson in a real JupyterLab: run in Chromium, looked at in both themes, and worked on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browsing import THEMES, Desk
from svg_texts import ratio

from roundtrip.course import Lesson, find_course

LESSONS = find_course().lessons


@dataclass(frozen=True)
class Read:
    """A lesson that is open on the desk, after Restart Kernel and Run All."""

    desk: Desk
    lesson: Lesson
    cells: list[dict[str, Any]]
    """The code cells, as the notebook was saved."""


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.notebook.stem)
def read(request: pytest.FixtureRequest, desk: Desk) -> Read:
    """A lesson, run once for all that is looked at in it. Each goes on from the one before."""
    lesson: Lesson = request.param
    desk.open(lesson.notebook.name, with_its_kernel=True)
    desk.restart_and_run_all()
    cells = desk.save()
    desk.unroll()
    return Read(desk, lesson, cells)


@pytest.fixture(params=[False, True], ids=["as it is", "changed"])
def changed(request: pytest.FixtureRequest, read: Read) -> bool:
    """Shows the lesson first in the theme that the lesson before was shown in, then in another."""
    read.desk.change_theme(list(THEMES)[(read.lesson.number + request.param) % 2])
    return request.param


def test_every_cell_runs(read: Read) -> None:
    unexpected = [
        f"{output['ename']}: {output['evalue']}"
        for cell in read.cells
        for output in cell["outputs"]
        if output["output_type"] == "error"
        and "raises-exception" not in cell["metadata"].get("tags", ())
    ]
    assert unexpected == []
    counts = [cell["execution_count"] for cell in read.cells]
    assert counts == list(range(1, len(counts) + 1))
    assert read.desk.elsewhere == []


def test_it_can_be_seen_and_read(read: Read, changed: bool, pictures: Path) -> None:
    desk = read.desk
    desk.take_picture(pictures / f"{read.lesson.notebook.stem}-{desk.theme}.jpeg")
    boards = desk.boards()
    assert len(boards) == sum("".join(c["source"]).startswith("%board") for c in read.cells) > 0
    for board in boards:
        assert board.width > 500 and board.height > 150, board
        assert board.colours > 50 and board.blank < 0.95, board
        assert (ratio(board.ground, "#000000") < 2) == (desk.theme == "dark"), board
    barriers = desk.barriers(of_colour_alone=changed)
    assert not barriers, "\n\n".join(barriers)
