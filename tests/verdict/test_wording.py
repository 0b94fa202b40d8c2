"""How it is said, and to which database the command goes; in states put together by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from goal_states import AGE, MODELS, SECOND, git, made, migrations, second, user

from roundtrip.facts import Column, DatabaseState, Difference, ModelState, Table
from roundtrip.migration_facts import MigrationState, Rescue

EMPTY = DatabaseState("instance/app.db", exists=True)
NEW = Table("new", (Column("id", "INTEGER", False, True),), rows=0)
DROPS = second(tracked=True, adds=(), drops=("user.old",))
WITH_OLD = replace(made().database, tables=(user(replace(AGE, name="old")),))


MAKE = 'DATABASE_URL=sqlite:// flask db migrate -m "Create user table"'


@pytest.mark.parametrize(
    ("places", "kind", "words", "next_command"),
    [
        ({"model": ModelState(found=True)}, "no_migrate", "migrate.init_app", ""),
        (
            {
                "model": ModelState(found=True, migrates=True),
                "migrations": MigrationState(True),
                "database": EMPTY,
            },
            "no_model",
            "import it in the app",
            "",
        ),
        ({"migrations": MigrationState(True)}, "not_recorded", "db.create_all()", MAKE),
        (
            {"differences": (Difference("remove_table", "stray"),)},
            "database_ahead",
            "DROP TABLE stray",
            "",
        ),
        (
            {
                "migrations": migrations(replace(second(required=("user.age",)), file="b.py")),
                "model": ModelState(
                    (user(replace(AGE, nullable=False)),), found=True, migrates=True
                ),
            },
            "pending",
            "3 rows would have no value",
            "git clean -f b.py",
        ),
        (
            {"migrations": migrations(DROPS), "database": WITH_OLD},
            "pending",
            "deletes user.old with all values in it. If its line was lost, put that back",
            f"%show {DROPS.file}",
        ),
        (
            {
                "differences": (
                    Difference(
                        "modify_type", "user", "id", "INTEGER in the database, TEXT in the model"
                    ),
                )
            },
            "model_ahead",
            "INTEGER in the database, TEXT in the model",
            'flask db migrate -m "Change user table"',
        ),
        (
            {
                "differences": (Difference("add_table", "post"), Difference("add_index", "post")),
            },
            "model_ahead",
            "The model has post",
            'flask db migrate -m "Create post table"',
        ),
        (
            {
                "git": git(stashed=(MODELS,)),
                "differences": (Difference("remove_column", "user", "age"),),
            },
            "database_ahead",
            "The stash holds another demo_app/models.py",
            "git stash pop",
        ),
    ],
)
def test_what_else_is_said(places: dict[str, object], kind: str, words: str, next_command: str):
    first = made(**places).verdict
    assert (first.kind, first.next) == (kind, next_command)
    assert words in f"{first.found} {first.why}"


@pytest.mark.parametrize(
    "places",
    [
        {"database": replace(made().database, tables=(user(), Table("_alembic_tmp_user")))},
        {
            "model": ModelState((user(), NEW), found=True, migrates=True),
            "database": replace(made().database, tables=(user(), NEW)),
        },
        {"migrations": migrations(DROPS), "database": WITH_OLD},
        {
            "migrations": replace(
                migrations(missing=(SECOND,), rescue=Rescue("commit", "1f", "z.py")),
                current=(SECOND,),
            ),
            "differences": (Difference("remove_column", "user", "age"),),
        },
        {
            "migrations": migrations(second(tracked=True, adds=(), others=("alter_column",))),
            "differences": (Difference("modify_nullable", "user", "id", "…", True),),
        },
    ],
    ids=["a copy left over", "a table of nobody", "a script waits", "a script is gone", "NOT NULL"],
)
def test_what_is_said_of_another_database_goes_there(places: dict[str, object]):
    said = made(**places, env_file="production.env").disagreements
    words = " ".join(f"{each.why} {each.next} {each.back} {each.then}" for each in said)
    goes = r"flask db (?:upgrade|downgrade|stamp|current)\b|(?:%board|%%flask_shell)\b"
    assert "--env-file production.env" in words
    assert not re.search(rf"(?:{goes})(?! --env-file production.env)", words), words


def test_nothing_is_said_where_all_agree():
    assert made().disagreements == ()


def test_a_stash_is_named_where_all_agree():
    state = made(git=git(stashed=("demo_app/pages.py",)))
    assert state.verdict.headline == "All four agree."
    assert "A stash holds another demo_app/pages.py; git stash pop" in state.verdict.why
    assert state.verdict.next == ""
