"""Goals about what is, or is not, in the commit that a lesson makes."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from starts import Starts
from states import Project, find

MESSAGE = "Add age column to user model"
TWO_COMMITS = {"count": 2, "script": "migrations/versions/*_add_age_*.py", "message": MESSAGE}


@pytest.fixture
def loose(starts: Starts, tmp_path: Path) -> Project:
    """`age` in the model, in a script and in the database, nothing of it committed."""
    return starts["loose"].copy(tmp_path / "p")


@pytest.mark.parametrize(
    ("goal", "asked"),
    [
        ("commits", TWO_COMMITS),
        ("committed_migration", {"adds": ["user.age"], "after": "Create user table"}),
    ],
)
def test_a_script_that_git_ignores_cannot_be_amended_into_the_commit(
    loose: Project, goal: str, asked: dict[str, object]
):
    kept = (loose.path / ".gitignore").read_text(encoding="utf-8")
    loose.write(".gitignore", f"{kept}migrations/versions/\n")
    line = f"git check-ignore -v {loose.script_file('age')}"
    assert find(loose, goal, **asked).next == line
    loose.commit(MESSAGE)
    assert find(loose, goal, **asked).next == line == loose.read().verdict.next
    loose.write(".gitignore", kept)
    loose.git("add", ".")
    assert find(loose, goal, **asked).next == "git commit --amend --no-edit"
    loose.git("commit", "-q", "--amend", "--no-edit")
    assert find(loose, goal, **asked).met


def test_a_database_goes_out_of_the_commit_that_has_brought_it(loose: Project):
    """A further commit would be one too many."""
    loose.git("add", "-f", ".", "instance/app.db")
    loose.git("commit", "-q", "-m", MESSAGE)
    out = ("git rm -f --cached instance/app.db", "git commit --amend --no-edit")
    for command in out:
        assert find(loose, "clean", message=MESSAGE).next == command == loose.read().verdict.next
        loose.run(*shlex.split(command))
    assert (loose.path / "instance/app.db").is_file()
    assert "instance/app.db" not in loose.git("show", "--stat")
    assert find(loose, "clean").met and find(loose, "commits", **TWO_COMMITS).met
    assert loose.read().verdict.kind == "agree"


def test_a_database_that_an_older_commit_has_brought_goes_with_a_new_commit(loose: Project):
    loose.git("add", "-f", "instance/app.db")
    loose.git("commit", "-q", "-m", "The database")
    loose.commit(MESSAGE)
    loose.git("rm", "-q", "-f", "--cached", "instance/app.db")
    assert loose.read().verdict.next == 'git commit -m "Say what changes"'


def test_a_commit_with_another_script_is_not_the_one_that_is_asked_for(loose: Project):
    """It is the second as well; what is found says what the goal asks."""
    loose.commit(MESSAGE)
    said = find(loose, "commits", **TWO_COMMITS)
    assert said.found == f"the last commit has the model and {loose.script_file('age')}"
    loose.git("reset", "-q", "--soft", "HEAD~1")
    loose.git("restore", "--staged", "demo_app")
    loose.git("commit", "-q", "--amend", "--no-edit")
    loose.commit(MESSAGE)
    assert len(loose.read().git.commits) == TWO_COMMITS["count"]
    said = find(loose, "commits", **TWO_COMMITS)
    assert not said.met and "is in an earlier commit" in said.cause
    loose.git("commit", "-q", "--amend", "-m", "The model")
    other = {**TWO_COMMITS, "script": "migrations/versions/*_add_city_*.py"}
    said = find(loose, "commits", **other)
    assert not said.met and "No commit has a script with the name *_add_city_*.py" in said.cause


def test_a_script_in_a_commit_after_its_model_is_joined_as_all_goals_say(loose: Project):
    """The one about the message took a commit back that the one about the commits took off."""
    loose.git("commit", "-qam", "The model")
    loose.commit(MESSAGE)
    called = {"subject": MESSAGE, "commits": 2}
    assert find(loose, "head_subject", **called).met
    said = find(loose, "commits", **TWO_COMMITS)
    assert not said.met and said.next == "git reset --soft HEAD~2"
    loose.run(*shlex.split(said.next))
    command = f'git commit -m "{MESSAGE}"'
    goals = {"commits": TWO_COMMITS, "head_subject": called, "clean": {"message": MESSAGE}}
    for check, wanted in goals.items():
        assert find(loose, check, **wanted).next == command
    loose.run(*shlex.split(command))
    assert find(loose, "commits", **TWO_COMMITS).met and find(loose, "head_subject", **called).met


def test_a_database_that_nothing_keeps_out_of_git_is_not_told_to_be_deleted(loose: Project):
    """Such as after a `git revert` of the commit that has brought .gitignore."""
    loose.commit(MESSAGE)
    loose.git("rm", "-q", ".gitignore")
    loose.git("commit", "-q", "-m", "A mistake")
    said = find(loose, "clean", back=True)
    assert not said.met and "instance/app.db" in said.found
    assert "clean" not in said.cause + said.next and "Keep it" in said.cause


def test_what_is_in_no_commit_is_not_said_to_be_in_one(loose: Project):
    script = {"adds": ["user.age"], "after": "Create user table"}
    said = find(loose, "committed_migration", **script)
    assert said.cause == "Model and script are not committed yet. Both go into one commit."
    assert said.next == "git add ."


@pytest.mark.parametrize("done", ["beside", "staged", "committed"])
def test_no_goal_puts_a_copy_of_a_database_into_git(loose: Project, done: str):
    """It lies beside instance/, where Git sees it."""
    loose.sql(f"VACUUM INTO '{loose.path}/before.db'")
    if done != "beside":
        loose.git("add", ".")
    if done == "committed":
        loose.git("commit", "-q", "-m", MESSAGE)
    script = {"adds": ["user.age"], "after": "Create user table"}
    for _ in range(6):
        if (said := find(loose, "committed_migration", **script)).met:
            said = find(loose, "clean", message=MESSAGE)
        if said.met:
            break
        tracked = "before.db" in loose.git("ls-files")
        assert not said.next.startswith("git commit -m") or not tracked, "its rows stay in Git"
        loose.run(*shlex.split(said.next))
        if done == "beside":
            assert "before.db" not in loose.git("ls-files")
    assert find(loose, "clean").met and "before.db" not in loose.git("log", "--stat")
    assert (loose.path / "instance/before.db").is_file()
