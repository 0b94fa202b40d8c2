"""What the lessons say of going back, where they do not go themselves, seen there."""

from __future__ import annotations

from pathlib import Path

import pytest
from starts import Starts
from states import Project

DATABASE = "instance/app.db"


@pytest.fixture
def aged(starts: Starts, tmp_path: Path) -> Project:
    """`age` in the model, in a script and in the database, in a commit of its own."""
    return starts["aged"].copy(tmp_path / "p")


def test_a_downgrade_to_a_revision_is_harmless_when_it_is_run_twice(aged: Project):
    """Lesson 07; the bare one goes one step more."""
    first = aged.script_id("create_user_table")
    for _ in range(2):
        aged.db("downgrade", first)
        assert aged.sql("SELECT version_num FROM alembic_version") == [(first,)]
        assert aged.sql("SELECT count(*) FROM user") == [(3,)]
    aged.db("downgrade")
    assert not aged.sql("SELECT name FROM sqlite_master WHERE name = 'user'")


@pytest.mark.parametrize("moved_by", ["stash", "merge", "reset"])
def test_what_moves_orig_head(aged: Project, moved_by: str):
    """Lesson 08: the hash in the reflog stays."""
    aged.git("branch", "other")
    lost = aged.git("rev-parse", "HEAD")
    aged.git("reset", "--hard", "HEAD~1")
    assert aged.git("rev-parse", "ORIG_HEAD") == lost
    if moved_by == "stash":
        aged.write("demo_app/pages.py", "# half made\n")
        aged.git("stash")
    elif moved_by == "merge":
        aged.git("merge", "--ff-only", "other")
    else:
        aged.git("reset", "--hard", "HEAD")
    assert aged.git("rev-parse", "ORIG_HEAD") != lost
    assert lost.strip() in aged.git("reflog", "--format=%H").split()


def test_a_pull_moves_orig_head_and_brings_a_script_that_an_upgrade_runs(
    aged: Project, tmp_path: Path
):
    """Lessons 05 and 08: a colleague's clone is one commit behind."""
    aged.git("branch", "shared")
    aged.git("reset", "--hard", "HEAD~1")
    aged.git("reset", "--hard", "HEAD")
    before = aged.git("rev-parse", "HEAD")
    aged.git("remote", "add", "origin", ".")
    aged.git("pull", "--ff-only", "origin", "shared")
    assert aged.git("rev-parse", "ORIG_HEAD") == before != aged.git("rev-parse", "HEAD")
    aged.db("upgrade")


def test_a_database_that_was_committed_once_goes_with_every_reset(aged: Project):
    """Lesson 01: `.gitignore` alone does not help then, and `git rm --cached` does."""
    aged.git("add", "-f", DATABASE)
    aged.git("commit", "-m", "With the database")
    aged.sql("UPDATE user SET age = 99")
    assert DATABASE in aged.git("status", "--short")
    aged.git("reset", "--hard", "HEAD")
    assert aged.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
    aged.git("rm", "--cached", DATABASE)
    aged.git("commit", "-m", "Without it")
    aged.sql("UPDATE user SET age = 99")
    aged.git("reset", "--hard", "HEAD")
    assert aged.sql("SELECT age FROM user WHERE id = 1") == [(99,)]
    assert aged.git("status", "--short") == ""
