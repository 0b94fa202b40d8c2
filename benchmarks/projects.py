"""The projects that commands are measured in, made with the commands themselves."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import cells
from places import shell


def build(project: Path) -> Path:
    """The project of lesson 01 with its table made; the model has the column of lesson 02 too."""
    for file, text in cells.files(1).items():
        place = project / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    for line in ("git init", "flask db init", "flask db migrate -m users", "flask db upgrade"):
        shell(line, project)
    for file, text in cells.files(2).items():
        (project / file).write_text(text, encoding="utf-8")
    return project


def inhabit(home: Path, project: Path) -> None:
    """Put a copy of a project into a learner's workspace, which the course has made, and left."""
    ignore = shutil.ignore_patterns("__pycache__")  # commands in cells write none
    shutil.rmtree(home / "workspace")
    shutil.copytree(project, home / "workspace", ignore=ignore)


def put_back(state: Path, project: Path) -> None:
    """Bring scripts and database of a project to where a copy of it stands.

    Python's bytecode stays valid; `%board` sees that something was changed, and reads it anew.
    """
    for old in (project / "migrations/versions").glob("*.py"):
        old.unlink()
    for kept in (*state.glob("migrations/versions/*.py"), state / "instance/app.db"):
        shutil.copy2(kept, project / kept.relative_to(state))


def fill(project: Path, users: int) -> None:
    """Put so many rows into the table `user`."""
    with closing(sqlite3.connect(project / "instance/app.db")) as database, database:
        database.execute(_FILL, (users,))


def lengthen(project: Path, revisions: int) -> None:
    """Add so many revisions, which change nothing, to the one that there is; apply them."""
    (script,) = (project / "migrations/versions").glob("*.py")
    before = script.name.partition("_")[0]
    for number in range(revisions):
        text = _REVISION.format(number=number, revision=f"{number:012}", before=before)
        before = f"{number:012}"
        script.with_name(f"{before}_change.py").write_text(text, encoding="utf-8")
    shell("flask db upgrade", project)


_FILL = """
    INSERT INTO user (name, email)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    SELECT 'User ' || i, 'user' || i || '@example.com' FROM n
"""

_REVISION = '''"""Change {number}

Revision ID: {revision}
Revises: {before}
Create Date: 2026-01-01 00:00:00

"""
from alembic import op

revision = '{revision}'
down_revision = '{before}'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("UPDATE user SET name = name WHERE id = 0")


def downgrade():
    op.execute("UPDATE user SET name = name WHERE id = 0")
'''
