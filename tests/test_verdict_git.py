"""The verdict where Git stands between two places; each state is made with the real commands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import states
from states import Project

PAGES = "demo_app/pages.py"


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """`age` upgraded, nothing of it committed."""
    folder = tmp_path_factory.mktemp("git")
    return states.with_age(states.first_lesson(folder / "first"), folder / "aged")


@pytest.fixture
def project(aged: Project, tmp_path: Path) -> Project:
    """The same, committed."""
    made = aged.copy(tmp_path / "p")
    made.commit("Add age column to user model")
    return made


@pytest.fixture
def loose(aged: Project, tmp_path: Path) -> Project:
    """The same, not committed, in a folder of its own."""
    return aged.copy(tmp_path / "p")


@pytest.mark.parametrize("times", [1, 2])
def test_on_no_branch(project: Project, times: int):
    """Also where the place before was no branch either, so that `git switch -` would not help."""
    project.git("checkout", "-q", "--detach")
    for _ in range(times - 1):
        project.git("checkout", "-q", project.git("rev-parse", "HEAD~1").strip())
        project.git("checkout", "-q", project.git("rev-parse", "main").strip())
    project.follow("no_branch", "git switch main")
    assert project.read().verdict.kind == "agree"


def test_it_goes_back_to_the_branch_one_came_from(project: Project):
    project.git("switch", "-q", "-c", "work")
    project.git("checkout", "-q", "--detach")
    project.follow("no_branch", "git switch work")


def test_a_commit_that_no_branch_has_is_kept(project: Project):
    project.git("checkout", "-q", "--detach")
    project.git("branch", "-m", "main", "trunk")
    project.edit(PAGES, "Show the", "Show all")
    project.commit("Say all")
    made = project.git("rev-parse", "HEAD").strip()
    assert project.read().verdict.why.endswith("then git switch trunk goes back.")
    project.follow("no_branch", f"git switch -c keep-{made[:7]}")
    assert project.read().verdict.kind == "agree"
    project.git("switch", "trunk")
    assert project.git("rev-parse", f"keep-{made[:7]}").strip() == made


def test_a_rebase_that_is_not_finished(project: Project):
    assert project.capture(["git", "rebase", "--exec", "false", "HEAD~1"]).returncode
    verdict = project.read().verdict
    assert verdict.headline == "A rebase is not finished."
    project.git("rebase", "--abort")
    assert project.read().verdict.kind == "agree"


def test_a_conflict_that_is_mended_and_not_added(project: Project):
    project.git("switch", "-q", "-c", "work")
    project.edit(PAGES, "Show the", "Show all")
    project.commit("Say all")
    project.git("switch", "-q", "main")
    project.edit(PAGES, "Show the", "List the")
    project.commit("Say list")
    assert project.capture(["git", "merge", "work"]).returncode
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("conflict", "git status")
    text = (project.path / PAGES).read_text(encoding="utf-8")
    project.write(PAGES, re.sub(r"(?ms)^<{7} .*?\n(.*?)^={7}\n.*?^>{7} .*?\n", r"\1", text))
    project.follow("conflict", f"git add {PAGES}")
    project.follow("merge_not_committed", "git commit --no-edit")
    assert project.read().verdict.kind == "agree"
    assert len(project.git("rev-parse", "HEAD^@").split()) == 2


def test_a_script_in_a_stash_that_git_refuses_to_bring_back(loose: Project, tmp_path: Path):
    loose.git("stash", "-u")
    loose.add_to_model("    nick: Mapped[str | None]\n")
    refusing = loose.copy(tmp_path / "another").capture(["git", "stash", "pop"])
    assert "would be overwritten" in refusing.stderr
    verdict = loose.read().verdict
    assert verdict.kind == "missing_script"
    loose.run(*shlex.split(verdict.next))
    assert loose.read().migrations.missing == ()
    assert "nick" in (loose.path / "demo_app/models.py").read_text()


def test_a_model_in_a_stash_that_git_refuses_to_bring_back(loose: Project):
    loose.git("add", "migrations")
    loose.git("commit", "-q", "-m", "Add age, the script")
    loose.git("stash")
    loose.edit("demo_app/models.py", "class User", "# the users\nclass User")
    verdict = loose.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", "git add .")
    loose.run(*shlex.split(verdict.next))
    command = loose.read().verdict.next
    assert command.startswith("git commit -m ")
    loose.run(*shlex.split(command))
    loose.follow("database_ahead", "git stash pop")


def test_a_script_on_a_branch_that_git_refuses_to_go_to(loose: Project):
    loose.git("switch", "-q", "-c", "work")
    loose.commit("Add age column to user model")
    loose.git("switch", "-q", "main")
    loose.add_to_model("    nick: Mapped[str | None]\n")
    assert loose.capture(["git", "checkout", "work"]).returncode, "as Git does over changes"
    verdict = loose.read().verdict
    assert verdict.next.startswith("git checkout work -- migrations/versions/")
    loose.run(*shlex.split(verdict.next))
    assert loose.read().migrations.missing == ()


def test_a_parent_script_whose_end_is_committed(project: Project):
    first = project.script("create_user_table")
    project.git("rm", "-q", f"migrations/versions/{first.name}")
    project.git("commit", "-q", "-m", "Tidy up")
    verdict = project.read().verdict
    assert verdict.kind == "script_error" and first.name.partition("_")[0] in verdict.found
    project.run(*shlex.split(verdict.next))
    assert project.script("create_user_table").read_text() and not project.read().migrations.error


def test_a_script_that_is_there_is_not_said_to_be_gone(project: Project):
    file = f"migrations/versions/{project.script('age').name}"
    project.edit(file, "def upgrade", "def :upgrade")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("script_error", f"git diff {file}")
