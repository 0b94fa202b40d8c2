"""What a migration script says of itself is read without running it."""

from __future__ import annotations

import ast

import pytest

from roundtrip.reading.scripts import read_script

HEAD = '"""Change"""\nrevision = "a"\ndown_revision = None\n'
ADD = "op.add_column('user', sa.Column('age', sa.Integer(), nullable=True))"
DROP = "op.drop_column('user', 'age')"


def read(upgrade: str, downgrade: str):
    functions = f"def upgrade():\n    {upgrade}\ndef downgrade():\n    {downgrade}\n"
    return read_script(ast.parse(HEAD + functions), "a_change.py")


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "undoes"),
    [
        (ADD, DROP, True),
        (DROP, ADD, True),
        (ADD, "pass", False),
        (ADD, "op.drop_column('user', 'email')", False),
        ("op.create_table('post')", "op.drop_table('post')", True),
        ("pass", "pass", True),
    ],
)
def test_whether_downgrade_undoes_upgrade(upgrade: str, downgrade: str, undoes: bool):
    assert read(upgrade, downgrade).undoes is undoes


@pytest.mark.parametrize(
    ("more", "others"),
    [
        ("pass", ()),
        ("op.execute('UPDATE user SET age = 1')", ("execute",)),
        ("op.alter_column('user', 'email', nullable=True)", ("alter_column",)),
        ("op.alter_column('user', 'email', new_column_name='mail')", ()),
        ("op.create_index('ix', 'user', ['age'])", ("create_index",)),
        ("op.bulk_insert(users, [])", ("bulk_insert",)),
    ],
)
def test_what_else_upgrade_does(more: str, others: tuple[str, ...]):
    assert read(f"{ADD}; {more}", DROP).others == others


@pytest.mark.parametrize("name", ["batch_op", "batch"])
def test_a_batch_is_looked_into(name: str):
    batch = f"with op.batch_alter_table('user') as {name}: {name}.{{}}"
    found = read(batch.format("drop_constraint('uq_user_email')"), "pass")
    assert found.others == ("drop_constraint",)
    assert not found.is_empty
    assert read(batch.format("add_colum(x)"), "pass").unknown == ("add_colum",)
    assert read(batch.format("execute('DELETE')"), "pass").opaque


def test_an_operation_beside_the_batch_is_of_its_own_table():
    text = "with op.batch_alter_table('user') as batch_op: op.drop_column('post', 'title')"
    assert read(text, "pass").drops == ("post.title",)


def test_alembic_under_another_name():
    text = f"{HEAD}from alembic import op as o\ndef upgrade():\n    o.create_index('ix', 'user')\n"
    assert read_script(ast.parse(text), "a_change.py").others == ("create_index",)


@pytest.mark.parametrize(("schema", "adds"), [("None", ("user.age",)), ("'other'", ())])
def test_only_another_schema_is_not_read(schema: str, adds: tuple[str, ...]):
    found = read(f"{ADD[:-1]}, schema={schema})", DROP)
    assert (found.adds, found.opaque) == (adds, not adds)


TABLE = "op.create_table('post', sa.Column('id', sa.Integer()), sa.PrimaryKeyConstraint('id'))"


@pytest.mark.parametrize(
    ("more", "opaque"),
    [
        ("pass", False),
        (
            "with op.batch_alter_table('user') as batch_op: batch_op.create_index('i', ['age'])",
            False,
        ),
        ("op.alter_column('user', 'name', new_column_name='called')", False),
        ("op.execute('ALTER TABLE user ADD COLUMN age INTEGER')", True),
        ("op.get_bind().exec_driver_sql('ALTER TABLE user ADD COLUMN age INTEGER')", True),
        ("op.rename_table('user', 'person')", False),
        ("op.add_column('user', sa.Column(NAME, sa.Integer()))", True),
        ("op.create_table(NAME)", True),
        ("op.create_table(NAME, sa.Column('id', sa.Integer()))", True),
        ("op.drop_table(NAME)", True),
        ("op.create_table('tag', *COLUMNS)", True),
        ("op.create_table('tag', sa.Column(NAME, sa.Integer()))", True),
        ("add_age(op)", True),
        ("for name in NAMES: op.drop_column('user', name)", True),
        ("op.drop_table('tag', if_exists=True)", True),
        ("op.create_table('tag', if_not_exists=True)", True),
    ],
)
def test_which_columns_come_with_a_table_and_whether_that_is_all(more: str, opaque: bool):
    found = read(f"{TABLE}\n    {more}", "pass")
    assert found.columns[0] == "post.id"
    assert found.opaque is opaque


@pytest.mark.parametrize(
    ("body", "only"),
    [
        ("op.add_column('user', sa.Column('age', sa.Integer()))", True),
        ("op.create_table('post'); op.create_index('ix', 'post', ['id'])", True),
        ("op.create_index('ix', 'user', ['name'], unique=True)", False),
        ("op.drop_column('user', 'age')", False),
        ("op.alter_column('user', 'age', new_column_name='years')", True),
        ("op.alter_column('user', 'age', nullable=False)", False),
        ("op.alter_column('user', 'age', nullable=True, existing_type=sa.Integer())", True),
        ("op.alter_column('user', 'age', server_default='1')", True),
        ("op.alter_column('user', 'age', server_default='1', type_=sa.Text())", False),
        ("op.alter_column('user', 'age', type_=sa.Text())", False),
        ("op.execute('DELETE FROM user')", False),
    ],
)
def test_whether_it_only_adds(body: str, only: bool):
    assert read(body, "pass").only_adds is only


WORK = "op.create_table('user_new', sa.Column('id', sa.Integer()))"
RENAMED = "op.rename_table('user_new', 'user')"
COPIED = "op.execute('INSERT INTO user_new SELECT id FROM user')"
RETYPED = """op.add_column('user', sa.Column('age2', sa.Text()))
    op.execute('UPDATE user SET age2 = age')
    op.drop_column('user', 'age')
    op.alter_column('user', 'age2', new_column_name='age')"""


@pytest.mark.parametrize(
    ("body", "adds", "drops", "renamed"),
    [
        (f"{WORK}; op.drop_table('user_new')", (), (), ()),
        (f"{WORK}; op.add_column('user_new', sa.Column('a')); op.drop_table('user_new')",)
        + 3 * ((),),
        (f"{WORK}; {COPIED}; op.drop_table('user'); {RENAMED}", (), (), ()),
        (f"{WORK}; op.drop_table('user'); {RENAMED}", ("user",), ("user",), ()),
        (RETYPED, (), (), ()),
        (f"{WORK}; {RENAMED}", ("user",), (), ()),
        ("op.rename_table('a', 'b'); op.rename_table('b', 'c')", ("c",), ("a",), ("a",)),
        (f"{DROP}; {ADD}", ("user.age",), ("user.age",), ()),
        (f"{DROP}; {ADD}; {DROP}", (), ("user.age",), ()),
    ],
)
def test_what_is_left_once_all_of_it_has_run(body: str, adds: tuple, drops: tuple, renamed: tuple):
    """What a script makes for its own work goes again; what it copies over is not lost."""
    found = read(body, "pass")
    assert (found.adds, found.drops, found.renamed) == (adds, drops, renamed)
    assert not [name for name in found.columns if name.startswith("user_new")]
    assert not [column for column in found.makes if "new" in column.name or "2" in column.name]
