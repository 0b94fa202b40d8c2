"""A table that a script makes anew takes along what hangs on it, and the board says so before."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import MODELS, POST, fails, fill

SWITCH = """
import sqlalchemy

@sqlalchemy.event.listens_for(sqlalchemy.Engine, "connect")
def enforce(connection, record):
    connection.execute("PRAGMA foreign_keys=ON")
"""
NAME, LONGER = (
    "name: Mapped[str] = mapped_column(String(80)",
    "name: Mapped[str] = mapped_column(db.Text",
)
CASCADE, SET_NULL = ', ondelete="CASCADE"', ', ondelete="SET NULL"'


def with_posts(project: Project, rule: str, row: str) -> None:
    """Foreign keys that SQLite enforces, and a script that makes `user` anew."""
    key = f'db.ForeignKey("user.id"{rule})'
    column = f"    user_id: Mapped[int | None] = mapped_column({key})\n"
    project.add_to_model(f"{POST}{column}\n{SWITCH}")
    project.db("migrate", "-m", "Create post table")
    project.db("upgrade")
    project.sql(f"INSERT INTO post (title, user_id) VALUES {row}")
    project.commit("Create post table")
    project.edit(MODELS, NAME, LONGER)
    project.db("migrate", "-m", "Longer names")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (CASCADE, "that empties post, as post.user_id says ON DELETE CASCADE"),
        (SET_NULL, "that empties post.user_id, which says ON DELETE SET NULL"),
    ],
)
def test_rows_that_would_go_with_the_old_table_are_told_before(
    project: Project, rule: str, said: str
):
    with_posts(project, rule, "('Hello', 1)")
    rows = project.sql("SELECT * FROM post")
    verdict = project.read().verdict
    assert verdict.kind == "pending" and said in verdict.found
    assert verdict.why.startswith("Copy the database first.")
    other = project.copy(project.path.with_name("upgraded at once"))
    other.db("upgrade")
    assert other.sql("SELECT * FROM post") != rows
    project.run(*shlex.split(verdict.next))
    script = project.script_file("longer")
    assert "out of the app" in project.read().verdict.why
    assert project.read().verdict.next == f"%show {script}"
    project.edit(MODELS, SWITCH, "")
    project.follow("pending", "flask db upgrade")
    assert project.sql("SELECT * FROM post") == rows


def test_an_upgrade_that_would_leave_rows_without_their_user_fails(project: Project):
    with_posts(project, "", "('Hello', 1)")
    verdict = project.read().verdict
    assert "that fails, as rows of post point to it" in verdict.found
    assert verdict.next == f"%show {project.script_file('longer')}"
    fails(project, "upgrade")
    project.edit(MODELS, SWITCH, "")
    project.sql("DROP TABLE _alembic_tmp_user")
    project.follow("pending", "flask db upgrade")


@pytest.mark.parametrize("rule", ["", CASCADE])
def test_rows_that_point_to_nobody_are_in_no_danger(project: Project, rule: str):
    with_posts(project, rule, "('Hello', NULL)")
    project.follow("pending", "flask db upgrade")
    assert project.sql("SELECT title, user_id FROM post") == [("Hello", None)]


def test_a_table_that_is_not_made_anew_loses_nothing(project: Project):
    with_posts(project, CASCADE, "('Hello', 1)")
    project.edit(MODELS, LONGER, NAME)
    project.git("clean", "-qf", project.script_file("longer"))
    project.edit(
        MODELS, "title: Mapped[str] = mapped_column(String(200))", "title: Mapped[str | None]"
    )
    project.db("migrate", "-m", "Titles")
    project.follow("pending", "flask db upgrade")
    assert project.sql("SELECT title, user_id FROM post") == [("Hello", 1)]


VIEW = "CREATE VIEW adult AS SELECT name FROM user WHERE age > 17"
LONG = 'with op.batch_alter_table("user") as b: b.alter_column("name", type_=sa.Text())'


def with_view(project: Project, view: str, body: str) -> str:
    """A view that a script has made, and a script that waits; that one's file."""
    project.db("revision", "-m", "Adults")
    fill(project.script("adults"), f'op.execute("{view}")')
    project.db("upgrade")
    project.commit("Adults")
    project.db("revision", "-m", "Longer")
    fill(project.script("longer"), body)
    return project.script_file("longer")


def test_a_view_of_a_table_that_is_made_anew_goes_first(aged: Project):
    script = with_view(aged, VIEW, LONG)
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "makes user anew, and adult is made of it" in verdict.found
    assert 'op.execute("DROP VIEW adult") above the batch' in verdict.why
    fails(aged.copy(aged.path.with_name("upgraded at once")), "upgrade")
    drop, make = 'op.execute("DROP VIEW adult")', f'op.execute("{VIEW}")'
    aged.edit(script, LONG, f"{drop}\n    {LONG}\n    {make}")
    assert "would fail" not in aged.read().verdict.headline
    aged.db("upgrade")
    assert aged.sql("SELECT name FROM adult") == [("Ada",)]


@pytest.mark.parametrize(
    ("view", "body"),
    [
        (VIEW, 'with op.batch_alter_table("user") as b: b.create_index("ages", ["age"])'),
        ("CREATE VIEW adult AS SELECT 'user' AS user", LONG),
    ],
)
def test_a_view_that_is_in_nobodys_way(aged: Project, view: str, body: str):
    with_view(aged, view, body)
    aged.follow("pending", "flask db upgrade")
