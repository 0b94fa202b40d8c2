"""A script that somebody wrote, and no commit has, is not deleted without a look at it."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import MODELS, NICK, fill, with_script


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
