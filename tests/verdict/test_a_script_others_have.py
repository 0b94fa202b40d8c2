"""A script that is committed, and that production has run, is not taken away lightly."""

from __future__ import annotations

import shlex
import sqlite3

import pytest
from states import AGE, Project
from turns import MODELS, on_production, with_production


@pytest.fixture
def project(aged: Project) -> Project:
    """`age` in every place, and in production with a value."""
    with_production(aged)
    on_production(aged, "upgrade")
    aged.sql(
        "INSERT INTO user (name, email, age) VALUES ('Dorothy', 'd@example.com', 98)",
        "production.db",
    )
    return aged


def test_a_line_is_taken_out_and_the_usual_database_goes_back(project: Project):
    """As is right for what nobody else has: the board names both ways, and what one would cost."""
    project.edit(MODELS, AGE, "")
    project.db("downgrade")
    verdict = project.read().verdict
    assert verdict.next == "flask --env-file production.env db downgrade"
    assert "drops user.age there, with all values" in verdict.why
    assert "let a new migration drop it everywhere" in verdict.why
    project.run(*shlex.split(verdict.back))
    verdict = project.read().verdict
    assert verdict.next.startswith("flask db migrate")
    assert project.sql("SELECT age FROM user", "production.db") == [(98,)]


def test_a_script_that_drops_a_column_and_has_run_in_production_is_kept(project: Project):
    """Development was forgotten: the script waits there."""
    project.edit(MODELS, AGE, "")
    project.db("migrate", "-m", "Remove age column from user model")
    project.commit("Remove age column from user model")
    on_production(project, "upgrade")
    with pytest.raises(sqlite3.OperationalError):
        project.sql("SELECT age FROM user", "production.db")
    verdict = project.read().verdict
    assert "instance/production.db: the script has run there, so keep it" in verdict.why
    assert "delete the script" not in verdict.why
    assert (verdict.next[:5], verdict.back) == ("%show", "flask db upgrade")
