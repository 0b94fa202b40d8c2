"""Each predicate over Git met and not met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from goal_states import (
    ADDS_AGE,
    AGE_SCRIPT,
    DELETE,
    FIRST,
    LOG,
    MIGRATE,
    MODEL_AHEAD,
    MODELS,
    UPGRADED,
    WAITING,
    ask,
    git,
    log,
    made,
    migrations,
    refused,
    second,
    user,
)

from roundtrip.course import find_course
from roundtrip.facts import DatabaseState
from roundtrip.git_facts import Commit, GitState


def test_commits(project: Path):
    assert ask("commits", made(), project, count=1).met
    refused("commits", made(), project, "commit is missing", "git status", count=2)
    refused("commits", made(git=GitState()), project, "no repository", "git init", count=1)
    log(project, f"{'1' * 40} {'2' * 40}", "commit: Add phone")
    refused("commits", made(), project, "222 is no longer there", "git reflog", count=2)
    staged = made(git=git(staged=("x",)))
    called = {"count": 2, "message": "Add x"}
    refused("commits", staged, project, "not in a commit", 'git commit -m "Add x"', **called)
    # lost commits of other lessons are not this one's
    own = {"count": 2, "script": "migrations/versions/*_add_age_*.py"}
    refused("commits", made(), project, "commit is missing", "git status", **own)
    log(project, f"{'2' * 40} {'1' * 40}", "commit (amend): Create the user table")
    refused("commits", made(), project, "restores that commit", "git reset --soft 2222222", count=2)
    log(project, f"{'2' * 40} {'1' * 40}", "reset: moving to HEAD~1")
    refused("commits", made(), project, "is no longer there", "git reflog", count=2)
    refused("commits", made(), project, "later work", LOG, count=0)
    own = {"count": 0, "message": "Add x"}
    refused("commits", made(), project, "one: git reset --soft", LOG, **own)
    assert "git reset" not in ask("commits", made(), project, count=0).cause  # it makes none


def test_a_script_belongs_into_the_commit_of_its_model(project: Path):
    two = (Commit("2" * 40, "Add age"), *made().git.commits)
    both = {"count": 2, "script": "migrations/versions/*_add_age_*.py"}
    tracked = migrations(second(applied=True, tracked=True))
    last = made(git=git(commits=two), migrations=tracked, model=MODEL_AHEAD.model)
    assert ask("commits", last, project, **both).met
    fresh = migrations(second(applied=True))
    alone = made(git=git(commits=two, untracked=(AGE_SCRIPT,)), migrations=fresh)
    refused("commits", alone, project, "has the model alone", "git add .", **both)
    staged = made(git=git(commits=two, staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,)), migrations=fresh)
    refused("commits", staged, project, "model alone", "git commit --amend --no-edit", **both)
    three = made(git=git(commits=(Commit("3" * 40, "Add script"), *two)), migrations=tracked)
    refused("commits", three, project, "one commit too many", "git reset --soft HEAD~2", **both)
    four = (Commit("4" * 40, "x"), Commit("3" * 40, "y"), *two)
    later = made(git=git(commits=four), migrations=tracked)
    refused("commits", later, project, "later work", LOG, **both)


def test_head_subject(project: Path):
    assert ask("head_subject", made(), project, subject="Create the user table").met
    later = made(git=git(commits=(Commit("2" * 40, "Later"), *made().git.commits)))
    refused("head_subject", later, project, "1111111", LOG, subject="Create the user table")
    back = {"subject": "Create the user table", "back": True}
    refused("head_subject", later, project, "1111111", LOG, **back)
    later = replace(MODEL_AHEAD, git=later.git)  # not all places have the later work
    refused("head_subject", later, project, "1111111", "git reset --hard 1111111", **back)
    log(project, f"{'0' * 40} {'7' * 40}", "commit: Lost")
    lost = {"subject": "Lost", "back": True}
    refused("head_subject", made(), project, "7777777", "git reset --hard 7777777", **lost)
    loose = made(git=git(modified=(MODELS,)))
    refused("head_subject", loose, project, "7777777", "git reflog", **lost)
    dirty = made(git=replace(later.git, modified=(MODELS,)))
    refused("head_subject", dirty, project, "would also delete what", "git stash", **back)
    loose = made(git=git(branch=None, way_back="main"))
    refused("head_subject", loose, project, "no branch", "git switch main", subject="Other")
    here = {"subject": "Create the user table"}
    refused("head_subject", loose, project, "moves main to it", "git switch -C main", **here)
    aside = made(git=git(branch="first"))
    same = {"subject": "Create the user table"}
    way = "git branch -m main"  # no repository is there, so no branch main either
    refused("head_subject", aside, project, "You are on another branch", way, **same)
    refused("head_subject", made(), project, "No commit is called", LOG, subject="Other")
    renamed = {"subject": "Other", "commits": 1}
    command = 'git commit --amend -m "Other"'
    refused("head_subject", made(), project, "by its message", command, **renamed)
    # an earlier lesson's commit is not written anew
    early = {"subject": "Other", "commits": 2}
    refused("head_subject", made(), project, "There is nothing to commit", "git status", **early)
    staged = made(git=git(staged=(MODELS,)))
    refused("head_subject", staged, project, "not made yet", 'git commit -m "Other"', **early)
    loose = made(git=git(modified=(MODELS,)))
    refused("head_subject", loose, project, "not made yet", "git add .", **early)
    folded = {"subject": "Create the user table", "commits": 2}
    refused("head_subject", made(), project, "no longer on the branch", "git reflog", **folded)
    empty = made(git=git(commits=(), head=None))
    commit = 'git commit -m "x"'
    refused("head_subject", empty, project, "Nothing was committed", commit, subject="x")


def test_git_in_the_middle_of_something(project: Path):
    for middle in ({"conflicts": (MODELS,)}, {"merging": "merge"}):
        state = made(git=git(**middle))
        said = state.verdict
        assert said.places[:1] == ("git",) and said.next
        for name, more in (
            ("clean", {}),
            ("commits", {"count": 1}),
            ("head_subject", {"subject": "x"}),
        ):
            refused(name, state, project, said.headline, said.next, **more)


def test_clean(project: Path):
    assert ask("clean", made(), project).met
    refused("clean", made(git=git(untracked=("x",))), project, "after the last", "git status")
    command = 'git commit -m "Say what changes"'
    refused("clean", made(git=git(staged=("x",))), project, "but not committed", command)
    named, command = {"message": "Add x"}, 'git commit -m "Add x"'
    refused("clean", made(git=git(staged=("x",))), project, "but not committed", command, **named)
    refused("clean", made(git=GitState()), project, "no repository yet", "git init")
    torn = made(git=GitState(error="bad object HEAD"))
    refused("clean", torn, project, "bad object HEAD. Begin again", "%restart")
    refused("commits", torn, project, "bad object HEAD", "%restart", count=1)
    refused("head_subject", torn, project, "bad object HEAD", "%restart", subject="x")
    staged = replace(UPGRADED, git=git(staged=(MODELS, AGE_SCRIPT)))
    command = f'git commit -m "{staged.migrations.revisions[-1].message}"'
    refused("clean", staged, project, "script is not committed", command)  # called as the script is
    staged = made(git=git(staged=(MODELS,)))
    command = f"git restore --staged --worktree {MODELS}"
    refused("clean", staged, project, "The change is staged", command, back=True)
    forgot = made(git=git(staged=(MODELS,), untracked=(MODELS,)))
    command = f"git restore --staged {MODELS}"
    refused("clean", forgot, project, "itself is still there", command, back=True)
    new = made(git=git(staged=("notes.txt",), added=("notes.txt",)))
    refused("clean", new, project, "no commit has it", "git restore --staged notes.txt", back=True)
    run = replace(UPGRADED, git=git(untracked=(AGE_SCRIPT,)))
    refused("clean", run, project, "Undo it, then delete it", "flask db downgrade", back=True)
    refused("clean", MODEL_AHEAD, project, "still in the file", "git status", back=True)
    tracked = made(git=git(databases=("instance/app.db",)))
    out = "git rm -f --cached instance/app.db"
    refused("clean", tracked, project, "rows belong to one machine", out)
    assert ask("clean", tracked, project, back=True).met
    both = made(git=git(modified=("x",), databases=("instance/app.db",)))
    refused("clean", both, project, "still in the file", "git status", back=True)
    assert ask("clean", both, project, back=True).found == "not committed: x"
    new = made(git=git(untracked=("instance/app.db",), private=("instance/app.db",)))
    refused("clean", new, project, "to .gitignore before", "%%writefile .gitignore")
    (project / ".gitignore").touch()
    new = made(git=git(untracked=("production.env",), private=("production.env",)))
    refused("clean", new, project, "to .gitignore before", "%show .gitignore")
    refused("commits", new, project, "to .gitignore before", "%show .gitignore", count=2)
    noted = made(git=git(settings=("production.env",), added=("production.env",)))
    out = "git rm -f --cached production.env"
    refused("clean", noted, project, "Add *.env to .gitignore", out)
    refused("clean", MODEL_AHEAD, project, "go into one commit", MIGRATE)
    refused("commits", MODEL_AHEAD, project, "go into one commit", MIGRATE, count=2)
    away = made(git=git(branch=None, way_back="main"))
    refused("clean", away, project, "on no branch", "git switch main", back=True)
    harmful = second(adds=("user.age",), required=("user.age",))
    failing = made(
        model=WAITING.model,
        git=WAITING.git,
        migrations=migrations(harmful),
        database=DatabaseState("instance/app.db", True, (replace(user(), rows=3),), (FIRST,)),
        differences=(ADDS_AGE,),
    )
    refused("clean", failing, project, "it would fail", f"git clean -f {AGE_SCRIPT}")
    on_production = {"column": "user.age", "database": "production.db"}
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    command = f"git clean -f {AGE_SCRIPT}"
    refused("database_has", failing, project, "it would fail", command, **on_production)
    refused("clean", made(git=git(untracked=("x",))), project, "no commit", "git status", back=True)


def test_changed_only(project: Path):
    assert ask("changed_only", MODEL_AHEAD, project, files=[MODELS]).met
    refused("changed_only", made(), project, "was not saved", LOG, files=[MODELS])
    early = made(git=git(commits=(Commit("2" * 40, "x"), *made().git.commits)))
    refused("changed_only", early, project, "keeps the files", "git reset HEAD~1", files=[MODELS])
    other = made(git=git(modified=(MODELS, "demo_app/pages.py")))
    refused("changed_only", other, project, "Another file", "git diff", files=[MODELS])
    refused("changed_only", WAITING, project, "too early", DELETE, files=[MODELS])
    gone = made(git=git(modified=(MODELS,), deleted=(MODELS,)))
    lost = {"files": [MODELS, "demo_app/pages.py"]}
    refused("changed_only", gone, project, "was deleted", f"git restore {MODELS}", **lost)
    beside = made(git=git(modified=(MODELS,), untracked=("demo_app/user.py",)))
    refused("changed_only", beside, project, "adds no file", "git status", files=[MODELS])


def test_untracked(project: Path):
    pattern = {"pattern": "migrations/versions/*_add_age_column_to_user_model.py"}
    assert ask("untracked", WAITING, project, **pattern).met
    refused("untracked", MODEL_AHEAD, project, "was not made", "git status", **pattern)
    other = "migrations/versions/c_add_age.py"
    named = made(git=git(untracked=(other,)), migrations=migrations(replace(second(), file=other)))
    told = 'run flask db migrate -m "Add age column to user model".'
    goal = {**pattern, "message": "Add age column to user model"}
    refused("untracked", named, project, told, f"git clean -f {other}", **goal)
    staged = made(git=git(staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,)))
    command = f"git restore --staged {AGE_SCRIPT}"
    refused("untracked", staged, project, "staged already", command, **pattern)
    committed = made(migrations=migrations(second(tracked=True)))
    refused("untracked", committed, project, "committed already", LOG, **pattern)
    two = git(commits=(Commit("2" * 40, "x"), *made().git.commits))
    committed = replace(committed, git=two)
    refused("untracked", committed, project, "keeps the files", "git reset HEAD~1", **pattern)
    kept_out = made(migrations=migrations(second(ignored=True)))
    refused("untracked", kept_out, project, "keeps", "%show .gitignore", **pattern)


def test_a_goal_about_a_script_of_another_name_says_so_in_its_own_text():
    """“Not met: Git does not know it yet” would be untrue of a script that Git does not know."""
    (goal,) = (g for g in find_course().lesson(3).goals if g.check == "untracked")
    assert "message" in goal.text and "message" in goal.arguments
