"""The errors of `git`, `pytest` and `python`, as the lessons' commands make them."""

from __future__ import annotations

import re

import pytest
from error_cases import Case
from mishaps import MODELS, NAME, both, edited, outcome
from states import Project
from tool_mishaps import (
    SHORTER,
    a_test,
    column_tested,
    conflict_in_a_test,
    inside_the_course,
    locked,
    new_repository,
    no_repository,
    one_deleted,
    one_test,
    other_branch,
    put_away,
    two_pictures,
    two_sides,
    unsettled,
    without_tests,
)

from roundtrip import diagnosis

UPGRADE, IN_APP = "from flask_migrate import upgrade\n", "with app.app_context():\n    "


GIT = [
    Case("placeholder", "git reset --hard <previous_commit_hash>"),
    Case("name without a value", "git reset --hard {previous_commit_hash}"),
    Case("file in no such commit", "git show HEAD:tests/test_user.py"),
    Case("no such commit", "git reset --hard abcdef"),
    Case("no such commit", "git diff demo_app/model.py"),
    Case("no such file", "git restore demo_app/model.py"),
    Case("no such file", "git restore main"),
    Case("no such file", "git checkout HEAD -- nobranch"),
    Case("no such file", "git checkout -- main"),
    Case("no such file", "git rm notes.txt", lambda project: project.write("notes.txt", "")),
    Case("no such file", "git stash push -- nofile"),
    *(
        Case("no repository", f"git {command}", no_repository)
        for command in ("status", "add .", "diff", "log --oneline", "-C instance status")
    ),
    Case("no commit yet", "git log", new_repository),
    Case("no commit yet", "git stash", new_repository),
    Case("ignored", "git add instance/app.db"),
    Case("nothing to add", "git add nofile"),
    Case("nothing to add", "git add tests/*.py && git commit -m tests"),
    Case("word outside the message", "git commit -m Add age"),
    Case("word outside the message", "git commit -am Add age column && git log"),
    Case("no such file", 'git commit -m "Add age" age.py'),
    Case("no such file", 'git commit -m "Add age" ages'),
    Case("no such file", "git commit demo_app/model.py"),
    Case("no such file", "git commit --amend --no-edit models"),
    *(
        Case("commit message without -m", f"git commit {words}")
        for words in (
            '"Add age"',
            "-a 'Add age'",
            "Add the age",
            '-a "age: one column"',
            "--amend Age",
        )
    ),
    Case("nothing to take over", "git revert HEAD~9"),
    Case("nothing to take over", "git cherry-pick abcdef1"),
    Case("nothing to take over", "git rebase nobranch"),
    Case("nothing to take over", "git merge nobranch"),
    Case("no such branch or file", "git checkout nobranch"),
    Case("no such branch or file", "git checkout -q abcdef1 && git status"),
    Case("no such branch", "git switch nobranch"),
    Case("no such branch", "git switch --detach HEAD~9"),
    Case("no such branch", "git switch -c new nobranch"),
    Case("commit in place of a branch", "git switch $(git rev-parse HEAD)"),
    Case("changes in the way", "git switch other", both(other_branch, SHORTER)),
    Case("changes in the way", "git merge other", both(other_branch, SHORTER)),
    Case("revert in place of restore", "git revert --no-edit HEAD", SHORTER),
    Case("revert in place of restore", "git add . && git revert --no-edit HEAD", SHORTER),
    Case(
        "new file in the way",
        "git switch --detach HEAD^",
        both(one_deleted, lambda project: project.write(MODELS, "")),
    ),
    Case("clean without -f", "git clean"),
    Case("clean without -f", "git clean notes.txt"),
    *(Case("no stash", f"git stash {command}") for command in ("pop", "drop", "apply", "show")),
    Case("no such stash", "git stash pop 1", put_away),
    Case("no such stash", "git stash drop stash@{2}"),
    *(
        Case("lock", f"git {command}", locked)
        for command in ("add .", "commit -am more", "reset --hard")
    ),
    Case("option of Git without a value", "git commit -am"),
    Case("another repository", "git clone . ../copy"),
    Case("another repository by name", "git --git-dir=../.git log"),
    Case("outside the workspace", "cd .. && git reset --hard"),
    Case("conflict of whole files", "git merge other", one_deleted),
    Case("conflict of whole files", "git rebase other", one_deleted),
    Case("conflict of whole files", "git merge other", two_pictures),
    Case("conflict with the stash", "git stash pop", put_away),
    Case("conflict", "git stash apply", put_away),
    Case("conflict", "git merge other", two_sides),
    Case("conflict", "git rebase other", two_sides),
    Case("conflict", "git cherry-pick other", two_sides),
    Case("conflict", "git merge other; git commit -m both", two_sides),
    Case("conflict that is left", "git commit -m both", unsettled),
    Case("conflict that is left", "git merge other", unsettled),
    Case("conflict that is left", "git stash", unsettled),
    Case("nothing to commit", "git commit -m again"),
    Case("nothing to commit", "git commit -m again", Project.add_to_model),
    Case("nothing to commit", "git commit -m again", edited(MODELS, NAME, "")),
    Case("nothing to commit", "git commit", lambda project: project.write("notes.txt", "")),
    Case("nothing to commit", "git status && git add . && git commit -m again && git log"),
]

PYTEST = [
    Case("another app", "pytest -q tests -o pythonpath=.", one_test),
    Case("column without a script", "pytest -q -o pythonpath=.", column_tested),
    Case("no pytest.ini", "pytest -q", inside_the_course),
    Case("conflict in a file", "pytest -q -o pythonpath=.", both(one_test, unsettled)),
    Case("conflict in a file", "pytest -q", conflict_in_a_test),
    Case("no such file of tests", "pytest -q tests/test_users.py", one_test),
    Case("no such file of tests", "pytest tests/test_users.py", one_test),
    Case("no such test", "pytest -q tests/test_user.py::test_no -o pythonpath=.", one_test),
    *(
        Case(row, f"pytest -q -o pythonpath=. {tb}", a_test(*test))
        for tb in ("", "--tb=short")
        for row, *test in (
            ("name not imported in a test", f"{IN_APP}upgrade()"),
            ("outside the app in a test", "upgrade()", UPGRADE),
            ("outside the app in a test", "User.query.all()"),
            ("no table in a test", f"{IN_APP}User.query.all()"),
            ("failed test", "assert app is None"),
        )
    ),
    Case("no folder of tests", "pytest -q", without_tests),
    Case("no tests", "pytest -q instance", one_test),
    Case("no tests", "pytest tests", lambda project: project.write("tests/test_user.py", "")),
]


PYTHON = [Case("start.py in a cell", "python3 start.py attic restore mine")]


@pytest.mark.parametrize(
    "case", GIT + PYTEST + PYTHON, ids=lambda case: f"{case.row}: {case.command}"
)
def test_an_error_of_a_tool_is_known(applied: Project, case: Case):
    case.prepare(applied)
    failed, shown = outcome(applied, case.command)
    assert failed
    told = re.sub("\n {7}", " ", diagnosis.lines(case.command, shown)).strip().splitlines()
    (row,) = (row for row in ROWS if row.name == case.row)
    match = row.pattern.search(shown)
    assert match, shown
    means, do = row.told(match)
    assert told == [f"means: {means}", f"do:    {do}"], shown
    for line in (means, do):
        assert re.fullmatch(r"[^{}\n]{20,230}\.", line)


@pytest.mark.parametrize(
    ("prepare", "command", "end"),
    [
        (two_sides, "git merge other", "git commit -m both"),
        (put_away, "git stash pop", "git stash drop"),
    ],
)
def test_a_conflict_is_settled_as_advised(applied: Project, prepare, command: str, end: str):
    prepare(applied)
    assert outcome(applied, command)[0]
    both_sides = (applied.path / MODELS).read_text(encoding="utf-8")
    ours = re.sub(r"<<<<<<<.*\n|=======\n[\s\S]*>>>>>>>.*\n", "", both_sides)
    assert len(both_sides.splitlines()) == len(ours.splitlines()) + 4
    applied.write(MODELS, ours)
    applied.git("add", MODELS)
    assert end.startswith("git stash") or '(use "git commit" to conclude' in applied.git("status")
    assert not outcome(applied, end)[0]
    assert "working tree clean" in applied.git("status")


@pytest.mark.parametrize(
    "command",
    [
        "git status; false",
        "git status && pytest -q tests",
        "git commit -m one; pytest -q tests",
        "git commit -qm one; git status; false",
    ],
)
def test_that_nothing_is_to_commit_is_said_of_a_commit_alone(applied: Project, command: str):
    one_test(applied)
    applied.write("pytest.ini", "[pytest]\n")
    applied.commit("A test that fails")
    failed, shown = outcome(applied, command)
    assert failed
    assert "nothing to commit" in shown
    assert "nothing to commit" not in diagnosis.lines(command, shown)


def test_what_git_said_before_pytest_ended_is_not_why(applied: Project):
    one_test(applied)
    for command in ("git restore model.py; pytest -q tests -k nope", "git restore model.py; false"):
        _, shown = outcome(applied, command)
        assert ("Git has no file" in diagnosis.lines(command, shown)) == ("pytest" not in command)
    command = "git restore model.py; pytest -q tests -o pythonpath=."
    _, shown = outcome(applied, command)
    assert "means: The class `User` that pytest has imported" in diagnosis.lines(command, shown)


ROWS = [row for table in diagnosis.TOOLS.values() for row in table]


def test_every_row_of_a_tool_has_a_test():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    moved = {"name taken in the folder"}  # tested in test_moving.py
    assert {case.row for case in GIT + PYTEST + PYTHON} == {*names} - moved
