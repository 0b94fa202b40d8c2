"""The learner's end of a lesson: whatever happens while a new one is kept, a whole one is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from roundtrip import snapshots
from roundtrip.course import Lesson
from roundtrip.workspace import Home

LESSON = Lesson(3, "Create the migration", Path("03.ipynb"), 10)

AGAIN = """
import os, sys
from pathlib import Path
from roundtrip import snapshots
from roundtrip.errors import RoundtripError

home, how, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
done = 0

def count(event, _):
    global done
    if event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove"):
        done += 1
        if done == last:
            if how == "killed":
                os._exit(9)
            raise OSError(28, "No space left")

sys.addaudithook(count)
try:
    snapshots.store(home / "workspace", home / ".roundtrip/snapshots/lesson-03", {"who": "new"})
except RoundtripError as error:
    print(error)
print("steps", done)
"""
"""Keeps the workspace, and stops at one of the steps that change something on the disk."""


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


@pytest.mark.parametrize("how", ["killed", "full"])
def test_stopped_at_any_step_there_is_one_whole_end_state(home, how):
    place = snapshots.own(home, LESSON)
    step, said, kept = 0, "", set[str]()
    while not said.endswith(f"steps {step - 1}\n"):  # until there is no such step any more
        step += 1
        _work(home, "old")
        snapshots.store(home.project, place, {"who": "old"})
        assert _kept(home) == {"old"}
        assert [path.name for path in place.parent.iterdir()] == ["lesson-03"]
        _work(home, "new")
        arguments = [sys.executable, "-c", AGAIN, str(home.root), how, str(step)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        said = done.stdout
        assert done.stderr == ""
        whose = _kept(home)
        assert len(whose) == 1, f"a half one after step {step}: {whose}"
        kept |= whose
        if how == "full" and whose == {"old"}:
            sentence, _ = said.splitlines()
            assert "(No space left)" in sentence and "then try again" in sentence
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
