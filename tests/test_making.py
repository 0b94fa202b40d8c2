"""Start states are made from the notebooks as they are: one that does not hold gives none."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from roundtrip import lesson, making, snapshots
from roundtrip.course import Course, Lesson
from roundtrip.errors import RoundtripError
from roundtrip.home import Home

ROOT = Path(__file__).parents[1]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of the course, whose own package makes its start states."""
    for name in ("notebooks", "src", "demo_app"):
        shutil.copytree(ROOT / name, tmp_path / "course" / name)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "course" / "src"))
    monkeypatch.setenv("ROUNDTRIP_SNAPSHOTS", str(tmp_path / "made"))
    return Course(tmp_path / "course")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    age: Mapped", "    aged: Mapped", "its goals are not met at its end"),
        ("%load_ext roundtrip", "!git nonsense", "02_add_the_age_column.ipynb, code cell 1: "),
    ],
)
def test_a_notebook_that_does_not_hold_gives_no_start_state(course, tmp_path, old, new, reason):
    home = Home(tmp_path / "home")
    home.private.mkdir(parents=True)
    first, second = course.lessons[1:3]
    with edited(second) as cells:
        for cell in cells:
            cell["source"] = [line.replace(old, new) for line in cell["source"]]
    with pytest.raises(RoundtripError) as error:
        making.make(course, home, [first, second])
    assert reason in str(error.value)
    assert "lesson 02" in str(error.value)
    assert snapshots.made(home, course, first).is_dir(), "what held is kept"
    assert not snapshots.made(home, course, second).exists()
    assert not (home.private / "make").exists()


def test_cells_that_a_learner_has_saved_are_no_part_of_a_start(course, tmp_path):
    """`%lesson 3` in the wrong notebook would wait for the very start that is made."""
    home = Home(tmp_path / "home")
    home.private.mkdir(parents=True)
    first, second = course.lessons[1:3]
    place = snapshots.made(home, course, second)
    with edited(second) as cells:
        for source in ("%lesson 3", "!flask run", "!git commit --allow-empty -m Mine"):
            mine = {"cell_type": "code", "id": "3f2a91c0", "metadata": {}, "source": source}
            cells.insert(2, mine | {"outputs": [], "execution_count": None})
        answer = next(c for c in cells if "exercise" in c["metadata"].get("tags", ()))
        answer["source"] = "!flask run"
    making.make(course, home, [first, second])
    assert snapshots.made(home, course, second) == place
    log = ["git", "-C", str(place / "workspace"), "log", "--format=%s"]
    said = subprocess.run(log, capture_output=True, text=True, check=True).stdout
    assert said == "Create the user table\n"


def test_a_cell_that_does_not_end_is_named(course, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "_PATIENCE", 5.0)
    home = Home(tmp_path / "home")
    home.private.mkdir(parents=True)
    with edited(course.lessons[1]) as cells:
        third = [cell for cell in cells if cell["cell_type"] == "code"][2]
        third["source"] = "!python -c 'import time; time.sleep(1000)'"
    with pytest.raises(RoundtripError) as error:
        making.make(course, home, [course.lessons[1]])
    said = "01_build_the_demo_app.ipynb, code cell 3: it does not end in 5 seconds."
    assert said in str(error.value) and "`git restore notebooks/01_" in str(error.value)


@contextmanager
def edited(of: Lesson) -> Iterator[list[dict[str, Any]]]:
    """The cells of a notebook, saved when they have been changed."""
    notebook = json.loads(of.notebook.read_text(encoding="utf-8"))
    yield notebook["cells"]
    of.notebook.write_text(json.dumps(notebook), encoding="utf-8")


def test_a_learners_python_that_says_much_does_not_hold_it_up(course, tmp_path):
    """As with PYTHONVERBOSE: more than a pipe takes before somebody reads it."""
    (course.folder / "src" / "sitecustomize.py").write_text(
        "import sys\nsys.stderr.write('much\\n' * 40_000)\n"
    )
    home = Home(tmp_path / "home")
    home.private.mkdir(parents=True)
    making.make(course, home, [course.lessons[1]])
    made = snapshots.made(home, course, course.lessons[1])
    assert made.is_dir()
    # Neither does an end of one's own whose project has been cleared away keep anybody out.
    first = course.lessons[1]
    snapshots.own(home, first).mkdir(parents=True)
    assert lesson.end_state(course, home, first) == ("made", made)
    # One that lost its project counts as not made, and is made anew.
    shutil.rmtree(made / "workspace")
    assert not snapshots.made(home, course, course.lessons[1]).exists()
    assert not made.exists()


def test_a_full_disk_is_no_reason_to_put_a_notebook_back(course):
    for number, cure in ((errno.ENOSPC, "Make room"), (errno.EACCES, "`git restore notebooks/")):
        said = making._cure(course, course.lessons[2], f"OSError: {os.strerror(number)}")
        assert said.startswith(cure) == (number == errno.ENOSPC) and cure in said
