"""The goals of lessons 01 to 04, on what a beginner does there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from starts import Starts
from states import AGE, Project, add_users
from turns import MODELS

from roundtrip import checks
from roundtrip.course import find_course
from roundtrip.lesson import hold
from roundtrip.messages import goals

FIRST = "Create the user table"
ADD_AGE = "Add age column to user model"


@pytest.fixture
def first(starts: Starts, tmp_path: Path) -> Project:
    """The end of lesson 01."""
    return starts["first"].copy(tmp_path / "p")


@pytest.fixture
def uncommitted(starts: Starts, tmp_path: Path) -> Project:
    """Lesson 01 before its first commit."""
    project = starts["new"].copy(tmp_path / "new")
    project.git("init")
    project.db("init")
    project.db("migrate", "-m", "Create user table")
    project.db("upgrade")
    add_users(project)
    return project


def unmet(project: Project, lesson: int, exercise: str = "") -> dict[str, checks.Finding]:
    """What is not met in a lesson, or in its exercise, by the text of the goal."""
    here = find_course().lesson(lesson)
    asked = here.exercise(exercise).goals if exercise else here.goals
    held = hold(asked, project.path, project.read())
    return {each.goal.text: each.finding for each in held if not each.met}


@pytest.mark.parametrize(
    ("lesson", "exercise", "told"),
    [
        (3, "", "the upgrade has run already. Undo it, and keep its file."),
        (3, "by-hand", "left over, or made twice. Undo it, then delete it."),
        (4, "two-columns", "the upgrade has run already. Undo it, then delete it."),
        (8, "", "left over, or made twice. Undo it, then delete it."),
    ],
)
def test_a_script_that_has_run_is_undone_first(
    first: Project, lesson: int, exercise: str, told: str
):
    first.add_to_model()
    first.db("migrate", "-m", ADD_AGE)
    for name in ("x", "Fill in ages") if exercise == "by-hand" else ():
        first.db("revision", "-m", name)
    first.db("upgrade")
    found = unmet(first, lesson, exercise).values()
    (said,) = (each for each in found if "Undo it" in each.cause)
    assert told in said.cause and said.next == "flask db downgrade"
    assert "Delete it first" not in said.cause


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("email: Mapped", "mail: Mapped", "user.email is gone"),
        ("String(80)", "String(90)", "user.name differs (VARCHAR(80)"),
        ("String(80)", "String", "user.name as VARCHAR"),
        (", unique=True", "", "user.email differs (unique"),
        ("name: Mapped[str]", "name: Mapped[str | None]", "user.name differs (NOT NULL"),
        ("    email:", "    nick: Mapped[int | None]\n    email:", "user.nick is new"),
    ],
)
def test_lesson_02_ends_with_no_other_change_to_the_model(
    first: Project, old: str, new: str, told: str
):
    first.add_to_model()
    assert not unmet(first, 2)
    first.edit(MODELS, old, new)
    (said,) = unmet(first, 2).values()
    assert told in said.cause and "adds only user.age" in said.cause
    assert said.next == "git diff"


def test_what_only_the_database_has_is_no_change_to_the_model(first: Project):
    first.add_to_model()
    first.sql("ALTER TABLE user ADD COLUMN phone TEXT")
    assert not unmet(first, 2)
    first.sql("DROP TABLE user")
    assert not [goal for goal in unmet(first, 2) if "model" in goal]


def test_a_model_that_was_written_beside_its_folder_is_named(first: Project):
    first.write("models.py", "age = 1\n")
    for line in (AGE, ""):
        said = [*unmet(first, 2).values()][-1]
        assert "models.py is in the wrong folder" in said.cause and "new: models.py" in said.found
        first.add_to_model(line)
    first.git("clean", "-f", "models.py")
    assert [*unmet(first, 2)] == []


@pytest.mark.parametrize("lesson", [3, 4])
def test_a_model_that_was_committed_before_its_script_comes_off_again(first: Project, lesson: int):
    """By `git commit -am`, which leaves out what is untracked."""
    first.add_to_model()
    first.db("migrate", "-m", ADD_AGE)
    assert not unmet(first, lesson)
    first.git("commit", "-qam", "age")
    (said,) = unmet(first, lesson).values()
    assert "The model is committed already" in said.cause
    first.run(*shlex.split(said.next))
    assert not unmet(first, lesson)
    assert (
        MODELS in first.git("diff", "--name-only")
        and first.git("rev-list", "--count", "HEAD") == "1\n"
    )


def test_a_script_of_another_message_is_made_again_in_lesson_04_too(first: Project):
    first.add_to_model()
    first.db("migrate", "-m", "Add age")
    (said,) = unmet(first, 4).values()
    assert f'flask db migrate -m "{ADD_AGE}"' in said.cause
    first.run(*shlex.split(said.next))
    first.db("migrate", "-m", ADD_AGE)
    assert not unmet(first, 4)


@pytest.mark.parametrize("lesson", [3, 4])
def test_a_script_of_another_message_that_was_committed_comes_off_again(
    first: Project, lesson: int
):
    first.add_to_model()
    first.db("migrate", "-m", "Add age")
    first.commit("Add age")
    script = first.script_file("add_age")
    told: list[checks.Finding] = []
    while (found := unmet(first, lesson)) and len(told) < 3:
        (said,) = found.values()
        told.append(said)
        if said.next.startswith("git clean"):
            assert f'-m "{ADD_AGE}"' in said.cause
            first.run(*shlex.split(said.next))
            first.db("migrate", "-m", ADD_AGE)
        else:
            first.run(*shlex.split(said.next))
    assert told[0].cause.startswith(f"{script} is committed already, and its name comes from")
    assert [said.next for said in told] == ["git reset HEAD~1", f"git clean -f {script}"]


def test_the_script_of_lesson_01_is_not_one_of_another_message(first: Project):
    """It waits for a database that was deleted."""
    (first.path / "instance/app.db").unlink()
    assert "git reset HEAD~1" not in {said.next for said in unmet(first, 3).values()}


@pytest.mark.parametrize("amend", [(), ("--no-edit",), ("-m", FIRST)])
def test_two_commits_of_lesson_01_become_the_one_that_is_looked_for(
    uncommitted: Project, amend: tuple[str, ...]
):
    uncommitted.git("add", "demo_app")
    uncommitted.git("commit", "-m", "first commit")
    uncommitted.commit(FIRST)
    (said,) = unmet(uncommitted, 1).values()
    assert "git reset --soft HEAD~1, then " in said.cause and "not reset" not in said.cause
    assert f'git commit --amend -m "{FIRST}".' in said.cause
    uncommitted.git("reset", "-q", "--soft", "HEAD~1")
    if amend:
        uncommitted.git("commit", "-q", "--amend", *amend)
    for said in unmet(uncommitted, 1).values():
        uncommitted.run(*shlex.split(said.next))
        if not unmet(uncommitted, 1):
            break
    assert uncommitted.git("rev-list", "--count", "HEAD") == "1\n"
    assert uncommitted.git("log", "--format=%s") == f"{FIRST}\n"
    assert uncommitted.git("status", "--short") == ""
    assert "migrations/env.py" in uncommitted.git("ls-files")


def test_what_is_not_staged_any_more_is_added_before_the_commit_is_amended(uncommitted: Project):
    uncommitted.git("add", "demo_app")
    uncommitted.git("commit", "-m", "first commit")
    uncommitted.commit(FIRST)
    uncommitted.git("reset", "-q", "HEAD~1")
    here = find_course().lesson(1)
    for command in ("git add .", f'git commit --amend -m "{FIRST}"'):
        held = hold(here.goals, uncommitted.path, uncommitted.read())
        assert {line.strip() for line in goals(held) if "next: git" in line} == {f"next: {command}"}
        uncommitted.run(*shlex.split(command))
    assert not unmet(uncommitted, 1)


def test_where_nothing_is_committed_there_is_no_last_commit(starts: Starts, tmp_path: Path):
    project = starts["new"].copy(tmp_path / "p")
    project.git("init")
    said = unmet(project, 1)["Every file is committed"]
    assert said.cause == "Nothing is committed yet."


def test_a_line_that_is_staged_is_restored_from_the_commit_by_both_goals(first: Project):
    first.add_to_model()
    first.git("add", ".")
    told = {said.next for said in unmet(first, 2, "take-it-back").values()}
    assert told == {f"git restore --staged --worktree {MODELS}"}
    first.run(*shlex.split(told.pop()))
    assert not unmet(first, 2, "take-it-back")
