"""Each predicate over a database's tables met and not met; which database is asked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from goal_states import (
    AGE,
    AGE_SCRIPT,
    DELETE,
    FIRST,
    LOOK,
    MIGRATE,
    MODEL_AHEAD,
    SECOND,
    UPGRADED,
    add_age,
    ask,
    made,
    migrations,
    refused,
    second,
    sql,
    user,
)

from roundtrip.facts import Difference, Elsewhere, ModelState

NAMES_ANOTHER = {
    "": "no DATABASE_URL of its own, so its commands go to app.db",
    "DATABASE_URI=sqlite:///x.db": "sets DATABASE_URI, and not DATABASE_URL, so",
    "DATABASE_URL=sqlite:///x.db": "names x.db",
    "DATABASE_URL=sqlite:///app.db": "names app.db",
    "DATABASE_URL=sqlite:////srv/production.db": "names no file in instance/: four slashes "
    "begin at the root of the disk, with /srv/production.db. Three are meant: "
    "DATABASE_URL=sqlite:///production.db.",
    "DATABASE_URL=sqlite:////etc/hostname": "A file /etc/hostname is there; the course does not ",
    "DATABASE_URL=sqlite:///:memory:": "names no file in instance/",
    "DATABASE_URL=production.db": "production.env, production.db, is no address. An address begins",
    "DATABASE_URL=sqlite://production.db": "is no address",
    "DATABASE_URL=sqlite:production.db": "is no address",
    "DATABASE_URL=postgresql:///production": "names no file in instance/",
    "DATABASE_URL=postgresql://ada@host:port/production.db": "names no file in instance/",
}
"""What production.env could hold, and what is said then of a goal on production.db."""


KEEP = (
    "python -c \"import shutil, tempfile; shutil.move('instance/production.db', "
    "tempfile.mkdtemp(prefix='kept-', dir='instance'))\""
)


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize(
    ("problem", "cause", "command"),
    [
        ("locked", "Close what has it open", "%board"),
        ("garbage", "Only then does an upgrade", KEEP),
    ],
)
def test_a_database_that_cannot_be_read_is_not_told_to_be_upgraded_first(
    problem: str, cause: str, command: str, present: bool, project: Path
):
    state = made(elsewhere=(Elsewhere("production.env", "instance/production.db", (), problem),))
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db")
    (project / "instance/production.db").write_bytes(b"no database" * 99)
    of = {"column": "user.name", "database": "production.db", "present": present}
    refused("database_has", state, project, cause, command, **of)
    two = {"table": "user", "count": 2, "database": "production.db"}
    refused("rows", state, project, cause, command, **two)


def test_database_has(project: Path):
    age = {"column": "user.age"}
    assert ask("database_has", made(), project, **age, present=False).met
    refused("database_has", MODEL_AHEAD, project, "no migration script", MIGRATE, **age)
    add_age(project)
    assert ask("database_has", UPGRADED, project, **age).met
    off = {**age, "present": False}
    stamp = f"flask db stamp {SECOND}"
    refused("database_has", UPGRADED, project, "stamped, not downgraded", stamp, **off)
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
    refused("database_has", UPGRADED, project, "has not run on app.db", "flask db downgrade", **off)
    hollow = replace(UPGRADED.migrations.revisions[1], undoes=False)
    ran = replace(UPGRADED.migrations, revisions=(UPGRADED.migrations.revisions[0], hollow))
    state = replace(UPGRADED, migrations=ran)
    refused("database_has", state, project, "does not undo", f"%show {AGE_SCRIPT}", **off)
    sql(project, f"UPDATE alembic_version SET version_num = '{FIRST}'")
    refused("database_has", state, project, "no script that it counts", "%restart", **off)
    third = replace(second(applied=True, adds=("pet",)), id="c" * 12, parents=(SECOND,))
    later = replace(UPGRADED.migrations, revisions=(*UPGRADED.migrations.revisions, third))
    state = replace(UPGRADED, migrations=later)
    sql(project, f"UPDATE alembic_version SET version_num = '{third.id}'")
    refused("database_has", state, project, "far enough", f"flask db downgrade {FIRST}", **off)
    step = f"flask db downgrade {FIRST}"
    refused("database_has", state, project, "pet is dropped with its rows", step, **off)
    waits = replace(third, id="d" * 12, parents=(third.id,), adds=("city",))
    later = replace(later, revisions=(*later.revisions, waits))
    more = replace(UPGRADED, migrations=later)
    refused("database_has", more, project, "way, pet is dropped with its rows", step, **off)
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
    kind = {**age, "type": "TEXT"}
    assert ask("database_has", UPGRADED, project, **age, type="INTEGER").met
    refused("database_has", UPGRADED, project, "the model says INTEGER", "git diff", **kind)
    text = replace(
        UPGRADED, model=replace(UPGRADED.model, tables=(user(replace(AGE, type="TEXT")),))
    )
    refused("database_has", text, project, "should be TEXT", "flask db downgrade", **kind)
    sql(project, "DELETE FROM alembic_version")
    refused("database_has", UPGRADED, project, "no migration as run", "%board", **age)
    sql(project, f"INSERT INTO alembic_version VALUES ('{SECOND}')")
    (project / "instance/production.db").unlink()
    shutil.copy(project / "instance/app.db", project / "instance/copy.db")
    copy = {"column": "user.city", "database": "copy.db"}
    more = made(migrations=migrations(second(applied=True, adds=("user.city",))))
    line = "no copy.env that names it. It holds one line: DATABASE_URL=sqlite:///copy.db"
    refused("database_has", more, project, line, "%%writefile copy.env", **copy)
    back = {"column": "user.age", "database": "copy.db", "present": False}
    refused("database_has", more, project, line, "%%writefile copy.env", **back)
    of_production = {**copy, "copy": "production.db"}
    refused("database_has", more, project, "a copy of app.db", "%restart", **of_production)
    sql(project, "DELETE FROM user WHERE name = 'A'", "copy.db")
    refused(
        "database_has", more, project, "copy.db was overwritten", "%restart", **copy, copy="app.db"
    )
    named = {"column": "user.age", "database": "copy.db"}
    refused(
        "database_has", UPGRADED, project, "no copy.env names it", "%%writefile copy.env", **named
    )
    assert ask("database_has", UPGRADED, project, **named, copy="app.db").met
    (project / "copy.env").write_text("DATABASE_URL=sqlite:///app.db")
    refused("database_has", UPGRADED, project, "names app.db", "%show copy.env", **named)
    gone = {"column": "user.id", "database": "production.db"}
    command = "%%writefile production.env"
    refused("database_has", made(), project, "no production.env that", command, **gone)
    settings = project / "production.env"
    for text, cause in NAMES_ANOTHER.items():
        settings.write_text(text)
        refused("database_has", made(), project, cause, "%show production.env", **gone)
    settings.write_text("DATABASE_URL=sqlite:///production.db")
    board = "%board --env-file production.env"
    refused("database_has", made(), project, "copy.db may be a copy of it", board, **gone)
    (project / "instance/copy.db").unlink()
    command = "flask --env-file production.env db upgrade"
    refused("database_has", made(), project, "not made yet, moved or deleted", command, **gone)
    back = {**gone, "commit": "Later"}
    refused("database_has", made(), project, "not at “Later” yet", "git reflog", **back)
    required = made(
        model=ModelState((user(AGE),), found=True, migrates=True),
        migrations=migrations(second(required=("user.age",))),
    )
    (project / "instance/app.db").unlink()
    sql(project, "CREATE TABLE user (id INTEGER PRIMARY KEY)")
    refused("database_has", required, project, "it would fail", DELETE, **age)


@pytest.mark.parametrize("text", NAMES_ANOTHER)
def test_a_database_that_its_settings_do_not_name_is_not_used(project: Path, text: str):
    add_age(project, "production.db")
    age = {"column": "user.age", "database": "production.db"}
    command = "%%writefile production.env"
    refused("database_has", made(), project, "no production.env names it", command, **age)
    (project / "production.env").write_text(text)
    look, cause = "%show production.env", NAMES_ANOTHER[text]
    refused("database_has", made(), project, cause, look, **age)
    # Nor is it one that another database could be taken for.
    sql(project, "DELETE FROM user")
    refused("rows", made(), project, "not added", "%%flask_shell", table="user", count=3)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///production.db",
        "sqlite+pysqlite:///production.db",
        "sqlite:///production.db?timeout=5",
        "sqlite:///{0}/instance/production.db",
    ],
)
def test_settings_can_name_a_database_in_many_ways(project: Path, url: str):
    add_age(project, "production.db")
    (project / "production.env").write_text(f"DATABASE_URL={url.format(project)}\n")
    assert ask("database_has", UPGRADED, project, column="user.age", database="production.db").met


def test_a_database_that_is_not_there_is_not_upgraded_on_the_way_back(project: Path):
    """Forward in a lesson that goes back, and empty."""
    file = project / "instance/production.db"
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    off = {"column": "user.age", "database": "production.db", "present": False}
    shutil.copy(file, project / "instance/kept.db")
    sql(project, "DROP TABLE user", "production.db")
    for cause in ("it was dropped by hand", "production.db is not there: moved or deleted"):
        copy = "%show instance/kept.db"
        refused("database_has", made(), project, f"{cause}", copy, **off)
        kept = (project / "instance/kept.db").rename(project / "kept")
        refused("database_has", made(), project, cause, "%restart", **off)
        kept.rename(project / "instance/kept.db")
        file.unlink(missing_ok=True)


@pytest.mark.parametrize("there", [True, False])
def test_settings_under_another_name_are_found(project: Path, there: bool):
    (project / "stage.env").write_text("DATABASE_URL=sqlite:///staging.db\n")
    if there:
        add_age(project, "production.db")
        shutil.copy(project / "instance/production.db", project / "instance/staging.db")
    staging = {"column": "user.age", "database": "staging.db"}
    said = "stage.env names it, but the lesson's commands read staging.env"
    refused("database_has", UPGRADED, project, said, "%show stage.env", **staging)
    (project / "stage.env").rename(project / "production.env")
    said = "production.env names it, and should name production.db;"
    refused("database_has", UPGRADED, project, said, "%%writefile staging.env", **staging)
    (project / "production.env").rename(project / ".env")  # Flask reads that one for every command
    found = ask("database_has", UPGRADED, project, **staging)
    assert not found.met and "rename the file" not in found.cause


def test_references(project: Path):
    wanted = {"column": "post.user_id", "target": "user"}
    refused("references", made(), project, "and no post: the class is missing", LOOK, **wanted)
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, user_id INTEGER)")
    refused("references", made(), project, 'without ForeignKey("user.id")', LOOK, **wanted)
    key = (Difference("add_fk", "post"),)
    changed = made(differences=key)
    command = 'flask db migrate -m "Change post table"'
    refused("references", changed, project, "table was made before", command, **wanted)
    waits = made(model=UPGRADED.model, migrations=migrations(second()), differences=key)
    refused("references", waits, project, "table was made before", "flask db upgrade", **wanted)
    sql(project, "DROP TABLE post")
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, user_id TEXT REFERENCES user (id))")
    refused("references", made(), project, "the type of the column", LOOK, **wanted)
    sql(project, "DROP TABLE post")
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id))")
    assert ask("references", made(), project, **wanted).met
    sql(project, "INSERT INTO post VALUES (1, 1), (2, 9)")
    refused("references", made(), project, "PostgreSQL does not", "%%flask_shell", **wanted)
    assert "post 2 points to a user that" in ask("references", made(), project, **wanted).found
    sql(project, "DELETE FROM post WHERE id = 2")
    assert ask("references", made(), project, **wanted).met
    assert not ask("references", made(), project, column="post.user_id", target="city").met


def test_production_is_upgraded_after_a_look_at_what_that_costs(project: Path):
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    wanted = {"column": "user.age", "database": "production.db"}
    plain = replace(UPGRADED, migrations=migrations(second(applied=True)))
    upgrade = "flask --env-file production.env db upgrade"
    address = "First check the address (flask --env-file production.env db current -v)"
    refused("database_has", plain, project, address, upgrade, **wanted)
    drops = second(applied=True, drops=("user.email",))
    more = replace(UPGRADED, migrations=migrations(drops))
    board = "%board --env-file production.env"
    refused("database_has", more, project, "does more than add", board, **wanted)


def test_two_databases_without_rows_are_no_copy_of_each_other(project: Path):
    shutil.copy(project / "instance/app.db", project / "instance/copy.db")
    for database in ("app.db", "copy.db"):
        sql(project, "DELETE FROM user", database)
    copy = {"column": "user.city", "database": "copy.db", "copy": "production.db"}
    refused("database_has", made(), project, "copy.db was overwritten", "%restart", **copy)


@pytest.mark.parametrize("kind", ["integer", "int", "INT", " Integer"])
def test_a_type_as_people_type_it_by_hand(project: Path, kind: str):
    """SQLite and Alembic know no difference, so no downgrade is to mend it."""
    sql(project, f"ALTER TABLE user ADD COLUMN age {kind}")
    assert ask("database_has", UPGRADED, project, column="user.age", type="INTEGER").met
