"""What is told for an unmet goal, run as it stands: it succeeds, and does what it says."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import states
from starts import Starts
from states import Project, find

ADDS_A_COLUMN = """    op.add_column("user", sa.Column("{0}", sa.Integer()))


def downgrade():
    op.drop_column("user", "{0}")
"""


@pytest.fixture(scope="module")
def joined(starts: Starts, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two scripts follow the first, for user.age and user.size; a merge of both adds user.city."""
    project = starts["loose"].copy(tmp_path_factory.mktemp("joined") / "p")
    project.db("revision", "-m", "two", "--head", project.script_id("create"), "--splice")
    adds_a_column(project, "two", "size")
    project.db("upgrade", "heads")
    project.db("merge", "heads", "-m", "join")
    adds_a_column(project, "join", "city")
    project.db("upgrade")
    for name in ("size", "city"):
        project.add_to_model(f"    {name}: Mapped[int | None]\n")
    project.commit("Join them")
    assert project.read().disagreements == ()
    return project


@pytest.fixture
def project(joined: Project, tmp_path: Path) -> Project:
    return joined.copy(tmp_path / "p")


def adds_a_column(project: Project, part: str, name: str) -> None:
    """Write into a script without operations that it adds this column to user."""
    file = project.script_file(part)
    head, _, _ = (project.path / file).read_text(encoding="utf-8").partition("    pass")
    project.write(file, head + ADDS_A_COLUMN.format(name))


def columns(project: Project) -> set[str]:
    return {row[1] for row in project.sql("PRAGMA table_info(user)")} - {"id", "name", "email"}


def do(project: Project, command: str) -> None:
    """Run a command as it was told; it must succeed."""
    assert command.startswith("flask "), command
    project.run(*shlex.split(command))


def test_a_merge_that_should_not_have_run(project: Project):
    finding = find(project, "revisions", count=4, applied=3)
    do(project, finding.next)
    assert find(project, "revisions", count=4, applied=3).met
    assert columns(project) == {"age", "size"}


def test_what_a_merge_has_added_goes_back(project: Project):
    gone = {"column": "user.city", "present": False}
    finding = find(project, "database_has", **gone)
    assert finding.cause == "The downgrade has not run on app.db."
    do(project, finding.next)
    assert find(project, "database_has", **gone).met
    assert columns(project) == {"age", "size"}


def test_a_database_that_is_further_than_a_merge(project: Project):
    project.db("revision", "-m", "last")
    project.db("upgrade")
    gone = {"column": "user.city", "present": False}
    finding = find(project, "database_has", **gone)
    assert "has not gone back far enough" in finding.cause
    do(project, finding.next)
    assert find(project, "database_has", **gone).met
    assert columns(project) == {"age", "size"}


@pytest.mark.parametrize(("name", "other"), [("age", "size"), ("size", "age")])
def test_of_two_scripts_that_follow_the_same_one_goes_back(project: Project, name: str, other: str):
    project.db("downgrade", project.script_id("age"))
    gone = {"column": f"user.{name}", "present": False}
    do(project, find(project, "database_has", **gone).next)
    assert columns(project) == {other}


def test_a_merge_that_was_stamped(project: Project):
    project.db("downgrade", project.script_id("age"))
    project.db("stamp", "head")
    assert "Stamp it back, then look again" in project.read().verdict.why
    for _ in range(4):
        said = project.read().disagreements
        if not said:
            break
        do(project, said[0].next)
    assert said == ()
    assert columns(project) == {"age", "size", "city"}


def test_a_database_that_never_had_the_table_is_not_said_to_have_lost_it(tmp_path: Path):
    """`flask db migrate` makes a database with an empty alembic_version."""
    project = states.new(tmp_path / "p")
    project.git("init")
    project.db("init")
    project.db("migrate", "-m", "Create user table")
    users = {"table": "user", "count": 3}
    finding = find(project, "rows", **users)
    assert (finding.cause, finding.next) == (
        "The upgrade has not run on app.db.",
        "flask db upgrade",
    )
    project.db("upgrade")
    states.add_users(project)
    assert find(project, "rows", **users).met
    project.db("downgrade")
    finding = find(project, "rows", **users)
    assert finding.cause.startswith("One downgrade too many: it dropped the table user")
    assert find(project, "database_has", column="user.age", present=False) == finding
