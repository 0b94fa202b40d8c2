"""Goals about the tables and rows of an SQLite file in instance/."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ..facts import State
from ..probe import sqlite_uri
from .causes import no_script, not_upgraded, why_blocked
from .finding import Finding, many


def database_has(
    state: State, project: Path, column: str, present: bool = True, database: str = "app.db"
) -> Finding:
    """The table in `instance/<database>` has (or has not) this `table.column`."""
    table, _, name = column.partition(".")
    found = _table_columns(project, database, table)
    text = f"{database}: no table {table}"
    if found:
        text = f"{database}: table {table} has {', '.join(found)}"
    if found and (name in found) == present:
        return Finding(True, text)
    flask = "flask" if database == "app.db" else f"flask --env-file {Path(database).stem}.env"
    if blocked := why_blocked(state, _versions(project, database), database):
        return Finding(False, text, *blocked)
    if not present and found:
        cause = f"The downgrade has not run on {database}."
        return Finding(False, text, cause, f"{flask} db downgrade")
    if not present and _table_columns(project, database, "alembic_version"):
        cause = f"One downgrade too many: it dropped the table {table} with all its rows."
        return Finding(False, text, cause, "%restart")
    needed = column if found else table  # a table that is made brings its columns along
    if present and not any(needed in revision.adds for revision in state.migrations.revisions):
        return Finding(False, text, *no_script(state))
    others = [
        file.name
        for file in sorted((project / "instance").glob("*.db"))
        if file.name != database
        and _is_used(project, file)
        and name in _table_columns(project, file.name, table)
    ]
    cause, command = not_upgraded(state, database)
    if others and command.endswith("db upgrade"):
        cause = f"It ran on the wrong database, or on one only: {others[0]} has {column}."
    file = project / "instance" / database
    if file.is_file() and not _is_used(project, file):
        return Finding(False, text, "No command goes to this file: it was overwritten.", "%restart")
    if database != "app.db" and not file.is_file():
        settings = f"{Path(database).stem}.env"
        if not (project / settings).is_file():
            return Finding(False, text, f"There is no {settings} yet that names it.", "git status")
        cause = f"No command has made it yet. If one did, look whether {settings} names it."
    return Finding(False, text, cause, command)


def rows(state: State, project: Path, table: str, count: int, database: str = "app.db") -> Finding:
    """The table in `instance/<database>` has exactly `count` rows."""
    found = _query(project, database, f"SELECT count(*) FROM {_quoted(table)}")
    if not found:
        return Finding(
            False, f"{database}: no table {table}", *_no_table(state, project, database, table)
        )
    number = found[0][0]
    text = f"{database}: {many(number, 'row')} in {table}"
    if number == count:
        return Finding(True, text)
    if number > count:
        return Finding(False, text, "Rows were added twice.", _shell(database))
    cause = "Rows were not added, or db.session.commit() did not follow."
    return Finding(False, text, cause, _shell(database))


def rows_equal(
    state: State,
    project: Path,
    table: str,
    columns: list[str],
    values: list[list[Any]],
    database: str = "app.db",
) -> Finding:
    """These columns hold these values, row by row in the order of `id`."""
    # A quoted name alone would be a text where the column does not exist (sqlite.org/quirks.html).
    names = ", ".join(f"{_quoted(table)}.{_quoted(column)}" for column in columns)
    found = _query(project, database, f"SELECT {names} FROM {_quoted(table)} ORDER BY id")
    wanted = [tuple(row) for row in values]
    if found == wanted:
        return Finding(True, f"{database}: {many(len(found), 'row')} in {table}, as expected")
    if not _table_columns(project, database, table):
        return Finding(
            False, f"{database}: no table {table}", *_no_table(state, project, database, table)
        )
    if not found:
        return Finding(
            False,
            f"{database}: {table} has no rows, or not the columns {', '.join(columns)}",
            "The rows were not added, or a script took a column away.",
            _shell(database),
        )
    missing = [row for row in wanted if row not in found]
    other = next((row for row in found if row not in wanted), None)
    text = f"{database}: {len(found)} of {many(len(wanted), 'row')} in {table}"
    if other:
        text = f"{database}: {table} has the row {_row(other)}"
    cause = f"The row {_row(missing[0])} is missing." if missing else "There are rows too many."
    return Finding(False, text, cause, _shell(database))


def some_value(
    state: State, project: Path, column: str, present: bool = True, database: str = "app.db"
) -> Finding:
    """At least one row holds a value in this `table.column` (or none does)."""
    table, _, name = column.partition(".")
    if name not in _table_columns(project, database, table):
        if not present:
            return Finding(True, f"{database}: no column {column}, so no value in it")
        return _no_column(state, project, column, database)
    found = _query(project, database, f"SELECT count({_quoted(name)}) FROM {_quoted(table)}")
    number = found[0][0] if found else 0
    text = f"{database}: {many(number, 'row')} with a value in {column}"
    if (number > 0) == present:
        return Finding(True, text)
    cause = "A value is set."
    if present:
        cause = "No value was set, or db.session.commit() did not follow."
    return Finding(False, text, cause, _shell(database))


def holds(
    state: State,
    project: Path,
    table: str,
    row: dict[str, Any],
    empty: Sequence[str] = (),
    database: str = "app.db",
) -> Finding:
    """A row of the table holds these values, and no value in the columns named in `empty`.

    The first of the values is what the row is found by.
    """
    wanted = {**row, **dict.fromkeys(empty)}
    (key, name), *_ = row.items()
    for column in wanted:
        if column not in _table_columns(project, database, table):
            return _no_column(state, project, f"{table}.{column}", database)
    columns = ", ".join(map(_quoted, wanted))
    statement = f"SELECT {columns} FROM {_quoted(table)} WHERE {_quoted(key)} = ?"
    found = _query(project, database, statement, name)
    if not found:
        cause = "No such row was added, or db.session.commit() did not follow."
        text = f"{database}: no row in {table} with {key} {name}"
        return Finding(False, text, cause, _shell(database))
    others = [column for column in wanted if column != key]
    text = f"{database}: {key} {name} has {', '.join(others)} {_row(found[0][1:])}"
    if not others:
        return Finding(True, f"{database}: {many(len(found), 'row')} in {table} with {key} {name}")
    if set(found) == {tuple(wanted.values())}:
        return Finding(True, text)
    cause = "No value was set, or db.session.commit() did not follow."
    if any(value is not None for value in found[0][1:]):
        cause = "Another value was set."
    return Finding(False, text, cause, _shell(database))


def same_rows(state: State, project: Path, database: str, source: str) -> Finding:
    """Two SQLite files in instance/ hold the same tables with the same rows."""
    dumps = []
    for name in (database, source):
        try:
            with closing(sqlite3.connect(sqlite_uri(project / "instance" / name), uri=True)) as one:
                dumps.append(sorted(one.iterdump()))
        except sqlite3.Error:
            cause = f"{name} was moved, deleted or damaged; a copy leaves both files there."
            return Finding(False, f"no {name} in instance", cause, "%restart")
    if dumps[0] == dumps[1]:
        return Finding(True, f"{database} holds the same as {source}")
    return Finding(False, f"{database} differs from {source}", "It was not copied there.")


def references(
    state: State, project: Path, column: str, target: str, database: str = "app.db"
) -> Finding:
    """This `table.column` is a foreign key to the table `target`."""
    table, _, name = column.partition(".")
    keys = _query(project, database, f"PRAGMA foreign_key_list({_quoted(table)})")
    if any(row[3] == name and row[2] == target for row in keys):
        return Finding(True, f"{database}: {column} points to {target}")
    there = database_has(state, project, column, True, database)
    if not there.met:
        return there
    cause = f'The column is plain: the model has it without ForeignKey("{target}.id").'
    return Finding(False, f"{database}: {column} points to no table", cause, "git diff HEAD")


def _no_column(state: State, project: Path, column: str, database: str) -> Finding:
    finding = database_has(state, project, column, True, database)
    return Finding(False, f"{database}: no column {column}", finding.cause, finding.next)


def _no_table(state: State, project: Path, database: str, table: str) -> tuple[str, str]:
    finding = database_has(state, project, f"{table}.id", True, database)
    if _table_columns(project, database, "alembic_version") and not _versions(project, database):
        return f"One downgrade too many: it dropped the table {table} with its rows.", "%restart"
    return finding.cause, finding.next


def _is_used(project: Path, file: Path) -> bool:
    """Whether commands go to this database: the usual one, or one that a file of settings names."""
    return file.name == "app.db" or (project / f"{file.stem}.env").is_file()


def _shell(database: str) -> str:
    if database == "app.db":
        return "%%flask_shell"
    return f"%%flask_shell --env-file {Path(database).stem}.env"


def _table_columns(project: Path, database: str, table: str) -> list[str]:
    return [row[1] for row in _query(project, database, f"PRAGMA table_info({_quoted(table)})")]


def _versions(project: Path, database: str) -> list[str]:
    return [row[0] for row in _query(project, database, "SELECT version_num FROM alembic_version")]


def _query(project: Path, database: str, statement: str, *values: Any) -> list[tuple]:
    """Rows of a read-only look at an SQLite file of the project; none where it cannot be read."""
    file = project / "instance" / database
    if not file.is_file():
        return []
    try:
        with closing(sqlite3.connect(sqlite_uri(file), uri=True, timeout=1)) as connection:
            return connection.execute(statement, values).fetchall()
    except sqlite3.Error:
        return []


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _row(row: Sequence[Any]) -> str:
    return ", ".join("NULL" if value is None else str(value) for value in row)
