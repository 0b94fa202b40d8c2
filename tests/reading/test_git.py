"""What Git says."""

from __future__ import annotations

from by_hand import without_app
from states import Project

from roundtrip import board


def test_git_lists_every_kind_of_change(project: Project):
    for name in ("ein Blatt ä.txt", "new folder/one.txt", "new folder/two.txt"):
        project.write(name, "1\n")
    project.edit("demo_app/pages.py", "Show the", "Show a")
    project.git("mv", ".gitignore", "old ignore")
    project.write("new.txt", "2\n")
    project.git("add", "new.txt")
    (project.path / ".flaskenv").unlink()
    git = without_app(project).git
    assert set(git.untracked) == {
        "ein Blatt ä.txt",
        "new folder/one.txt",
        "new folder/two.txt",
        "instance/app.db",  # nothing ignores it any longer
    }
    assert set(git.modified) == {"demo_app/pages.py", ".flaskenv"}
    assert set(git.staged) == {".gitignore", "old ignore", "new.txt"}
    assert set(git.deleted) == {".gitignore", ".flaskenv"}
    assert {"new.txt", "old ignore"} == set(git.added)


def test_git_without_a_branch_or_with_a_stash(project: Project):
    project.write("notes.txt", "1\n")
    project.edit("demo_app/pages.py", "Show the", "Show a")
    project.git("stash", "-u")
    project.git("checkout", "-q", "--detach")
    git = without_app(project).git
    assert git.branch is None and git.repository
    assert set(git.stashed) == {"notes.txt", "demo_app/pages.py"}


def test_a_repository_that_is_broken(project: Project):
    (project.path / ".git/HEAD").unlink()
    found = without_app(project)
    assert not found.git.repository
    assert found.verdict.kind == "git_error"
    assert "not a git repository" in found.verdict.found
    for said in (board.text(found), board.strip_text([("01", found)])):
        assert "Git cannot read it" in said
        assert "o repository yet" not in said
    assert "not a git repository" in board.text(found).partition("MODEL")[0]
