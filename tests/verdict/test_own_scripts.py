"""A script that somebody wrote, and no commit has, is not deleted without a look at it."""

from __future__ import annotations

import shlex

import pytest
from obeying import obey, runs_anywhere
from states import Project
from turns import MODELS, NICK, PHONE, fails, fill, with_script


def test_a_script_into_which_a_statement_was_written_is_read_before_it_is_deleted(
    project: Project,
):
    project.add_to_model(NICK)
    fills = 'op.execute("UPDATE user SET nick = name")'
    file = with_script(project, fills)
    project.git("checkout", "-q", "--", MODELS)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("left_over", f"%show {file}")
    assert "put what it adds into the model" in verdict.why
    assert verdict.back == f"git clean -f {file}"


def test_a_picked_script_is_not_deleted_with_the_one_that_it_followed(both: Project):
    """Its commit came here by git cherry-pick, and the one before it did not."""
    both.git("switch", "-q", "-c", "phone")
    for line, name in ((NICK, "nick"), (PHONE, "phone")):
        both.add_to_model(line)
        both.db("migrate", "-m", name)
        both.db("upgrade")
        both.commit(name)
    both.db("downgrade", both.script_id("age"))
    both.git("switch", "-q", "main")
    both.capture(["git", "cherry-pick", "phone"])
    both.git("checkout", "-q", "--ours", MODELS)
    both.add_to_model(PHONE)
    both.commit("phone")
    both.run(*shlex.split(both.read().verdict.next))  # flask db cannot read it without a parent
    file, before = both.script_file("phone"), both.script_id("age")
    verdict = both.read().verdict
    assert (verdict.kind, verdict.next) == ("left_over", f"%show {file}")
    assert f"write {before} into its line down_revision" in verdict.why
    both.edit(file, f"= '{both.script_id('nick')}'", f"= '{before}'")
    both.follow("several_heads", f"git clean -f {both.script_file('nick')}")
    both.commit("phone follows age")
    obey(both)
    assert file in both.git("ls-files") and both.sql("SELECT phone FROM user", "production.db")
    runs_anywhere(both)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_script_that_was_written_by_hand_is_read_before_it_is_deleted(
    project: Project, wanted: bool
):
    """No commit has it, and nothing could write it again."""
    project.db("revision", "-m", "Add nick")
    script = project.script("add_nick")
    fill(script, 'op.add_column("user", sa.Column("nick", sa.String(20)))')
    verdict = project.read().verdict
    file = project.script_file("add_nick")
    assert (verdict.kind, verdict.next) == ("left_over", f"%show {file}")
    assert verdict.back == f"git clean -f {file}"
    if wanted:
        project.add_to_model(NICK)
        assert project.read().verdict.next.startswith(("flask db upgrade", "%show"))
        assert script.exists()
    else:
        project.run(*shlex.split(verdict.back))
        assert project.read().verdict.kind == "agree"


def test_a_script_that_adds_rows_is_read_before_it_runs(project: Project):
    project.db("revision", "-m", "Seed")
    row = '[{"name": "Z", "email": "ada@example.com"}]'
    table = 'sa.table("user", sa.column("name"), sa.column("email"))'
    fill(project.script("seed"), f"op.bulk_insert({table}, {row})")
    project.commit("Seed")
    verdict = project.read().verdict
    assert (verdict.next, verdict.back) == (
        f"%show {project.script_file('seed')}",
        "flask db upgrade",
    )
    assert "would stop the upgrade" in verdict.why
    fails(project, "upgrade")
