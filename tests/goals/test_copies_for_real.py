"""Copies of a database in real projects: made at the right time, of the right one, or not."""

from __future__ import annotations

import shlex
import shutil

import pytest
from following import copy_production, with_two_in_production
from states import Project, find
from turns import on_production, with_production

from roundtrip import lesson
from roundtrip.course import Goal, find_course


@pytest.mark.parametrize("again", [False, True])
def test_a_copy_is_told_by_every_goal_or_by_none(project: Project, again: bool):
    """Of the usual database, too; that of another database is none of it."""
    with_production(project)
    on_production(project, "upgrade")
    project.sql(
        "INSERT INTO user (name, email) VALUES ('Dorothy', 'd@example.com')", "production.db"
    )
    instance = project.path / "instance"
    shutil.copy(instance / "production.db", instance / "theirs.db")
    shutil.copy(instance / "app.db", instance / "ours.db")
    on_production(project, "downgrade")
    project.db("downgrade", "base")
    if again:
        project.db("upgrade", "+1")
    rows = {"table": "user", "count": 3}
    goals = (
        Goal("age is gone", "database_has", {"column": "user.age", "present": False}),
        Goal("Three users", "rows", rows),
        Goal("They are unharmed", "rows", rows | {"kept": True}),
    )

    def told() -> set[str]:
        results = lesson.hold(goals, project.path, project.read())
        return {result.finding.next for result in results if not result.met}

    assert told() == {"%show instance/ours.db"}
    (instance / "ours.db").unlink()
    assert told() == {"%restart"}


def test_a_copy_is_asked_for_while_it_can_be_made_and_moved_where_it_belongs(project: Project):
    with_production(project)
    on_production(project, "upgrade")
    copy = {"column": "user.age", "database": "before.db", "copy": "production.db"}
    said = find(project, "database_has", **copy)
    assert said.next == "%%flask_shell --env-file production.env"
    assert "\"VACUUM INTO 'instance/before.db'\"" in said.cause
    project.sql(f"VACUUM INTO '{project.path / 'before.db'}'", "production.db")
    project.run(*shlex.split(find(project, "database_has", **copy).next))
    assert find(project, "database_has", **copy).met
    (project.path / "instance/before.db").unlink()
    on_production(project, "downgrade")
    said = find(project, "database_has", **copy)
    assert said.next == "flask --env-file production.env db upgrade"
    assert "If nobody had a value in user.age, nothing is lost" in said.cause
    project.run(*shlex.split(said.next))
    assert find(project, "database_has", **copy).next.startswith("%%flask_shell")
    on_production(project, "downgrade", "base")
    assert find(project, "database_has", **copy).next == "%restart"


def test_a_copy_that_was_made_too_late_is_made_again(project: Project):
    with_two_in_production(project)
    on_production(project, "downgrade")
    copy_production(project)
    copy = {"column": "user.age", "database": "before-phone.db", "copy": "production.db"}
    for command in ("flask --env-file production.env db upgrade", "python -c "):
        said = find(project, "database_has", **copy)
        assert said.next.startswith(command) and "made too late" in said.cause
        project.run(*shlex.split(said.next))
    copy_production(project)
    on_production(project, "downgrade")
    assert find(project, "database_has", **copy).met
    (columns,) = project.sql("SELECT sql FROM sqlite_master WHERE name = 'user'", "before-phone.db")
    assert "age INTEGER" in columns[0]


def test_lesson_05_sees_that_its_copy_came_too_late(project: Project):
    """The step back loses nothing there, as nobody has an age yet."""
    (goal,) = (g for g in find_course().lessons[5].goals if g.check == "copied")
    with_two_in_production(project)
    copy_production(project)
    said = find(project, goal.check, **goal.arguments)
    assert said.cause.startswith("before-phone.db was made after the upgrade.")
    assert said.next == "flask --env-file production.env db downgrade"
    on_production(project, "downgrade")
    project.sql(f"VACUUM INTO '{project.path / 'instance/before-age.db'}'", "production.db")
    on_production(project, "upgrade")
    assert "before-age.db" in find(project, goal.check, **goal.arguments).found
    assert find(project, goal.check, **goal.arguments).met


def test_another_database_in_its_place_is_named_and_a_copy_brings_it_back(project: Project):
    """Also where the lesson itself has added the rows, so that they could be added again."""
    (goal,) = (g for g in find_course().lesson(5).goals if "Production still" in g.text)
    with_two_in_production(project)
    copy_production(project)
    instance = project.path / "instance"
    shutil.copy(instance / "app.db", instance / "production.db")
    said = find(project, goal.check, **goal.arguments)
    assert "production.db has the rows of app.db" in said.cause
    project.run(*shlex.split(said.next))
    assert find(project, goal.check, **goal.arguments).met


def test_a_database_that_was_deleted_comes_before_a_copy_of_it(project: Project):
    with_two_in_production(project)
    copy_production(project)
    (project.path / "instance/production.db").unlink()
    copied = find(project, "copied", database="production.db", adds="user.age")
    assert (copied.cause, copied.next) == ("production.db is not there: it comes first.", "")
    said = find(project, "database_has", column="user.age", database="production.db")
    assert "before-phone.db may be a copy of it" in said.cause
    assert said.next == "%board --env-file production.env"
    board = project.read("production.env").verdict
    assert board.next == "%show instance/before-phone.db" and "shutil.copy" in board.why


def test_the_right_copy_takes_the_name_of_a_wrong_one(project: Project):
    """`VACUUM INTO` overwrites nothing, so the second one, of the right database, has another."""
    with_two_in_production(project)
    instance = project.path / "instance"
    wrong = (instance / "app.db").read_bytes()
    shutil.copy(instance / "app.db", instance / "before.db")
    shutil.copy(instance / "production.db", instance / "before-2.db")
    on_production(project, "downgrade")
    copy = {"column": "user.age", "database": "before.db", "copy": "production.db"}
    said = find(project, "database_has", **copy)
    assert "before.db is a copy of app.db" in said.cause
    assert "before-2.db is the right one. This puts it aside; then %finish again" in said.cause
    project.run(*shlex.split(said.next))
    project.run(*shlex.split(find(project, "database_has", **copy).next))
    assert find(project, "database_has", **copy).met
    (aside,) = instance.glob("kept-*/before.db")
    assert aside.read_bytes() == wrong


def test_an_upgrade_in_the_place_of_a_copy_is_named(project: Project):
    """It makes the column again, and leaves it empty."""
    with_two_in_production(project)
    copy_production(project)
    copy = {"database": "production.db", "source": "before-phone.db"}
    on_production(project, "downgrade")
    assert "upgrade" not in find(project, "same_rows", **copy).cause
    on_production(project, "upgrade")
    said = find(project, "same_rows", **copy)
    assert not said.met and said.cause.endswith("brings back columns, and none of their values.")
    instance = project.path / "instance"
    shutil.copy(instance / "before-phone.db", instance / "production.db")
    assert find(project, "same_rows", **copy).met
