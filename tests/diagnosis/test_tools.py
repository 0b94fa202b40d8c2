"""The errors of `git`, `pytest` and `python`, as the lessons' commands make them."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable

import pytest
from error_cases import Case
from mishaps import MODELS, NAME, both, edited, outcome
from pages import ROOT
from states import Project

from roundtrip import diagnosis

LONGER, SHORTER = (edited(MODELS, "String(80)", f"String({n})") for n in (90, 70))


def other_branch(project: Project) -> None:
    """A branch `other` with longer names; back on `main`."""
    project.git("switch", "-c", "other")
    LONGER(project)
    project.commit("Longer names")
    project.git("switch", "main")


def two_sides(project: Project) -> None:
    """Two branches, and each has changed the same line."""
    other_branch(project)
    SHORTER(project)
    project.commit("Shorter names")


def one_deleted(project: Project) -> None:
    """Two branches: one has changed a file, the other has deleted it."""
    other_branch(project)
    project.git("rm", MODELS)
    project.commit("No models")


def two_pictures(project: Project) -> None:
    """Two branches with a file of the same name, which is no text."""
    for branch, content in (("other", b"\0other"), ("main", b"\0main")):
        project.git("switch", *(["-c"] if branch == "other" else []), branch)
        (project.path / "picture").write_bytes(content)
        project.commit(branch)


def put_away(project: Project) -> None:
    """A change in the stash, and another of the same line committed after it."""
    LONGER(project)
    project.git("stash")
    SHORTER(project)
    project.commit("Shorter names")


def unsettled(project: Project) -> None:
    """A merge that stopped at a conflict."""
    two_sides(project)
    assert project.capture(["git", "merge", "other"]).returncode == 1


def no_repository(project: Project) -> None:
    """A project without Git."""
    shutil.rmtree(project.path / ".git")


def new_repository(project: Project) -> None:
    """A repository without a commit."""
    no_repository(project)
    project.git("init")


def locked(project: Project) -> None:
    """A change, and the lock of a Git command that was stopped."""
    LONGER(project)
    project.write(".git/index.lock", "")


def one_test(project: Project) -> None:
    """A test of a column that the model lacks."""
    project.write(
        "tests/test_user.py",
        "from demo_app.models import User\n\n\ndef test_it():\n    User(age=36)\n",
    )


def conflict_in_a_test(project: Project) -> None:
    """A test with the marks of a conflict."""
    project.write("tests/test_user.py", "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n")


def column_tested(project: Project) -> None:
    """A column that no script makes, and a test of it."""
    project.add_to_model()
    project.write(
        "tests/test_column.py",
        "from flask_migrate import upgrade\n\nfrom demo_app import create_app\n"
        "from demo_app.models import User, db\n\n\ndef test_it(tmp_path):\n"
        "    app = create_app({'SQLALCHEMY_DATABASE_URI': f'sqlite:///{tmp_path}/test.db'})\n"
        "    with app.app_context():\n        upgrade()\n"
        "        db.session.add(User(name='Ada'))\n        db.session.commit()\n",
    )


def a_test(body: str, imports: str = "") -> Callable[[Project], None]:
    """A test of the app, with these lines in it. What it needs is imported, but `upgrade`."""
    head = f"{imports}from demo_app import create_app\nfrom demo_app.models import User, db\n\n\n"
    made = "    app = create_app({'SQLALCHEMY_DATABASE_URI': f'sqlite:///{tmp_path}/test.db'})\n"
    text = f"{head}def test_it(tmp_path):\n{made}{textwrap.indent(body, '    ')}\n"
    return lambda project: project.write("tests/test_it.py", text)


UPGRADE, IN_APP = "from flask_migrate import upgrade\n", "with app.app_context():\n    "


def without_tests(project: Project) -> None:
    """Settings that name a folder of tests, and no such folder."""
    project.write("pytest.ini", "[pytest]\ntestpaths = tests\n")


def inside_the_course(project: Project) -> None:
    """The workspace in the course's own folder."""
    shutil.copy(ROOT / "pyproject.toml", project.path.parent)


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
