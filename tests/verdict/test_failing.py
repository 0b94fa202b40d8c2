"""Scripts that wait and would fail, or have stopped halfway."""

from __future__ import annotations

import re

import pytest
from alembic.operations import BatchOperations, Operations
from states import Project
from turns import (
    CITY,
    MODELS,
    NICK,
    PHONE,
    committed,
    fails,
    fill,
    on_production,
    with_production,
    with_script,
)

from roundtrip.operations import OPERATIONS


def test_a_committed_script_that_would_fail(project: Project):
    project.add_to_model("    age: Mapped[int]\n")
    project.db("migrate", "-m", "Add age")
    project.commit("Add age")
    verdict = project.read().verdict
    assert verdict.headline == "A migration is waiting, and it would fail."
    assert verdict.next.startswith("git rm ")
    project.edit(MODELS, "age: Mapped[int]", "age: Mapped[int | None]")
    assert "the script is older" in project.read().verdict.why


def test_a_default_in_the_model_is_no_reason_to_allow_null(project: Project):
    """The script is older than the default, so it would fail; the model is right."""
    project.add_to_model("    city: Mapped[str] = mapped_column(String(80))\n")
    project.db("migrate", "-m", "Add city")
    project.edit(
        MODELS,
        "mapped_column(String(80))\n",
        'mapped_column(String(80), server_default="Paris")\n',
    )
    script = project.script_file("add_city")
    why = project.follow("pending", f"git clean -f {script}")
    assert "Mapped[" not in why and "server_default" in why
    project.db("migrate", "-m", "Add city")
    project.db("upgrade")
    assert project.sql("SELECT DISTINCT city FROM user") == [("Paris",)]


def test_not_null_over_empty_rows_is_seen_when_the_script_waits(city: Project):
    city.edit(MODELS, "city: Mapped[str | None]", "city: Mapped[str]")
    city.db("migrate", "-m", "required")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "%%flask_shell")
    assert "user.city becomes NOT NULL" in verdict.found
    fails(city, "upgrade")


def test_an_operation_that_alembic_does_not_have(project: Project):
    project.add_to_model(PHONE)
    project.db("migrate", "-m", "phone")
    script = project.script_file("phone")
    project.edit(script, "batch_op.add_column", "batch_op.add_colum")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "add_colum," in verdict.found
    assert "add_column" in verdict.why
    fails(project, "upgrade")


BOSS = """    boss: Mapped[int | None] = mapped_column(db.ForeignKey("user.id", name="boss"))\n"""


@pytest.mark.parametrize(
    ("new", "step", "batched"),
    [
        ("", 'create_unique_constraint("ages", "user", ["age"])', '("ages", ["age"])'),
        ("", 'create_check_constraint("ages", "user", "age > 0")', '("ages", "age > 0")'),
        ("", 'create_foreign_key("ages", "user", "user", ["age"], ["id"])', ""),
        ("", 'drop_constraint("ages", "user")', ""),
        ("", 'alter_column("user", "age", type_=sa.Text())', '("age", type_=sa.Text())'),
        ("", 'alter_column("user", "name", nullable=True)', '("name", nullable=True)'),
        (BOSS, 'add_column("user", {})', "({})"),
    ],
)
def test_what_sqlite_does_in_a_batch_alone(aged: Project, new: str, step: str, batched: str):
    aged.add_to_model(new)
    aged.db("revision", "-m", "change")
    column = 'sa.Column("boss", sa.Integer(), sa.ForeignKey("user.id", name="boss"))'
    step, batched = step.replace("{}", column), batched.replace("{}", column)
    fill(aged.script("change"), f"op.{step}")
    script = aged.script_file("change")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    name = step.partition("(")[0]
    assert f"calls op.{name}" in verdict.found
    assert "inside with op.batch_alter_table" in verdict.why
    fails(aged, "upgrade")
    if batched:
        within = f'with op.batch_alter_table("user") as batch_op: batch_op.{name}{batched}'
        aged.edit(script, f"op.{step}", within)
        assert "it would fail" not in aged.read().verdict.headline
        aged.db("upgrade")


@pytest.mark.parametrize(
    "body",
    [
        'op.alter_column("user", "age", existing_type=sa.Integer(), new_column_name="years")',
        'op.alter_column("user", "age", nullable=None, type_=None, server_default=False)',
        'op.add_column("user", sa.Column("size", sa.Integer(), unique=False))',
        """if op.get_bind().dialect.name != "sqlite":
        op.create_unique_constraint("ages", "user", ["age"])""",
        """if op.get_bind().dialect.name == "sqlite":
        return
    op.create_unique_constraint("ages", "user", ["age"])""",
    ],
)
def test_what_sqlite_does_without_a_batch_or_never_meets(aged: Project, body: str):
    aged.db("revision", "-m", "change")
    fill(aged.script("change"), body)
    assert "it would fail" not in aged.read().verdict.headline
    aged.db("upgrade")


def test_the_operations_are_those_of_alembic():
    there = {name for each in (Operations, BatchOperations) for name in dir(each)}
    assert {name for name in there if name[0] != "_"} - OPERATIONS == {"create_module_class_proxy"}
    assert not OPERATIONS - there


def test_an_upgrade_that_stopped_between_two_columns(aged: Project):
    aged.add_to_model(PHONE)
    aged.add_to_model(NICK)
    add = "op.add_column('user', sa.Column('{0}', sa.String(20)))"
    stop = 'op.alter_column("user", "name", type_=sa.Text())'
    steps = "\n    ".join((add.format("phone"), stop, add.format("nick")))
    file = with_script(aged, "", steps)
    fails(aged, "upgrade")
    verdict = aged.read().verdict
    assert verdict.headline == "A migration has run halfway."
    assert "user.phone is there, user.nick is not" in verdict.found
    # with a column that has no values, there is an easier way
    other = aged.copy(aged.path.with_name("without values"))
    drop = re.search(r'text\("(ALTER TABLE user DROP COLUMN phone)"\)', verdict.why)
    assert drop and verdict.next == "%%flask_shell"
    other.sql(drop[1])
    other.edit(file, stop, "pass")
    other.follow("pending", "flask db upgrade")
    other.commit("Add phone and nick")
    assert other.read().verdict.kind == "agree"
    # as it advises: the script mended, and for one run without what is there
    text = (aged.path / file).read_text(encoding="utf-8")
    mended = text.replace(stop, "pass")
    aged.write(file, mended.replace(add.format("phone"), "pass"))
    aged.db("upgrade")
    aged.write(file, mended)
    aged.commit("Add phone and nick")
    assert aged.read().verdict.kind == "agree"


def test_a_column_less_in_the_model_does_not_hide_that_it_ran_halfway(aged: Project):
    """Without the script, flask db migrate would not see the column that is there."""
    zip = "    zip: Mapped[str] = mapped_column(String(10))\n"
    aged.add_to_model(CITY + zip)
    aged.db("migrate", "-m", "Two")
    fails(aged, "upgrade")
    aged.edit(MODELS, zip, "")
    assert aged.read().verdict.headline == "A migration has run halfway."
    aged.sql("ALTER TABLE user DROP COLUMN city")
    aged.follow("left_over", f"git clean -f {aged.script_file('two')}")
    aged.follow("model_ahead", 'flask db migrate -m "Add city column to user model"')


def test_a_script_that_does_nothing_is_in_the_way_of_one_that_does(aged: Project):
    aged.add_to_model(CITY)
    aged.db("revision", "-m", "Add city column to user model")
    assert aged.read().verdict.headline == "A migration that does nothing is waiting."
    aged.follow("pending", f"git clean -f {aged.script_file('city')}")
    aged.follow("model_ahead", 'flask db migrate -m "Add city column to user model"')


def test_production_waits_while_development_has_run_halfway(project: Project):
    with_production(project)
    on_production(project, "upgrade")
    project.add_to_model(PHONE + CITY)
    project.db("migrate", "-m", "two")
    project.sql("ALTER TABLE user ADD COLUMN phone VARCHAR(20)")
    state = project.read()
    assert "halfway" in state.verdict.headline
    assert not [said for said in state.disagreements if "less than its revision" in said.headline]


def test_what_a_later_script_adds_may_be_here_already(aged: Project):
    """Two branches were joined in one line, and this database had run the one that now follows."""
    bio = "    bio: Mapped[str | None]\n"
    city = committed(aged, CITY, "city")
    aged.sql("UPDATE user SET city = 'Rom'")
    (before,) = (r.parents[0] for r in aged.read().migrations.revisions if r.message == "city")
    aged.add_to_model(bio)
    aged.db("revision", "-m", "bio", "--head", before, "--splice")
    fill(aged.script("bio"), 'op.add_column("user", sa.Column("bio", sa.String()))')
    own = aged.script_id("bio")
    aged.edit(city, f"down_revision = '{before}'", f"down_revision = '{own}'")
    aged.commit("bio, and city after it")
    aged.follow("stamped", f"flask db stamp {before}")
    aged.follow("pending", f"flask db upgrade {own}")
    aged.follow("not_recorded", "flask db stamp head")
    assert aged.read().verdict.kind == "agree"
    assert aged.sql("SELECT DISTINCT city FROM user") == [("Rom",)]
