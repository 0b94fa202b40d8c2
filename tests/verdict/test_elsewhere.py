"""Another database of the project is not where this one is."""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from goal_states import SECOND, made, migrations, second
from states import Project
from turns import MODELS, PHONE, committed, on_production, with_production

from roundtrip.facts import Elsewhere
from roundtrip.state import AGREE


def test_a_database_that_waits(aged: Project):
    with_production(aged)
    first = aged.read().verdict
    upgrade = "flask --env-file production.env db upgrade"
    assert (first.headline, first.next) == ("instance/production.db is not there.", upgrade)
    on_production(aged, "upgrade", "+1")
    first = aged.read().verdict
    assert (first.kind, first.next) == ("elsewhere", "flask --env-file production.env db upgrade")
    assert "instance/production.db is at " in first.found
    aged.run(*shlex.split(first.next))
    assert aged.read().verdict.kind == "agree"
    # seen from there, this one is no other database
    assert aged.read("production.env").verdict.kind == "agree"


def test_a_database_that_another_program_writes_to(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    with closing(sqlite3.connect(aged.path / "instance/production.db")) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        verdict = aged.read().verdict
        assert (verdict.kind, verdict.next) == ("elsewhere", "%board")
        assert verdict.headline == "instance/production.db is locked."
    assert aged.read().verdict.kind == "agree"


def test_a_database_that_has_to_go_back(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.db("downgrade")
    aged.git("revert", "--no-edit", "HEAD~0", "--no-commit")
    aged.git("restore", "--staged", "--worktree", "migrations")
    aged.git("commit", "-qam", "Take the line out of the model")
    script = aged.script("age")
    verdict = aged.read().verdict
    assert verdict.kind == "left_over", verdict  # the script first
    aged.db("upgrade")
    aged.db("downgrade")
    aged.git("rm", "-q", script.relative_to(aged.path).as_posix())
    aged.git("commit", "-qm", "Without the script")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    assert "The script " in verdict.why
    aged.git("reset", "-q", "--hard", "HEAD~1")
    on_production(aged, "downgrade")
    assert all(said.kind != "elsewhere" for said in aged.read().disagreements)


def test_a_database_that_is_ahead(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.db("downgrade")
    first, *_, last = aged.read().disagreements
    back = "flask --env-file production.env db downgrade"
    assert (last.kind, last.next) == ("elsewhere", back)
    assert last.headline == "instance/production.db is ahead of this database."
    # no reset while another database has run the script
    assert (first.kind, first.next, first.back) == ("pending", "flask db upgrade", back)
    aged.run(*shlex.split(first.back))
    first, *rest = aged.read().disagreements
    assert first.back.startswith("git reset --hard ")
    assert not rest


def test_another_database_that_says_more_than_it_has(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade", "+1")
    on_production(aged, "stamp", "head")
    verdict = aged.read().verdict
    assert verdict.headline == "instance/production.db has less than its revision says."
    assert "user.age is not there" in verdict.found
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    there = aged.read("production.env").verdict
    assert there.kind == "stamped"
    aged.run(*shlex.split(there.next))
    on_production(aged, "upgrade")
    assert aged.read().verdict.kind == "agree"


def test_a_production_database_that_was_stamped_while_this_one_is_behind(aged: Project):
    with_production(aged)
    first, head = (r.id for r in aged.read().migrations.revisions)
    on_production(aged, "upgrade", first)
    on_production(aged, "stamp", head)
    aged.db("downgrade")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == (
        "stamped_elsewhere",
        "%board --env-file production.env",
    )
    assert "user.age is not there" in verdict.found
    there = aged.read("production.env").verdict
    assert there.next == f"flask --env-file production.env db stamp {first}"
    aged.run(*shlex.split(there.next))
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")
    assert "git reset --hard" in verdict.back


def test_a_production_database_whose_revision_is_lost(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.sql("DELETE FROM alembic_version", "production.db")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    there = aged.read("production.env").verdict
    assert there.next == "flask --env-file production.env db stamp head"
    aged.run(*shlex.split(there.next))
    assert aged.read().verdict.kind == "agree"


def test_production_has_it_already(project: Project):
    with_production(project)
    on_production(project, "upgrade")
    project.sql("ALTER TABLE user ADD COLUMN phone VARCHAR(20)", "production.db")
    committed(project, PHONE, "Add phone column to user model")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    there = project.read("production.env").verdict
    assert there.next == "flask --env-file production.env db stamp head"
    project.run(*shlex.split(there.next))
    assert project.read().verdict.kind == "agree"


def test_production_has_rows_that_development_has_not(project: Project):
    with_production(project)
    on_production(project, "upgrade")
    project.sql("INSERT INTO user (name, email) VALUES ('Ada', 'a@x')", "production.db")
    project.sql("DELETE FROM user")
    committed(project, "    points: Mapped[int]\n", "Add points")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    assert "user.points is NOT NULL" in verdict.why
    there = project.read("production.env").verdict
    assert there.headline == "A migration is waiting, and it would fail."


def test_another_database_that_is_damaged(aged: Project):
    with_production(aged)
    file = aged.path / "instance/production.db"
    file.write_bytes(b"no database, " * 400)
    verdict = aged.read().verdict
    assert verdict.headline == "instance/production.db cannot be read."
    assert aged.read("production.env").verdict.next == verdict.next
    aged.run(*shlex.split(verdict.next))
    (kept,) = file.parent.glob("kept-*/production.db")
    assert kept.read_bytes() == b"no database, " * 400
    aged.follow("elsewhere", "flask --env-file production.env db upgrade")
    assert aged.read().verdict.kind == "agree"


def test_two_rows_in_alembic_version_are_no_other_place(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    first, _ = aged.read().migrations.revisions
    aged.sql(f"INSERT INTO alembic_version VALUES ('{first.id}')", "production.db")
    assert all(said.kind != "elsewhere" for said in aged.read().disagreements)


def test_a_required_column_is_no_trouble_where_there_are_no_rows(project: Project):
    with_production(project)
    on_production(project, "upgrade")
    project.sql("DELETE FROM user")
    committed(project, "    size: Mapped[int]\n", "Add size")
    (there,) = project.read().disagreements
    assert (there.kind, there.next) == ("elsewhere", "flask --env-file production.env db upgrade")
    project.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    (there,) = project.read().disagreements
    assert there.next == "%board --env-file production.env" and "NOT NULL" in there.why


def test_a_script_that_another_database_only_says_it_has_run_goes_after_that_is_set_right():
    says = Elsewhere("production.env", "instance/production.db", (SECOND,), names=("user",))
    state = made(migrations=migrations(second()), elsewhere=(says,))
    first, then, *_ = state.disagreements
    assert (first.kind, first.next) == ("stamped_elsewhere", "%board --env-file production.env")
    assert (then.kind, then.next) == ("left_over", "%board --env-file production.env")
    has = replace(says, names=("user", "user.age"))
    state = made(migrations=migrations(second()), elsewhere=(has,))
    assert state.verdict.next == "flask --env-file production.env db downgrade"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE user ADD COLUMN note TEXT", "user.note (only in the database)"),
        ("ALTER TABLE user DROP COLUMN age", ""),
        (
            "UPDATE sqlite_master SET sql = replace(sql, 'age INTEGER', 'age TEXT')",
            "user.age (TEXT in the database, INTEGER in the model)",
        ),
    ],
)
def test_no_script_is_told_for_what_differs_in_production_alone(
    aged: Project, change: str, said: str
):
    """`flask db migrate` looks at the usual database, and would find nothing."""
    with_production(aged)
    on_production(aged, "upgrade")
    file = aged.path / "instance/production.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(change)
        connection.commit()
    there = aged.read("production.env").verdict
    assert "db migrate" not in there.next
    if said:
        assert (there.kind, there.next) == ("only_here", "%%flask_shell --env-file production.env")
        assert said in there.found
    assert "No changes in schema detected" in aged.db("migrate", "-m", "nothing")


def test_a_script_that_the_usual_database_needs_as_well_is_told(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.add_to_model(PHONE)
    told = 'flask db migrate -m "Add phone column to user model"'
    assert aged.read("production.env").verdict.next == told


def test_what_production_has_run_and_the_usual_database_has_not_goes_back(loose: Project):
    """It differs in production alone, and no other hands did that."""
    with_production(loose)
    on_production(loose, "upgrade")
    loose.db("downgrade")
    loose.git("restore", MODELS)
    there = loose.read("production.env").verdict
    assert (there.kind, there.next) == (
        "database_ahead",
        "flask --env-file production.env db downgrade",
    )


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE user ADD COLUMN shoe INTEGER",
        "CREATE UNIQUE INDEX one_name ON user (name)",
        "",
    ],
)
def test_what_only_the_board_of_the_other_database_shows(aged: Project, change: str):
    """This one agrees; it does not say so of the other."""
    with_production(aged)
    on_production(aged, "upgrade")
    assert aged.read().verdict == AGREE
    if change:
        aged.sql(change, "production.db")
        assert aged.ask("--env-file", "production.env")[0].code == 1
    else:
        aged.write("production.env", "DATABASE_URL=postgresql://ada@example.com/production\n")
    verdict = aged.read().verdict
    assert verdict.headline == AGREE.headline
    assert verdict.why.endswith("%board --env-file production.env looks closer.")


def test_a_mistyped_name_beside_the_database_that_is_meant(both: Project):
    """An upgrade would make an empty one, and the rows would seem to be lost."""
    both.write("production.env", "DATABASE_URL=sqlite:///prodution.db\n")
    verdict = both.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    assert "There are rows in instance/production.db" in verdict.found
    verdict = both.read("production.env").verdict
    assert verdict.next == "%show instance/production.db"
    assert "correct the name in production.env" in verdict.why
    both.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    assert both.read().verdict.kind == "agree"


def test_on_a_branch_of_its_own_production_is_to_wait_for_the_merge(both: Project):
    both.git("switch", "-qc", "phone")
    committed(both, PHONE, "Phone")
    assert both.read().verdict.why.endswith("phone yet: merge it before that upgrade.")
    both.git("switch", "-q", "main")
    both.git("merge", "-q", "phone")
    verdict = both.read().verdict
    assert verdict.next == "flask --env-file production.env db upgrade"
    assert "merge" not in verdict.why
