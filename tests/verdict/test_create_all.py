"""Tables that `db.create_all()` has made, before any script was there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from starts import Starts
from states import Project
from turns import NICK

from roundtrip import checks
from roundtrip.course import Goal


@pytest.fixture(scope="module")
def created(starts: Starts, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The app, without a script, and the table that `db.create_all()` has made, with a row."""
    project = starts["new"].copy(tmp_path_factory.mktemp("created") / "the project")
    project.git("init", "-q")
    project.db("init")
    make = "from demo_app import create_app, db\nwith create_app().app_context(): db.create_all()"
    project.run("python", "-c", make)
    project.sql("INSERT INTO user (name, email) VALUES ('Ada', 'ada@example.com')")
    return project


@pytest.fixture
def new(created: Project, tmp_path: Path) -> Project:
    """The same, for one test."""
    return created.copy(tmp_path / "the project")


ONE_MAKES_ALL = Goal("", "revisions", {"count": 1, "applied": 1, "whole": True})


@pytest.mark.parametrize("how", ["only made", "run", "committed"])
def test_an_empty_script_is_none_for_a_table_of_create_all(new: Project, how: str):
    """The first lesson is not met with it: no other database would get the table."""
    new.db("revision", "-m", "Create user table")
    if how != "only made":
        new.db("upgrade")
    if how == "committed":
        new.commit("Create user table")
    state = new.read()
    finding = checks.check(ONE_MAKES_ALL, state, new.path).finding
    assert state.verdict.kind == "not_made" and not finding.met
    if how == "committed":
        assert finding.next == "%restart"
    elif how == "run":
        assert finding.next == "flask db downgrade"
    if how != "only made":
        new.follow("not_made", "flask db downgrade")
    away = "git rm" if how == "committed" else "git clean -f"
    new.follow("not_made", f"{away} {new.script_file('create')}")
    assert new.read().verdict.headline == "No migration made these tables."
    assert new.sql("SELECT name FROM user") == [("Ada",)]


def test_tables_of_create_all_get_their_script_and_keep_their_rows(new: Project):
    """A script is made against a database that has nothing, and recorded in the one that has."""
    verdict = new.read().verdict
    assert verdict.kind == "not_recorded" and "flask db stamp head" in verdict.why
    new.run("env", *shlex.split(verdict.next))
    assert "op.create_table('user'" in new.script("create").read_text()
    new.follow("not_recorded", "flask db stamp head")
    assert new.read().verdict.kind == "script_not_committed"
    assert checks.check(ONE_MAKES_ALL, new.read(), new.path).met
    assert new.sql("SELECT name FROM user") == [("Ada",)]
    assert [file.name for file in (new.path / "instance").iterdir()] == ["app.db"]


def test_a_table_without_a_column_that_its_script_makes_is_not_stamped(new: Project):
    """The script was written against an empty database, after the model had got a line more."""
    new.add_to_model(NICK)
    new.run("env", "DATABASE_URL=sqlite://", "flask", "db", "migrate", "-m", "All")
    verdict = new.read().verdict
    script = new.script_file("all")
    assert (verdict.kind, verdict.next) == ("not_recorded", f"%show {script}")
    assert "user.nick is not there" in verdict.found
    line = "    sa.Column('nick', sa.String(length=20), nullable=True),\n"
    new.edit(script, line, "")
    new.follow("not_recorded", "flask db stamp head")
    new.follow("model_ahead", 'flask db migrate -m "Add nick column to user model"')
    new.db("upgrade")
    assert new.sql("SELECT name, nick FROM user") == [("Ada", None)]
    new.run("env", "DATABASE_URL=sqlite:///fresh.db", "flask", "db", "upgrade")
