"""What makes the commands of Git, pytest and Python fail, as hands do it in a project."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable

from mishaps import MODELS, edited
from pages import ROOT
from states import Project

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


def without_tests(project: Project) -> None:
    """Settings that name a folder of tests, and no such folder."""
    project.write("pytest.ini", "[pytest]\ntestpaths = tests\n")


def inside_the_course(project: Project) -> None:
    """The workspace in the course's own folder."""
    shutil.copy(ROOT / "pyproject.toml", project.path.parent)
