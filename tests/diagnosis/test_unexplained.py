"""What is no error, and what is not ours to explain."""

from __future__ import annotations

import pytest
from mishaps import outcome, row_of

from roundtrip import diagnosis

HEALTHY = [
    *(
        "flask db --help",
        "flask routes",
        "flask db current -v",
        "flask db history",
        "flask db check",
    ),
    *("flask db heads", "flask db show", "flask db upgrade", "flask db migrate -m nothing"),
    *("flask db upgrade --sql", "flask db downgrade", "flask db upgrade", "flask db stamp head"),
    ">>> User.query.count()",
    ">>> print('Error: no such column: user.age')",
]


def test_healthy_outputs_match_no_row(starts, tmp_path):
    project = starts["new"].copy(tmp_path / "workspace")
    first = ("flask db init", "flask db migrate -m one", "flask db upgrade")
    for command in (*first, *HEALTHY):
        failed, shown = outcome(project, command)
        assert not failed, shown
        assert row_of(shown) is None, shown
    project.add_to_model()
    for command in ("flask db migrate -m two", "flask db upgrade", *HEALTHY):
        assert row_of(outcome(project, command)[1]) is None, command


def test_healthy_outputs_of_git_and_pytest_match_no_row(applied):
    applied.write("tests/test_user.py", "def test_it():\n    pass\n")
    applied.write("pytest.ini", "[pytest]\npythonpath = .\n")
    applied.add_to_model()
    for command in (
        *("git status", "git diff", "git stash", "git stash list", "git stash pop", "git add ."),
        *("git commit -m One", "git status", "git log", "git show", "git reflog", "git branch"),
        *("git switch -c other", "git switch main", "git checkout other", "git merge main"),
        *("git clean -n", "git restore demo_app", "git reset --hard HEAD^", "git status"),
        *("git cherry-pick ORIG_HEAD", "git commit --amend -m Two", "pytest -q", "pytest"),
    ):
        failed, shown = outcome(applied, command)
        assert not failed, shown
        assert diagnosis.lines(command, shown) == ""


@pytest.mark.parametrize("command", ["git comit -m one", "git log --online", "git mv a b"])
def test_what_git_says_clearly_is_left_to_git(applied, command):
    failed, shown = outcome(applied, command)
    assert failed
    assert diagnosis.lines(command, shown) == ""


@pytest.mark.parametrize(
    "command",
    [
        ">>> x =",
        ">>> User.query.all().nope",
        ">>> User.query.first().name.nope",
        ">>> db.session.execute(db.select(User)).nope",
        ">>> import nope",
        ">>> 1/0",
        ">>> git = 1 +",
        ">>> def flask db",
    ],
)
def test_mistakes_in_plain_python_are_left_to_python(applied, command):
    failed, shown = outcome(applied, command)
    assert failed
    assert diagnosis.diagnose(shown) is None


def test_an_error_that_was_printed_earlier_is_not_the_one(applied):
    typed = ">>> print('Error: Ambiguous walk')\nprint('database is locked')\n1 / 0"
    failed, shown = outcome(applied, typed)
    assert failed
    assert diagnosis.diagnose(shown) is None


def test_only_lines_that_run_flask_are_explained():
    error = "Error: No such command 'upgrde'.\n"
    for line in (
        "flask db upgrade",
        "  flask --env-file production.env db upgrade",
        "cd demo_app && flask routes",
        "git status; flask db current",
        "FLASK_APP=demo_app flask db upgrade",
        "python -m flask db upgrade",
        "/usr/bin/python3.11 -m flask db upgrade",
    ):
        assert diagnosis.lines(line, error).startswith("means: "), line
    for line in ('git commit -m "Add flask"', "git add flask", "python flask.py", "pip show flask"):
        assert diagnosis.lines(line, error) == "", line
    assert diagnosis.lines("flask upgrde", error[:-1]).startswith("\nmeans: ")
    assert diagnosis.lines("flask upgrde", "all is well\n") == ""


def test_a_long_output_keeps_its_end():
    pieces: list[str] = []
    tail = diagnosis.Tail(pieces.append)
    for n in range(9999):
        tail(f"{n}\n")
    assert len(pieces) == 9999
    assert len(tail.text) == 20_000
    assert tail.text.endswith("9998\n")
