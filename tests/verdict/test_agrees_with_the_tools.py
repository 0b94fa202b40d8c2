"""What happens to a migration whose code is taken back in all the ways that Git knows.

The verdict is held against what `flask db check`, `flask db current` and `git status` say.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from against_tools import check_against_commands
from starts import Starts
from states import Project

from roundtrip import terminal
from roundtrip.state import State


def committed_downgrade_reset(starts: Starts, place: Path) -> Project:
    project = starts["aged"].copy(place)
    project.db("downgrade")
    project.git("reset", "--hard", "HEAD~1")
    return project


def committed_reset(starts: Starts, place: Path) -> Project:
    project = starts["aged"].copy(place)
    project.git("reset", "--hard", "HEAD~1")
    return project


def untracked_reset(starts: Starts, place: Path) -> Project:
    project = starts["loose"].copy(place)
    project.git("reset", "--hard")
    return project


def untracked_downgrade_reset(starts: Starts, place: Path) -> Project:
    project = starts["loose"].copy(place)
    project.db("downgrade")
    project.git("reset", "--hard")
    return project


def staged_reset(starts: Starts, place: Path) -> Project:
    project = starts["loose"].copy(place)
    project.git("add", ".")
    project.git("reset", "--hard")
    assert not list((place / "migrations/versions").glob("*age*"))
    return project


def ignored_reset(starts: Starts, place: Path) -> Project:
    project = starts["loose"].copy(place)
    project.edit(".gitignore", "instance/\n", "instance/\nmigrations/\n")
    project.git("rm", "-r", "-q", "--cached", "migrations")
    project.git("add", ".gitignore")
    project.git("commit", "-m", "Ignore the migrations")
    project.git("reset", "--hard")
    return project


def database_tracked_reset(starts: Starts, place: Path) -> Project:
    project = starts["first"].copy(place)
    project.git("add", "-f", "instance/app.db")
    project.git("commit", "-m", "Add the database")
    for file in ("instance/app.db", "demo_app/models.py"):
        shutil.copy(starts["loose"].path / file, place / file)
    shutil.copy(starts["loose"].script("age"), place / "migrations/versions")
    project.commit("Add age column to user model")
    project.git("reset", "--hard", "HEAD~1")
    return project


def stash(starts: Starts, place: Path) -> Project:
    project = starts["loose"].copy(place)
    project.git("stash")
    return project


def stash_untracked(starts: Starts, place: Path) -> Project:
    project = starts["loose"].copy(place)
    project.git("stash", "-u")
    return project


def checkout(starts: Starts, place: Path) -> Project:
    project = starts["aged"].copy(place)
    project.git("checkout", "-q", "-b", "age")
    project.git("branch", "-q", "-f", "main", "HEAD~1")
    project.git("checkout", "-q", "main")
    return project


def revert(starts: Starts, place: Path) -> Project:
    project = starts["aged"].copy(place)
    project.git("revert", "--no-edit", "HEAD")
    return project


GIT_AGAINST_DATABASE = [
    (committed_downgrade_reset, "", ["agree"]),
    (committed_reset, "git reset --hard ORIG_HEAD", ["missing_script", "agree"]),
    (untracked_reset, "flask db downgrade", ["database_ahead", "left_over", "agree"]),
    (untracked_downgrade_reset, "git clean -f migrations/versions/", ["left_over"]),
    (staged_reset, "git show ", ["missing_script", "database_ahead"]),
    (ignored_reset, "flask db downgrade", ["database_ahead"]),
    (database_tracked_reset, "git rm -f --cached instance/app.db", ["database_in_git"]),
    (stash, "git stash pop", ["database_ahead"]),
    (stash_untracked, "git stash pop", ["missing_script", "script_not_committed"]),
    (checkout, "git checkout age", ["missing_script", "agree"]),
    (revert, "git restore --source=", ["missing_script", "database_ahead"]),
]


def follow(project: Project, state: State, steps: int) -> list[str]:
    """Type what the verdict says, `steps` times; return the kinds of verdict on the way."""
    kinds = [state.verdict.kind]
    for _ in range(steps):
        command = state.verdict.next
        printed: list[str] = []
        code = terminal.stream(command, project.path, project.path, printed.append)
        assert code == 0, f"{command}: {''.join(printed)}"
        state = project.read()
        kinds.append(state.verdict.kind)
    return kinds


@pytest.mark.parametrize(
    ("make", "next_command", "kinds"),
    GIT_AGAINST_DATABASE,
    ids=[row[0].__name__ for row in GIT_AGAINST_DATABASE],
)
def test_git_against_the_database(
    starts: Starts,
    tmp_path: Path,
    make: Callable[[dict[str, Project], Path], Project],
    next_command: str,
    kinds: list[str],
):
    project = make(starts, tmp_path / "the project")
    state = check_against_commands(project)
    assert state.verdict.kind == kinds[0]
    assert state.verdict.next.startswith(next_command)
    assert bool(state.verdict.next) == bool(next_command)
    assert follow(project, state, len(kinds) - 1) == kinds


def test_what_git_ignores_is_named(starts: Starts, tmp_path: Path):
    state = ignored_reset(starts, tmp_path / "project").read()
    assert "Git ignores migrations/versions/" in state.verdict.why
    assert [each.kind for each in state.disagreements] == ["database_ahead", "scripts_ignored"]
