"""Each predicate over a database's rows met and not met."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from goal_states import (
    LOOK,
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

from roundtrip.facts import Elsewhere


def test_rows(project: Path):
    assert ask("rows", made(), project, table="user", count=3).met
    assert ask("rows", made(), project, table="user", count=2, database="production.db").met
    refused(
        "rows", made(), project, "commit() did not follow", "%%flask_shell", table="user", count=4
    )
    refused("rows", made(), project, "too many rows", "%%flask_shell", table="user", count=2)
    post = {"table": "post", "count": 1}
    refused("rows", made(), project, "and no post: the class is missing", LOOK, **post)
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    sql(project, "DELETE FROM user")
    emptied = {"table": "user", "count": 3}
    refused("rows", made(), project, "an upgrade recreated it", "%restart", **emptied)
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY)")
    new = {"table": "post", "count": 1}  # no other database has rows of it: nothing was lost
    refused("rows", made(), project, "Rows were not added", "%%flask_shell", **new)
    sql(project, "DROP TABLE post")
    sql(project, "DROP TABLE user")
    sql(project, "DELETE FROM alembic_version")
    user = {"table": "user", "count": 3}
    refused("rows", made(), project, "One downgrade too many", "%restart", **user)


@pytest.mark.parametrize(
    ("check", "more"),
    [
        ("rows", {"count": 3}),
        ("rows_equal", {"columns": ["name"], "values": [["A"], ["B"], ["C"]]}),
    ],
)
def test_rows_that_the_lesson_begins_with_are_not_added_again(
    check: str, more: dict[str, object], project: Path
):
    wanted = {"table": "user", **more, "kept": True}
    assert ask(check, made(), project, **wanted).met
    sql(project, "DELETE FROM user WHERE name = 'A'")
    assert ask(check, made(), project, **wanted).next == "%%flask_shell"
    sql(project, "DELETE FROM user")
    lost = "The rows that the lesson begins with are gone"
    refused(check, made(), project, lost, "%restart", **wanted)
    assert ask(check, made(), project, **wanted).found == "app.db: user has no rows"
    (project / "instance/app.db").unlink()
    refused(check, made(), project, lost, "%restart", **wanted)
    assert ask(check, made(), project, **wanted).found == "app.db: no table user"
    shutil.copy(project / "instance/production.db", project / "instance/other.db")
    sql(project, "DELETE FROM user", "production.db")
    sql(project, "INSERT INTO user (name) VALUES ('A'), ('B'), ('C')", "production.db")
    refused(check, made(), project, lost, "%restart", **wanted)  # it has other people's
    sql(project, "DELETE FROM user", "other.db")
    sql(project, "INSERT INTO user (name) VALUES ('A'), ('B'), ('C')", "other.db")
    refused(check, made(), project, "other.db has them", "%show instance/other.db", **wanted)
    tracked = made(git=git(kept=("instance/app.db",)))
    restore = "git restore -- instance/app.db"
    refused(check, tracked, project, "Git has the file.", restore, **wanted)
    (project / "instance/app.db").write_bytes(b"none" * 200)
    refused(check, made(), project, "app.db cannot be read", "%board", **wanted)
    locked = Elsewhere("production.env", "instance/production.db", (), "locked")
    (project / "instance/production.db").write_bytes(b"none" * 200)
    there = {**wanted, "database": "production.db"}
    refused(check, made(elsewhere=(locked,)), project, "Close what has it open", "%board", **there)


def made_copy(project: Path, name: str, made_at: int) -> None:
    """A copy of production.db, made at this time."""
    shutil.copy(project / "instance/production.db", project / f"instance/{name}")
    os.utime(project / f"instance/{name}", (made_at, made_at))


@pytest.mark.parametrize(("older", "newer"), [("a.db", "b.db"), ("b.db", "a.db")])
def test_the_newest_copy_of_what_a_downgrade_took_is_told(project: Path, older: str, newer: str):
    """An older one may lack a column."""
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    made_copy(project, older, 1000)
    made_copy(project, newer, 2000)
    kept = {"table": "user", "count": 2, "database": "production.db", "kept": True}
    sql(project, "DROP TABLE user", "production.db")
    sql(project, "DELETE FROM alembic_version", "production.db")
    column = {"column": "user.age", "database": "production.db", "present": False}
    for check, asked in (
        ("rows", kept),
        ("rows", {**kept, "kept": False}),
        ("database_has", column),
    ):
        refused(check, made(), project, f"{newer} has", f"%show instance/{newer}", **asked)
    for name in (older, newer):  # copies of the wrong database
        shutil.copy(project / "instance/app.db", project / "instance" / name)
    refused("database_has", made(), project, "One downgrade too many", "%restart", **column)


def test_rows_equal(project: Path):
    wanted = {"table": "user", "columns": ["id", "name"]}
    values = [[1, "A"], [2, "B"], [3, "C"]]
    assert ask("rows_equal", made(), project, **wanted, values=values).met
    sql(project, "UPDATE user SET name = 'Z' WHERE id = 2")
    finding = ask("rows_equal", made(), project, **wanted, values=values)
    assert (finding.met, finding.found) == (False, "app.db: user has the row 2, Z")
    assert "2, B is missing" in finding.cause
    sql(project, "DELETE FROM user WHERE id = 2")
    assert "2, B is missing" in ask("rows_equal", made(), project, **wanted, values=values).cause
    sql(project, "INSERT INTO user VALUES (2, 'B'), (9, 'Z')")
    finding = ask("rows_equal", made(), project, **wanted, values=values)
    assert (finding.met, finding.found) == (False, "app.db: user has the row 9, Z")
    assert """db.text("DELETE FROM user WHERE id = 9")""" in finding.cause
    sql(project, "INSERT INTO user VALUES (11, 'T'), (10, 'T')")
    cause = """3 rows do not belong there. In flask shell: db.session.execute(db.text("DELETE"""
    finding = ask("rows_equal", made(), project, **wanted, values=values)
    assert finding.cause.startswith(cause) and "WHERE id IN (9, 10, 11)" in finding.cause
    sql(project, "DELETE FROM user WHERE id IN (10, 11)")
    assert finding.repair  # it is told below other goals that are not met, too
    assert ask("rows_equal", made(), project, **wanted, values=values, more=True).met
    lost = {"table": "user", "columns": ["name", "email"], "values": [["A", "a@example.com"]]}
    refused("rows_equal", made(), project, "with its values: email", "%restart", **lost)
    # SQLite takes an unknown name between double quotes for a text, so this must not be met.
    texts = {"table": "user", "columns": ["age"], "values": [["age"], ["age"]]}
    assert not ask("rows_equal", made(), project, **texts).met


def test_rows_that_went_to_the_usual_database(project: Path):
    """As where `--env-file` was forgotten."""
    wanted = {"table": "user", "columns": ["name"], "database": "production.db"}
    sql(project, "DELETE FROM user", "production.db")
    added, shell = "They were added to app.db", "%%flask_shell --env-file production.env"
    refused("rows_equal", made(), project, added, shell, **wanted, values=[["C"], ["A"]])
    not_added = "The rows were not added"
    refused("rows_equal", made(), project, not_added, shell, **wanted, values=[["C"], ["Z"]])


def test_some_value(project: Path):
    age = {"column": "user.age"}
    add_age(project)
    refused("some_value", UPGRADED, project, "commit() did not follow", "%%flask_shell", **age)
    empty = "brings it back empty. Set one again"
    refused("some_value", UPGRADED, project, empty, "%%flask_shell", **age, kept=True)
    refused("some_value", made(), project, "The model does not have user.age", LOOK, **age)
    sql(project, "ALTER TABLE user RENAME COLUMN age TO years")
    back = f"flask db upgrade {SECOND}"
    refused("some_value", WAITING, project, "One downgrade too many", back, **age, kept=True)
    sql(project, "ALTER TABLE user RENAME COLUMN years TO age")
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    refused("some_value", UPGRADED, project, "commit() did not follow", "%%flask_shell", **age)
    add_age(project, "production.db")
    refused("some_value", UPGRADED, project, "commit() did not follow", "%%flask_shell", **age)
    sql(project, "UPDATE user SET age = 36 WHERE id = 1", "production.db")
    refused("some_value", UPGRADED, project, "production.db has it", "%%flask_shell", **age)
    sql(project, "UPDATE user SET age = 36 WHERE id = 1")
    assert ask("some_value", UPGRADED, project, **age).met
    assert ask("some_value", UPGRADED, project, **age, kind="integer").met
    sql(project, "UPDATE user SET age = 'old' WHERE id = 1")
    refused(
        "some_value",
        UPGRADED,
        project,
        "No row has an integer",
        "%%flask_shell",
        **age,
        kind="integer",
    )


def test_a_script_that_has_not_run_has_dropped_no_value(project: Path):
    drops = migrations(second(adds=(), drops=("user.age",)))
    age = {"column": "user.age", "kept": True}
    assert "has dropped" not in ask("some_value", made(migrations=drops), project, **age).cause


def test_holds(project: Path):
    ada = {"table": "user", "row": {"name": "A", "age": 36}}
    refused("holds", WAITING, project, "The upgrade has not run", "flask db upgrade", **ada)
    add_age(project)
    refused("holds", UPGRADED, project, "commit() did not follow", "%%flask_shell", **ada)
    assert ask("holds", UPGRADED, project, table="user", row={"name": "A"}, empty=["age"]).met
    sql(project, "UPDATE user SET age = 37 WHERE name = 'A'")
    refused("holds", UPGRADED, project, "Another value", "%%flask_shell", **ada)
    sql(project, "UPDATE user SET age = 36 WHERE name = 'A'")
    assert ask("holds", UPGRADED, project, **ada).met
    assert ask("holds", UPGRADED, project, table="user", row={"name": "A"}).met
    sql(project, "INSERT INTO user (name, age) VALUES ('A', 1)")
    refused("holds", UPGRADED, project, "2 rows have name A", "%%flask_shell", **ada)
    someone = {"table": "user", "row": {"name": "Nobody", "age": 36}}
    refused("holds", UPGRADED, project, "there have name A, B, C", "%%flask_shell", **someone)
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    other = {"table": "user", "row": {"name": "D"}}
    refused("holds", UPGRADED, project, "production.db has it", "%%flask_shell", **other)
    sql(project, "DELETE FROM user WHERE age = 1")
    assert ask("holds", UPGRADED, project, **ada, alone=True).met
    bob = {"table": "user", "row": {"name": "B", "age": 36}}
    refused(
        "holds",
        UPGRADED,
        project,
        "A has that value. Was it set on another row, or on a query?",
        "%%flask_shell",
        **bob,
    )
    sql(project, "UPDATE user SET age = 36")
    refused("holds", UPGRADED, project, "B has it too", "%%flask_shell", **ada, alone=True)
    sql(project, "INSERT INTO user (name, age) SELECT name, 45 FROM user WHERE name = 'B'")
    refused("holds", UPGRADED, project, "2 rows have name B", "%%flask_shell", **bob)
    sql(project, "DELETE FROM user")
    refused("holds", UPGRADED, project, "commit() did not follow", "%%flask_shell", **bob)


def test_same_rows(project: Path):
    copied = {"database": "production.db", "source": "copy.db"}
    look = "%show instance/production.db"
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db")
    refused(
        "same_rows",
        made(),
        project,
        "not made yet, moved, deleted or damaged",
        "%restart",
        **copied,
    )
    sql(project, "VACUUM INTO '" + str(project / "instance" / "copy.db") + "'", "production.db")
    assert ask("same_rows", made(), project, **copied).met  # other bytes, the same rows
    sql(project, "UPDATE user SET name = 'Other' WHERE id = 1", "production.db")
    refused("same_rows", made(), project, "not copied", look, **copied)
    shutil.copy(project / "instance/copy.db", project / "production.db")
    refused("same_rows", made(), project, "belongs in instance/", look, **copied)
    shutil.copy(project / "instance/production.db", project / "instance/older.db")
    refused("same_rows", made(), project, "It holds the same as older.db", look, **copied)
    (project / "production.db").unlink()
    (project / "production.env").write_text("DATABASE_URL=sqlite:///copy.db")
    cause = "production.env names copy.db, so its commands go there."
    refused("same_rows", made(), project, cause, "%show production.env", **copied)
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db")
    shutil.copy(project / "instance/copy.db", project / "instance/production.db")
    assert ask("same_rows", made(), project, **copied).met
    usual = (project / "instance/app.db").read_bytes()
    shutil.copy(project / "instance/copy.db", project / "instance/app.db")
    refused("same_rows", made(), project, "app.db equals copy.db", "%restart", **copied)
    (project / "instance/app.db").write_bytes(usual)
    (project / "instance/production.db").write_bytes(usual)
    refused("same_rows", made(), project, "It holds the same as app.db", look, **copied)
    assert ask("same_rows", made(), project, **copied).holds_back  # no row is to be changed
    shutil.copy(project / "instance/copy.db", project / "instance/production.db")
    sql(project, "ALTER TABLE user ADD COLUMN age INTEGER", "production.db")
    refused("same_rows", made(), project, "not copied", look, **copied)
