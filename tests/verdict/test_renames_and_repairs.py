"""Scripts that people write by hand: a rename, a repair of rows, a table as the manuals have it.

What is right is not taken for a loss, a mistake, or something that has run already.
"""

from __future__ import annotations

import pytest
from states import Project
from turns import (
    CITY,
    MODELS,
    NICK,
    POST,
    committed,
    fails,
    fill,
    on_production,
    with_production,
    with_script,
)

RENAME = """with op.batch_alter_table('user') as batch_op:
        batch_op.alter_column('city', new_column_name='town')"""
BACKFILL = """op.add_column('user', sa.Column('nick', sa.String(20)))
    op.execute("UPDATE user SET nick = name")
    with op.batch_alter_table('user') as batch_op:
        batch_op.alter_column('nick', existing_type=sa.String(20), nullable=False)"""
TABLE = """op.create_table(
        'post',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('title', sa.String(200), nullable=False),
    )"""
ANEW = """op.drop_column('user', 'city')
    op.add_column('user', sa.Column('city', sa.Text()))"""
REBUILT = """op.create_table('user_new',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('name', sa.String(80), nullable=False),
        sa.Column('email', sa.String(120), nullable=False),
        sa.Column('city', sa.Text()),
        sa.UniqueConstraint('email', name='uq_user_email'),
    )
    op.execute("INSERT INTO user_new SELECT id, name, email, city FROM user")
    op.drop_table('user')
    op.rename_table('user_new', 'user')"""
RETYPED = """op.add_column('user', sa.Column('city2', sa.Text()))
    op.execute("UPDATE user SET city2 = city")
    op.drop_column('user', 'city')
    with op.batch_alter_table('user') as batch_op:
        batch_op.alter_column('city2', new_column_name='city')"""


def renamed(city: Project) -> str:
    """The model says `town`, and the script renames; the script's path."""
    city.edit(MODELS, "    city:", "    town:")
    return with_script(city, "", RENAME)


def test_a_renamed_column_keeps_its_values_and_the_board_says_so(city: Project):
    renamed(city)
    said = city.follow("pending", "flask db upgrade")
    assert said.startswith("The upgrade gives user.city another name, and keeps the values.")
    assert city.sql("SELECT town FROM user WHERE name = 'Ada'") == [("London",)]
    assert city.read().verdict.kind == "script_not_committed"


def with_rename(city: Project) -> str:
    """The script renames forth and back; its path."""
    script = renamed(city)
    text = (city.path / script).read_text(encoding="utf-8").partition("def downgrade")[0]
    back = RENAME.replace("'city'", "'x'").replace("'town'", "'city'").replace("'x'", "'town'")
    city.write(script, f"{text}def downgrade():\n    {back}\n")
    return script


def test_the_way_back_of_a_rename_drops_nothing(city: Project):
    """The model has its old name again; then the script is left over."""
    script = with_rename(city)
    city.db("upgrade")
    city.git("restore", MODELS)
    why = city.follow("database_ahead", "flask db downgrade")
    assert "drops" not in why and "keeps the values" in why
    assert city.sql("SELECT city FROM user WHERE name = 'Ada'") == [("London",)]
    verdict = city.read().verdict
    assert "adds user.town and renames user.city" in verdict.found
    city.follow("left_over", f"git clean -f {script}")
    assert city.read().verdict.kind == "agree"


def test_a_rename_of_production_is_taken_back_without_a_warning(city: Project):
    with_production(city)
    on_production(city, "upgrade")
    city.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    with_rename(city)
    city.db("upgrade")
    on_production(city, "upgrade")
    city.commit("Rename")
    city.db("downgrade")
    there = next(d for d in city.read().disagreements if d.kind == "elsewhere")
    assert there.next == "flask --env-file production.env db downgrade"
    assert "all values" not in there.why


def test_a_rename_whose_way_back_drops_is_warned_of(city: Project):
    """downgrade() is the one that flask db migrate wrote."""
    renamed(city)
    city.db("upgrade")
    city.git("restore", MODELS)
    assert "drops user.town with all values" in city.follow("database_ahead", "flask db downgrade")
    assert city.sql("SELECT city FROM user WHERE name = 'Ada'") == [(None,)]


def test_a_renamed_table_is_none_that_is_deleted(project: Project):
    project.edit(
        MODELS, "class User(db.Model):", 'class User(db.Model):\n    __tablename__ = "person"\n'
    )
    with_script(project, "", "op.rename_table('user', 'person')")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")
    assert "keeps the values" in verdict.why
    project.db("upgrade")
    assert project.sql("SELECT count(*) FROM person") == [(3,)]


def test_a_column_that_is_dropped_and_added_under_another_name_is_said_to_lose(city: Project):
    city.edit(MODELS, "    city: Mapped[str | None]", "    town: Mapped[str]")
    with_script(city, "", "")
    verdict = city.read().verdict
    assert "it would fail" in verdict.headline and verdict.next.startswith("%show ")
    assert "write alter_column with new_column_name" in verdict.why
    assert "drops user.city, with all values" in verdict.why


def test_a_script_that_fills_the_rows_first_does_not_fail(project: Project):
    project.add_to_model("    nick: Mapped[str] = mapped_column(String(20))\n")
    script = with_script(project, "", BACKFILL)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "runs SQL" in verdict.why
    project.db("upgrade")
    assert project.read().verdict.kind == "script_not_committed"


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.replace(", primary_key=True", "").replace(
            "\n    )", "\n        sa.PrimaryKeyConstraint('id'),\n    )"
        ),
    ],
)
def test_a_table_as_the_manuals_write_it_is_as_the_model_has_it(project: Project, table: str):
    project.write(MODELS, (project.path / MODELS).read_text(encoding="utf-8") + POST)
    with_script(project, "", table)
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "script_not_committed"


def test_what_is_dropped_and_made_anew_has_not_run(city: Project):
    city.edit(MODELS, "mapped_column(String(80))\n", "mapped_column(db.Text)\n")
    with_script(city, "", ANEW)
    verdict = city.read().verdict
    assert verdict.kind == "pending" and "stamp" not in verdict.next
    assert "deletes user.city with all values" in verdict.why


@pytest.mark.parametrize("change", ['op.execute("DELETE FROM user")', ANEW])
def test_production_is_upgraded_after_a_look_at_its_own_board(city: Project, change: str):
    with_production(city)
    on_production(city, "upgrade")
    city.db("revision", "-m", "change")
    fill(city.script("change"), change)
    city.db("upgrade")
    city.commit("Change")
    there = next(said for said in city.read().disagreements if said.kind == "elsewhere")
    assert there.next == "%board --env-file production.env"
    assert "Its own board shows" in there.why


def test_rows_that_would_not_do_are_changed_where_another_database_has_run_the_script(
    project: Project,
):
    """It is no more to be deleted then."""
    with_production(project)
    on_production(project, "upgrade")
    for name in ("Ada", "Ada"):
        project.sql(
            f"INSERT INTO user (name, email) VALUES ('{name}', hex(randomblob(4)))", "production.db"
        )
    project.edit(MODELS, "mapped_column(String(80))", "mapped_column(String(80), unique=True)")
    project.db("migrate", "-m", "Unique names")
    script = project.script_file("unique")
    project.db("upgrade")
    project.commit("Unique names")
    there = project.read("production.env").verdict
    assert "it would fail" in there.headline, there
    assert "delete the script" not in there.why
    assert (project.path / script).exists()
    fails(project.copy(project.path.with_name("try")), "upgrade", "+1")


def test_a_script_that_is_forgotten_in_the_commit_belongs_into_the_same(project: Project):
    script = committed(project, "    size: Mapped[int | None]\n", "Add size")
    project.git("rm", "-q", "--cached", script)
    project.git("commit", "-q", "--amend", "--no-edit")
    assert "--amend --no-edit" in project.follow("script_not_committed", "git add .")
    project.follow("script_not_committed", "git commit --amend --no-edit")
    assert project.read().verdict.kind == "agree"
    assert len(project.git("log", "--oneline").splitlines()) == 2


@pytest.mark.parametrize("way", [REBUILT, RETYPED], ids=["whole table", "one column"])
def test_what_is_copied_over_and_made_anew_is_no_loss(city: Project, way: str):
    city.edit(MODELS, CITY, CITY.replace("String(80)", "db.Text"))
    script = with_script(city, "", way)
    verdict = city.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "runs SQL" in verdict.why and "user" not in verdict.why
    city.db("upgrade")
    assert city.sql("SELECT city FROM user WHERE name = 'Ada'") == [("London",)]
    assert city.read().verdict.kind == "script_not_committed"
    city.commit("Give the city more room")
    assert city.read().verdict.kind == "agree"


def test_a_table_for_the_work_of_one_script_is_no_table_too_many(city: Project):
    work = "op.create_table('work', sa.Column('id', sa.Integer())); op.drop_table('work')"
    city.add_to_model(NICK)
    with_script(city, work)
    assert "work" not in city.follow("pending", "flask db upgrade")
    city.commit("Add nick")
    assert city.read().verdict.kind == "agree"


def test_a_table_that_is_dropped_where_it_is_there_fails_nowhere(project: Project):
    project.add_to_model(NICK)
    with_script(project, "op.drop_table('old', if_exists=True)")
    assert "would fail" not in project.read().verdict.headline
    project.db("upgrade")
    project.commit("Add nick")
    assert project.read().verdict.kind == "agree"


def test_what_sql_has_copied_is_not_called_lost(city: Project):
    """It is moved to a column with another name, as the manuals say."""
    city.edit(MODELS, "    city:", "    town:")
    moved = (
        RETYPED.partition("    with op")[0].replace("city2", "town").replace("Text()", "String(80)")
    )
    with_script(city, "", moved)
    verdict = city.read().verdict
    assert verdict.kind == "pending" and "runs SQL, which may copy the values" in verdict.why
    city.db("upgrade")
    assert city.sql("SELECT town FROM user WHERE name = 'Ada'") == [("London",)]
    verdict = city.read().verdict
    assert "may have copied the values" in verdict.why and "Only a copy" not in verdict.why
    city.commit("Say town")
    assert city.read().verdict.kind == "agree"
