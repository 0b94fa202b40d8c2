"""What is noted of a lesson from its start to its end."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from sittings import COURSE, GOALS, NINE, NONE_YET, begin, course_with, end, rows, table

from roundtrip import card, progress
from roundtrip.course import Lesson


def test_a_lesson_from_its_start_to_its_end(home):
    assert begin(home, 3).remark == end(home, 3, 12).remark == ""
    (row,) = rows(home).values()
    assert datetime.fromisoformat(row["first_started"]) == NINE
    assert row["first_started"] == row["last_started"]
    assert datetime.fromisoformat(row["completed"]) == NINE + timedelta(minutes=12)
    assert (row["met"], row["goals"], row["seconds"]) == (GOALS[3], GOALS[3], 12 * 60)
    local = NINE.astimezone().isoformat(timespec="seconds")
    assert row["first_started"] == local, "in the time of this machine"


def test_goals_that_are_not_met_complete_nothing_and_the_best_stays(home):
    begin(home, 3)
    for minute, met in ((1, 0), (2, 2), (3, 1)):
        end(home, 3, minute, met)
    assert (rows(home)["3"]["met"], rows(home)["3"]["completed"]) == (2, None)
    end(home, 3, 4)
    completed = rows(home)["3"]["completed"]
    begin(home, 3, 60)
    end(home, 3, 65, 2)
    end(home, 3, 66)
    end(home, 3, 67, 1)
    row = rows(home)["3"]
    assert (row["met"], row["completed"]) == (GOALS[3], completed), (
        "it is done since the first time"
    )
    assert row["first_started"] < row["last_started"]


def test_sittings_add_up_and_finishing_twice_counts_once(home):
    begin(home, 2)
    end(home, 2, 10, 1)
    end(home, 2, 10, 1)
    assert rows(home)["2"]["seconds"] == 600
    end(home, 2, 14)
    assert rows(home)["2"]["seconds"] == 14 * 60
    begin(home, 2, 100)
    assert rows(home)["2"]["seconds"] == 14 * 60
    end(home, 2, 105)
    assert rows(home)["2"]["seconds"] == 19 * 60


def test_a_night_does_not_count(home):
    begin(home, 2)
    for minute in (170, 600, 700):
        end(home, 2, minute)
    assert rows(home)["2"]["seconds"] == 3 * 60 * 60


def test_a_clock_that_was_put_back_takes_no_time_away(home):
    begin(home, 2)
    end(home, 2, 5)
    end(home, 2, -90)
    begin(home, 2, 10)
    end(home, 2, -90)
    assert rows(home)["2"]["seconds"] == 300


def test_summer_time_takes_no_hour(home):
    lesson = COURSE.lesson(1)
    progress.started(
        home, lesson, datetime(2026, 10, 25, 2, 50, tzinfo=timezone(timedelta(hours=2)))
    )
    after = datetime(2026, 10, 25, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    progress.finished(home, lesson, 1, 1, after)
    assert rows(home)["1"]["seconds"] == 20 * 60


def test_an_end_without_a_start_counts_goals_and_no_time(home):
    end(home, 1, 5)
    assert (rows(home)["1"]["met"], rows(home)["1"]["seconds"]) == (GOALS[1], 0)
    assert rows(home)["1"]["completed"]


def test_a_lesson_whose_goals_have_changed_since(home, tmp_path):
    """A goal more or less in course.toml takes nobody's lesson away, and no sum is too large."""
    before = course_with(tmp_path / "before", {1: 5, 2: 3})
    for lesson, met in zip(before.lessons, (5, 2), strict=True):
        progress.finished(home, lesson, met, len(lesson.goals), NINE)
    after = course_with(tmp_path / "after", {1: 6, 2: 1})
    assert card.table(after, progress.read(home)).splitlines() == [
        "01  Title  done     5 of 6 goals  0 minutes",
        "02  Title  started  1 of 1 goals  0 minutes",
        "",
        "Progress: 1 of 2 lessons done, 6 of 7 goals met, 0 minutes.",
    ]
    progress.finished(home, after.lesson(1), 4, 6, NINE)
    assert (rows(home)["1"]["met"], rows(home)["1"]["goals"]) == (4, 6)
    assert rows(home)["1"]["completed"], "it was done when it was done"


def test_an_entry_of_a_lesson_that_is_gone_is_kept_and_not_counted(home):
    gone = Lesson(99, "Gone", Path("99.ipynb"))
    progress.started(home, gone, NINE)
    progress.finished(home, gone, 0, 0, NINE + timedelta(minutes=7))
    begin(home, 1)
    assert sorted(rows(home)) == ["1", "99"]
    assert table(home)[-1] == NONE_YET
