"""A merge, a rebase, a cherry-pick or a revert that stopped before its commit."""

from __future__ import annotations

import re

import pytest
from states import Project
from turns import PAGES


def test_a_rebase_that_is_not_finished(aged: Project):
    assert aged.capture(["git", "rebase", "--exec", "false", "HEAD~1"]).returncode
    verdict = aged.read().verdict
    assert verdict.headline == "A rebase is not finished."
    aged.git("rebase", "--abort")
    assert aged.read().verdict.kind == "agree"


def test_a_conflict_that_is_mended_and_not_added(aged: Project):
    aged.git("switch", "-q", "-c", "work")
    aged.edit(PAGES, "Show the", "Show all")
    aged.commit("Say all")
    aged.git("switch", "-q", "main")
    aged.edit(PAGES, "Show the", "List the")
    aged.commit("Say list")
    assert aged.capture(["git", "merge", "work"]).returncode
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("conflict", "git status")
    text = (aged.path / PAGES).read_text(encoding="utf-8")
    aged.write(PAGES, re.sub(r"(?ms)^<{7} .*?\n(.*?)^={7}\n.*?^>{7} .*?\n", r"\1", text))
    aged.follow("conflict", f"git add {PAGES}")
    aged.follow("merge_not_committed", "git commit --no-edit")
    assert aged.read().verdict.kind == "agree"
    assert len(aged.git("rev-parse", "HEAD^@").split()) == 2


def test_a_merge_that_is_not_finished(project: Project):
    project.git("checkout", "-q", "-b", "other")
    project.edit(PAGES, "Show the", "Show her")
    project.commit("Hers")
    project.git("checkout", "-q", "main")
    project.edit(PAGES, "Show the", "Show his")
    project.commit("His")
    assert project.capture(["git", "merge", "other"]).returncode
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("conflict", "git status")
    assert PAGES in verdict.found


def test_the_end_of_a_merge_does_not_put_back_a_database(aged: Project):
    aged.git("checkout", "-q", "-b", "words")
    aged.write("notes.txt", "one\n")
    aged.commit("Notes")
    aged.git("checkout", "-q", "main")
    aged.git("merge", "-q", "--no-ff", "--no-commit", "words")
    assert "--abort puts the files back." in aged.read().verdict.why
    aged.db("revision", "-m", "Of this merge")
    aged.db("upgrade")
    aged.git("add", ".")
    why = next(d.why for d in aged.read().disagreements if d.kind == "merge_not_committed")
    assert "not the database, which has run “Of this merge”" in why


@pytest.mark.parametrize("how", ["cherry-pick", "revert"])
def test_a_commit_that_git_has_prepared_keeps_its_message(aged: Project, how: str):
    aged.git("switch", "-q", "-c", "words")
    for word in ("one", "two", "three"):
        aged.write("notes.txt", f"{word}\n")
        aged.commit(f"Say {word}")
    if how == "cherry-pick":
        aged.git("switch", "-q", "main")
        aged.write("notes.txt", "none\n")
        aged.commit("Say nothing")
    aged.capture(["git", how, "words~1"])
    aged.write("notes.txt", "both\n")
    aged.follow("conflict", "git add notes.txt")
    verdict = aged.read().verdict
    assert verdict.headline == f"A {how} is not finished." and f"git {how} --abort" in verdict.why
    aged.follow("merge_not_committed", "git commit --no-edit")
    assert "Say two" in aged.git("log", "-1", "--format=%s")


def test_a_rebase_with_a_conflict_goes_on_and_keeps_its_message(aged: Project):
    aged.git("switch", "-q", "-c", "words")
    aged.write("notes.txt", "one\n")
    aged.commit("Say one")
    aged.git("switch", "-q", "main")
    aged.write("notes.txt", "none\n")
    aged.commit("Say nothing")
    aged.capture(["git", "rebase", "main", "words"])
    aged.write("notes.txt", "both\n")
    aged.follow("conflict", "git add notes.txt")
    why = aged.follow("no_branch", "git commit --no-edit")
    assert "then git rebase --continue goes on" in why
    aged.git("rebase", "--continue")
    assert aged.git("log", "-1", "--format=%s").strip() == "Say one"
