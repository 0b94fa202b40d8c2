"""The learner's end of a lesson: whatever happens while a new one is kept, a whole one is there."""

from __future__ import annotations

import json
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


def test_nothing_is_taken_for_an_end_state_that_is_none(home):
    place = snapshots.own(home, LESSON)
    assert not place.exists()
    (place.parent / "lesson-03.new").mkdir(parents=True)
    assert not snapshots.own(home, LESSON).exists()
    _work(home, "one")
    snapshots.store(home.project, place, {"who": "one"})
    assert json.loads(snapshots.notes_file(place).read_text()) == {"who": "one"}
    assert _kept(home) == {"one"}
