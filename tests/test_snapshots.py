"""The learner's end of a lesson: whatever happens while a new one is kept, a whole one is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stopped import store_until

from roundtrip import snapshots
from roundtrip.course import Lesson
from roundtrip.home import Home

LESSON = Lesson(3, "Create the migration", Path("03.ipynb"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "workspace" / "instance").mkdir(parents=True)
    return Home(tmp_path)


def _work(home: Home, text: str) -> None:
    for name in ("app.py", "instance/app.db"):
        (home.project / name).write_text(text)


def _kept(home: Home) -> set[str]:
    """Whose the snapshot is that the course would take, by each of its files."""
    place = snapshots.own(home, LESSON)
    tree = snapshots.project_in(place)
    names = [path for path in tree.rglob("*") if path.is_file()]
    assert len(names) == 2
    return {*(path.read_text() for path in names), snapshots.notes_in(place)["who"]}


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("how", ["killed", "full"])
def test_stopped_at_any_step_there_is_one_whole_end_state(home, how):
    place = snapshots.own(home, LESSON)
    step, steps, kept = 0, 0, set[str]()
    while steps >= step:  # until there is no such step any more
        step += 1
        _work(home, "old")
        snapshots.store(home.project, place, {"who": "old"})
        assert _kept(home) == {"old"}
        assert [path.name for path in place.parent.iterdir()] == ["lesson-03"]
        _work(home, "new")
        said, steps = store_until(step, how, home.project, place)
        whose = _kept(home)
        assert len(whose) == 1, f"a half one after step {step}: {whose}"
        kept |= whose
        if how == "full" and whose == {"old"}:
            assert "(No space left)" in said and "then try again" in said
            assert "\n" not in said
    assert step > 10
    assert kept == {"old", "new"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_folders_that_may_not_be_written_are_replaced_as_others(home):
    """As after a copy from a read-only disk. Root may write everywhere, so it gives that up."""
    root = os.geteuid() == 0
    no_root = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if root else ()
    for text in ("one", "two", "three"):
        _work(home, text)
        (home.project / "instance").chmod(0o500)
        code = "import pathlib, sys; from roundtrip import snapshots; "
        code += "snapshots.store(*map(pathlib.Path, sys.argv[1:]), {'who': 'me'})"
        place = snapshots.own(home, LESSON)
        python = [*no_root, sys.executable, "-c", code, home.project, place]
        subprocess.run(python, check=True)
        assert _kept(home) == {text, "me"}
        assert [path.name for path in place.parent.iterdir()] == ["lesson-03"]
        (home.project / "instance").chmod(0o700)


def test_nothing_is_taken_for_an_end_state_that_is_none(home):
    place = snapshots.own(home, LESSON)
    assert not place.exists()
    (place.parent / "lesson-03.new").mkdir(parents=True)
    assert not snapshots.own(home, LESSON).exists()
    _work(home, "one")
    snapshots.store(home.project, place, {"who": "one"})
    assert json.loads(snapshots.notes_file(place).read_text()) == {"who": "one"}
    assert _kept(home) == {"one"}
