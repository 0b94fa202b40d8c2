"""The table of goals asks for checks that exist; every check has a test, `agree` has it here."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from inspect import signature
from pathlib import Path

import pytest
from goal_states import (
    AGE,
    FIRST,
    LOG,
    MIGRATE,
    MODEL_AHEAD,
    UPGRADED,
    ask,
    made,
    migrations,
    refused,
    second,
    user,
)

from roundtrip import checks, lesson, snapshots
from roundtrip.course import Goal, find_course
from roundtrip.errors import RoundtripError
from roundtrip.facts import Elsewhere, ModelState
from roundtrip.home import Home
from roundtrip.verdict import disagreements


def test_agree(project: Path):
    assert ask("agree", made(), project).met
    refused("agree", MODEL_AHEAD, project, "The model is ahead", MIGRATE)
    two_ways = made(
        model=ModelState((user(AGE),), found=True, migrates=True),
        migrations=migrations(second(tracked=True, before="1111111")),
    )
    refused("agree", two_ways, project, "ahead of the database", "flask db upgrade")
    refused("agree", two_ways, project, "ahead", "git reset --hard 1111111", back="Elsewhere")
    behind = Elsewhere("production.env", "instance/production.db", (FIRST,), names=("user",))
    one_waits = replace(UPGRADED, git=made().git, elsewhere=(behind,))
    one_waits = replace(one_waits, disagreements=disagreements(one_waits)[-1:])
    refused("agree", one_waits, project, "waits", "flask --env-file production.env db upgrade")
    refused("agree", one_waits, project, "No commit is called", LOG, back="Elsewhere")
    refused("agree", MODEL_AHEAD, project, "No commit is called", LOG, back="Elsewhere")
    here = "Create the user table"
    refused("agree", two_ways, project, "ahead", "flask db upgrade", back=here)


def test_every_check_has_a_test_here():
    files = Path(__file__).parent.glob("test_*.py")
    written = "".join(file.read_text(encoding="utf-8") for file in files)
    assert not [name for name in checks.CHECKS if f"def test_{name}(" not in written]


def test_every_goal_of_the_course_asks_for_a_check_that_exists():
    file = find_course().folder / "notebooks" / "course.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["lesson"]
    rows += [exercise for row in rows for exercise in row.get("exercise", ())]
    goals = [goal for row in rows for goal in row.get("goal", ())]
    assert goals
    for goal in goals:
        signature(checks.CHECKS[goal["check"]]).bind(None, None, **goal.get("with", {}))


def test_a_wrong_row_in_the_table_of_goals_is_said(project: Path):
    with pytest.raises(RoundtripError, match="does not exist"):
        checks.check(Goal("", "nonsense", {}), made(), project)
    with pytest.raises(RoundtripError, match="wrongly"):
        checks.check(Goal("", "rows", {"tabel": "user"}), made(), project)


@pytest.mark.parametrize("kept", [True, False])
def test_what_the_learner_s_own_start_lacks_does_not_come_back_with_it(
    project: Path, tmp_path: Path, kept: bool
):
    """The same lack came again with each %restart."""
    arguments = {"table": "user", "count": 2, "database": "production.db", "kept": kept}
    goals = [Goal("Production has its rows", "rows", arguments)]
    own = shutil.copytree(project, tmp_path / "own")
    (project / "instance/production.db").unlink()
    (result,) = lesson.hold(goals, project, made(), own)
    assert result == lesson.hold(goals, project, made())[0]
    assert (result.finding.next == "%restart") is kept
    (own / "instance/production.db").unlink()
    (result,) = lesson.hold(goals, project, made(), own)
    if kept:
        assert result.finding.next == "%restart --fresh" and checks.lost([result])
        assert "that you kept does not have it either" in result.finding.cause
    else:
        assert result == lesson.hold(goals, project, made())[0]
    (met,) = lesson.hold([Goal("", "rows", {"table": "user", "count": 3})], project, made(), own)
    assert met.met


def test_a_lesson_s_own_start_is_what_was_kept_of_the_one_before(tmp_path: Path):
    course, home = find_course(), Home(tmp_path)
    assert lesson.own_start(course, home, course.lesson(0)) is None
    assert lesson.own_start(course, home, course.lesson(5)) is None
    kept = snapshots.project_in(snapshots.own(home, course.lesson(4)))
    kept.mkdir(parents=True)
    assert lesson.own_start(course, home, course.lesson(5)) == kept
