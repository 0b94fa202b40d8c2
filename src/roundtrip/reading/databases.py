"""Reads the databases of a project: the one that its commands go to, and the others.

Nothing is written: an SQLite file is opened to read only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..env_file import database_named_by, file_with, named_from_the_root, settings_in, url_in
from ..facts import Column, DatabaseState, Elsewhere, Table
from ..names import names_in
from ..plain_data import build
from ..sqlite_files import columns_in, has_dropped, opened, sql_name, table_names, views_on


def read_database(project: Path, report: Mapping[str, Any], env_file: str | None) -> DatabaseState:
    """The database that commands go to, as the app's `report` names it.

    Without a report of it, the default one, where it is there and no `env_file` is asked for.
    """
    if "database" in report:
        return build(DatabaseState, {"url": report["url"]} | report["database"])
    if "url" in report:
        if not report["sqlite_file"]:
            said = "it is in memory, and gone when a command ends"
            return DatabaseState(report["url"], error=said, problem="memory")
        file = Path(report["sqlite_file"])
        # Flask-SQLAlchemy makes instance/ itself, and no other folder.
        if not file.parent.exists() and file.parent != project.resolve() / "instance":
            said = f"there is no folder {report['url'].rpartition('/')[0]}"
            return DatabaseState(report["url"], error=said, problem="no folder")
        database = _sqlite(file, report["url"])
        if "uncompared" in report and not database.error:
            return replace(database, error=report["uncompared"], problem="unreachable")
        return database
    usual = project / "instance" / "app.db"
    # The app does not say which database it has; its default one is still worth a look.
    if env_file or not usual.is_file():
        return DatabaseState()
    return _sqlite(usual, usual.relative_to(project).as_posix())


def read_others(project: Path, here: DatabaseState, env_file: str | None) -> Iterator[Elsewhere]:
    """The databases in instance/ that files of settings name and that are not as this one.

    Also this one itself, where the settings of production name it, or name none; and a database of
    production that has lost its file of settings. Seen from another database, the default one is
    among them, without a file of settings.
    """
    named = settings_in(project)
    for settings in [*named, ""] if env_file else named:
        with suppress(OSError):  # a name that is too long
            if other := _other(project, here, settings, env_file):
                yield other
    found = {here.url, *(_url(project, settings) for settings in named)}
    for name in () if env_file else ("production", "staging"):
        url = f"instance/{name}.db"
        if (project / url).is_file() and url not in found and f"{name}.env" not in named:
            yield Elsewhere(f"{name}.env", url, problem="no settings")


def read_differing(project: Path, here: DatabaseState) -> Iterator[str]:
    """The files of settings whose database has other columns or keys, or cannot be looked at."""
    for settings in settings_in(project):
        file, usual = database_named_by(project, settings), project / here.url
        with suppress(sqlite3.Error, OSError):
            if not file:
                if url_in(project, settings):
                    yield settings
            elif file.is_file() and usual.is_file() and _shape(file) != _shape(usual):
                yield settings


def _shape(file: Path) -> frozenset[tuple[Any, ...]]:
    """The columns and the keys of all tables of a file."""
    found: list[tuple[Any, ...]] = []
    with opened(file) as connection:
        for name in table_names(connection):
            found += [(name, *column) for column in columns_in(connection, name)]
            for _, index, unique, *_ in connection.execute(f"PRAGMA index_list({sql_name(name)})"):
                about = connection.execute(f"PRAGMA index_info({sql_name(index)})")
                found.append((name, unique, *sorted(str(column) for _, _, column in about)))
    return frozenset(found)


def _other(
    project: Path, here: DatabaseState, settings: str, env_file: str | None
) -> Elsewhere | None:
    """The database that these settings name; None where nothing is to be said of it."""
    usual = project / "instance/app.db"
    file = database_named_by(project, settings) if settings else usual
    if file and file != usual and (twin := _production(project, settings, file)):
        return Elsewhere(settings, file.relative_to(project).as_posix(), same_as=twin)
    if settings == env_file and file and not (settings.startswith("prod") and file == usual):
        return None
    if not file:
        path = named_from_the_root(project, settings)
        if path.count("/") == 1:
            return Elsewhere(settings, path, problem="from the root")
        lost = settings.startswith(("prod", "stag")) and not url_in(project, settings)
        return Elsewhere(settings, here.url, problem="no address") if lost else None
    url = file.relative_to(project).as_posix()
    if not file.is_file():
        # Flask-SQLAlchemy makes instance/ itself, and no other folder.
        makes = file.parent == project / "instance" or file.parent.is_dir()
        if not makes:
            return Elsewhere(settings, url, problem="no folder")
        copies = with_copies(project, DatabaseState(url)).copies
        return Elsewhere(settings, url, problem="missing", copies=copies)
    other = _sqlite(file, url)
    names = names_in(other.tables)
    if url == here.url:
        differs = settings.startswith("prod") and env_file in (None, settings)
    elif other.problem:
        differs = other.problem in ("garbage", "locked")
    else:
        differs = other.versions != here.versions or names_in(here.tables) != names
    if not differs:
        return None
    return Elsewhere(
        settings,
        url,
        other.versions,
        other.problem,
        unrecorded=bool(other.tables and not other.versions),
        names=tuple(sorted(names)),
        filled=tuple(table.name for table in other.tables if table.rows),
        emptied=other.emptied,
    )


def with_copies(project: Path, database: DatabaseState) -> DatabaseState:
    """Add the files that may be a copy of a database that is missing or emptied, or itself.

    Not one whose rows are those of another database: it is a copy of that one.
    """
    if database.problem or (database.exists and not database.emptied):
        return database
    used = _named(project)
    others = [project / url for url in sorted(used - {"", database.url})]
    found = []
    for file in sorted((project / "instance").glob("*.db")):
        url = file.relative_to(project).as_posix()
        if url in {database.url, *used}:
            continue
        has_rows = any(table.rows for table in _sqlite(file, url).tables)
        if has_rows and not any(_has_the_rows_of(other, file) for other in others):
            found.append(url)
    return replace(database, copies=tuple(found))


def copies_with(project: Path, url: str, table: str) -> tuple[str, ...]:
    """Those that may be a copy of this database and have rows of a table that has lost its own."""
    found = with_copies(project, DatabaseState(url)).copies
    has = {file: _sqlite(project / file, file).tables for file in found}
    return tuple(f for f in found if any(t.name == table and t.rows for t in has[f]))


def _named(project: Path) -> set[str]:
    """The databases that settings name, or the app itself where none of Flask's own do."""
    usual = set() if file_with(project, "DATABASE_URL") else {"instance/app.db"}
    files = (".flaskenv", *(path.name for path in project.glob("*.env")))
    return usual | {_url(project, file) for file in files}


def is_copied(project: Path, url: str) -> bool:
    """Whether a file in instance/ that no settings name has the rows of this database."""
    used = {url, *_named(project)}
    others = (f for f in (project / "instance").glob("*.db") if f"instance/{f.name}" not in used)
    return any(_holds(file, project / url) for file in others)


def _holds(file: Path, database: Path) -> bool:
    """Whether a file has all values of a database, which has some, and is at its revision."""
    any_rows = False
    with suppress(sqlite3.Error), opened(database) as here, opened(file) as there:
        for name in table_names(here):
            columns, table = [sql_name(c[0]) for c in columns_in(here, name)], sql_name(name)
            counts = ", ".join(f"count({column})" for column in columns)
            filled = here.execute(f"SELECT {counts} FROM {table}").fetchone()
            kept = [column for column, values in zip(columns, filled, strict=True) if values]
            rows = f"SELECT {', '.join(kept)} FROM {table}"
            any_rows |= bool(kept) and name != "alembic_version"
            if kept and here.execute(rows).fetchall() != there.execute(rows).fetchall():
                return False
        return any_rows
    return False


def _has_the_rows_of(other: Path, file: Path) -> bool:
    """Whether each table of `file` has the same rows there, as far as both have its columns."""
    if not other.is_file():
        return False
    with suppress(sqlite3.Error), opened(other) as there, opened(file) as here:
        for name in set(table_names(here)) - {"alembic_version"}:
            columns = {column[0] for column in columns_in(there, name)}
            both = [sql_name(c[0]) for c in columns_in(here, name) if c[0] in columns]
            rows = f"SELECT {', '.join(both) or 'NULL'} FROM {sql_name(name)}"
            found = here.execute(rows).fetchall()
            if found and (not both or found != there.execute(rows).fetchall()):
                return False
        return True
    return False


def _production(project: Path, settings: str, file: Path) -> str:
    """The settings of production, where these are others and name its database; else empty."""
    if settings.startswith("prod"):
        return ""
    named = (name for name in settings_in(project) if name.startswith("prod"))
    return next((name for name in named if database_named_by(project, name) == file), "")


def _url(project: Path, settings: str) -> str:
    """The database that a file of settings names, as the state does; empty where it names none."""
    file = database_named_by(project, settings)
    return file.relative_to(project).as_posix() if file else ""


def _sqlite(file: Path, url: str) -> DatabaseState:
    if not file.exists():
        return DatabaseState(url)
    try:
        with opened(file) as connection:
            names = table_names(connection)
            versions: list[str] = []
            if "alembic_version" in names:
                rows = connection.execute("SELECT version_num FROM alembic_version ORDER BY 1")
                versions = [row[0] for row in rows]
            views, own = views_on(connection), [n for n in names if n != "alembic_version"]
            tables = [
                replace(_table(connection, name), views=tuple(sorted(views.get(name, ()))))
                for name in own
            ]
            emptied = not tables and has_dropped(connection)
    except sqlite3.Error as error:
        return DatabaseState(url, exists=True, error=f"{error}.", problem=_problem(error))
    return DatabaseState(url, True, tuple(tables), tuple(versions), emptied=emptied)


def _table(connection: sqlite3.Connection, name: str) -> Table:
    table = sql_name(name)
    columns = tuple(Column(*column) for column in columns_in(connection, name))
    (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    listed = connection.execute(f"PRAGMA index_list({table})")
    made = tuple(sorted(index for _, index, _, origin, _ in listed if origin == "c"))
    return Table(name, columns, rows, indexes=made)


def _problem(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "locked"
    return "garbage" if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) else "unreachable"
