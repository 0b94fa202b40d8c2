"""Nothing is written, nothing is run here, nothing gets out."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from by_hand import ADD, FIRST, SECOND, script, without_app
from states import Project

from roundtrip.probing import PROBE
from roundtrip.probing.places import sqlite_uri


def trace(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file and folder under `folder`, with its time of change and content."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in (folder, *folder.rglob("*"))
    }


def test_nothing_is_written(project: Project):
    # An app that fills its database while it loads, and a database in write-ahead mode.
    line = "    app.register_blueprint(pages)\n"
    project.edit(
        "demo_app/__init__.py",
        line,
        line + "    with app.app_context():\n        db.create_all()\n",
    )
    project.add_to_model(
        "\n\nclass Post(db.Model):\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    project.sql("PRAGMA journal_mode = WAL")
    # Git would take the chance to write a fresher index when a file's time has changed.
    (project.path / "demo_app/pages.py").touch()
    before, loaded = trace(project.path), set(sys.modules)
    found = project.read()
    assert trace(project.path) == before
    assert [table.name for table in found.database.tables] == ["user"]
    assert [each.name for each in found.differences] == ["post"]
    assert not any(name.startswith("demo_app") for name in set(sys.modules) - loaded)


def test_no_database_and_no_folder_are_made(project: Project):
    (project.path / "instance/app.db").unlink()
    (project.path / "instance").rmdir()
    found = project.read()
    assert not (project.path / "instance").exists()
    assert (found.database.exists, found.verdict.kind) == (False, "pending")


def test_the_probe_itself_leaves_no_bytecode(project: Project):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, PROBE]
    done = subprocess.run(command, cwd=project.path, env=env, capture_output=True, text=True)
    assert json.loads(done.stdout)["found"]
    assert not list(project.path.rglob("__pycache__"))


def test_the_learner_may_have_modules_of_the_same_names_as_the_probe(project: Project):
    names = [file.stem for file in PROBE.parent.glob("*.py") if file.stem != "__init__"]
    for name in names:
        project.write(f"{name}.py", "MINE = True\n")
    mine = "".join(f"import {name}\nassert {name}.MINE\n" for name in names)
    project.edit("demo_app/__init__.py", "from flask import", f"{mine}from flask import")
    found = project.read()
    assert (found.model.error, len(names)) == (None, 6)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_is_opened_to_read_only(project: Project, mode: str):
    project.sql(f"PRAGMA journal_mode = {mode}")
    uri = sqlite_uri(project.path / "instance/app.db")
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM user").fetchone() == (3,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM user")


def test_migration_scripts_are_not_run(project: Project):
    script(project, SECOND, FIRST, ADD)
    ran = project.path / "ran"
    file = project.path / f"migrations/versions/{SECOND}_change.py"
    file.write_text(file.read_text() + f"\nopen({str(ran)!r}, 'w')\n")
    assert [each.adds for each in without_app(project).migrations.pending] == [("user.age",)]
    assert not ran.exists()


def test_no_password_gets_out(project: Project):
    project.write(
        "production.env", "DATABASE_URL=postgresql+nodriver://ada:s3cr:et@h@127.0.0.1/x\n"
    )
    project.edit(
        "demo_app/__init__.py",
        "    db.init_app(app)\n",
        '    raise RuntimeError("cannot reach " + os.environ["DATABASE_URL"])\n',
    )
    found = project.read("production.env")
    assert "cannot reach postgresql+nodriver://ada@127.0.0.1/x" in found.model.error
    assert "s3cr" not in json.dumps(found.to_dict()) and "et@h" not in json.dumps(found.to_dict())
