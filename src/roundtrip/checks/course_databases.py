"""The course's own databases: files in instance/, each with the settings that name it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..env_file import database_named_by, file_with, with_env_file
from ..sqlite_files import columns_in, opened, sql_name

USUAL = "app.db"
"""The database of commands without `--env-file`."""

OWN = {USUAL, "production.db", "staging.db"}
"""Those of the lessons. Another file is a copy, or one of them under another name."""


def settings_of(database: str) -> str:
    """The file of settings that should name a database of the course: `production.env`."""
    return f"{Path(database).stem}.env"


def command_on(database: str, command: str) -> str:
    """A command as it goes to this database."""
    return with_env_file(command, "" if database == USUAL else settings_of(database))


def address_first(project: Path, database: str) -> str:
    """The sentence before a command on a database that is not the default one."""
    if database == USUAL:
        return ""
    first = command_on(database, "flask db current -v")
    at = versions(project, database)
    same = [copy for copy in copies(project, "**/*") if versions(project, copy) == at]
    copied = at and any(is_up_to_date(project, copy, database) for copy in same)
    return f" First check the address ({first}){'' if copied else ' and make a copy'}."


def is_newer(project: Path, copy: str, database: str) -> bool:
    """Whether a copy was made since a database has changed last."""
    there, here = (project / "instance" / name for name in (copy, database))
    return not here.is_file() or there.stat().st_mtime >= here.stat().st_mtime


def is_up_to_date(project: Path, copy: str, database: str) -> bool:
    """Whether a copy was made since a database has changed last, or holds the same now."""
    return is_newer(project, copy, database) or dump(project, copy) == dump(project, database)


def settings_with_address(project: Path, database: str) -> str:
    """The file of settings that says where commands for this database go; empty: the app does."""
    return file_with(project, "DATABASE_URL") if database == USUAL else settings_of(database)


def is_used(project: Path, database: str) -> bool:
    """Whether commands go to this file: the default one, or one that its file of settings names."""
    settings = settings_with_address(project, database)
    named = database_named_by(project, settings) if settings else project / "instance" / USUAL
    return named == project / "instance" / database


def columns_of(project: Path, database: str, table: str) -> dict[str, tuple[str, bool]]:
    """The columns of a table, each with its type and whether it may be NULL; none without it."""
    found = look(project, database, lambda connection: columns_in(connection, table))
    return {name: (kind, nullable) for name, kind, nullable, _ in found}


def versions(project: Path, database: str) -> list[str]:
    """What `alembic_version` holds."""
    return [row[0] for row in query(project, database, "SELECT version_num FROM alembic_version")]


def used_databases(project: Path) -> list[str]:
    """The names of the databases in instance/ that commands go to."""
    files = sorted((project / "instance").glob("*.db"))
    return [file.name for file in files if is_used(project, file.name)]


def copies(project: Path, pattern: str = "*.db") -> list[str]:
    """The names of the other databases in instance/, the newest first."""
    files = [file for file in (project / "instance").glob(pattern) if file.name not in OWN]
    files.sort(key=lambda file: (-file.stat().st_mtime, file.name))
    return [file.relative_to(project / "instance").as_posix() for file in files]


def shares_a_row(project: Path, one: str, other: str, table: str) -> bool:
    """Whether a row is the same in two databases, as far as both have its columns."""
    there = columns_of(project, other, table)
    both = [sql_name(each) for each in columns_of(project, one, table) if each in there]
    rows = f"SELECT {', '.join(both)} FROM {sql_name(table)}"
    return bool(both) and not {*query(project, one, rows)}.isdisjoint(query(project, other, rows))


def query(project: Path, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a read-only look at an SQLite file of the project; none where it cannot be read."""
    return look(project, database, lambda found: found.execute(statement, values).fetchall())


def look(project: Path, database: str, ask: Callable[[sqlite3.Connection], Any]) -> Any:
    """What an SQLite file of the project answers; nothing where it cannot be read."""
    file = project / "instance" / database
    if not file.is_file():
        return []
    try:
        with opened(file) as connection:
            return ask(connection)
    except sqlite3.Error:
        return []


def dump(project: Path, name: str) -> list[str]:
    """All that an SQLite file holds, in an order of its own; nothing where it cannot be read."""
    return look(project, name, lambda connection: sorted(connection.iterdump()))


def row_in_words(row: Sequence[Any]) -> str:
    """The values of a row, as a sentence has them."""
    return ", ".join("NULL" if value is None else str(value) for value in row)
