"""Scripts that wait and that the model does not want: deleted, kept or shown first."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace

import pytest
from goal_states import made, migrations, second
from starts import Starts
from states import AGE, Project
from turns import CITY, MODELS, NICK, PHONE, committed, on_production, with_production


def test_a_script_that_does_more_than_the_model_says(loose: Project, starts: Starts):
    shutil.copy(starts["first"].path / "instance/app.db", loose.path / "instance")
    script = loose.script_file("age")
    line = "batch_op.add_column(sa.Column('age', sa.Integer(), nullable=True))"
    loose.edit(script, line, f"{line}; batch_op.drop_column('name')")
    verdict = loose.read().verdict
    assert verdict.kind == "left_over"
    assert "drops user.name" in verdict.found and "adds" not in verdict.found
    assert verdict.next == f"git clean -f {script}"


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


@pytest.mark.parametrize(
    ("git", "command"),
    [
        ({}, "git clean -f x.py"),
        ({"ignored": True}, "git clean -fx x.py"),
        ({"tracked": True}, "git rm -f x.py"),
    ],
)
def test_a_left_over_script_is_deleted_as_git_knows_it(git: dict[str, bool], command: str):
    script = replace(second(), file="x.py", **git)
    first = made(migrations=migrations(script)).verdict
    assert (first.kind, first.next) == ("left_over", command)
    assert "deletes the script" in first.why


def test_a_left_over_script_of_a_commit_is_deleted_after_a_look_at_the_model():
    script = replace(second(), file="x.py", tracked=True, committed=True)
    first = made(migrations=migrations(script)).verdict
    assert (first.kind, first.back) == ("left_over", "git rm x.py")
    assert first.next == f"git log -p -1 -- {MODELS}" and "deletes the script" in first.why


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
    """Where a commit has taken out the line, that commit is: it may have been a mistake."""
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
    look = f"git log -p -1 -- {MODELS if with_its_model else script}"
    assert (verdict.kind, verdict.next) == ("left_over", look)
    assert verdict.back == f"git rm {script}"
    shown = project.run(*shlex.split(look))
    assert ("-" + NICK in shown) is with_its_model


def test_a_left_over_script_asks_for_no_other_where_model_and_database_agree(project: Project):
    project.edit(MODELS, "    name:", "    full_name:")
    project.db("migrate", "-m", "Rename name")
    project.git("restore", MODELS)
    verdict = project.read().verdict
    assert verdict.kind == "left_over" and "flask db migrate" not in verdict.why


def test_settings_of_alembic_that_leave_out_the_models_are_looked_at_first(aged: Project):
    aged.edit("migrations/env.py", "def get_metadata():", "def get_metadata():\n    return db_of()")
    aged.edit(
        "migrations/env.py",
        "import logging",
        "import logging\nfrom sqlalchemy import MetaData as db_of",
    )
    aged.add_to_model(NICK)
    aged.db("migrate", "-m", "Add nick")
    aged.follow("left_over", "git diff migrations/env.py")
    aged.run(*shlex.split(aged.read().verdict.back))
    aged.follow("left_over", f"git clean -f {aged.script_file('nick')}")
    aged.follow("model_ahead", 'flask db migrate -m "Add nick column to user model"')
    assert "drops" not in aged.follow("pending", "flask db upgrade")
