"""Opens SQLite files to look into them, and to nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from .probing.places import sqlite_uri

_PATIENCE = 0.3
"""Seconds to wait for a locked database. Whoever writes a few rows needs less."""


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """An SQLite file, open to read only; no other file is made beside it.

    Raises `sqlite3.Error` where it cannot be read, then or when it is asked.
    """
    with closing(sqlite3.connect(sqlite_uri(file), uri=True, timeout=_PATIENCE)) as connection:
        yield connection


def is_database(file: Path) -> bool:
    """Whether a file is an SQLite database: by its name, or by its first bytes under any name."""
    return file.suffix in (".db", ".sqlite", ".sqlite3") or has_header(file)


def has_header(file: Path) -> bool:
    """Whether a file begins as an SQLite database does; one that cannot be read does not.

    https://sqlite.org/fileformat.html, The Database Header
    """
    try:
        if not file.is_file():  # a pipe would wait for who writes to it
            return False
        with file.open("rb") as content:
            return content.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def sql_name(name: str) -> str:
    """The name of a table or a column, as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def table_names(connection: sqlite3.Connection) -> list[str]:
    """The names of all tables but SQLite's own, in their order."""
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' "
        r"AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name"
    )
    return [name for (name,) in found]


def views_on(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """The views that read each table, as SQLite tells where it is asked to read them."""
    found: dict[str, set[str]] = {}
    views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")
    for (view,) in views.fetchall():
        read: set[str] = set()

        def note(action: int, table: str | None, *_: object, read: set[str] = read) -> int:
            if action == sqlite3.SQLITE_READ and table:
                read.add(table)
            return sqlite3.SQLITE_OK

        connection.set_authorizer(note)
        with suppress(sqlite3.Error):  # a view of what is not there
            connection.execute(f"SELECT * FROM {sql_name(view)} LIMIT 0")
        connection.set_authorizer(None)
        for table in read:
            found.setdefault(table, set()).add(view)
    return found


def has_dropped(connection: sqlite3.Connection) -> bool:
    """Whether something was in the file that was dropped since: that leaves free pages behind.

    https://sqlite.org/pragma.html#pragma_freelist_count
    """
    return connection.execute("PRAGMA freelist_count").fetchone()[0] > 0


def columns_in(connection: sqlite3.Connection, table: str) -> list[tuple[str, str, bool, bool]]:
    """The columns of a table, generated ones too: name, type, may it be NULL, is it in the key.

    The type is in capitals, as a script writes it: SQLite and Alembic take `varchar(20)` for it.
    An empty list where there is no such table (https://sqlite.org/pragma.html#pragma_table_xinfo).
    """
    found = connection.execute(f"PRAGMA table_xinfo({sql_name(table)})")
    return [
        (name, _capital(kind), not required, bool(key))
        for _, name, kind, required, _, key, hidden in found
        if hidden != 1
    ]


def _capital(kind: str) -> str:
    name = " ".join(kind.upper().split())
    return "INTEGER" if name == "INT" else name
