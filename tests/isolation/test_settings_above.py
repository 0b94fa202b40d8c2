"""Settings of the folders above are never read."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from walls import run

from roundtrip import terminal
from roundtrip.errors import Refused, RoundtripError

SAY = "python -c " + shlex.quote(
    "from flask.cli import load_dotenv; load_dotenv(); import os; "
    "print(os.environ.get('DATABASE_URL'), os.environ.get('FLASK_APP'))"
)


def test_settings_of_folders_above_are_never_read(project, tmp_path):
    for name in (".env", ".flaskenv"):
        (tmp_path / name).write_text("DATABASE_URL=postgresql://production\nFLASK_APP=theirs\n")
    assert run(SAY, project) == "None demo_app\n"
    assert run(f"cd .. && {SAY}", project) == "None None\n"
    (project / ".flaskenv").unlink()
    assert run(SAY, project) == "None None\n"
    assert terminal.capture(shlex.split(SAY), project).stdout == "None None\n"
    assert "production" in (tmp_path / ".env").read_text()
    assert sorted(p.name for p in project.parent.iterdir()) == [".env", ".flaskenv", "workspace"]


def test_the_projects_own_settings_are_read(project, tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://production\n")
    (project / ".env").write_text("DATABASE_URL=sqlite:///mine.db\n")
    assert run(SAY, project) == "sqlite:///mine.db demo_app\n"


def test_nothing_is_written_where_no_folder_above_has_settings(project):
    run(SAY, project)
    assert [p.name for p in project.parent.iterdir()] == ["workspace"]


def test_settings_right_beside_the_workspace_are_refused(project):
    theirs = project.parent / ".env"
    theirs.write_text("DATABASE_URL=postgresql://production\n")
    with pytest.raises(Refused, match="rename it"):
        run(SAY, project)
    assert theirs.read_text() == "DATABASE_URL=postgresql://production\n"
    (project / ".env").write_text("")  # the project's own is found first
    assert run(SAY, project) == "None demo_app\n"


def test_settings_that_cannot_be_shut_out_are_named(project, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://production\n")

    def full(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RoundtripError, match="Read-only file system"):
        run(SAY, project)
