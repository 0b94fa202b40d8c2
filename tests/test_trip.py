"""The whole trip as states: what is said of them is said by the course as it is now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from roundtrip import snapshots, trip
from roundtrip.course import find_course
from roundtrip.git_facts import GitState
from roundtrip.home import Home
from roundtrip.safe_files import write_json
from roundtrip.state import AGREE, State


def test_what_an_older_course_said_of_a_kept_state_is_not_shown(tmp_path: Path):
    course, home = find_course(), Home(tmp_path)
    one, two = course.lessons[1:3]
    empty = State()
    old = replace(empty, disagreements=(replace(AGREE, headline="An older course said this."),))
    kept = snapshots.own(home, one)
    kept.mkdir(parents=True)
    write_json(snapshots.notes_file(kept), snapshots.notes(old))
    now = State(git=GitState(repository=True))
    (_, first), (_, last) = trip.steps(course, home, two, now)
    assert first.verdict.headline == "Nothing is here yet."
    assert last is now
