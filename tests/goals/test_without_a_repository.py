"""Goals of a lesson that begins with commits, where the folder .git was deleted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from states import Project

from roundtrip import checks, lesson, messages
from roundtrip.course import Goal, find_course

GOALS = (
    Goal("Production is there", "database_has", {"column": "user.age"}),
    Goal("The code is back", "head_subject", {"subject": "Create user table", "back": True}),
    Goal("One script is left", "revisions", {"count": 1, "applied": 1}),
)


def told(project: Project, commits: bool = True, start: Path | None = None) -> list[str]:
    """The commands that are told for the goals of a lesson that begins with commits, or not."""
    results = lesson.hold(GOALS, project.path, project.read(), start, commits)
    lines = messages.goals(results)
    return [line.partition("next: ")[2] for line in lines if "next: " in line]


def remove(folder: Path) -> None:
    for file in folder.rglob("*"):
        file.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("anew", [False, True])
def test_what_git_has_lost_comes_back_with_the_lesson_alone(project: Project, anew: bool):
    """A new repository would have none of it, and no script is deleted that no commit has."""
    remove(project.path / ".git")
    if anew:
        project.git("init")
    assert told(project) == ["%restart"]
    assert "%restart" not in told(project, commits=False)
    project.git("init")
    project.commit("Mine")
    assert "%restart" not in told(project)


def test_a_start_without_commits_does_not_bring_them_back(project: Project, tmp_path: Path):
    own = project.copy(tmp_path / "own")
    remove(project.path / ".git")
    assert told(project, start=own.path) == ["%restart"]
    remove(own.path / ".git")
    assert told(project, start=own.path) == ["%restart --fresh"]


def test_what_another_branch_has_is_not_lost(project: Project):
    project.git("switch", "-q", "--orphan", "new")
    assert "%restart" not in told(project)


def test_every_lesson_but_the_first_two_begins_with_commits():
    course = find_course()
    begin = [each.number for each in course.lessons if lesson.begins_with_commits(course, each)]
    assert begin == list(range(2, len(course.lessons)))


def test_the_board_does_not_tell_a_new_repository_for_an_old_one(project: Project):
    remove(project.path / ".git")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("no_repository", "")
    assert "%restart" in verdict.why and "git init brings none back" in verdict.why
    assert checks.check(GOALS[1], project.read(), project.path).finding.next == "git init"
