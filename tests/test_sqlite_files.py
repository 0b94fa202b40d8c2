"""SQLite files are opened to read only; names can hold any sign."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from roundtrip.sqlite_files import opened, sql_name, table_names

ODD = "a \"table\", of 'its' own"


def test_tables_are_listed_and_asked_by_any_name(tmp_path: Path):
    file = tmp_path / "app.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE zoo (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        connection.execute(f"CREATE TABLE {sql_name(ODD)} (id INTEGER)")
        connection.execute("CREATE TABLE sqliteish (id INTEGER)")
    with opened(file) as connection:  # AUTOINCREMENT has made a table sqlite_sequence
        assert table_names(connection) == [ODD, "sqliteish", "zoo"]
        assert connection.execute(f"SELECT count(*) FROM {sql_name(ODD)}").fetchone() == (0,)


def test_nothing_is_written_and_no_file_is_made(tmp_path: Path):
    file = tmp_path / "app.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE user (id INTEGER)")
    with opened(file) as connection:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("INSERT INTO user VALUES (1)")
        assert [path.name for path in tmp_path.iterdir()] == ["app.db"]
    with pytest.raises(sqlite3.Error), opened(tmp_path / "none.db") as connection:
        connection.execute("SELECT 1")
    assert not (tmp_path / "none.db").exists()
