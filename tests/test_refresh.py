"""`roundtrip refresh` runs a notebook again and rewrites what really changed, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from roundtrip import refresh
from roundtrip.course import Course

ROOT = Path(__file__).parents[1]
NAME = "00_welcome.ipynb"
AS_IN_ANOTHER_RUN = (
    "there was nothing to set aside",
    "what was in the workspace is now in attic/2026-11-24_16-04-35_lesson-05;\n       "
    "`roundtrip attic restore 2026-11-24_16-04-35_lesson-05` puts it back",
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


def test_it_leaves_alone_what_is_the_same_and_mends_what_is_not(course: Course):
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


def test_buttons_that_need_their_kernel_are_not_stored(course: Course):
    """A page that is opened before it runs shows the words of a question then."""
    shutil.copy(ROOT / "notebooks" / "questions.toml", course.folder / "notebooks")
    file = course.folder / "notebooks" / NAME
    notebook = nbformat.read(file, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.source == "%board")
    cell.source = "%ask pushed"
    refresh.write(notebook, file)
    list(refresh.refresh(course, [course.lesson(0)]))
    stored = nbformat.read(file, as_version=4)
    (output,) = next(cell for cell in stored.cells if cell.source == "%ask pushed").outputs
    assert set(output.data) == {"text/plain", "text/markdown"}
    assert "widgets" not in stored.metadata
