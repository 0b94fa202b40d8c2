"""Scripts that wait for the database: what they would do, and whether they would fail."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from goal_states import made, migrations, second
from starts import Starts
from states import AGE, Project
from turns import CITY, MODELS, NICK, PHONE, committed, on_production, with_production

from roundtrip import board, checks
from roundtrip.course import Goal


def test_a_script_that_does_more_than_the_model_says(loose: Project, starts: Starts):
    shutil.copy(starts["first"].path / "instance/app.db", loose.path / "instance")
    script = loose.script_file("age")
    line = "batch_op.add_column(sa.Column('age', sa.Integer(), nullable=True))"
    loose.edit(script, line, f"{line}; batch_op.drop_column('name')")
    verdict = loose.read().verdict
    assert verdict.kind == "left_over"
    assert "drops user.name" in verdict.found and "adds" not in verdict.found
    assert verdict.next == f"git clean -f {script}"


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


def test_a_script_that_no_reset_has_left_has_one_way(project: Project):
    project.write("notes.txt", "one\n")
    project.commit("Notes")
    project.git("reset", "-q", "HEAD~1")
    project.add_to_model(NICK)
    project.db("migrate", "-m", "nick")
    assert (project.read().git.left, project.read().verdict.back) == (("notes.txt",), "")


def test_a_model_is_given_back_only_where_a_commit_has_what_the_script_does(
    project: Project,
):
    """Otherwise the commit has no such line, and the lines beside it would be lost."""
    project.add_to_model(NICK)
    project.db("migrate", "-m", "Nick")
    project.edit(MODELS, NICK, NICK.replace("String(", "String(1"))
    verdict = project.read().verdict
    assert verdict.headline == "Model and script differ." and verdict.back == ""
    project.edit(MODELS, NICK.replace("String(", "String(1"), "")
    verdict = project.read().verdict
    assert verdict.kind == "left_over" and verdict.back == ""


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


@pytest.mark.parametrize(
    ("git", "command"),
    [
        ({}, "git clean -f x.py"),
        ({"ignored": True}, "git clean -fx x.py"),
        ({"tracked": True}, "git rm -f x.py"),
        ({"tracked": True, "committed": True}, "git rm x.py"),
    ],
)
def test_a_left_over_script_is_deleted_as_git_knows_it(git: dict[str, bool], command: str):
    script = replace(second(), file="x.py", **git)
    first = made(migrations=migrations(script)).verdict
    assert (first.kind, first.next) == ("left_over", command)
    assert "deletes the script" in first.why


def test_a_script_that_another_database_has_run_is_not_deleted(loose: Project):
    with_production(loose)
    on_production(loose, "upgrade")
    loose.db("downgrade")
    loose.git("restore", MODELS)
    verdict = loose.read().verdict
    assert (verdict.kind, verdict.next) == (
        "left_over",
        "flask --env-file production.env db downgrade",
    )
    loose.run(*shlex.split(verdict.next))
    assert loose.read().verdict.next.startswith("git clean -f migrations/versions/")


def test_a_script_that_others_follow_is_not_deleted_under_them(project: Project):
    """The last goes first; what the verdict tells leads on, and does not go in a circle."""
    project.add_to_model(CITY)
    project.db("migrate", "-m", "Add city")
    project.commit("Add city")
    project.db("downgrade")
    project.edit(MODELS, "String(120)", "String(60)")
    seen = []
    while (verdict := project.read().verdict).next and len(seen) < 12:
        seen.append(verdict.next)
        project.run(*shlex.split(verdict.next))
    assert seen[0].startswith("git rm migrations/versions/") and "add_city" in seen[0]
    assert "add_city" in seen[0] and "create_user" in seen[1]
    assert verdict.kind == "agree"
    assert len(set(seen) - {"git add .", "git status"}) > 4


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


def test_a_script_that_a_database_further_on_may_need_is_not_deleted(aged: Project):
    """That database is at one that follows it, and whose file is not here."""
    committed(aged, PHONE, "Add phone")
    with_production(aged)
    on_production(aged, "upgrade")
    script = aged.script_file("age")
    first = aged.read().migrations.revisions[0].id
    aged.db("downgrade", first)
    aged.git("reset", "-q", "--hard", "HEAD~2")
    aged.git("restore", "--source=ORIG_HEAD", "--", script)
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("left_over", "%board --env-file production.env")
    aged.git("restore", "--source=ORIG_HEAD", "--", aged.path.joinpath("migrations").name)
    on_production(aged, "downgrade", first)
    assert aged.read().verdict.next.startswith("git clean -f migrations/versions/")


def test_a_script_that_makes_what_another_database_does_not_record_is_not_deleted(aged: Project):
    """A stamp has taken its number, and left its column."""
    with_production(aged)
    on_production(aged, "upgrade")
    first = aged.read().migrations.revisions[0].id
    on_production(aged, "stamp", first)
    aged.db("downgrade")
    aged.write("demo_app/models.py", aged.git("show", "HEAD~1:demo_app/models.py"))
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("left_over", "%board --env-file production.env")


def test_a_script_that_leads_to_where_another_database_is_is_not_deleted(aged: Project):
    """That database has gone on by a script that drops it again, and whose file is not here."""
    with_production(aged)
    aged.edit("demo_app/models.py", AGE, "")
    aged.db("migrate", "-m", "Remove age")
    aged.commit("Remove age")
    on_production(aged, "upgrade")
    first = aged.read().migrations.revisions[0].id
    script = aged.script_file("add_age")
    aged.db("downgrade", first)
    aged.git("reset", "-q", "--hard", "HEAD~2")
    aged.git("restore", "--source=ORIG_HEAD", "--", script)
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("left_over", "%board --env-file production.env")


@pytest.mark.parametrize("with_its_model", [False, True])
def test_of_a_script_that_came_without_its_line_the_commit_is_shown_first(
    project: Project, with_its_model: bool
):
    """Whose line was taken out by a commit is deleted, as nobody wants it any more."""
    project.add_to_model(NICK)
    project.db("migrate", "-m", "Nick")
    script = project.script_file("nick")
    if with_its_model:
        project.commit("Nick")
        project.edit(MODELS, NICK, "")
    else:
        project.edit(MODELS, NICK, "")
        project.git("add", script)
    project.commit("Tidy up")
    verdict = project.read().verdict
    look, delete = f"git log -p -1 -- {script}", f"git rm {script}"
    told = (delete, "") if with_its_model else (look, delete)
    assert (verdict.kind, verdict.next, verdict.back) == ("left_over", *told)


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


def test_a_left_over_script_asks_for_no_other_where_model_and_database_agree(project: Project):
    project.edit(MODELS, "    name:", "    full_name:")
    project.db("migrate", "-m", "Rename name")
    project.git("restore", MODELS)
    verdict = project.read().verdict
    assert verdict.kind == "left_over" and "flask db migrate" not in verdict.why
