"""Commits that a reset took back, or should take back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from goal_states import (
    AGE_SCRIPT,
    DELETE,
    LOG,
    MODELS,
    UPGRADED,
    ask,
    git,
    log,
    made,
    migrations,
    refused,
    second,
)
from typed import typed

from roundtrip import terminal
from roundtrip.git_facts import Commit


def test_taken_back(project: Path):
    here = {"subject": "Create the user table"}
    refused("taken_back", made(), project, "No commit is called", LOG, subject="Other")
    refused("taken_back", made(), project, "First come the model", LOG, **here)
    loose = made(git=git(modified=(MODELS,)))
    refused("taken_back", loose, project, "only in the files: commit it", "git add .", **here)
    log(project, f"{'0' * 40} {'1' * 40}", "commit (initial): Create the user table")
    refused("taken_back", made(), project, "No commit followed", LOG, **here)
    log(project, f"{'1' * 40} {'2' * 40}", "commit: Add phone")
    later = made(git=git(commits=(Commit("2" * 40, "Add phone"), *made().git.commits)))
    other = {"subject": "Add phone"}
    refused("taken_back", later, project, "No commit followed", LOG, **other)
    refused("taken_back", later, project, "further back", LOG, **here)
    log(project, f"{'2' * 40} {'1' * 40}", "reset: moving to HEAD~1")
    assert ask("taken_back", made(), project, subject="Create the user table").met
    back = {"subject": "Add phone"}
    lost = "is 2222222: no branch has it"
    reset = "git reset --hard 2222222"
    refused("head_subject", made(), project, lost, reset, **back)
    refused("head_subject", made(), project, lost, "git reflog", **back, commits=2)


def test_what_was_taken_back_had_the_column(tmp_path: Path):
    """Real commits: what a model was in one is asked of Git."""
    models = tmp_path / "demo_app/models.py"
    models.parent.mkdir()
    run = partial(terminal.capture, project=tmp_path)
    run(["git", "init"])
    for text, message in ("name", "Create the user table"), ("age", "Add age"), ("pet", "Add pet"):
        models.write_text(f"{text}: Mapped[str]\n")
        run(["git", "add", "."])
        run(["git", "commit", "-m", message])
        if message != "Create the user table":
            run(["git", "reset", "--hard", "HEAD~1"])
    head = run(["git", "rev-parse", "HEAD"]).stdout.strip()
    state = made(git=git(head=head, commits=(Commit(head, "Create the user table"),)))
    here = {"subject": "Create the user table"}
    for column in ("user.age", "user.pet"):
        assert ask("taken_back", state, tmp_path, **here, column=column).met
    models.write_text("phone: Mapped[str]\n")
    run(["git", "commit", "--allow-empty", "-m", "Notes"])
    run(["git", "commit", "-am", "Add phone"])
    run(["git", "reset", "--hard", head])
    assert ask("taken_back", state, tmp_path, **here, column="user.phone").met, "notes between"
    staged = replace(state, git=replace(state.git, staged=("x",)))
    command = 'git commit -m "Add city column to user model"'
    refused("taken_back", staged, tmp_path, "commit it first", command, **here, column="user.city")
    cause = "No commit with user.city followed this one"
    refused("taken_back", state, tmp_path, cause, LOG, **here, column="user.city")
    left = replace(state, git=replace(state.git, untracked=(AGE_SCRIPT,)))
    left = replace(left, migrations=migrations(second()))
    cause = "followed this one, so none was taken back. The script is in no commit"
    refused("taken_back", left, tmp_path, cause, DELETE, **here, column="user.city")


def test_later_work_that_every_database_has_run(tmp_path: Path):
    """The way back from it begins with the databases, and the hint speaks of a reset."""
    run = partial(terminal.capture, project=tmp_path)
    run(["git", "init"])
    run(["git", "commit", "--allow-empty", "-m", "Create the user table"])
    (tmp_path / "migrations/versions").mkdir(parents=True)
    (tmp_path / "migrations/versions/a.py").touch()
    run(["git", "add", "."])
    run(["git", "commit", "-m", "The first script"])
    first = run(["git", "rev-parse", "HEAD"]).stdout.strip()
    (tmp_path / AGE_SCRIPT).touch()
    run(["git", "add", "."])
    for message in ("Add age", 'Revert "Add age"'):
        run(["git", "commit", "--allow-empty", "-m", message])
    head = run(["git", "rev-parse", "HEAD"]).stdout.strip()
    state = replace(UPGRADED, git=git(head=head, commits=(Commit(head, 'Revert "Add age"'),)))
    commits = (*state.git.commits, Commit(first, "The first script"))
    state = typed(replace(state, git=replace(state.git, commits=commits), disagreements=()))
    back = {"subject": "The first script", "back": True}
    cause = "git revert adds commits; here they go, by a reset. Every database has run"
    refused("head_subject", state, tmp_path, cause, LOG, **back)
    assert ask("head_subject", state, tmp_path, **back).repair


def test_a_commit_too_many_is_taken_off_without_its_files(project: Path):
    later = made(git=git(commits=(Commit("2" * 40, "More"), *made().git.commits)))
    cause = f"git reset --soft {'1' * 7} takes them off and keeps the files"
    refused("head_subject", later, project, cause, LOG, subject="Create the user table")


def test_a_line_that_goes_with_a_reset(project: Path):
    """What is said of the branch is said of the model too: no commit undoes it."""
    later = made(
        model=UPGRADED.model,
        git=git(commits=(Commit("2" * 40, "Add age"), *made().git.commits)),
    )
    goal = {"column": "user.age", "present": False, "back": "Create the user table"}
    refused("model_has", later, project, "further back: the branch has later", LOG, **goal)
