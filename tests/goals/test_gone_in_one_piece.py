"""A column is gone for good: by one script that works in every database, in one commit."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from following import copy_production, with_two_in_production
from starts import Starts
from states import Project
from turns import CITY, MODELS, PHONE, POST, added, on_production

from roundtrip import checks
from roundtrip.course import find_course

MESSAGE = "Remove city column from user model"
SHELL = "%%flask_shell --env-file production.env"


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """`city` in every place, and in production."""
    return with_two_in_production(starts["city"].copy(tmp_path / "the project"))


def unmet(project: Project) -> list[checks.Finding]:
    state = project.read()
    goals = find_course().lessons[-1].exercise("gone").goals
    asked = [goal for goal in goals if goal.check != "holds"]  # no part three was here
    found = (checks.check(goal, state, project.path) for goal in asked)
    return [result.finding for result in found if not result.met]


def follow(project: Project) -> list[str]:
    """Run what the first goal tells, to the end or to the first command that only looks."""
    said: list[str] = []
    while told := unmet(project):
        said.append(told[0].next)
        assert len(said) < 9, said
        if told[0].next == SHELL:
            copy_production(project)
        elif told[0].next.startswith("%"):
            break
        else:
            project.run(*shlex.split(told[0].next))
    return said


def drop(project: Project) -> None:
    """In development, not committed."""
    project.edit(MODELS, CITY, "")
    project.db("migrate", "-m", MESSAGE)
    project.db("upgrade")


@pytest.mark.parametrize("model_first", [True, False])
def test_model_and_script_in_two_commits_become_one(project: Project, model_first: bool):
    """Whoever goes one commit back would have half of it."""
    before = project.git("rev-parse", "HEAD").strip()
    drop(project)
    first, second = (MODELS, ".") if model_first else ("migrations", ".")
    for file in (first, second):
        project.git("add", file)
        project.git("commit", "-m", file)
    copy_production(project)
    project.run("flask", "--env-file", "production.env", "db", "upgrade")
    (said,) = unmet(project)
    assert "in one commit, and its model in another" in said.cause
    assert follow(project) == [f"git reset --soft {before[:7]}", f'git commit -m "{MESSAGE}"']
    assert project.git("rev-parse", "HEAD~1").strip() == before
    brought = project.git("show", "--format=", "--name-only").split()
    assert brought == [MODELS, project.script_file("remove_city")]


def test_a_second_script_that_does_nothing_goes(project: Project):
    drop(project)
    project.db("revision", "-m", "Nothing")
    (said, *_) = unmet(project)
    assert "nothing.py does nothing: its upgrade() is empty" in said.cause
    assert said.next == f"git clean -f {project.script_file('nothing')}"
    project.db("upgrade")
    follow(project)
    assert [file.name for file in (project.path / "migrations/versions").glob("*nothing*")] == []
    assert unmet(project) == []


@pytest.mark.parametrize("committed", ["at the end", "before the drop", ""])
def test_the_script_that_made_it_stays_as_it_was(project: Project, committed: str):
    """Else no new database could run the scripts."""
    if committed != "before the drop":
        drop(project)
    script = project.script_file("add_city")
    text = (project.path / script).read_text(encoding="utf-8")
    add, take = (f"        batch_op.{op}_column(" for op in ("add", "drop"))
    lines = ["        pass" if each.startswith((add, take)) else each for each in text.split("\n")]
    project.write(script, "\n".join(lines))
    if committed:
        project.commit(MESSAGE)
    if committed == "before the drop":
        project.edit(MODELS, CITY, "")
        project.db("migrate", "-m", MESSAGE)
    (said, *_) = unmet(project)
    assert "made user.city when it ran" in said.cause
    follow(project)
    assert unmet(project) == []
    assert (project.path / script).read_text(encoding="utf-8") == text
    project.run("git", "diff", "--exit-code", "HEAD")


def test_finish_does_not_begin_again_what_the_exercise_asks_for(project: Project):
    (goal,) = (goal for goal in find_course().lessons[-1].goals if goal.check == "some_value")
    drop(project)
    said = checks.check(goal, project.read(), project.path)
    assert (said.met, said.finding.next, said.hints) == (False, "%check gone", ())
    assert "Then this lesson is done, and kept." in said.finding.cause


def test_what_another_script_loses_beside_its_own_work_is_lost(project: Project):
    (goal,) = (goal for goal in find_course().lessons[-1].goals if goal.check == "some_value")
    project.edit(MODELS, CITY, "")
    added(project, PHONE, "Add phone column to user model")
    said = checks.check(goal, project.read(), project.path).finding
    assert (said.next, "the model had lost it" in said.cause) == ("%restart", True)


def test_two_downgrades_in_its_place_are_taken_back_first(project: Project):
    """The script between is one that production has run, and another follows it."""
    project.write(MODELS, (project.path / MODELS).read_text(encoding="utf-8") + POST)
    project.db("migrate", "-m", "Create post table")
    project.db("upgrade")
    project.commit("Create post table")
    on_production(project, "upgrade")
    for _ in range(2):
        project.db("downgrade")
    project.edit(MODELS, CITY, "")
    assert unmet(project)[0].next == "flask db upgrade"
    why = project.follow("left_over", "flask db upgrade")
    assert "“Create post table” (" in why and "follows it, and the model wants that" in why
    project.follow("database_ahead", 'flask db migrate -m "Remove city column from user model"')
    assert project.sql("SELECT count(*) FROM post", "production.db") == [(0,)]
