"""Parts one and two of lesson 10, checked again after a later part."""

from __future__ import annotations

from pathlib import Path

import pytest
from following import follow, with_two_in_production
from starts import Starts
from states import Project
from turns import PHONE, POST, committed, on_production

from roundtrip import checks, messages
from roundtrip.course import find_course

OVER = "was taken back to “Add city column to user model” already, and later work follows"
PART_TWO = find_course().lessons[-1].exercise("and-back").goals
AGAIN = "Did a later part ask for that? Then this part is over."


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """The end of part two."""
    project = with_two_in_production(starts["city"].copy(tmp_path / "p"))
    committed(project, PHONE, "Add phone column to user model")
    on_production(project, "upgrade")
    project.db("downgrade")
    on_production(project, "downgrade")
    project.git("reset", "-q", "--hard", "HEAD~1")
    return project


def told(project: Project, name: str) -> str:
    goals = find_course().lessons[-1].exercise(name).goals
    state = project.read()
    return messages.practised([checks.check(goal, state, project.path) for goal in goals])


def said(project: Project, name: str) -> str:
    """In one line."""
    return " ".join(told(project, name).split())


def leads_back(text: str) -> bool:
    """Whether a command is told that takes something back, or brings it back."""
    commands = [line for line in text.split("\n") if line.strip().startswith("next: ")]
    return any(word in line for line in commands for word in ("reset", "downgrade", "upgrade"))


@pytest.mark.parametrize("after", ["part two", "part three"])
def test_part_one_is_not_begun_again(project: Project, after: str):
    if after == "part three":
        committed(project, POST, "Create post table")
        on_production(project, "upgrade")
    assert AGAIN in said(project, "there")
    assert not leads_back(told(project, "there"))


@pytest.mark.parametrize("whole", [True, False])
def test_part_two_takes_nothing_of_part_three_back(project: Project, whole: bool):
    committed(project, POST, "Create post table")
    if whole:
        on_production(project, "upgrade")
    assert OVER in said(project, "and-back")
    assert not leads_back(told(project, "and-back"))


def test_what_is_wanted_again_can_be_written_again(project: Project):
    """A reset would bring what came before it, too, which may have been taken back for good."""
    assert "If not, write the line again; or git reset --hard" in said(project, "there")


def test_a_reset_without_its_databases_is_gone_back_to(project: Project):
    """It was a slip: the databases have the column, and no script."""
    project.git("reset", "-q", "--hard", "ORIG_HEAD")
    project.db("upgrade")
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert AGAIN not in said(project, "there") and "git reset --hard" in said(project, "there")


@pytest.mark.parametrize("again", ["amended", "made again"])
def test_a_commit_that_replaced_another_and_was_reverted_is_still_to_go(
    starts: Starts, tmp_path: Path, again: str
):
    """The one that it replaced is off the branch as well, but no reset took it back."""
    project = with_two_in_production(starts["city"].copy(tmp_path / "p"))
    committed(project, PHONE, "Add phone column to user model")
    if again == "amended":
        project.git("commit", "-q", "--amend", "-m", "Add a phone")
    else:
        project.git("reset", "-q", "--soft", "HEAD~1")
        project.git("commit", "-q", "-m", "Add a phone")
    project.db("downgrade")
    project.git("revert", "--no-edit", "HEAD")
    place = project.git("log", "-1", "--format=%h", "HEAD~2").strip()
    assert OVER not in said(project, "and-back")
    later = project.copy(tmp_path / "later")
    assert follow(project, PART_TWO) == [f"git reset --hard {place}"]
    committed(later, POST, "Create post table")
    assert OVER in said(later, "and-back") and not leads_back(told(later, "and-back"))
