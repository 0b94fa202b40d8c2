"""What the databases say, and which there are."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest
from by_hand import without_app
from states import Project

from roundtrip import board


def test_a_locked_database_is_a_state(project: Project):
    file = project.path / "instance/app.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        locked = without_app(project)
    assert (locked.database.problem, locked.database.exists) == ("locked", True)
    assert (locked.verdict.kind, locked.verdict.headline) == (
        "database_problem",
        "The database is locked.",
    )
    # Nobody can say what a database has run that does not answer.
    assert locked.migrations.pending == ()
    assert "perhaps applied" in board.text(locked)
    assert "pending" not in board.text(locked)
    assert without_app(project).database.problem == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(project: Project):
    (project.path / "README.md").unlink(missing_ok=True)
    project.write("notes.txt", "one\n")
    project.commit("Notes")
    (project.path / "notes.txt").unlink()
    os.mkfifo(project.path / "notes.txt")
    assert without_app(project).git.modified == ("notes.txt",)


def test_a_file_that_is_no_database_is_a_state(project: Project):
    (project.path / "instance/app.db").write_bytes(b"no database at all" * 100)
    found = without_app(project)
    assert found.database.problem == "garbage"
    assert found.verdict.kind == "database_problem"


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite+pysqlite:///other.db", True),
        ("sqlite:///other.db?timeout=5", True),
        ("sqlite:///{0}/instance/other.db", True),
        ("sqlite:///../instance/other.db", True),
        ("sqlite:///../other.db", False),  # no command of the course makes one there
    ],
)
def test_another_database_is_the_file_that_its_settings_name(
    project: Project, url: str, seen: bool
):
    for place in ("other.db", "../other.db"):
        project.sql("CREATE TABLE user (id INTEGER)", place)
    project.write("other.env", f"DATABASE_URL={url.format(project.path)}\n")
    found = [(other.env_file, other.url) for other in project.read().elsewhere]
    assert found == [("other.env", "instance/other.db")] * seen
