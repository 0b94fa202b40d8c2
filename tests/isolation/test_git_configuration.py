"""Nobody's Git configuration is read, and the repository is an ordinary one."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from walls import EXECUTABLE, fingerprint, outside_git, run

from roundtrip import environment, terminal


@pytest.fixture
def hostile_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a system whose Git configuration would break or change every command."""
    home = tmp_path / "their home"
    (home / "hooks").mkdir(parents=True)
    (home / "template" / "hooks").mkdir(parents=True)
    for folder in (home / "hooks", home / "template" / "hooks"):
        for name in ("pre-commit", "post-checkout", "commit-msg", "post-commit"):
            (folder / name).write_text(f"#!/bin/sh\ntouch '{home}/hook-ran'\nexit 1\n")
            (folder / name).chmod(EXECUTABLE)
    (home / "template" / "from-template").write_text("")
    settings = (
        "[commit]\ngpgsign = true\ntemplate = /nonexistent\n[tag]\ngpgsign = true\n"
        f"[gpg]\nprogram = '{home}/nonexistent'\n[user]\nname = Somebody\nuseConfigOnly = true\n"
        f"[core]\nhooksPath = '{home}/hooks'\neditor = touch '{home}/editor-ran' #\n"
        f"excludesFile = '{home}/ignore'\nattributesFile = '{home}/attributes'\n"
        f"autocrlf = true\nfsmonitor = true\n[init]\ntemplateDir = '{home}/template'\n"
        "defaultBranch = theirs\n[alias]\nst = status\n[color]\nui = always\n"
        "[log]\ndate = relative\n[status]\nshort = true\n[diff]\nnoprefix = true\n"
    )
    (home / ".gitconfig").write_text(settings)
    (home / "system").write_text(settings)
    (home / "ignore").write_text("*.py\n")
    (home / "attributes").write_text("*.py export-ignore eol=crlf\n")
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("*.html\n")
    (home / ".config" / "git" / "config").write_text(settings)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(home / "system"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "commit.gpgSign")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_DATE", "EMAIL", "GIT_TEMPLATE_DIR", "GIT_EDITOR"):
        monkeypatch.setenv(name, "theirs")
    return home


def test_nobodys_git_configuration_is_read(project, hostile_git):
    before = fingerprint(hostile_git)
    text = run("git init && git add -A && git commit -m one && git tag -a -m tagged v1", project)
    assert "\x1b" not in text
    log = outside_git(project, "log", "--format=%an %ae %cn %ce %G? %s %D")
    who = "Roundtrip Learner learner@example.com"
    assert log == f"{who} {who} N one HEAD -> main, tag: v1\n"
    tracked = outside_git(project, "ls-files").split()
    assert "demo_app/models.py" in tracked
    assert "demo_app/templates/users.html" in tracked
    assert not (project / ".git" / "from-template").exists()
    assert not (project / ".git" / "hooks").exists(), "nor from the machine's own template"
    scopes = {
        line.split("\t")[0] for line in run("git config -l --show-scope", project).split("\n")
    }
    assert scopes == {"local", "command", ""}
    pieces: list[str] = []
    assert terminal.stream("git st", project, project, pieces.append) == 1
    assert "'st' is not a git command" in "".join(pieces)
    assert "nothing to commit, working tree clean" in run("git status", project)
    (project / "demo_app" / "models.py").write_text("changed\n")
    assert "diff --git a/demo_app/models.py b/demo_app/models.py" in run("git diff", project)
    assert fingerprint(hostile_git) == before, "no hook, no editor, nothing written"


def test_a_repository_that_has_come_with_settings_signs_nothing_and_runs_no_hook(project, tmp_path):
    """As in a project that was copied into the workspace from elsewhere."""
    run("git init && git add -A && git commit -m one", project)
    hooks = tmp_path / "hooks"
    for folder in (hooks, project / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        (folder / "pre-commit").write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\nexit 1\n")
        (folder / "pre-commit").chmod(EXECUTABLE)
    for name in ("commit.gpgSign", "tag.gpgSign"):
        outside_git(project, "config", name, "true")
    outside_git(project, "config", "gpg.program", str(tmp_path / "nothing"))
    for path in ("", str(hooks)):
        if path:
            outside_git(project, "config", "core.hooksPath", path)
        text = run("git commit --allow-empty -m two && git tag -a -m tagged -f v1", project)
        assert "two" in text
    assert not (tmp_path / "ran").exists()


def test_a_global_setting_made_in_a_cell_stays_in_the_workspace(project, tmp_path, monkeypatch):
    """It must not reach the learner's own settings, nor (for root) replace the null device."""
    monkeypatch.setenv("HOME", str(tmp_path))
    everybodys = Path("/etc/gitconfig")
    before = everybodys.read_bytes() if everybodys.exists() else None
    run("git init && git config --global user.name Ada", project)
    run("git config --system user.email nobody@example.com", project)
    assert not (tmp_path / ".gitconfig").exists()
    assert (everybodys.read_bytes() if everybodys.exists() else None) == before
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116
    assert run("git config --get user.name", project) == "Ada\n"
    assert environment.environment(project)["GIT_CONFIG_GLOBAL"].startswith(str(project))


def test_the_repository_is_an_ordinary_one(project, tmp_path):
    """Usable by anyone's git, from anywhere, also as a copy."""
    run("git init && git add -A && git commit -m one", project)
    assert "worktree" not in (project / ".git" / "config").read_text()
    copied = tmp_path / "a copy"
    shutil.copytree(project, copied)
    assert outside_git(copied, "status", "--porcelain") == ""
    (copied / "new.txt").write_text("")
    assert outside_git(copied, "status", "--porcelain") == "?? new.txt\n"
    assert outside_git(project, "status", "--porcelain") == ""


def test_what_jupyterlab_keeps_beside_an_opened_file_is_in_no_commit(project: Path):
    """It makes a copy as soon as a file of the workspace is opened."""
    run("git init", project)
    (project / "demo_app" / ".ipynb_checkpoints").mkdir(parents=True)
    (project / "demo_app" / ".ipynb_checkpoints" / "models-checkpoint.py").touch()
    run("git add . && git commit -m one", project)
    assert "models.py" in run("git ls-files", project)
    assert "checkpoint" not in run("git ls-files", project)
    assert run("git status --short --untracked-files=all", project) == ""
