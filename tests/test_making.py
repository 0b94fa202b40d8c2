"""Start states are made from the notebooks as they are: one that does not hold gives none."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from roundtrip import making, snapshots
from roundtrip.course import Course
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
    notebook = json.loads(second.notebook.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = [line.replace(old, new) for line in cell["source"]]
    second.notebook.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(RoundtripError) as error:
        making.make(course, home, [first, second])
    assert reason in str(error.value)
    assert "lesson 02" in str(error.value)
    assert snapshots.made(home, course, first).is_dir(), "what held is kept"
    assert not snapshots.made(home, course, second).exists()
    assert not (home.private / "make").exists()


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
    # One that lost its project counts as not made, and is made anew.
    shutil.rmtree(made / "workspace")
    assert not snapshots.made(home, course, course.lessons[1]).exists()
    assert not made.exists()


def test_a_full_disk_is_no_reason_to_put_a_notebook_back(course):
    for number, cure in ((errno.ENOSPC, "Make room"), (errno.EACCES, "`git restore notebooks/")):
        said = making._cure(course, course.lessons[2], f"OSError: {os.strerror(number)}")
        assert said.startswith(cure) == (number == errno.ENOSPC) and cure in said
