"""Scripts that wait for the database: what they would do, and whether they would fail."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from starts import Starts
from states import Project
from turns import CITY, MODELS, NICK, PHONE, committed, on_production, with_production

from roundtrip import board, checks
from roundtrip.course import Goal


def test_no_reset_is_told_while_another_database_cannot_be_seen(project: Project):
    with_production(project)
    committed(project, NICK, "nick")
    on_production(project, "upgrade")
    project.db("downgrade")
    assert project.read().verdict.back == "flask --env-file production.env db downgrade"
    (project.path / "instance/production.db").rename(project.path / "production.db")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next, verdict.back) == ("pending", "flask db upgrade", "")
    assert "instance/production.db cannot be read" in verdict.why
    project.write("production.env", "")  # it names this database, which can be seen
    assert project.read().verdict.back.startswith("git reset --hard ")


def test_the_way_back_after_a_reset_without_hard(aged: Project):
    """Board and goal tell one command, and both lead to the first commit with clean files."""
    aged.write("notes.txt", "kept\n")
    aged.db("downgrade")
    assert aged.read().verdict.back == f"git reset --hard {aged.read().git.commits[1].hash[:7]}"
    aged.git("reset", "-q", "HEAD~1")
    for _ in range(2):
        state = aged.read()
        back = Goal("", "agree", {"back": "Create user table"})
        assert state.verdict.next == "flask db upgrade"
        if len(state.git.commits) == 1:
            told = checks.check(back, state, aged.path).finding.next
            assert state.verdict.back == told
        aged.run(*shlex.split(state.verdict.back))
    assert aged.read().git.uncommitted == ("notes.txt",)


def test_tables_that_were_dropped_are_not_told_as_never_made(starts: Starts, tmp_path: Path):
    never, dropped = starts["new"].copy(tmp_path / "never"), starts["first"].copy(tmp_path / "was")
    never.db("init")
    never.db("migrate", "-m", "Create user table")
    assert "any more" not in board.text(never.read())
    assert "dropped" not in never.read().verdict.found
    dropped.db("downgrade")
    assert "No tables any more" in board.text(dropped.read())
    one_left = starts["first"].copy(tmp_path / "one left")
    one_left.sql("CREATE TABLE other (id INTEGER)")
    one_left.sql("DROP TABLE other")
    assert not one_left.read().database.emptied
    verdict = dropped.read().verdict
    assert "A downgrade has dropped the tables of instance/app.db, with all rows." in verdict.found
    assert verdict.headline == "The rows are gone. One migration is waiting."
    assert "Only a copy brings the rows back." in verdict.why and "%restart" in verdict.why
    assert verdict.next == "flask db upgrade"


def test_a_renamed_column_is_not_upgraded_without_a_look(city: Project):
    city.edit(MODELS, "city:", "town:")
    city.db("migrate", "-m", "rename")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.back) == ("pending", "flask db upgrade")
    assert verdict.next == f"%show {city.script_file('rename')}"
    assert "deletes user.city" in verdict.why
    assert "alter_column" in verdict.why


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("    nick: Mapped[str | None] = mapped_column(String(4))\n", ("String(4)", "String(40)")),
        ("    nick: Mapped[str | None]\n", ("None]\n", "None] = mapped_column(db.Text)\n")),
        ("    nick: Mapped[int | None]\n", ("int", "float")),
    ],
)
def test_a_script_that_is_older_than_the_model(project: Project, line: str, mended: tuple):
    project.add_to_model(line)
    project.db("migrate", "-m", "nick")
    old, new = mended
    project.edit(MODELS, line, line.replace(old, new))
    script = project.script_file("nick")
    project.follow("pending", f"git clean -f {script}")
    project.db("migrate", "-m", "nick")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")


def test_a_script_that_a_later_one_changes_is_not_older(project: Project):
    project.edit(MODELS, "String(80)", "String(90)")
    project.db("migrate", "-m", "longer")
    project.db("upgrade")
    project.commit("Longer names")
    (project.path / "instance/app.db").unlink()  # as in a new clone: every script waits
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"


def test_a_script_that_waits_is_not_blamed_for_what_has_no_script_yet(city: Project):
    city.add_to_model(PHONE)
    city.db("migrate", "-m", "phone")
    city.edit(MODELS, "city: Mapped[str | None]", "city: Mapped[str]")
    city.follow("pending", "flask db upgrade")
    verdict = city.read().verdict
    assert (verdict.kind, "user.city becomes NOT NULL" in verdict.why) == ("model_ahead", True)


def test_a_database_that_is_between_gives_the_way_its_revision(city: Project):
    """To go back from here with production's commands would take the city as well."""
    with_production(city)
    on_production(city, "upgrade")
    (between,) = city.read().migrations.current
    committed(city, PHONE, "Add phone column to user model")
    city.db("downgrade")
    city.db("downgrade")
    verdict = city.read().verdict
    assert (verdict.next, verdict.back) == ("flask db upgrade", f"flask db upgrade {between}")
    assert "and not what follows" in verdict.found
    city.run(*shlex.split(verdict.back))
    assert city.read().verdict.back.startswith("git reset --hard ")


def test_a_lost_revision_is_written_down_past_a_script_that_does_nothing(aged: Project):
    with_production(aged)
    aged.db("revision", "-m", "nothing")
    aged.db("upgrade")
    committed(aged, CITY, "city")
    on_production(aged, "upgrade")
    aged.sql("DELETE FROM alembic_version", "production.db")
    there = aged.read("production.env").verdict
    assert (there.kind, there.next) == (
        "not_recorded",
        "flask --env-file production.env db stamp head",
    )


def test_an_empty_script_is_told_before_it_is_run(aged: Project):
    aged.db("revision", "-m", "Oops")
    verdict = aged.read().verdict
    told = (f"%show {aged.script_file('oops')}", "flask db upgrade")
    assert (verdict.kind, verdict.next, verdict.back) == ("pending", *told)
    assert "is empty: its upgrade() does nothing." in verdict.why


@pytest.mark.parametrize(
    ("old", "new", "loses"),
    [
        ("email: Mapped[str]", "email: Mapped[str | None]", False),
        ("String(80)", "String(90)", False),
        ("String(80)", "String(8)", True),
    ],
)
def test_a_change_that_only_gives_room_asks_for_no_copy(
    project: Project, old: str, new: str, loses: bool
):
    project.edit(MODELS, old, new)
    project.db("migrate", "-m", "Change user table")
    assert ("values may be lost" in project.read().verdict.why) == loses


def test_what_two_waiting_scripts_make_and_drop_is_no_loss(project: Project):
    committed(project, NICK, "Add nick")
    project.edit(MODELS, NICK, "")
    project.db("migrate", "-m", "Remove nick")
    project.commit("Remove nick")
    project.db("downgrade")
    assert "values" not in project.read().verdict.why
    project.db("upgrade")
    assert project.read().verdict.kind == "agree"
