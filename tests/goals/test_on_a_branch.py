"""Goals of lessons that were done on another branch than main."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from starts import Starts
from states import Project, find

CITY = {"subject": "Add city", "commits": 3}


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """`city` in every place and in a commit of the branch `city`, which main has not."""
    project = starts["aged"].copy(tmp_path / "p")
    project.git("switch", "-q", "-c", "city")
    project.add_to_model("    city: Mapped[str | None]\n")
    project.db("migrate", "-m", "Add city")
    project.db("upgrade")
    project.commit("Add city")
    return project


@pytest.mark.parametrize("place", ["city", "main"])
def test_it_comes_to_main(project: Project, place: str):
    """Main alone does not have the script that the database has run, and led back again."""
    project.git("switch", "-q", place)
    said = find(project, "head_subject", **CITY)
    if place == "city":
        assert (said.next, said.holds_back) == ("git switch -C main", True)
    else:
        own = {"count": 3, "script": "migrations/versions/*_add_city.py", "message": "Add city"}
        for asked in ({"count": 3}, own):
            assert find(project, "commits", **asked).next == said.next == "git merge city"
        assert "on the branch city" in said.cause
    project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **CITY).met
    assert find(project, "commits", count=3).met and find(project, "agree").met


def test_beside_other_work_on_main_it_is_looked_at(project: Project):
    """Neither way is told, so that none leads back to the other."""
    project.git("switch", "-q", "main")
    project.git("commit", "-q", "--allow-empty", "-m", "Of main alone")
    for place, words in (("main", "look at both"), ("city", "would drop them")):
        project.git("switch", "-q", place)
        said = find(project, "head_subject", **CITY)
        assert said.next == "git log --oneline --graph --all" and words in said.cause
        project.run(*shlex.split(said.next))


def test_a_branch_that_has_nothing_to_bring_is_left(project: Project):
    back = {"subject": "Add age column to user model", "back": True}
    assert find(project, "head_subject", **back).next == "git switch main"
    project.git("switch", "-q", "-c", "other", "main")
    assert find(project, "head_subject", **CITY).next == "git switch main"


def test_a_branch_main_that_was_renamed_gets_its_name_back(project: Project):
    project.git("switch", "-q", "-C", "main")
    project.git("branch", "-q", "-D", "city")
    project.git("branch", "-m", "main", "master")
    said = find(project, "head_subject", **CITY)
    assert said.next == "git branch -m main"
    project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **CITY).met
