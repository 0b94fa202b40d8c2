"""Every lesson has the same bones, and says what it says in the course's own voice."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
LESSONS = tomllib.loads((NOTEBOOKS / "course.toml").read_text(encoding="utf-8"))["lesson"]
LAST = LESSONS[-1]["number"]
READ = {row["number"]: nbformat.read(NOTEBOOKS / row["notebook"], as_version=4) for row in LESSONS}

EXEMPT = {"nbval-ignore-output", "nbval-skip", "nbval-raises-exception"}
ALLOWED = ("!flask ", "!git ", "!pytest ", "!python ", "%")


def is_exercise(cell: nbformat.NotebookNode) -> bool:
    """A cell for the learner's own commands. It ships empty but for a comment."""
    return "exercise" in cell.metadata.get("tags", ())


def _place(cells: list[nbformat.NotebookNode], source: str) -> int:
    return next(number for number, cell in enumerate(cells) if cell.source == source)


each_lesson = pytest.mark.parametrize("row", LESSONS, ids=lambda row: row["notebook"])


def test_the_table_lists_every_notebook_once_and_in_order():
    assert [row["notebook"] for row in LESSONS] == sorted(p.name for p in NOTEBOOKS.glob("*.ipynb"))
    assert [row["number"] for row in LESSONS] == list(range(len(LESSONS)))


@each_lesson
def test_a_lesson_has_the_bones(row):
    cells = READ[row["number"]].cells
    first, second = cells[0].source, cells[1].source
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    titles = [line for line in first.splitlines() if line.startswith("#")]
    assert titles == [f"# {row['number']:02d} · {row['title']}"]
    assert f"**{row['minutes']} minutes.**" in first
    assert "You need:" in first
    assert "**After this lesson** you" in first
    assert code[0] == f"%load_ext roundtrip\n%lesson {row['number']}"
    assert code.count("%finish") == 1
    practice = [cell for cell in cells if is_exercise(cell)]
    after = [cell for cell in cells[_place(cells, "%finish") + 1 :] if cell.cell_type == "code"]
    assert all(cell in practice or cell.source.startswith("%check ") for cell in after)
    assert bool(practice) == (row["number"] in (2, 3, 4, 5, 6, 7, 8, LAST))
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert "**Predict.**" in text or row["number"] in (1, LAST) or "Predict every output" in text
    if row["number"]:
        assert "## In your own project" in text
        assert second == code[0]
    last = cells[-1].source
    following = [other["notebook"] for other in LESSONS if other["number"] == row["number"] + 1]
    assert not following or f"({following[0]})" in last


@each_lesson
def test_headings_are_in_order(row):
    source = "\n".join(c.source for c in READ[row["number"]].cells if c.cell_type == "markdown")
    text = re.sub(r"^```.*?^```", "", source, flags=re.MULTILINE | re.DOTALL)  # code has comments
    levels = [len(m) for m in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@each_lesson
def test_paragraphs_are_short_and_say_nothing_is_simple(row):
    for cell in READ[row["number"]].cells:
        if cell.cell_type != "markdown":
            continue
        assert not re.search(
            r"\b(simply|just|obviously|of course|easy|easily)\b", cell.source, re.I
        )
        for paragraph in paragraphs(cell.source):
            assert len(paragraph.split()) <= 75, paragraph


def paragraphs(text: str) -> list[str]:
    """Paragraphs and items of lists; no tables, no code, no HTML."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )", text)
    return [part for part in parts if not re.match(r"\s*[|<]", part)]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_paragraphs_beside_the_lessons_are_short_too(name):
    for paragraph in paragraphs((ROOT / name).read_text(encoding="utf-8")):
        assert len(paragraph.split()) <= 75, paragraph


@each_lesson
def test_cells_hold_what_a_learner_would_type(row):
    for cell in READ[row["number"]].cells:
        if cell.cell_type != "code" or is_exercise(cell):
            continue
        lines = cell.source.splitlines()
        commands = lines[:1] if lines[0].startswith("%%") else lines
        if "previous_commit_hash = " in cell.source:
            continue  # the one cell of Python: a hash differs from learner to learner
        assert all(line.startswith(ALLOWED) for line in commands), cell.source


@each_lesson
def test_every_code_cell_is_committed_executed_in_order(row):
    code = [cell for cell in READ[row["number"]].cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))


@each_lesson
def test_each_cell_has_an_id_of_its_lesson(row):
    """A replay leaves out others: a learner has added them."""
    ids = [cell.id for cell in READ[row["number"]].cells]
    assert [id for id in ids if not id.startswith(f"l{row['number']:02}-")] == []


CODE_CELLS = {0: 5, 1: 22, 2: 12, 3: 13, 4: 19, 5: 29, 6: 16, 7: 22, 8: 23, 9: 28, 10: 32}
"""How many cells each lesson runs."""


@each_lesson
def test_no_cell_is_missing(row):
    """nbval runs the cells that are there. Of one that is gone nobody would hear, although the text
    goes on to speak of what it printed; so a cell less (or more) has to be said here too."""
    code = [cell for cell in READ[row["number"]].cells if cell.cell_type == "code"]
    assert len(code) == CODE_CELLS[row["number"]], f"{row['notebook']} has {len(code)} code cells"


@each_lesson
def test_outputs_hold_no_path_of_a_machine(row):
    code = [cell for cell in READ[row["number"]].cells if cell.cell_type == "code"]
    outputs = "\n".join(str(cell.outputs) for cell in code)
    assert not re.findall(r"(?<![\w.])/(?:work|root|tmp|home|Users|private|var)/", outputs)
    assert str(ROOT) not in outputs


def test_no_cell_is_exempt_from_comparison():
    exempt = [
        (row["notebook"], cell.id)
        for row in LESSONS
        for cell in READ[row["number"]].cells
        if EXEMPT & set(cell.metadata.get("tags", [])) or "NBVAL_" in cell.source
    ]
    assert exempt == []


def test_errors_are_in_tagged_cells_and_in_no_other():
    for row in LESSONS:
        for cell in READ[row["number"]].cells:
            if cell.cell_type == "code":
                failed = any(output.output_type == "error" for output in cell.outputs)
                assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


def test_the_red_line_of_a_failed_cell_is_its_error():
    """It is what a reader sees, and nbval does not compare it."""
    errors = [
        output
        for row in LESSONS
        for cell in READ[row["number"]].cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
    assert len(errors) >= 5
    for error in errors:
        assert error.traceback == [f"{error.ename}: {error.evalue}"]


TAUGHT = {
    2: ["`age = db.Column(db.Integer)`", "age: Mapped[int | None]", "save"],
    3: [
        '!flask db migrate -m "Add age column to user model"',
        "`-m` flag adds a message",
        "`migrations/versions`",
        "**track** the changes to the schema",
    ],
    4: ["`add_column`", "`sa.Column('age', sa.Integer(), nullable=True)`", "did not change?"],
    5: ["!flask db upgrade", "--env-file production.env db upgrade", "existing data is as it was"],
    6: [
        "%%flask_shell",
        "user = User.query.first()\nprint(user.age)",
        "If there had been an error",
    ],
    7: ["!flask db downgrade", "not pushed, not in production", "reverse of `add_column`"],
    8: ["`git reset --hard <previous_commit_hash>`", "git reset --hard {previous_commit_hash}"],
    9: ["## Key concepts", "**applies**", "reverts the schema", "keep them in step"],
}


@pytest.mark.parametrize("number", TAUGHT)
def test_what_the_course_is_made_to_teach_is_there_in_its_words(number):
    source = "\n".join(cell.source for cell in READ[number].cells)
    missing = [words for words in TAUGHT[number] if words not in source]
    assert missing == []
