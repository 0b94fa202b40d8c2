"""What Alembic leaves out of its comparison is not called agreed, nor what is alike different."""

from __future__ import annotations

import sqlite3

import pytest
from states import AGE, Project
from turns import MODELS, POST, committed, fill

WITH_DEFAULT = "age: Mapped[int | None] = mapped_column(server_default='18')"
IN_LINE = "age: Mapped[int | None] = mapped_column(db.CheckConstraint('age > 0', name='age'))"
CHECK = '    __table_args__ = (db.CheckConstraint("age > 0", name="age"),)\n'


@pytest.mark.parametrize(
    ("new", "step"),
    [
        (
            AGE.replace("age: Mapped[int | None]", WITH_DEFAULT),
            'alter_column("age", server_default="18")',
        ),
        (
            AGE.replace("age: Mapped[int | None]", WITH_DEFAULT),
            'alter_column("age", server_default=sa.text("18"))',
        ),
        (AGE + CHECK, 'create_check_constraint("age", "age > 0")'),
        (
            AGE.replace("age: Mapped[int | None]", IN_LINE),
            'create_check_constraint("age", "age > 0")',
        ),
    ],
)
def test_what_alembic_does_not_compare_is_not_called_agreed(aged: Project, new: str, step: str):
    aged.edit(MODELS, AGE, new)
    aged.commit("Say more of age")
    assert aged.capture(["flask", "db", "check"]).returncode == 0
    aged.follow("not_compared", 'flask db revision -m "Change user table"')
    aged.db("upgrade")
    assert "has run and is empty" in aged.follow("not_compared", "flask db downgrade")
    fill(aged.script("change_user"), f'with op.batch_alter_table("user") as b: b.{step}')
    aged.db("upgrade")
    assert aged.read().verdict.kind == "script_not_committed"


def test_a_row_that_does_not_pass_a_new_check_is_told_before_the_upgrade_fails(aged: Project):
    aged.sql("UPDATE user SET age = -1 WHERE id = 2")
    aged.edit(MODELS, AGE, AGE + CHECK)
    aged.commit("Say more of age")
    said = "A row in user does not fit age > 0: change it before that."
    assert said in aged.follow("not_compared", 'flask db revision -m "Change user table"')
    step = 'with op.batch_alter_table("user") as b: b.create_check_constraint("age", "age > 0")'
    fill(aged.script("change_user"), step)
    assert "it would fail" in aged.read().verdict.headline
    aged.sql("UPDATE user SET age = 1 WHERE id = 2")
    aged.follow("pending", "flask db upgrade")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("server_default='18'", "server_default='21'", "user.age another server_default"),
        ("age > 0", "age > 17", "user another CheckConstraint"),
    ],
)
def test_what_was_changed_and_alembic_does_not_compare(
    aged: Project, old: str, new: str, found: str
):
    aged.edit(MODELS, AGE, AGE.replace("age: Mapped[int | None]", WITH_DEFAULT) + CHECK)
    aged.db("revision", "-m", "Say more of age")
    body = """with op.batch_alter_table("user") as b:
        b.alter_column("age", server_default="18")
        b.create_check_constraint("age", "age > 0")"""
    fill(aged.script("say_more"), body)
    aged.db("upgrade")
    aged.commit("Say more of age")
    assert aged.read().verdict.kind == "agree"
    aged.edit(MODELS, old, new)
    assert aged.capture(["flask", "db", "check"]).returncode == 0
    assert found in aged.read().verdict.found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("unique=True)", "unique=True, primary_key=True)", "user another primary key"),
        (
            AGE,
            AGE + '    __table_args__ = (db.Index("ix_low", db.func.lower("name")),)\n',
            "user the index ix_low",
        ),
    ],
)
def test_a_key_and_an_index_that_alembic_does_not_compare(
    aged: Project, old: str, new: str, found: str
):
    aged.edit(MODELS, old, new)
    aged.commit("Change the table")
    assert aged.capture(["flask", "db", "check"]).returncode == 0
    verdict = aged.read().verdict
    assert verdict.kind == "not_compared" and found in verdict.found


def test_an_enum_with_one_more_value_is_not_called_agreed(aged: Project):
    """The database still has the old values in its CHECK."""
    kind = 'db.Enum("admin", "guest", name="role", create_constraint=True)'
    committed(aged, f"    role: Mapped[str | None] = mapped_column({kind})\n", "Add role")
    assert aged.read().verdict.kind == "agree"
    aged.edit(MODELS, '"guest"', '"guest", "staff"')
    aged.commit("Add staff")
    assert aged.capture(["flask", "db", "check"]).returncode == 0
    with pytest.raises(sqlite3.IntegrityError):
        aged.sql("UPDATE user SET role = 'staff'")
    assert "user another CheckConstraint" in aged.read().verdict.found


def test_what_a_script_of_alembics_own_gives_a_table_is_the_same(aged: Project):
    given = {
        "a": "db.DateTime, server_default=db.func.now()",
        "b": "db.Boolean, server_default=db.true()",
        "c": 'db.Text, server_default=""',
        "d": """db.Text, server_default="it's" """,
        "e": 'db.Float, server_default="1.50"',
        "f": "db.Text, server_default=db.text(\"(lower('A'))\")",
        "g": "db.Text, server_default=db.text(\"'x'\")",
        "h": "db.Integer, server_default=db.text('1 + 1')",
    }
    lines = (f"    {name} = db.Column({said})\n" for name, said in given.items())
    check = '    __table_args__ = (db.CheckConstraint(db.column("h") > 1, name="more"),)\n'
    committed(aged, POST + "".join(lines) + check, "Create post table")
    assert aged.read().verdict.kind == "agree"


def test_a_default_that_only_a_script_gives_is_no_difference(aged: Project):
    aged.db("revision", "-m", "Give age a default")
    step = 'with op.batch_alter_table("user") as b: b.alter_column("age", server_default="1")'
    fill(aged.script("give_age"), step)
    aged.db("upgrade")
    aged.commit("Give age a default")
    assert aged.read().verdict.kind == "agree"


def test_what_a_script_of_alembics_own_makes_is_there(aged: Project):
    line = 'kind: Mapped[str] = mapped_column(db.Enum("a", "b", name="k", create_constraint=True)'
    args = '    __table_args__ = (db.CheckConstraint("id > 0", name="positive"),)\n'
    committed(aged, f'{POST}    {line}, server_default="a")\n{args}', "Create post table")
    assert aged.read().verdict.kind == "agree"


WHERE = """    __table_args__ = (db.Index("adults", "age", sqlite_where=db.text("age > 17")),)\n"""
AGAIN = """with op.batch_alter_table("user") as b:
        b.{drop}
    with op.batch_alter_table("user") as b:
        b.{make}"""
OTHER_WHERE = WHERE.replace("17", "20")
NO_WHERE = WHERE.replace(', sqlite_where=db.text("age > 17")', "")
TWICE = "    twice: Mapped[int | None]\n"
COMPUTED = TWICE.replace("\n", ' = mapped_column(db.Computed("coalesce(age, 0) * 2"))\n')
MAKE_COMPUTED = 'add_column(sa.Column("twice", sa.Integer(), sa.Computed("coalesce(age, 0) * 2")))'


@pytest.mark.parametrize(
    ("old", "new", "found", "make"),
    [
        (
            *(WHERE, OTHER_WHERE, "user the index adults with another sqlite_where"),
            'create_index("adults", ["age"], sqlite_where=sa.text("age > 20"))',
        ),
        (
            *(NO_WHERE, WHERE, "user the index adults with sqlite_where"),
            'create_index("adults", ["age"], sqlite_where=sa.text("age > 17"))',
        ),
        (
            *(WHERE, NO_WHERE, "user the index adults without sqlite_where"),
            'create_index("adults", ["age"])',
        ),
        (TWICE, COMPUTED, "user.twice as Computed", MAKE_COMPUTED),
        (
            *(COMPUTED, TWICE, "user.twice as a plain column"),
            'add_column(sa.Column("twice", sa.Integer()))',
        ),
    ],
)
def test_a_partial_index_and_a_computed_column(
    aged: Project, old: str, new: str, found: str, make: str
):
    committed(aged, old, "Say more of age")
    assert aged.read().verdict.kind == "agree"
    aged.edit(MODELS, old, new)
    aged.commit("Change it")
    assert aged.capture(["flask", "db", "check"]).returncode == 0
    assert found in aged.read().verdict.found
    why = aged.follow("not_compared", 'flask db revision -m "Change user table"')
    assert "dropped before, in a batch of its own" in why
    drop = 'drop_index("adults")' if "index" in make else 'drop_column("twice")'
    fill(aged.script("change_user"), AGAIN.format(drop=drop, make=make))
    aged.db("upgrade")
    aged.commit("Change user table")
    assert aged.read().verdict.kind == "agree"


def test_a_condition_that_is_written_otherwise_is_the_same(aged: Project):
    lines = (
        'db.Index("a", "age", sqlite_where=db.column("age") > 17)',
        """db.Index("b", "name", unique=True, sqlite_where=db.text("name <> 'it''s'"))""",
        'db.Index("c", "age", sqlite_where=db.column("name").in_(["x", "y"]))',
    )
    committed(aged, f"    __table_args__ = ({', '.join(lines)})\n", "Add indexes")
    assert aged.read().verdict.kind == "agree"
