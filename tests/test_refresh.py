"""`roundtrip refresh` runs a notebook again and rewrites what really changed, and nothing else."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from sittings import rows

from roundtrip import refresh
from roundtrip.course import Course
from roundtrip.home import Home

ROOT = Path(__file__).parents[1]
NAME = "00_welcome.ipynb"
AS_IN_ANOTHER_RUN = (
    "there was nothing to set aside.",
    "what was in the workspace is now in attic/2026-11-24_16-04-35_lesson-05;\n       "
    "to put it back, in a terminal in the course folder:\n       "
    "roundtrip attic restore 2026-11-24_16-04-35_lesson-05",
)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of the course that holds lesson 00 alone."""
    for name in ("course.toml", NAME):
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        shutil.copy(ROOT / "notebooks" / name, tmp_path / "notebooks" / name)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / refresh.SANITIZER, tmp_path / refresh.SANITIZER)
    monkeypatch.setenv("ROUNDTRIP_HOME", "")  # refresh changes these; put them back afterwards
    monkeypatch.setenv("ROUNDTRIP_PROGRESS", "0")
    return Course(tmp_path)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("refresh") / "home")


@pytest.fixture(scope="module")
def ran(home: Home) -> nbformat.NotebookNode:
    """Lesson 00, run once in that home."""
    file = ROOT / "notebooks" / NAME
    committed = file.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUNDTRIP_HOME", str(home.root))
        node = refresh.run(file)
    assert file.read_bytes() == committed
    return node


def test_it_leaves_alone_what_is_the_same_and_mends_what_is_not(course: Course, ran, monkeypatch):
    monkeypatch.setattr(refresh, "run", lambda _: deepcopy(ran))
    file = course.folder / "notebooks" / NAME
    committed = file.read_bytes()
    assert list(refresh.refresh(course, [course.lesson(0)])) == [f"{NAME}: unchanged"]
    assert file.read_bytes() == committed

    notebook = nbformat.read(file, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[1].outputs[0].text = code[1].outputs[0].text.replace("Git 2.", "Git 3.")
    # A lesson may start from elsewhere in another run: no real change, so these words stay.
    code[0].outputs[0].text = code[0].outputs[0].text.replace(*AS_IN_ANOTHER_RUN)
    refresh.write(notebook, file)
    assert list(refresh.refresh(course, [course.lesson(0)])) == [f"{NAME}: 1 cell rewritten"]
    assert file.read_bytes() != committed
    notebook = nbformat.read(file, as_version=4)
    began = next(cell for cell in notebook.cells if cell.cell_type == "code").outputs[0]
    began.text = began.text.replace(*reversed(AS_IN_ANOTHER_RUN))
    refresh.write(notebook, file)
    assert file.read_bytes() == committed


def test_a_new_cell_gets_an_id_of_the_course(course: Course, ran, monkeypatch):
    """Of one that has JupyterLab's, a replay would think that a learner has added it."""
    monkeypatch.setattr(refresh, "run", lambda _: deepcopy(ran))
    file = course.folder / "notebooks" / NAME
    committed = file.read_bytes()
    notebook = nbformat.read(file, as_version=4)
    was = [cell.id for cell in notebook.cells]
    notebook.cells[2].id, notebook.cells[3].id = "3f2a91c0", "l05-04"
    refresh.write(notebook, file)
    assert list(refresh.refresh(course, [course.lesson(0)])) == [f"{NAME}: 2 cells rewritten"]
    assert [cell.id for cell in nbformat.read(file, as_version=4).cells] == was
    assert file.read_bytes() == committed


def test_what_was_saved_while_it_ran_stays(course: Course, ran, monkeypatch):
    file = course.folder / "notebooks" / NAME
    notebook = nbformat.read(file, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[1].outputs[0].text += "a change\n"
    refresh.write(notebook, file)

    def saved_meanwhile(_: Path) -> nbformat.NotebookNode:
        notebook.cells[0].source += "\nmine"
        refresh.write(notebook, file)
        return deepcopy(ran)

    monkeypatch.setattr(refresh, "run", saved_meanwhile)
    (said,) = refresh.refresh(course, [course.lesson(0)])
    assert said.startswith(f"{NAME}: left as it is: somebody saved it while it ran")
    assert nbformat.read(file, as_version=4).cells[0].source.endswith("\nmine")


def test_buttons_that_need_their_kernel_are_not_stored(course: Course):
    """A page that is opened before it runs shows the words of a question then."""
    shutil.copy(ROOT / "notebooks" / "questions.toml", course.folder / "notebooks")
    file = course.folder / "notebooks" / NAME
    notebook = nbformat.read(file, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.source == "%board")
    cell.source = "%ask pushed"
    refresh.write(notebook, file)
    # and the first cell, which says that its kernel is that of another course folder
    assert list(refresh.refresh(course, [course.lesson(0)])) == [f"{NAME}: 2 cells rewritten"]
    stored = nbformat.read(file, as_version=4)
    (output,) = next(cell for cell in stored.cells if cell.source == "%ask pushed").outputs
    assert set(output.data) == {"text/plain", "text/markdown"}
    assert "widgets" not in stored.metadata


def test_a_notebook_holds_the_card_and_nothing_else_of_it(home: Home, ran: nbformat.NotebookNode):
    """The record lands in the home; the cells, and what a notebook says of itself, stay."""
    stored = nbformat.read(ROOT / "notebooks" / NAME, as_version=4)
    kept = ("id", "cell_type", "source", "attachments")
    assert [[c.get(k) for k in kept] for c in ran.cells] == [
        [c.get(k) for k in kept] for c in stored.cells
    ]
    assert not {"roundtrip", "progress"} & {*ran.metadata}
    outputs = json.dumps([cell.get("outputs", []) for cell in ran.cells])
    assert outputs.count("Progress: ") == 2, "the card, in words and as HTML"
    for private in ("first_started", "progress.json", "counted"):
        assert private not in json.dumps(ran)
    assert rows(home)["0"]["completed"]
