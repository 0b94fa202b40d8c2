"""Goals after a reset that left the files, or before one that is to come."""

from __future__ import annotations

import shlex

import pytest
from states import Project, find
from turns import NICK, committed

from roundtrip import checks, messages
from roundtrip.course import Goal

AGE = {"subject": "Add age column to user model", "commits": 2}
AGE_LINE = {"column": "user.age"}
BACK = "Create user table"


@pytest.mark.parametrize("reset", [["--soft"], []])
def test_what_a_reset_left_in_the_files_is_committed_again(project: Project, reset: list[str]):
    """The way into the reflog leads back to where the reset was told."""
    project.git("reset", "-q", *reset, "HEAD~1")
    for _ in range(2):
        if not (said := find(project, "head_subject", **AGE)).met:
            assert "took it off the branch" in said.cause and said.next.startswith("git ")
            project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **AGE).met and find(project, "agree").met


def test_commits_that_a_reset_took_off_come_back_as_they_were(project: Project):
    """Committed again, they would be one: the next lesson counts them."""
    project.write("tests/test_user.py", "def test_it():\n    assert True\n")
    project.commit("Test the age column")
    project.git("reset", "-q", "HEAD~2")
    test = {"subject": "Test the age column"}
    said = find(project, "head_subject", **test)
    project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **test).met and find(project, "commits", count=3).met


def test_what_is_not_in_the_files_any_more_is_in_the_reflog(project: Project):
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.write("notes.txt", "mine\n")
    assert find(project, "head_subject", **AGE).next == "git reflog"


def test_after_a_second_reset_the_hash_is_told_and_not_orig_head(project: Project):
    lost = project.git("rev-parse", "HEAD").strip()
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert find(project, "head_subject", **AGE).next == "git reflog"  # to be found out
    project.git("reset", "-q", "--hard", "HEAD")
    assert project.git("rev-parse", "ORIG_HEAD").strip() != lost
    said = find(project, "head_subject", **AGE)
    assert (said.next, said.repair) == (f"git reset --hard {lost[:7]}", True)
    project.add_to_model("    city: Mapped[str | None]\n")
    assert find(project, "head_subject", **AGE).next == "git reflog"  # no reset over work
    project.git("restore", ".")
    project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **AGE).met


@pytest.mark.parametrize("reset", [["--soft"], []])
def test_a_reset_that_was_to_be_hard_is_taken_back_in_one_step(project: Project, reset: list[str]):
    """By every goal: file by file, the way back ended where two more goals were not met."""
    project.write("demo_app/a_first_file.py", "")
    project.write("tests/test_user.py", "")
    project.commit("Test the age column")
    last = project.git("rev-parse", "HEAD").strip()[:7]
    project.db("downgrade")
    project.write("notes.txt", "mine\n")  # in no commit
    for _ in range(2):
        project.git("reset", "-q", *reset, "HEAD~1")
    for said in (
        find(project, "revisions", count=1, applied=1),
        find(project, "agree", back=BACK),
    ):
        assert said.next == f"git reset {last}"
    project.run(*shlex.split(said.next))
    assert project.read().git.uncommitted == ("notes.txt",)
    said = find(project, "head_subject", subject=BACK, back=True)
    project.run(*shlex.split(said.next))
    assert find(project, "revisions", count=1, applied=1).met


def test_what_was_amended_into_an_earlier_commit_gets_its_own(project: Project):
    before = project.git("rev-parse", "HEAD").strip()[:7]
    test = {"subject": "Test the age column", "commits": 3, "file": "tests/test_user.py"}
    project.git("commit", "-q", "--amend", "--no-edit", "--allow-empty")  # of that lesson itself
    assert find(project, "head_subject", **test).next == "git status"
    project.git("reset", "-q", "--hard", before)
    project.write("tests/test_user.py", "def test_it():\n    assert True\n")
    assert find(project, "head_subject", **test).next == "git add ."
    project.git("add", ".")
    project.git("commit", "-q", "--amend", "--no-edit")
    for following in (f"git reset --soft {before}", f'git commit -m "{test["subject"]}"'):
        said = find(project, "head_subject", **test)
        assert said.next == following
        project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **test).met


def test_a_model_and_its_script_in_two_commits_are_joined(project: Project):
    """Whoever goes one commit back would have half of it."""
    line = "    city: Mapped[str | None] = mapped_column(String(60))\n"
    project.add_to_model(line)
    project.commit("The model")
    project.db("migrate", "-m", "Add city column to user model")
    project.db("upgrade")
    project.commit("The script")
    project.write("notes.txt", "It works.\n")
    project.commit("Notes")
    city = {"adds": ["user.city"], "after": "Add age column to user model"}
    for _ in range(2):
        said = find(project, "committed_migration", **city)
        assert not said.met
        project.run(*shlex.split(said.next))
    assert find(project, "committed_migration", **city).met
    assert find(project, "commits", count=3).met
    project.write("notes.txt", "It still works.\n")  # of something else
    project.commit("More notes")
    assert find(project, "committed_migration", **city).met


def test_what_came_before_a_model_and_its_script_is_not_joined_with_them(project: Project):
    committed(project, NICK, "Add nick column to user model")
    project.add_to_model("    city: Mapped[str | None] = mapped_column(String(60))\n")
    project.commit("The model")
    project.db("migrate", "-m", "Add city column to user model")
    project.db("upgrade")
    project.commit("The script")
    city = {"adds": ["user.city"], "after": "Add age column to user model"}
    said = find(project, "committed_migration", **city)
    assert not said.met and said.next == "git log --oneline" and "another script" in said.cause


@pytest.mark.parametrize("reset", [["--soft"], []])
def test_a_reset_to_a_later_commit_that_left_the_files(project: Project, reset: list[str]):
    """File by file, the way on went in a circle: the script came back, and was told to go."""
    project.write("tests/test_user.py", "def test_it():\n    assert True\n")
    project.commit("Test the age column")
    project.db("downgrade")
    project.git("reset", "-q", "--hard", "HEAD~2")
    project.git("reset", "-q", *reset, "ORIG_HEAD")
    goal = {"subject": "Test the age column", "commits": 3}
    said, verdict = find(project, "head_subject", **goal), project.read().verdict
    assert (verdict.kind, verdict.next) == ("half_a_reset", "git reset --hard") and not said.met
    assert said.next == verdict.next and said.repair and "without --hard" in said.cause
    age = {"column": "user.age", "commit": goal["subject"]}
    assert find(project, "database_has", **age).next == verdict.next
    mine = project.copy(project.path.with_name("mine"))  # what a reset would take along
    for file in ("tests/test_user.py", "demo_app/pages.py"):
        mine.write(file, "# mine\n")
        assert mine.read().verdict.kind != "half_a_reset"
    project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **goal).met
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"


def test_a_soft_reset_to_an_earlier_commit_is_not_told_to_be_finished(project: Project):
    """So two commits are joined."""
    project.edit("demo_app/pages.py", "Show the", "Show all")
    project.commit("Say all")
    project.git("reset", "-q", "--soft", "HEAD~1")
    assert project.read().verdict.next == 'git commit -m "Say what changes"'
    project.git("rm", "-q", "demo_app/pages.py", "-f")
    assert project.read().verdict.found.endswith("demo_app/pages.py is deleted.")


def test_a_line_that_went_with_a_reset_is_not_written_in_again(project: Project):
    """The way back to the commit brings its script along; the goal about the model waits for it."""
    last = project.git("rev-parse", "HEAD").strip()[:7]
    project.git("reset", "-q", "--hard", "HEAD~1")
    asked = [Goal("The commit", "head_subject", AGE), Goal("The line", "model_has", AGE_LINE)]
    results = [checks.check(goal, project.read(), project.path) for goal in asked]
    told = messages.goals(results)
    assert told[-1].strip() == "why:  See first “The commit”."
    said = find(project, "model_has", **AGE_LINE)
    assert said.cause == f"{last} has it, and a reset took that commit off the branch."
    project.add_to_model("    city: Mapped[str | None]\n")  # written since: no reset over it
    assert "the line is missing" in find(project, "model_has", **AGE_LINE).cause
    project.git("restore", ".")
    project.run(*shlex.split(said.next))
    assert find(project, "model_has", **AGE_LINE).met and find(project, "agree").met


def test_a_script_that_a_reset_took_is_not_one_that_migrate_does_not_write(project: Project):
    lost = project.git("rev-parse", "HEAD").strip()[:7]
    project.db("downgrade")
    project.git("reset", "-q", "--hard", "HEAD~1")
    said = find(project, "revisions", count=2, applied=1)
    assert (said.met, said.next) == (False, f"git reset --hard {lost}")
    project.run(*shlex.split(said.next))
    assert find(project, "revisions", count=2, applied=1).met


def test_what_two_commits_held_is_not_made_one(project: Project):
    """Their files came back by `git checkout HASH -- .`, and look like one change."""
    project.write("notes.txt", "one\n")
    project.commit("Notes")
    lost = project.git("rev-parse", "HEAD").strip()[:7]
    three = {"subject": "Notes", "commits": 3}
    project.git("reset", "-q", "--hard", "HEAD~2")
    project.git("checkout", "-q", lost)
    project.git("checkout", "-q", "main")
    project.git("checkout", "-q", lost, "--", ".")
    said = find(project, "head_subject", **three)
    assert (said.met, said.next) == (False, f"git reset {lost}")
    project.git("commit", "-qm", "Notes")
    said = find(project, "head_subject", **three)
    assert (said.met, said.next) == (False, f"git reset {lost}")
    project.run(*shlex.split(said.next))
    assert find(project, "head_subject", **three).met
    assert project.git("status", "--porcelain") == ""


def test_a_line_that_no_database_ever_had_is_not_said_to_be_taken_back_in_one(starts, tmp_path):
    first = starts["first"].copy(tmp_path / "first")
    first.add_to_model()
    first.db("migrate", "-m", "Add age")
    first.commit("Add age")
    first.git("reset", "-q", "--hard", "HEAD~1")
    said = find(first, "model_has", **AGE_LINE)
    assert "was taken back; no database has it either." in said.cause
