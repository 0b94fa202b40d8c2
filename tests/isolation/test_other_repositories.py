"""No command leaves the workspace for the repository around it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from kernels import make_project
from walls import fingerprint, outside_git, run

from roundtrip import environment, terminal


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The course's own clone, with work in it that was not committed, and a workspace inside."""
    folder = tmp_path / "the clone"
    (folder / "docs").mkdir(parents=True)
    (folder / "README.md").write_text("committed\n")
    (folder / "docs" / "text.md").write_text("committed\n")
    (folder / ".gitignore").write_text("/workspace/\n*.log\n")
    outside_git(folder, "init", "-q")
    outside_git(folder, "config", "user.email", "a@b.c")
    outside_git(folder, "config", "user.name", "A")
    outside_git(folder, "add", "-A")
    outside_git(folder, "commit", "-qm", "first")
    (folder / "README.md").write_text("changed, not committed\n")
    (folder / "docs" / "staged.md").write_text("staged\n")
    outside_git(folder, "add", "docs/staged.md")
    (folder / "untracked.md").write_text("untracked\n")
    (folder / "ignored.log").write_text("ignored\n")
    make_project(folder / "workspace")
    return folder.resolve()


DANGEROUS = [
    "git reset --hard",
    "git clean -fdx",
    "git add -A",
    "git stash -u",
    "git checkout -- .",
    "git commit -am mine",
    "git commit --allow-empty -m mine",
    "git rm -r --cached .",
    "git gc --prune=now",
    "git branch mine",
    "git config user.name Somebody",
    "git config --global user.name Somebody",
    "git clean -fdx ..",
    "git add ..",
    "git -C .. reset --hard",
    "git -C ../docs clean -fdx",
    "cd .. && git reset --hard",
    "cd .. && git clean -fdx",
    "cd .. && git add -A",
    "cd ../docs && git stash -u",
    "git --git-dir=../.git --work-tree=.. reset --hard",
    "git --no-pager --git-dir ../.git --work-tree .. reset --hard",
    "GIT_DIR=../.git GIT_WORK_TREE=.. git reset --hard",
    "GIT_DIR=../.git git commit --allow-empty -m mine",
    "GIT_DIR=../.git GIT_WORK_TREE=nowhere git commit --allow-empty -m mine",
]


@pytest.mark.parametrize("state", ["with a repository", "without", "deleted"])
def test_git_in_the_workspace_leaves_every_byte_of_the_clone(clone, state):
    project = clone / "workspace"
    if state != "without":
        run("git init && git add -A && git commit -m one", project)
    if state == "deleted":
        shutil.rmtree(project / ".git")
    before = fingerprint(clone, without=project)
    status = outside_git(clone, "status", "--porcelain")
    for command in DANGEROUS:
        pieces: list[str] = []
        code = terminal.stream(command, project, project, pieces.append)
        after = fingerprint(clone, without=project)
        assert after == before, f"{command}: {''.join(pieces)}"
        if state != "with a repository":
            assert code != 0, command
    assert outside_git(clone, "status", "--porcelain") == status
    if state != "with a repository":
        assert "Initialized" in run("git init", project)
        assert outside_git(clone, "status", "--porcelain") == status
    assert fingerprint(clone, without=project) == before


def test_git_variables_of_the_learners_shell_lead_nowhere(clone, monkeypatch):
    project = clone / "workspace"
    for name, value in {
        "GIT_DIR": clone / ".git",
        "GIT_WORK_TREE": clone,
        "GIT_INDEX_FILE": clone / ".git" / "index",
        "GIT_OBJECT_DIRECTORY": clone / ".git" / "objects",
        "GIT_NAMESPACE": "x",
        "GIT_COMMON_DIR": clone / ".git",
    }.items():
        monkeypatch.setenv(name, str(value))
    before = fingerprint(clone, without=project)
    run("git init && git add -A && git commit -m one && git reset --hard", project)
    assert fingerprint(clone, without=project) == before
    assert outside_git(project, "log", "--format=%s") == "one\n"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "cp -r . ../copy && cd ../copy && ",
        "git worktree add -q ../tree -b try && cd ../tree && ",
        "mkdir inner && cp -r .git inner && cd inner && ",
        "cd .. && ",
        "cd / && ",
    ],
)
def test_a_cell_that_leads_elsewhere_does_not_touch_the_workspace_either(clone, elsewhere):
    """A copy to try things on is one place, the repository another: `--hard` would lose work."""
    project = clone / "workspace"
    run("git init && git add -A && git commit -m one", project)
    (project / "note.txt").write_text("not committed\n")
    run("git add note.txt", project)
    pieces: list[str] = []
    code = terminal.stream(f"{elsewhere}git reset --hard", project, project, pieces.append)
    said = "".join(pieces)
    assert (code, "in a cell, git works only in the workspace" in said) == (128, True), said
    assert (project / "note.txt").read_text() == "not committed\n"
    assert outside_git(project, "diff", "--cached", "--name-only").strip() == "note.txt"


@pytest.mark.parametrize(
    "command",
    [
        "cd demo_app && git log --format=%s",
        "git -C demo_app log --format=%s",
        "git -c core.pager=cat -C demo_app -C .. log --format=%s",
        "cd .. && git -C workspace log --format=%s",
        "ln -s . self && cd self && git log --format=%s",
    ],
)
def test_a_cell_in_a_folder_of_the_workspace_is_at_home(clone, command):
    project = clone / "workspace"
    run("git init && git add -A && git commit -m one", project)
    assert run(command, project) == "one\n"


def test_what_git_itself_refuses_it_still_says(clone):
    project = clone / "workspace"
    run("git init", project)
    for command, said in (("git -C nowhere log", "cannot change to"), ("git -C", "no directory")):
        pieces: list[str] = []
        assert terminal.stream(command, project, project, pieces.append) > 1
        assert said in "".join(pieces)


def test_a_cell_that_does_not_come_through_the_hook_meets_the_same_walls(clone):
    """`%%script` and `subprocess.run` take the kernel's environment."""
    project = clone / "workspace"
    own = {**os.environ, "GIT_DIR": str(clone / ".git"), "DATABASE_URL": "x", "FLASK_APP": "x"}
    own["GIT_CONFIG_PARAMETERS"] = "'core.editor'='x'"
    environment.shield(project, own)
    assert not {"DATABASE_URL", "FLASK_APP", "GIT_CONFIG_PARAMETERS"} & set(own)
    assert own["PATH"] == os.environ["PATH"]
    before = fingerprint(clone, without=project)
    for command in ("git reset --hard", "git stash -u", "git clean -fdx", "git add -A"):
        done = subprocess.run(command, shell=True, cwd=project, env=own, capture_output=True)
        assert b"not a git repository" in done.stderr, command
    assert fingerprint(clone, without=project) == before
