"""Goals about copies of a database, made before it was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ..facts import Revision
from ..sqlite_files import sql_name
from ..state import State
from .course_databases import USUAL, columns_of, command_on, copies, query, shares_a_row, versions
from .database_causes import beside_instance
from .finding import Cure, Finding, begin_again, met, unmet


def copied(
    state: State, project: Path, database: str, table: str, adds: str = "", drops: str = ""
) -> Finding:
    """Some file in instance/ is a copy of this database, as it was right before a migration.

    It is the newest one that adds, or drops, this `table.column` or table. The copy counts the
    migrations before it as run, and holds a row of the database's own `table`.
    """
    scripts = _scripts(state, adds, drops)
    script = scripts[0] if scripts else None
    before = {*(script.parents if script else state.migrations.heads)}
    then = [{*each.parents} for each in scripts] or [before]

    def copies_of(source: str, files: Iterable[str]) -> list[str]:
        of_then = [file for file in files if {*versions(project, file)} in then]
        return [file for file in of_then if shares_a_row(project, file, source, table)]

    there = copies(project, "**/*")
    had = [file for file in there if drops and _has(project, file, drops)]
    had = [file for file in had if shares_a_row(project, file, database, table)]
    full = [file for file in had if _values(project, file, drops)]
    for file in copies_of(database, there):
        if not full or file in full:  # one that is made after the loss has no values
            return met(f"{file}: a copy of {database}, as it was before")
    text = f"no copy in instance/ of {database} as it was before"
    taken = {each.name for each in project.glob("instance/*")}
    outside = [f"../{file}" for file in (*state.git.private, *state.git.databases)]
    beside = [file.removeprefix("../") for file in copies_of(database, outside)]
    beside += [each.name for each in project.glob("*.db") if each.is_file()]
    if loose := [file for file in beside if file.rpartition("/")[2] not in taken]:
        return unmet(text, beside_instance(loose[0]))
    cure = Cure(
        f"Make it before {database} is upgraded, under a name that no file there has.",
        command_on(database, "%%flask_shell"),
        holds_back=True,
    )
    if script and script.id in state.migrations.run_by(versions(project, database)):
        cure = _too_late(project, database, adds, had, full)
    elif script and not {*versions(project, database)} >= before:
        cause = f"{database} has gone back further than one step: the copy is made right before "
        command = f"flask db upgrade {script.below}"
        cure = Cure(f"{cause}the upgrade.", command_on(database, command), repair=True)
    elif other := copies_of(USUAL, there):
        cure = cure.after(f"{other[0]} is a copy of {USUAL}: --env-file was missing.")
    return unmet(text, cure)


def _scripts(state: State, adds: str, drops: str) -> list[Revision]:
    """The newest script that adds or drops the column, and those that made it under older names."""
    found: list[Revision] = []
    names = {adds}
    for script in reversed(state.migrations.revisions):
        if names & {*script.adds} or (not found and drops in script.drops):
            found.append(script)
            names = {*script.drops} if adds else set()
    return found


def _too_late(
    project: Path, database: str, adds: str, had: Sequence[str], full: Sequence[str]
) -> Cure:
    """The cure where the script has run and there is no copy: a step back, if it loses nothing.

    `had`: copies that have the column that it drops; `full`: those of them with values in it.
    """
    cause = f"No copy from before is in instance/, and {database} is upgraded already."
    if full:
        cause += f" An older copy, {full[0]}, has values; what came after it is gone."
        return begin_again(cause)
    if not adds and not had:
        return begin_again(f"{cause} The values are gone for good, and no downgrade has them.")
    if adds and _values(project, database, adds):
        return begin_again(f"{cause} A step back would drop what {adds} holds now.")
    if adds:
        cause += f" {adds} is empty there, so a step back loses nothing: downgrade, make the copy, "
        cause += "upgrade again."
    else:
        cause += " Was the column empty? Then a step back loses nothing: downgrade, make "
        cause += "the copy, upgrade again. Values that it had are gone for good."
    return Cure(cause, command_on(database, "flask db downgrade"), True)


def _has(project: Path, database: str, column: str) -> bool:
    table, _, name = column.partition(".")
    return name in columns_of(project, database, table)


def _values(project: Path, database: str, column: str) -> int:
    """How many rows of a database have a value in this `table.column`, or are in this table."""
    table, _, name = column.partition(".")
    if name and not _has(project, database, column):
        return 0
    what = sql_name(name) if name else "*"
    found = query(project, database, f"SELECT count({what}) FROM {sql_name(table)}")
    return found[0][0] if found else 0
