"""A project that is all written by hand, so that it takes no time; its state without its app."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import states
from states import Project
from typed import typed

from roundtrip.reading import state
from roundtrip.state import State

FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
SCRIPT = '''"""{message}

Revision ID: {id}
Revises: {down}
"""
from alembic import op
import sqlalchemy as sa

revision = {id!r}
down_revision = {down!r}


def upgrade():
    {upgrade}


def downgrade():
    pass
'''
CREATE = (
    "op.create_table('user', sa.Column('id', sa.Integer(), primary_key=True), "
    "sa.Column('name', sa.String(80), nullable=False), "
    "sa.Column('email', sa.String(120), nullable=False))"
)
ADD = "op.add_column('user', sa.Column('age', sa.Integer(), nullable=True))"


def script(project: Project, id: str, down: object, upgrade: str, message: str = "Change") -> str:
    file = f"migrations/versions/{id}_change.py"
    text = SCRIPT.format(id=id, down=down, upgrade=upgrade, message=message)
    project.write(file, text)
    return file


def written(place: Path) -> Project:
    """A project with one applied revision."""
    made = states.new(place)
    made.write("migrations/env.py", "")
    made.write("migrations/alembic.ini", "")
    script(made, FIRST, None, CREATE, "Create user table")
    (made.path / "instance").mkdir()
    made.sql(
        "CREATE TABLE user (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, "
        "email VARCHAR(120) NOT NULL, CONSTRAINT uq_user_email UNIQUE (email))"
    )
    made.sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    made.sql(f"INSERT INTO alembic_version VALUES ('{FIRST}')")
    states.add_users(made)
    made.git("init")
    made.commit("Create user table")
    return made


def without_app(project: Project, **report: object) -> State:
    """The state where the app's own report is given, so that no app has to be loaded."""
    known = {
        "found": True,
        "migrates": True,
        "url": "instance/app.db",
        "sqlite_file": str(project.path / "instance/app.db"),
        "differences": [],
    }

    def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        if arguments[0] == "python":
            return subprocess.CompletedProcess(arguments, 0, json.dumps(known | report), "")
        return project.capture(arguments)

    return typed(state.read(project.path, run))
