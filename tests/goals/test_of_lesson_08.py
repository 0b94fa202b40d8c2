"""The goals of lesson 08, where the code goes back, and of its exercise, where it returns."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from following import with_two_in_production
from starts import Starts
from states import AGE, Project
from turns import MODELS, on_production

from roundtrip.course import find_course
from roundtrip.lesson import hold
from roundtrip.messages import goals


@pytest.fixture
def downgraded(starts: Starts, tmp_path: Path) -> Project:
    """The end of lesson 07: three commits, and no database has `age`."""
    project = starts["first"].copy(tmp_path / "p")
    project.git("commit", "-q", "--amend", "-m", "Create the user table")
    project.add_to_model()
    project.db("migrate", "-m", "Add age column to user model")
    project.db("upgrade")
    project.commit("Add age column to user model")
    with_two_in_production(project)
    project.git("commit", "-q", "--allow-empty", "-m", "Test the age column")
    project.db("downgrade")
    on_production(project, "downgrade")
    return project


def told(project: Project, exercise: str = "", lesson: int = 8) -> str:
    here = find_course().lesson(lesson)
    asked = here.exercise(exercise).goals if exercise else here.goals
    return "\n".join(goals(hold(asked, project.path, project.read())))


def test_what_goes_with_the_reset_is_told_once(downgraded: Project):
    said = told(downgraded)
    place = downgraded.git("rev-parse", "HEAD~2")[:7]
    assert said.count("next: git") == 1 and f"next: git reset --hard {place}" in said
    assert "git log" not in said.replace("`git log --oneline`", "")
    downgraded.git("reset", "-q", "--hard", place)
    assert "not met" not in told(downgraded)


def test_a_revert_of_the_first_commit_is_undone_before_its_scripts_are(downgraded: Project):
    downgraded.git("reset", "-q", "--hard", "HEAD~2")
    downgraded.git("revert", "--no-edit", "HEAD")
    again = "git revert --no-edit HEAD"
    assert f"next: {again}" in told(downgraded, "and-back")
    assert "git restore" not in told(downgraded, "and-back")
    assert downgraded.read().verdict.next == again
    downgraded.run(*shlex.split(again))
    assert downgraded.read().verdict.kind == "agree"


def test_a_revert_that_would_be_refused_is_not_told(downgraded: Project):
    """Files that the last commit has deleted are there again, and in no commit."""
    downgraded.git("reset", "-q", "--hard", "HEAD~2")
    downgraded.git("revert", "--no-edit", "HEAD")
    downgraded.git("restore", "--source=HEAD~1", "--", "migrations")
    downgraded.write("migrations/README", "of my own\n")
    said = downgraded.read().verdict
    assert said.next == "git stash push -u -- migrations" and "git revert" in said.why
    assert "next: git revert" not in told(downgraded, "and-back")
    downgraded.run(*shlex.split(said.next))
    downgraded.run(*shlex.split(downgraded.read().verdict.next))
    assert downgraded.read().verdict.kind == "agree"
    assert downgraded.git("diff", "HEAD", "HEAD~2") == ""
    assert downgraded.git("show", "stash@{0}^3:migrations/README") == "of my own\n"


def follow(project: Project, lesson: int, exercise: str = "") -> list[str]:
    """Run what the first goal that is not met tells, until all are; the commands, in words."""
    here, ran = find_course().lesson(lesson), []
    asked = here.exercise(exercise).goals if exercise else here.goals
    while open := [r.finding for r in hold(asked, project.path, project.read()) if not r.met]:
        assert len(ran) < 9 and open[0].next.startswith(("git", "flask")), (ran, open[0])
        ran.append(
            " ".join(open[0].next.split()[:-1] if "reset" in open[0].next else [open[0].next])
        )
        project.run(*shlex.split(open[0].next))
    return ran


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_was_undone_by_commits_goes_by_one_reset(downgraded: Project, by_hand: bool):
    """A log, again and again, led nowhere: every place agreed already."""
    if by_hand:
        downgraded.edit("demo_app/models.py", AGE, "")
        downgraded.script("age").unlink()
        downgraded.commit("No age")
    else:
        downgraded.git("revert", "--no-edit", "HEAD~1")
    assert "Nothing of them is left in the files" in " ".join(told(downgraded).split())
    assert follow(downgraded, 8) == ["git reset --hard"]


def test_a_reset_that_came_too_early_is_taken_back_by_the_first_goal(downgraded: Project):
    here = downgraded.git("rev-parse", "HEAD").strip()
    downgraded.git("reset", "-q", "--hard", "HEAD~2")
    goal = find_course().lesson(7).goals[3]
    (result,) = hold([goal], downgraded.path, downgraded.read())
    assert (goal.check, result.finding.next) == ("head_subject", f"git reset --hard {here[:7]}")


def test_a_commit_that_was_made_by_hand_again_gives_way_to_the_earlier_one(downgraded: Project):
    """Its script has another id, so each database goes back first."""
    here = downgraded.git("rev-parse", "HEAD")
    downgraded.git("reset", "-q", "--hard", "HEAD~2")
    downgraded.add_to_model()
    downgraded.db("migrate", "-m", "Add age column to user model")
    downgraded.db("upgrade")
    on_production(downgraded, "upgrade")
    downgraded.commit("Test the age column")
    down = "flask db downgrade", "flask --env-file production.env db downgrade"
    up = "flask db upgrade", "flask --env-file production.env db upgrade"
    assert follow(downgraded, 8, "and-back") == [*down, "git reset --hard", *up]
    assert downgraded.git("rev-parse", "HEAD") == here


def test_a_commit_that_lesson_07_did_not_ask_for_goes_and_spoils_no_other(downgraded: Project):
    """It has taken the line out of the model: to amend that into the last commit would keep it."""
    on_production(downgraded, "upgrade")
    instance = downgraded.path / "instance"
    shutil.copy(instance / "production.db", instance / "before-downgrade.db")
    on_production(downgraded, "downgrade")
    last = downgraded.git("rev-parse", "HEAD").strip()
    downgraded.edit(MODELS, AGE, "")
    downgraded.git("commit", "-qam", "No age")
    said = told(downgraded, lesson=7)
    assert f"next: git reset --hard {last[:7]}" in said and "--amend" not in said
    downgraded.git("reset", "-q", "--hard", last[:7])
    assert "next:" not in told(downgraded, lesson=7)


def test_no_hint_about_a_reset_is_given_where_settings_were_deleted(downgraded: Project):
    """No script is missing, so no reset brings anything back."""
    on_production(downgraded, "upgrade")
    (downgraded.path / "production.env").unlink()
    held = hold(find_course().lesson(8).goals, downgraded.path, downgraded.read())
    (result,) = (each for each in held if each.goal.text.startswith("The production database"))
    assert result.finding.next == "%%writefile production.env" and not result.hints
    downgraded.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    said = told(downgraded)
    assert "next: flask --env-file production.env db downgrade" in said and "%%write" not in said
