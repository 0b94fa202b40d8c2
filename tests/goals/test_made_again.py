"""What was there was made anew, beside the old one or in its place."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from following import with_two_in_production
from obeying import statement
from starts import Starts
from states import Project
from turns import PHONE, added, on_production

from roundtrip import checks
from roundtrip.course import Goal, find_course


def unmet(project: Project, *goals: Goal) -> list[checks.Finding]:
    state = project.read()
    found = [checks.check(goal, state, project.path).finding for goal in goals]
    return [each for each in found if not each.met]


@pytest.mark.parametrize("commit", [True, False])
def test_a_column_made_anew_goes_before_the_old_commit_comes_back(
    starts: Starts, tmp_path: Path, commit: bool
):
    """In the exercise of lesson 08. The committed script stays: others may have run it."""
    project = with_two_in_production(starts["aged"].copy(tmp_path / "p"))
    project.git("commit", "-q", "--allow-empty", "-m", "Test the age column")
    kept = project.script_file("add_age")
    project.db("downgrade")
    on_production(project, "downgrade")
    project.git("reset", "-q", "--hard", "HEAD~2")
    project.add_to_model()
    project.db("migrate", "-m", "Add age again")
    project.db("upgrade")
    on_production(project, "upgrade")
    if commit:
        project.commit("Add age again")
    (exercise,) = find_course().lesson(8).exercises
    goals = [goal for goal in exercise.goals if goal.check != "rows_equal"]
    (said, *_) = unmet(project, *goals)
    assert "which that commit does not have: first every database, then the code" in said.cause
    told = []
    while found := unmet(project, *goals):
        told.append(found[0].next)
        assert len(told) < 12, told
        command = found[0].next
        if command == "git reflog":
            place = project.git("log", "--format=%h", "--reflog", "--grep=Test the age")
            command = f"git reset --hard {place.split()[0]}"
        project.run(*shlex.split(command))
    down = ["flask db downgrade", "flask --env-file production.env db downgrade"]
    assert told[:2] == down and f"git rm {kept}" not in told
    scripts = project.git("ls-files", "migrations/versions").split()
    assert kept in scripts and len(scripts) == 2 and project.git("status", "--short") == ""


def test_an_empty_script_is_not_the_one_that_the_model_waits_for(starts: Starts, tmp_path: Path):
    """In the exercise of lesson 03: two should wait, and the first of them was deleted."""
    project = starts["first"].copy(tmp_path / "p")
    project.add_to_model()
    project.db("revision", "-m", "Fill in the ages")
    (exercise,) = find_course().lesson(3).exercises
    goal = exercise.goals[0]
    (said,) = unmet(project, goal)
    assert "No script makes user.age" in said.cause and "Delete that one" in said.cause
    project.run(*shlex.split(said.next))
    (said,) = unmet(project, goal)
    assert said.next == 'flask db migrate -m "Add age column to user model"'
    project.run(*shlex.split(said.next))
    project.db("revision", "-m", "Fill in the ages")
    assert unmet(project, goal) == []


@pytest.mark.parametrize("also", ["", "flask db downgrade", "flask db migrate -m again"])
@pytest.mark.parametrize("deleted", [True, False])
def test_an_empty_script_that_has_run_is_taken_out_again(
    starts: Starts, tmp_path: Path, deleted: bool, also: str
):
    """In lesson 04: made by hand for a script that was deleted, or in the place of migrate.

    `also`: what was tried first. No command is told a second time.
    """
    project = starts["first"].copy(tmp_path / "p")
    project.add_to_model()
    if deleted:
        project.db("migrate", "-m", "Add age column to user model")
        project.db("upgrade")
        lost = project.script_id("age")
        project.script("age").unlink()
        project.db("revision", "--rev-id", lost, "-m", "Say what it did")
    else:
        project.db("revision", "-m", "Add age")
        project.db("upgrade")
    project.capture(shlex.split(also or "git status"))
    told: list[str] = []
    while found := unmet(project, *find_course().lesson(4).goals):
        command = found[0].next
        told.append(command.partition(" -m ")[0])
        assert [*dict.fromkeys(told)] == told
        if command == "%%flask_shell":
            project.sql(statement(found[0].cause))
        else:
            project.run(*shlex.split(command))
    assert project.script("add_age_column") and len(told) > 1


def test_a_script_that_was_lost_before_its_commit(starts: Starts, tmp_path: Path):
    """In lesson 10, after its upgrade: the goals tell what the board tells."""
    project = starts["city"].copy(tmp_path / "p")
    script = added(project, PHONE, "Add phone column to user model")
    rows = project.sql("SELECT * FROM user")
    (project.path / script).unlink()
    goals = find_course().lessons[-1].exercise("there").goals
    goal = next(goal for goal in goals if goal.check == "committed_migration")
    (said,) = unmet(project, goal)
    assert said.next == project.read().verdict.next
    assert said.cause.endswith("Git does not have it either. %board says how it is written again.")
    project.run("sh", "-c", said.next)
    for command in ("git add .", 'git commit -m "Add phone column to user model"'):
        assert unmet(project, goal)[0].next == command
        project.run(*shlex.split(command))
    assert unmet(project, goal) == [] and (project.path / script).exists()
    assert project.sql("SELECT * FROM user") == rows
