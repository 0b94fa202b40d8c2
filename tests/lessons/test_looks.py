"""What a board says of the looks before it, in a lesson."""

from __future__ import annotations

import pytest
from exercises import run
from kernels import Kernel

MODELS = "%%writefile demo_app/models.py\n{}"
SAME = "Nothing on this board has changed since the last look."


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


def test_rows_that_no_board_saw_before_they_went_are_told_as_gone(lesson: Kernel):
    for cell in ("!flask db downgrade", "!flask db upgrade"):
        run(lesson, cell, False)
    gone = "rows are gone: user had 3 rows at an earlier look."
    assert f"Only the {gone}" in board(lesson)
    said = board(lesson, "!flask db revision -m fill")
    assert f"The {gone}" in said and "%restart begins the lesson again" in said


def test_a_copy_is_named_where_there_is_one_with_such_rows(lesson: Kernel):
    copied = "copy of this database, Python's shutil.copy(source, target) puts it in place."
    copy = "result = db.session.execute(db.text(\"VACUUM INTO 'instance/{}.db'\"))"
    empty = "%%flask_shell\nresult = db.session.execute(db.text('DELETE FROM user'))"
    said = board(lesson, f"{empty}\ndb.session.commit()\n{copy.format('late')}")
    assert "had 3 rows at an earlier look. %restart begins" in said and "copy" not in said
    run(lesson, "%restart", False)
    said = board(lesson, f"%%flask_shell\n{copy.format('early')}", f"{empty}\ndb.session.commit()")
    assert f"instance/early.db has rows of it. If it is a {copied} %restart begins" in said


def test_a_script_that_is_made_again_is_not_called_gone(lesson: Kernel):
    board(lesson, "!flask db revision -m fill", "!git add .", "!git commit -qm fill")
    said = board(
        lesson,
        "!git rm -qf migrations/versions/*_fill.py",
        "!flask db revision -m fill",
        "!git add .",
        "!git commit -q --amend -m fill",
    )
    anew = "Made again, with a new id: the commit “fill”, the revision “fill”."
    assert anew in said and "Gone since" not in said
    said = board(lesson, "!git rm -qf migrations/versions/*_fill.py", "!git reset -q --hard HEAD~1")
    assert "Gone since the last look: the commit “fill”, the revision “fill”." in said


def test_that_nothing_has_changed_is_said_of_the_same_board_alone(lesson: Kernel):
    board(lesson, "!flask db revision -m fill")
    assert SAME in board(lesson)
    said = board(
        lesson,
        "from pathlib import Path\n(script,) = Path('migrations/versions').glob('*_fill.py')\n"
        "text = script.read_text().replace('    pass', '    op.execute(\"SELECT 1\")', 1)\n"
        "_ = script.write_text(text)",
    )
    assert SAME not in said and "○ fill [changed]" in said
    board(lesson, MODELS.format("age = Int"))
    assert SAME not in board(lesson, MODELS.format("import sqlalchemi"))
    assert SAME in board(lesson)
