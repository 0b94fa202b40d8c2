"""Goals about files that a commit has which a reset took off the branch."""

from __future__ import annotations

import shlex

import pytest
from states import Project, find

TESTED = {"file": "tests/test_user.py", "tested": True}


def with_a_test(project: Project) -> str:
    """The commit of lesson 06; its hash."""
    project.write("tests/test_user.py", "import demo_app\n\n\ndef test_it():\n    pass\n")
    project.write("pytest.ini", "[pytest]\n")
    project.commit("Test the age column")
    return project.git("rev-parse", "HEAD").strip()[:7]


@pytest.mark.parametrize("amended", [False, True])
def test_a_file_that_went_with_a_reset_was_written(project: Project, amended: bool):
    """`amended`: its commit was amended, and the later one is told."""
    place = with_a_test(project)
    if amended:
        project.write("pytest.ini", "[pytest]\npythonpath = .\n")
        project.git("commit", "-qa", "--amend", "--no-edit")
        place = project.git("rev-parse", "HEAD").strip()[:7]
    project.git("reset", "-q", "--hard", "HEAD~1")
    for file in (TESTED, {"file": "pytest.ini"}):
        said = find(project, "has_file", **file)
        assert said.cause == f"{place} has it, and a reset took that commit off the branch."
        assert (said.next, said.repair) == (f"git reset --hard {place}", True)
    assert "not written" in find(project, "has_file", file="notes.txt").cause
    project.write("notes.txt", "mine\n")
    project.run(*shlex.split(said.next))
    assert find(project, "has_file", **TESTED).met
    assert (project.path / "notes.txt").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("file", ["pytest.ini", "demo_app/pages.py"])
def test_no_reset_to_a_file_is_told_that_would_overwrite_another(project: Project, file: str):
    place = with_a_test(project)
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.write(file, "# mine\n")
    said = find(project, "has_file", **TESTED)
    assert said.next == "%%writefile tests/test_user.py"
    assert f"{place} has it" in said.cause and "would overwrite" in said.cause


def test_no_reset_for_a_line_is_told_that_would_overwrite_a_file(project: Project):
    place = with_a_test(project)
    project.git("reset", "-q", "--hard", "HEAD~2")
    project.write("notes.txt", "mine\n")
    said = find(project, "model_has", column="user.age")
    assert said.next == f"git reset --hard {place}"
    project.write("pytest.ini", "# mine\n")
    assert find(project, "model_has", column="user.age").next == "git reflog"


def test_no_reset_to_a_commit_is_told_that_would_overwrite_a_file(project: Project):
    """Git puts its own in the place of a file that it does not know, without a word."""
    place = with_a_test(project)
    reset, goal = f"git reset --hard {place}", {"subject": "Test the age column"}
    project.git("rm", "-q", "pytest.ini")
    project.git("commit", "-qm", "Without settings")
    assert reset in find(project, "head_subject", **goal, back=True).cause
    project.write("pytest.ini", "# mine\n")
    assert find(project, "head_subject", **goal, back=True).next == "git stash -u"
    project.git("reset", "-q", "--hard", "HEAD~2")
    assert find(project, "head_subject", **goal).next == "git reflog"
    (project.path / "pytest.ini").unlink()
    assert find(project, "head_subject", **goal).next == reset
