"""Reads the four places of a project: Git, the model, the migrations, the database.

Nothing is written, no code of the learner runs in this process, and no password gets out.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from . import probe, verdict
from .classes import not_imported
from .env_file import database_named_by
from .errors import RoundtripError
from .facts import (
    Column,
    DatabaseState,
    Difference,
    Elsewhere,
    GitState,
    MigrationState,
    ModelState,
    Revision,
    State,
    Table,
)
from .git_facts import Run, git_lines, read_git
from .plain_data import build
from .rescue import find_script
from .script_folder import read_scripts
from .sqlite_files import columns_in, opened, sql_name, table_names
from .verdict.lookups import names_in, run_by

__all__ = ["Run", "State", "read"]


def read(project: Path, run: Run, env_file: str | None = None) -> State:
    """Read the four places of `project`. `env_file` chooses a database as `flask --env-file` does.

    Raises `RoundtripError` when the project or the file does not exist, and as `run` does.
    """
    if not project.is_dir():
        raise RoundtripError(f"There is no folder {project}. Start a lesson with %lesson first.")
    if env_file and not (project / env_file).is_file():
        raise RoundtripError(f"There is no file {env_file} in the project. Look at its name.")
    pool = ThreadPoolExecutor(1)
    try:
        loading = pool.submit(run, ["python", probe.__file__, *([env_file] if env_file else [])])
        git, tracked = read_git(project, run)
        report = _report(loading.result())
    finally:
        pool.shutdown(wait=False)  # after an interrupt, nobody waits for what is still loading
    model = _model(project, report)
    database = _database(project, report, env_file)
    files = {name for name in tracked if name.endswith((".db", ".sqlite", ".sqlite3"))}
    git = replace(git, databases=tuple(sorted(files | ({database.url} & tracked))))
    migrations = read_scripts(project, report.get("folder", "migrations"), git, tracked)
    migrations = _against_database(migrations, database.versions, git, run)
    migrations = replace(migrations, asked=not database.problem)
    if "settings" in report and not migrations.error:
        error, file = report["settings"]
        migrations = replace(migrations, error=error, error_file=file)
    elsewhere = tuple(_elsewhere(project, database, env_file))
    differences = build(tuple[Difference, ...], report.get("differences", ()))
    if gone := [d.table for d in differences if d.op == "remove_table"]:
        left_out = not_imported(project, gone, [table.file for table in model.tables])
        model = replace(model, left_out=tuple(left_out))
    state = State(git, model, migrations, database, differences, (), env_file or "", elsewhere)
    return replace(state, disagreements=verdict.disagreements(state))


def _report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        return json.loads(done.stdout)
    except ValueError:
        # The app ended Python itself, or Python did not start.
        said = done.stderr.strip().splitlines()[-1:] or ["Python ended without a word."]
        return {"found": True, "error": f"The app could not be loaded: {said[0]}"}


def _model(project: Path, report: Mapping[str, Any]) -> ModelState:
    model = build(ModelState, report)
    code = (*project.glob("*.py"), *project.glob("*/__init__.py"))
    # An empty project is no error: there is no app yet.
    return model if model.found or any(code) else replace(model, error=None)


def _database(project: Path, report: Mapping[str, Any], env_file: str | None) -> DatabaseState:
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
    # The app does not say which database it has; its usual one is still worth a look.
    if env_file or not usual.is_file():
        return DatabaseState()
    return _sqlite(usual, usual.relative_to(project).as_posix())


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
            tables = [_table(connection, name) for name in names if name != "alembic_version"]
    except sqlite3.Error as error:
        return DatabaseState(url, exists=True, error=f"{error}.", problem=_problem(error))
    return DatabaseState(url, True, tuple(tables), tuple(versions))


def _elsewhere(project: Path, here: DatabaseState, env_file: str | None) -> Iterator[Elsewhere]:
    """The databases in instance/ that files of settings name and that are not as this one.

    Also this one itself, where the settings of production name it. Seen from another database, the
    usual one is among them, without a file of settings.
    """
    named = {path.name for path in project.glob("*.env")} - {env_file}
    for settings in [*sorted(named), *[""] * bool(env_file)]:
        with suppress(OSError):  # a name that is too long
            file = project / "instance/app.db"
            if settings:
                file = database_named_by(project, settings)
            if not file:
                continue
            url = file.relative_to(project).as_posix()
            if not file.is_file():
                yield Elsewhere(settings, url, problem="missing")
                continue
            other = _sqlite(file, url)
            names = names_in(other.tables)
            if other.url == here.url:
                differs = settings.startswith("prod") and not env_file
            elif other.problem:
                differs = other.problem in ("garbage", "locked")
            else:
                differs = other.versions != here.versions or bool(names_in(here.tables) - names)
            if differs:
                yield Elsewhere(
                    settings,
                    other.url,
                    other.versions,
                    other.problem,
                    unrecorded=bool(other.tables and not other.versions),
                    names=tuple(sorted(names)),
                    filled=tuple(table.name for table in other.tables if table.rows),
                )


def _table(connection: sqlite3.Connection, name: str) -> Table:
    table = sql_name(name)
    columns = tuple(Column(*column) for column in columns_in(connection, name))
    return Table(name, columns, connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _problem(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "locked"
    return "garbage" if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) else "unreachable"


def _against_database(
    migrations: MigrationState, versions: tuple[str, ...], git: GitState, run: Run
) -> MigrationState:
    """Add what the database says: which scripts it has run, and which of them are gone."""
    known = {revision.id for revision in migrations.revisions}
    applied = run_by(State(migrations=migrations), versions)
    missing = tuple(version for version in versions if version not in known)
    # Without a parent nothing can be read, so that one comes first.
    parents = (parent for r in migrations.revisions for parent in r.parents if parent not in known)
    gone = next(chain(parents, missing), "")
    revisions = tuple(
        replace(
            revision,
            applied=revision.id in applied,
            before=_before(revision, run)
            if revision.committed and revision.id not in applied
            else "",
        )
        for revision in migrations.revisions
    )
    return replace(
        migrations,
        revisions=revisions,
        current=versions,
        missing=missing,
        rescue=find_script(run, gone, migrations.folder, git) if gone else None,
    )


def _before(revision: Revision, run: Run) -> str:
    """The commit before the one that brought the script; empty when that was the first commit."""
    lines = git_lines(run, "log", "-n1", "--diff-filter=A", "--format=%p", "--", revision.file)
    return lines[0].split()[0] if lines else ""
