"""The right cause for the common mistakes, by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from goal_states import (
    GONE,
    LOOK,
    MODELS,
    NOT_IMPORTED,
    SECOND,
    UPGRADED,
    WAITING,
    add_age,
    ask,
    git,
    made,
    migrations,
    refused,
    second,
    sql,
)

from roundtrip.migration_facts import Rescue


def test_the_upgrade_was_forgotten(project: Path):
    cause = "The upgrade has not run"
    refused("revisions", WAITING, project, cause, "flask db upgrade", count=2, applied=2)
    refused("database_has", WAITING, project, cause, "flask db upgrade", column="user.age")
    refused("some_value", WAITING, project, cause, "flask db upgrade", column="user.age")
    refused("agree", WAITING, project, "One migration is waiting", "flask db upgrade")


def test_the_model_is_not_imported(project: Path):
    cause = "The model is not imported"
    refused("model_has", NOT_IMPORTED, project, cause, LOOK, column="user.age")
    refused("revisions", NOT_IMPORTED, project, cause, "", count=2, applied=1)
    refused("database_has", NOT_IMPORTED, project, cause, "", column="user.age")


def test_the_script_is_not_committed(project: Path):
    refused("clean", UPGRADED, project, "The migration script is not committed", "git add .")
    refused("commits", UPGRADED, project, "not in a commit", "git add .", count=2)
    refused("agree", UPGRADED, project, "Model and migration are not committed", "git add .")


def test_the_wrong_database_was_upgraded(project: Path):
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    add_age(project)
    production = {"column": "user.age", "database": "production.db"}
    command = "flask --env-file production.env db upgrade"
    refused(
        "database_has",
        UPGRADED,
        project,
        "production.db has not run all that app.db has: each is upgraded on its own. First check",
        command,
        **production,
    )
    assert ask("database_has", UPGRADED, project, column="user.age").met
    sql(project, "ALTER TABLE user DROP COLUMN age")
    add_age(project, "production.db")
    refused(
        "database_has",
        WAITING,
        project,
        "app.db has not run all that production.db has",
        "flask db upgrade",
        column="user.age",
    )


def test_there_was_one_downgrade_too_many(project: Path):
    gone = {"column": "user.age", "present": False}
    assert ask("database_has", WAITING, project, **gone).met
    sql(project, "DROP TABLE user")
    sql(project, "DELETE FROM alembic_version")
    refused("database_has", WAITING, project, "One downgrade too many", "%restart", **gone)
    users = {"table": "user", "count": 3}
    refused("rows", WAITING, project, "One downgrade too many", "%restart", **users)


def test_the_reset_came_before_the_downgrade(project: Path):
    add_age(project)
    cause, command = "deleted or reset too early", "git reset --hard ORIG_HEAD"
    board = "%board --env-file production.env"
    refused("revisions", GONE, project, cause, command, count=1, applied=1)
    refused("database_has", GONE, project, cause, command, column="user.age", present=False)
    refused("agree", GONE, project, "The reset came before the downgrade", command)
    # Only production was forgotten: the usual database has nothing to say about it.
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    sql(project, "ALTER TABLE user DROP COLUMN age")
    add_age(project, "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    forgotten = {"column": "user.age", "present": False, "database": "production.db"}
    refused("database_has", made(), project, cause, board, **forgotten)
    loose = made(git=git(modified=(MODELS,)))
    refused("database_has", loose, project, cause, board, **forgotten)


@pytest.mark.parametrize(
    ("kind", "where", "cause", "command"),
    [
        ("stash", "0", "is in the stash.", "git stash pop"),
        ("branch", "phone", "is on another branch.", "git checkout phone"),
        ("another branch", "phone", "is on another branch.", "git checkout phone"),
    ],
)
def test_a_script_that_git_has_elsewhere(
    project: Path, kind: str, where: str, cause: str, command: str
):
    add_age(project)
    away = replace(GONE, migrations=replace(GONE.migrations, rescue=Rescue(kind, where)))
    finding = ask("database_has", away, project, column="user.age", present=False)
    assert f"whose script {cause}" in finding.cause and finding.next == command


def test_what_comes_before_the_upgrade_is_a_repair(project: Path):
    both = {"count": 2, "applied": 2}
    assert not ask("revisions", WAITING, project, **both).repair
    dropping = replace(WAITING, migrations=migrations(second(drops=("user.email",))))
    finding = ask("revisions", dropping, project, **both)
    assert "also drops user.email" in finding.cause
    assert finding.repair
