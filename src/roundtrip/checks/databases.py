"""Goals about the tables of an SQLite file in instance/."""

from __future__ import annotations

from pathlib import Path

from ..env_file import database_named_by, url_in
from ..facts import State
from ..sqlite_files import sql_name
from ..verdict.lookups import run_by
from .causes import no_script, not_gone_back, not_upgraded, one_downgrade_too_many, why_blocked
from .course_databases import (
    USUAL,
    columns_of,
    databases,
    is_used,
    on,
    query,
    settings_of,
    versions,
)
from .finding import Finding
from .model_causes import look_at


def database_has(
    state: State,
    project: Path,
    column: str,
    present: bool = True,
    database: str = USUAL,
    type: str = "",
    copy: bool = False,
    commit: str = "",
) -> Finding:
    """The table in `instance/<database>` has (or has not) this `table.column`.

    With `type`, of that type. A `copy` is a file that no settings name and no command upgrades.
    `commit`: the message of the commit that brings the script.
    """
    table, _, name = column.partition(".")
    found = columns_of(project, database, table)
    text = f"{database}: no table {table}"
    if found:
        text = f"{database}: table {table} has {', '.join(found)}"
    if found and (name in found) == present:
        if present and not copy:
            if blocked := why_blocked(state, project, database):
                return Finding(False, text, *blocked, detour=True)
            if trouble := _not_by_migration(project, database, text):
                return trouble
        if present and type and found[name][0] != type:
            return _other_type(state, project, column, database, type)
        return Finding(True, text)
    if copy:
        cause = f"{database} was moved, deleted or overwritten."
        return Finding(False, text, cause, "%restart", detour=True)
    if blocked := why_blocked(state, project, database):
        return Finding(False, text, *blocked, detour=True)
    if not present and found:
        cause, command = not_gone_back(state, project, database, column)
        detour = not command.startswith("flask") or not command.endswith("downgrade")
        return Finding(False, text, cause, command, detour)
    if not present and (lost := one_downgrade_too_many(project, database, table)):
        return Finding(False, text, *lost, detour=True)
    if commit and not any(each.subject == commit for each in state.git.commits):
        cause = f"The script comes with the commit “{commit}”, and the code is not there yet."
        return Finding(False, text, cause, "git reflog")
    return _absent(state, project, column, database, text)


def references(
    state: State, project: Path, column: str, target: str, database: str = USUAL
) -> Finding:
    """This `table.column` is a foreign key to the table `target`, of its id's type."""
    table, _, name = column.partition(".")
    keys = query(project, database, f"PRAGMA foreign_key_list({sql_name(table)})")
    there = database_has(state, project, column, True, database)
    if not there.met:
        return there
    if not any(row[3] == name and row[2] == target for row in keys):
        cause = f'The column is plain: the model has it without ForeignKey("{target}.id").'
        return Finding(False, f"{database}: {column} points to no table", cause, look_at(state))
    kind = columns_of(project, database, table)[name][0]
    wanted = columns_of(project, database, target).get("id", (kind, False))[0]
    if kind != wanted:
        text = f"{database}: {column} is {kind}, {target}.id is {wanted}"
        cause = "A foreign key has the type of the column that it points to: Mapped[int] here."
        return Finding(False, text, cause, look_at(state))
    return Finding(True, f"{database}: {column} points to {target}")


def _absent(state: State, project: Path, column: str, database: str, text: str) -> Finding:
    """Why a database does not have a column or its table."""
    table, _, name = column.partition(".")
    # A table that is made brings its columns along.
    needed = column if columns_of(project, database, table) else table
    if not any(needed in revision.adds for revision in state.migrations.revisions):
        return Finding(False, text, *no_script(state, project, needed))
    if unused := _not_used(project, database, text):
        return unused
    makers = {r.id for r in state.migrations.revisions if needed in r.adds}
    if makers & run_by(state, versions(project, database)):
        cause = f"It counts the script as run, and does not have {needed}: stamped, not upgraded."
        return Finding(False, text, cause, on(database, "%board"), detour=True)
    cause, command = not_upgraded(state, database)
    others = [
        other
        for other in databases(project)
        if other != database and name in columns_of(project, other, table)
    ]
    if others and command.endswith("db upgrade"):
        cause = f"It ran on the wrong database, or on one only: {others[0]} has {column}."
    if not (project / "instance" / database).is_file() and database != USUAL:
        cause = "No command has made it yet."
    return Finding(False, text, cause, command, detour=not command.endswith("db upgrade"))


def _not_used(project: Path, database: str, text: str, complete: bool = False) -> Finding | None:
    """Commands go to another database, or none does to this; `complete`: it has all it should."""
    settings = settings_of(database)
    if is_used(project, database):
        return None
    if (project / settings).is_file():
        cause = f"{settings} names no file in instance/, so its commands go elsewhere."
        if not url_in(project, settings):
            cause = f"{settings} has no DATABASE_URL of its own, so its commands go to {USUAL}."
        elif named := database_named_by(project, settings):
            name = named.relative_to(project / "instance").as_posix()
            cause = f"{settings} names {name}, so its commands go there."
        return Finding(False, text, cause, f"%show {settings}", detour=True)
    if complete:
        cause = f"The file is there, but no {settings} names it: no command goes to it."
        return Finding(False, text, cause, f"%%writefile {settings}", detour=True)
    if (project / "instance" / database).is_file():
        cause = "No command goes to this file: it was overwritten."
        return Finding(False, text, cause, "%restart", detour=True)
    return Finding(
        False, text, f"There is no {settings} yet that names it.", f"%%writefile {settings}"
    )


def _not_by_migration(project: Path, database: str, text: str) -> Finding | None:
    """A database that has all it should have, but not from its migrations."""
    if unused := _not_used(project, database, text, complete=True):
        return unused
    if not versions(project, database):
        cause = "It counts no migration as run: db.create_all() or a copy made its tables."
        return Finding(False, text, cause, on(database, "%board"), detour=True)
    return None


def _other_type(state: State, project: Path, column: str, database: str, type: str) -> Finding:
    """A column has another type than it should: a database keeps what the script has made."""
    table, _, name = column.partition(".")
    text = f"{database}: {column} is {columns_of(project, database, table)[name][0]}"
    cause = f"It should be {type}. A database keeps what the script made of it."
    back, command = not_gone_back(state, project, database, column)
    if not command.endswith("db downgrade"):
        return Finding(False, text, f"{cause} {back}", command, detour=True)
    more = f"Take it back on each database, {on(database, 'flask db downgrade')} for this one;"
    more = f"{more} then delete the script, and make it again from the right model."
    return Finding(False, text, f"{cause} {more}", command, detour=True)
