"""The predicate over a column that a new migration drops, met and not met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from goal_states import (
    DELETE,
    FIRST,
    LOOK,
    SECOND,
    add_age,
    ask,
    log,
    made,
    migrations,
    refused,
    second,
    sql,
    user,
)

from roundtrip.facts import Difference, ModelState


def test_dropped(project: Path):
    """Of `name`, which the first script made, and a second one drops."""
    name = {"column": "user.name"}
    refused("dropped", made(), project, "The model still has user.name", LOOK, **name)
    without = ModelState((replace(user(), columns=user().columns[:1]),), found=True, migrates=True)
    gone = Difference("remove_column", "user", "name")
    no_script = made(model=without, differences=(gone,))
    command = 'flask db migrate -m "Remove name column from user model"'
    refused("dropped", no_script, project, "No script drops user.name yet", command, **name)
    more = made(model=without, differences=(gone, Difference("remove_fk", "user")))
    refused("dropped", more, project, "No script drops user.name yet", command, **name)
    behind = made(model=without, migrations=migrations(second()), differences=(gone,))
    refused("dropped", behind, project, "another one waits", "flask db upgrade", **name)
    script = second(adds=(), drops=("user.name",))
    waits = made(model=without, migrations=migrations(script))
    refused("dropped", waits, project, "has not run on app.db", "flask db upgrade", **name)
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
    run = made(model=without, migrations=migrations(replace(script, applied=True)))
    refused("dropped", run, project, "stamped, not upgraded", "%board", **name)
    sql(project, "ALTER TABLE user DROP COLUMN name")
    assert ask("dropped", run, project, **name).met
    sql(project, f"UPDATE alembic_version SET version_num = '{FIRST}'")
    refused("dropped", no_script, project, "that made it is gone, too", "%restart", **name)
    log(project, "x y", "reset: moving to HEAD~1")
    refused("dropped", no_script, project, "no script drops it", "git reflog", **name)
    production = "flask --env-file production.env db upgrade"
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    there = {**name, "database": "production.db"}
    refused("dropped", run, project, "has not run on production.db", production, **there)


def test_a_column_that_was_taken_back_is_not_dropped(project: Path):
    """Its script waits again, so another upgrade would bring it back."""
    waits = made(migrations=migrations(second()))
    said = "was taken back, or dropped by hand"
    refused("dropped", waits, project, said, "flask db upgrade", column="user.age")
    counts_as_run = made(migrations=migrations(second(applied=True)))
    refused("dropped", counts_as_run, project, said, "%board", column="user.age")


def test_a_script_that_drops_more_is_not_to_run(project: Path):
    """A model written anew without another table, say."""
    without = ModelState((user(),), found=True, migrates=True)
    script = second(adds=(), drops=("user.age", "pet"))
    add_age(project)
    waits = made(model=without, migrations=migrations(script))
    said = "The script also drops pet"
    refused("dropped", waits, project, said, DELETE, column="user.age")
    run = made(model=without, migrations=migrations(replace(script, applied=True)))
    refused("dropped", run, project, said, "%restart", column="user.age")
