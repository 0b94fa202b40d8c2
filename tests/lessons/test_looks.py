"""What a board says of the looks before it, in a lesson."""

from __future__ import annotations

import pytest
from exercises import run
from kernels import Kernel


@pytest.fixture
def lesson(notebook: Kernel) -> Kernel:
    run(notebook, "%load_ext roundtrip\n%lesson 2 --fresh", False)
    return notebook


def board(lesson: Kernel, *cells: str) -> str:
    """The board after these cells, on one line."""
    for cell in cells:
        run(lesson, cell, False)
    return " ".join(lesson.run("%board").displays[0]["text/plain"].split())


def test_what_agrees_and_has_lost_its_rows_is_not_called_all_right(lesson: Kernel):
    assert "There is nothing to do." in board(lesson)
    assert "Next: flask db upgrade" in board(lesson, "!flask db downgrade")
    said = board(lesson, "!flask db upgrade")
    assert "All four agree." in said and "There is nothing to do." not in said
    assert "Only the rows are gone: user had 3 rows at an earlier look." in said
    assert "Only the rows are gone" in board(lesson)
    said = board(lesson, "%restart")
    assert "(3 rows)" in said and "There is nothing to do." in said
