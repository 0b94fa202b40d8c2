"""How it is said, and to which database the command goes; in states put together by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from roundtrip.facts import (
    Column,
    DatabaseState,
    Difference,
    GitState,
    MigrationState,
    ModelState,
    Rescue,
    Revision,
    State,
    Table,
)
from roundtrip.verdict import disagreements

USER = Table("user", (Column("id", "INTEGER", False, True),), rows=3, file="demo_app/models.py")
DATABASE = DatabaseState("instance/app.db", True, (USER,), ("a",))
DATABASE = DatabaseState("instance/app.db", True, (USER,), ("a",))
CREATED = Revision("a", "Create user table", (), "a.py", True, True, ("user",), committed=True)


def made(**places: object) -> State:
    """A state in which all agree, but for the places given."""
    state = State(
        GitState(repository=True, branch="main", head="1"),
        ModelState((USER,), found=True, migrates=True),
        MigrationState(True, (CREATED,), ("a",), ("a",)),
        DATABASE,
    )
    return replace(state, **places)


NEW = Table("new", (Column("id", "INTEGER", False, True),), rows=0)
WAITING = replace(CREATED, id="b", parents=("a",), file="b.py", applied=False, adds=("user.age",))
EMPTY = DatabaseState("instance/app.db", exists=True)
STRAY = Difference("remove_table", "stray")


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
        ({"migrations": MigrationState(True)}, "not_recorded", "db.create_all()", ""),
        ({"differences": (STRAY,)}, "database_ahead", "would drop stray", ""),
        (
            {
                "migrations": MigrationState(
                    True,
                    (
                        CREATED,
                        replace(WAITING, required=("user.age",), committed=False, tracked=False),
                    ),
                    ("b",),
                    ("a",),
                ),
                "model": ModelState(
                    (
                        replace(
                            USER, columns=(*USER.columns, Column("age", "INTEGER", False, False))
                        ),
                    ),
                    found=True,
                    migrates=True,
                ),
            },
            "pending",
            "3 rows would have no value",
            "git clean -f b.py",
        ),
        (
            {
                "migrations": MigrationState(
                    True, (CREATED, replace(WAITING, adds=(), drops=("user.old",))), ("b",), ("a",)
                )
            },
            "pending",
            "deletes user.old with all values",
            "flask db upgrade",
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
                "git": GitState(
                    repository=True, branch="main", head="1", stashed=("demo_app/models.py",)
                ),
                "differences": (Difference("remove_column", "user", "age"),),
            },
            "database_ahead",
            "The stash holds another demo_app/models.py",
            "git stash pop",
        ),
    ],
)
def test_what_else_is_said(places: dict[str, object], kind: str, words: str, next_command: str):
    (first, *_) = disagreements(made(**places))
    assert (first.kind, first.next) == (kind, next_command)
    assert words in f"{first.found} {first.why}"


@pytest.mark.parametrize(
    "places",
    [
        {"database": replace(DATABASE, tables=(USER, Table("_alembic_tmp_user")))},
        {"model": ModelState((USER, NEW), found=True, migrates=True)}
        | {"database": replace(DATABASE, tables=(USER, NEW))},
        {
            "migrations": MigrationState(
                True, (CREATED, replace(WAITING, adds=(), drops=("user.old",))), ("b",), ("a",)
            )
        },
        {
            "migrations": MigrationState(
                True, (CREATED,), ("a",), ("z",), ("z",), Rescue("commit", "1f", "z.py")
            ),
            "differences": (Difference("remove_column", "user", "age"),),
        },
        {
            "migrations": MigrationState(
                True, (CREATED, replace(WAITING, adds=(), others=("alter_column",))), ("b",), ("a",)
            ),
            "differences": (Difference("modify_nullable", "user", "id", "…", True),),
        },
    ],
    ids=["a copy left over", "a table of nobody", "a script waits", "a script is gone", "NOT NULL"],
)
def test_what_is_said_of_another_database_goes_there(places: dict[str, object]):
    said = disagreements(made(**places, env_file="production.env"))
    words = " ".join(f"{each.why} {each.next} {each.back}" for each in said)
    goes = r"flask db (?:upgrade|downgrade|stamp|current)\b|(?:%board|%%flask_shell)\b"
    assert "--env-file production.env" in words
    assert not re.search(rf"(?:{goes})(?! --env-file production.env)", words), words


def test_nothing_is_said_where_all_agree():
    assert disagreements(made()) == ()


def test_a_stash_is_named_where_all_agree():
    state = made(
        git=GitState(repository=True, branch="main", head="1", stashed=("demo_app/pages.py",))
    )
    assert state.verdict.headline == "All four agree."
    assert "A stash holds another demo_app/pages.py; git stash pop" in state.verdict.why
    assert state.verdict.next == ""
