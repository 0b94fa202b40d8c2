"""The script of a database is on another branch: the board leads there, and no value is dropped."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import MODELS, PAGES, committed

NICK = "    nick: Mapped[str | None]\n"


def obeyed(project: Project, most: int = 6) -> list[str]:
    """The commands of the board, each run, until it tells of no missing script."""
    told = []
    while (verdict := project.read().verdict).kind == "missing_script":
        assert len(told) < most, told
        told.append(verdict.next)
        project.run(*shlex.split(verdict.next))
    return told


def is_whole(project: Project) -> bool:
    """Whether Ada still has her age in both databases."""
    ages = [project.sql("SELECT age FROM user WHERE id = 1", name)[0][0] for name in DATABASES]
    return ages == [36, 36]


DATABASES = ("app.db", "production.db")


@pytest.mark.parametrize("way", ["checkout HEAD~1", "switch -c other HEAD~1"])
@pytest.mark.parametrize("change", ["", "untracked", "staged", "changed"])
def test_what_does_not_hinder_git_does_not_hinder_the_board(both: Project, way: str, change: str):
    both.git(*way.split())
    if change == "changed":
        both.edit(PAGES, "Show the", "Show me the")
    elif change:
        both.write("notes.txt", "Mine.\n")
    if change == "staged":
        both.git("add", "notes.txt")
    assert "It is on the branch main" in both.read().verdict.why
    assert obeyed(both) == ["git checkout main"]
    assert both.git("branch", "--show-current") == "main\n"
    assert both.read().verdict.kind == ("not_committed" if change else "agree")
    if change == "changed":
        assert "Show me the" in (both.path / PAGES).read_text(encoding="utf-8")
    elif change:
        assert (both.path / "notes.txt").read_text(encoding="utf-8") == "Mine.\n"
    assert is_whole(both)


@pytest.mark.parametrize("way", ["checkout HEAD~1", "switch -c other HEAD~1"])
def test_a_change_that_git_refuses_to_overwrite_goes_to_the_stash(both: Project, way: str):
    both.git(*way.split())
    both.add_to_model(NICK)
    both.write("notes.txt", "Mine.\n")
    assert both.capture(["git", "checkout", "main"]).returncode, "as Git does over changes"
    assert MODELS in both.read().verdict.why
    assert obeyed(both) == ["git stash -u", "git checkout main"]
    verdict = both.read().verdict
    assert verdict.kind == "agree" and "git stash" in verdict.why
    assert "+    nick" in both.git("stash", "show", "-p", "--include-untracked")
    assert is_whole(both)


def test_an_untracked_file_that_is_on_the_branch_as_well(both: Project):
    both.write("notes.txt", "Theirs.\n")
    both.commit("Take notes")
    both.git("checkout", "HEAD~2")
    both.write("notes.txt", "Mine.\n")
    assert both.capture(["git", "checkout", "main"]).returncode, "as Git does over a file"
    assert "notes.txt" in both.read().verdict.why
    first, then = obeyed(both)
    assert "shutil.move('notes.txt'" in first and then == "git checkout main"
    (kept,) = both.path.glob("notes.txt-*.kept")
    assert kept.read_text(encoding="utf-8") == "Mine.\n"
    assert (both.path / "notes.txt").read_text(encoding="utf-8") == "Theirs.\n"
    assert is_whole(both)


def test_a_commit_made_on_no_branch_is_kept_before_one_leaves_it(both: Project):
    both.git("checkout", "HEAD~1")
    both.write("notes.txt", "Mine.\n")
    both.commit("Take notes")
    made = both.git("rev-parse", "HEAD").strip()
    assert obeyed(both) == [f"git switch -c keep-{made[:7]}", "git checkout main"]
    assert both.git("rev-parse", f"keep-{made[:7]}").strip() == made
    assert both.read().verdict.kind == "agree"
    assert is_whole(both)


def test_a_commit_made_on_another_branch(both: Project):
    both.git("switch", "-c", "other", "HEAD~1")
    both.write("notes.txt", "Mine.\n")
    both.commit("Take notes")
    assert obeyed(both) == ["git checkout main"]
    assert both.read().verdict.kind == "agree"
    assert is_whole(both)


def test_a_script_that_was_deleted_here_comes_back_here(both: Project):
    """Another branch still has it, but this one had it too."""
    script = both.script_file("age")
    both.git("branch", "backup")
    both.git("rm", "-q", script)
    both.commit("Tidy up")
    assert obeyed(both) == [f"git restore --source=backup -- {script}"]
    assert is_whole(both)


def test_a_branch_with_two_scripts_more(both: Project):
    committed(both, NICK, "Add nick")
    both.git("checkout", "HEAD~2")
    both.write("notes.txt", "Mine.\n")
    assert obeyed(both) == ["git checkout main"]
    assert is_whole(both)
