"""What the migration scripts say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from by_hand import ADD, CREATE, FIRST, SECOND, script, without_app
from states import Project

from roundtrip import board


@pytest.mark.parametrize(
    ("upgrade", "adds", "drops"),
    [
        (CREATE, ("user",), ()),
        ("op.drop_table('post')", (), ("post",)),
        (ADD, ("user.age",), ()),
        (
            "op.add_column(table_name='user', column=sa.Column('age', sa.Integer()))",
            ("user.age",),
            (),
        ),
        ("op.drop_column('user', 'age')", (), ("user.age",)),
        (
            "with op.batch_alter_table('user', schema=None) as batch_op:\n"
            "        batch_op.add_column(sa.Column('age', sa.Integer()))\n"
            "        batch_op.drop_column('email')\n"
            "        batch_op.alter_column('name', new_column_name='full_name')",
            ("user.age", "user.full_name"),
            ("user.email", "user.name"),
        ),
        ("op.alter_column('user', 'name', new_column_name='n')", ("user.n",), ("user.name",)),
        ("op.alter_column('user', 'name', nullable=True)", (), ()),
        ("op.rename_table('user', 'person')", ("person",), ("user",)),
        ("op.create_table(NAME)", (), ()),
        ("op.drop_table('user', schema='other')", (), ()),
    ],
)
def test_what_a_script_adds_and_drops(project: Project, upgrade: str, adds, drops):
    script(project, SECOND, FIRST, upgrade)
    second = without_app(project).migrations.revisions[-1]
    assert (second.adds, second.drops) == (adds, drops)


def test_a_merge_has_two_parents_and_comes_last(project: Project):
    script(project, "000000000000", ("cccccccccccc", SECOND), "pass", "Merge heads\n\n    and more")
    script(project, SECOND, FIRST, ADD)
    script(project, "cccccccccccc", FIRST, "op.add_column('user', sa.Column('city', sa.Text()))")
    project.sql(f"UPDATE alembic_version SET version_num = '{SECOND}'")
    found = without_app(project).migrations
    assert found.revisions[0].id == FIRST
    last = found.revisions[-1]
    assert (last.message, last.parents) == ("Merge heads", ("cccccccccccc", SECOND))
    assert found.heads == (last.id,)
    assert {each.id for each in found.revisions if each.applied} == {FIRST, SECOND}


def test_a_script_whose_name_is_not_utf_8_can_be_drawn(project: Project):
    place = os.fsencode(project.path / "migrations/versions") + b"/\xfd.py"
    Path(os.fsdecode(place)).write_text("x = 1")
    said = board.text(without_app(project))
    assert "migrations/versions/\ufffd.py" in said
    assert said.encode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("revision = = 'x'", "line 1: SyntaxError"),
        ("x = 1", "no line that says revision"),
        (f"revision = '{FIRST}'", f"say that they are {FIRST}"),
        ("revision = 'x'\ndown_revision = 'y'", "follows revision y"),
    ],
)
def test_a_script_that_cannot_be_read_is_a_state(project: Project, text: str, words: str):
    project.write("migrations/versions/zz.py", text)
    found = without_app(project)
    assert words in found.migrations.error
    assert found.verdict.kind == "script_error"
    assert found.migrations.revisions[0].id == FIRST
