"""Part two of lesson 10, after what can go wrong on it: as far as the advice leads."""

from __future__ import annotations

from pathlib import Path

import pytest
from following import follow, with_two_in_production, write_into_the_script
from starts import Starts
from states import Project
from turns import MODELS, PHONE, committed, on_production

from roundtrip import checks, messages
from roundtrip.course import find_course

GOALS = find_course().lessons[-1].exercise("and-back").goals

RENAME = """with op.batch_alter_table('user') as batch_op:
        batch_op.alter_column('{}', new_column_name='{}')"""


@pytest.fixture(scope="module")
def ended(starts: Starts, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The end of part one, to be copied."""
    project = starts["city"].copy(tmp_path_factory.mktemp("the end") / "p")
    committed(with_two_in_production(project), PHONE, "Add phone")
    on_production(project, "upgrade")
    return project


@pytest.fixture
def project(ended: Project, tmp_path: Path) -> Project:
    """The end of part one."""
    return ended.copy(tmp_path / "p")


def both_down(project: Project) -> None:
    project.db("downgrade")
    on_production(project, "downgrade")


def taken_back(project: Project) -> None:
    """Nothing is left of it, and nothing else has gone."""
    for name in ("app.db", "production.db"):
        assert [row[1] for row in project.sql("PRAGMA table_info(user)", name)][3:] == ["city"]
    assert project.sql("SELECT city FROM user WHERE name = 'Ada'") == [("London",)]
    assert "phone" not in (project.path / MODELS).read_text(encoding="utf-8")
    assert len(list((project.path / "migrations/versions").glob("*.py"))) == 2
    assert project.git("status", "--short") == ""


def test_a_script_that_was_brought_back_is_no_sign_of_a_reset_without_hard(project: Project):
    """Its database was forgotten, and both resets were with --hard."""
    script = project.script_file("add_phone")
    project.db("downgrade")
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.git("restore", "--source=ORIG_HEAD", "--", script)
    on_production(project, "downgrade")
    assert follow(project, GOALS) == [f"git clean -f {script}"]
    taken_back(project)


def test_after_a_reset_without_hard_the_model_alone_is_put_back(project: Project):
    both_down(project)
    project.git("reset", "-q", "HEAD~1")
    project.git("restore", MODELS)
    script = project.script_file("add_phone")
    assert follow(project, GOALS) == [f"git clean -f {script}"]
    taken_back(project)


def test_a_reset_without_hard_is_told_by_the_first_goal(project: Project):
    """Its hints are about other cases."""
    last = project.git("rev-parse", "--short", "HEAD").strip()
    both_down(project)
    project.git("reset", "-q", "HEAD~1")
    state = project.read()
    unmet = [r for r in (checks.check(g, state, project.path) for g in GOALS) if not r.met]
    assert unmet[0].goal.text == "The model has no user.phone"
    assert (unmet[0].finding.next, unmet[0].finding.repair) == (f"git reset {last}", True)


@pytest.mark.parametrize("removed", [False, True])
def test_a_model_that_was_put_back_by_hand_goes_with_the_reset(project: Project, removed: bool):
    """What is not committed is as the commit to go back to has it."""
    both_down(project)
    project.edit(MODELS, PHONE, "")
    if removed:
        project.git("rm", "-q", project.script_file("add_phone"))
    (told,) = follow(project, GOALS, apart=("git reset --hard",))
    assert told.startswith("git reset --hard ")
    taken_back(project)


def test_work_that_a_reset_would_take_is_set_aside(project: Project):
    both_down(project)
    project.edit(MODELS, PHONE, f"{PHONE}    # a note of mine\n")
    first, then = follow(project, GOALS, apart=("git stash",))
    assert (first, then[:17]) == ("git stash", "git reset --hard ")
    taken_back(project)
    assert "a note of mine" in project.git("stash", "show", "-p")


def one_of_two_taken_back(project: Project) -> None:
    """One script made it, another has renamed it, and one step was taken on each database."""
    both_down(project)
    project.git("reset", "-q", "--hard", "HEAD~1")
    committed(project, PHONE.replace("phone", "telephone"), "Add telephone")
    project.edit(MODELS, "telephone", "phone")
    project.db("migrate", "-m", "rename")
    names = ("telephone", "phone")
    write_into_the_script(project, RENAME.format(*names), RENAME.format(*reversed(names)))
    project.db("upgrade")
    project.commit("Rename")
    on_production(project, "upgrade")
    both_down(project)


def test_one_commit_after_the_other_is_no_later_work(project: Project):
    """The reset took both commits, one script was still run, and the board brings its own back."""
    one_of_two_taken_back(project)
    project.git("reset", "-q", "--hard", "HEAD~2")
    told = follow(project, GOALS, apart=("git reset --hard", "flask"))
    assert told[1:3] == ["flask db downgrade", "flask --env-file production.env db downgrade"]
    taken_back(project)


def test_a_column_under_its_older_name_goes_back_before_the_code(project: Project):
    one_of_two_taken_back(project)
    told = follow(project, GOALS, apart=("git reset --hard", "flask"))
    assert told[:2] == ["flask db downgrade", "flask --env-file production.env db downgrade"]
    taken_back(project)


def test_what_was_amended_into_the_commit_to_go_back_to_gets_its_own(project: Project):
    """Then the way back begins, and the lesson need not begin again."""
    before = project.git("rev-parse", "--short", "HEAD~1").strip()
    project.git("reset", "-q", "--soft", "HEAD~1")
    project.git("commit", "-q", "--amend", "--no-edit")
    both_down(project)
    state = project.read()
    unmet = [r for r in (checks.check(g, state, project.path) for g in GOALS) if not r.met]
    assert unmet[0].finding.next == f"git reset --soft {before}", unmet[0]
    project.git("reset", "-q", "--soft", before)
    state = project.read()
    told = [checks.check(goal, state, project.path).finding.next for goal in GOALS]
    assert state.git.reset_from not in " ".join(told)  # nobody is sent back to what was amended
    project.git("commit", "-q", "-m", "Add phone")
    (told,) = follow(project, GOALS)
    assert told.startswith("git reset --hard ")
    taken_back(project)


def test_what_was_amended_before_the_line_came_is_none_of_its_business(project: Project):
    """Such as at the end of the lesson before."""
    project.git("commit", "-q", "--amend", "-m", "Add phone, again")
    state = project.read()
    said = next(checks.check(g, state, project.path) for g in GOALS if g.check == "model_has")
    assert "amend" not in said.finding.cause and "soft" not in said.finding.next


def test_a_column_that_was_dropped_by_hand_is_recorded_as_taken_back(project: Project):
    """In both databases: no upgrade is told, which would bring it again."""
    for name in ("app.db", "production.db"):
        project.sql("ALTER TABLE user DROP COLUMN phone", name)
    stamp = f"db stamp {project.script_id('add_city')}"
    place = project.git("rev-parse", "--short=7", "HEAD~1").strip()
    state = project.read()
    said = [checks.check(goal, state, project.path).finding for goal in GOALS[:2]]
    assert all("was dropped by hand, not by a downgrade. This records" in s.cause for s in said)
    assert [finding.next for finding in said] == [
        f"flask {stamp}",
        f"flask --env-file production.env {stamp}",
    ]
    for finding in said:
        project.run(*finding.next.split())
    project.git("reset", "-q", "--hard", place)
    assert follow(project, GOALS) == []
    taken_back(project)


def test_of_an_amended_commit_the_last_form_is_named(project: Project):
    both_down(project)
    (project.path / "notes.txt").write_text("one more\n", encoding="utf-8")
    project.git("add", ".")
    project.git("commit", "-q", "--amend", "--no-edit")
    last = project.git("rev-parse", "--short=7", "HEAD").strip()
    project.git("reset", "-q", "--hard", "HEAD~1")
    goal = next(goal for goal in GOALS if goal.check == "taken_back")
    finding = checks.check(goal, project.read(), project.path).finding
    assert finding.met and last in finding.found


def test_a_city_that_is_empty_is_set_again_whatever_else_is_to_be_done(project: Project):
    """The reset that comes first, for the databases, has no bearing on a row."""
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.sql("UPDATE user SET city = NULL")
    state = project.read()
    results = [checks.check(goal, state, project.path) for goal in GOALS]
    told = "\n".join(messages.goals(results)).partition("Somebody still lives in a city")[2]
    told = " ".join(told.partition("✘")[0].split())
    assert "See first" not in told and "Set one again" in told
    assert told.endswith("next: a cell that begins with %%flask_shell")


def test_whoever_has_left_out_the_way_back_is_told_where_it_is(project: Project):
    (goal,) = (
        g for g in find_course().lessons[-1].goals if g.text == "The model has no user.phone"
    )
    said = checks.check(goal, project.read(), project.path).finding
    assert (said.met, said.next) == (False, "%check and-back")
    both_down(project)
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert checks.check(goal, project.read(), project.path).met
