"""Looks at a learner's project from outside: with git, sqlite3 and flask alone."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

_ENVIRONMENT = {
    "HOME": os.devnull,
    "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(project: Path, *arguments: str) -> str:
    """What `git ARGUMENTS` prints in the project, without the newline at the end."""
    command = ["git", "-C", str(project), "-c", "safe.directory=*", *arguments]
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n")


def flask(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `flask ARGUMENTS` in the project; its exit code, output and errors."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=project,
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def query(project: Path, statement: str, database: str = "app.db") -> list[tuple[Any, ...]]:
    """The rows that an SQL statement gives on `instance/DATABASE`."""
    file = project / "instance" / database
    assert file.is_file(), f"no database {file}"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def columns(project: Path, database: str = "app.db", table: str = "user") -> dict[str, str]:
    """The names of a table's columns, each with its type and `NOT NULL` where it says so."""
    found = query(project, f'PRAGMA table_info("{table}")', database)
    return {name: kind + (" NOT NULL" if required else "") for _, name, kind, required, *_ in found}


def schema(project: Path, database: str = "app.db") -> dict[str, list[tuple[Any, ...]]]:
    """Every table with all that SQLite knows of its columns, and with its unique constraints.

    Not the statements in `sqlite_master`: a table that was made anew has its name in quotes there.
    """
    tables = query(project, "SELECT name FROM sqlite_master WHERE type = 'table'", database)
    found = {}
    for (table,) in tables:
        indexes = query(project, f'PRAGMA index_list("{table}")', database)
        found[table] = query(project, f'PRAGMA table_xinfo("{table}")', database) + [
            (index[2], *query(project, f'PRAGMA index_info("{index[1]}")', database))
            for index in indexes
        ]
    return found


def revision(project: Path, database: str = "app.db") -> str:
    """The revision that the database is at."""
    ((found,),) = query(project, "SELECT version_num FROM alembic_version", database)
    return found


def scripts(project: Path) -> dict[str, Path]:
    """The migration scripts: the id that begins each file's name, and the file."""
    found = sorted((project / "migrations" / "versions").glob("*.py"))
    return {file.name.partition("_")[0]: file for file in found}
