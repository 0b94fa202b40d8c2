"""Goals about copies of a database, made before it was changed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ..facts import Revision
from ..sqlite_files import sql_name
from ..state import State
from .causes import why_blocked
from .course_databases import (
    USUAL,
    columns_of,
    command_on,
    copies,
    is_newer,
    is_up_to_date,
    query,
    shares_a_row,
    versions,
)
from .database_causes import beside_instance
from .finding import Cure, Finding, begin_again, met, unmet
from .reflog import last_reset_before


def copied(
    state: State, project: Path, database: str, adds: str = "", drops: str = "", rows: str = ""
) -> Finding:
    """Some file in instance/ is a copy of this database, as it was right before a migration.

    It is the newest one that adds, or drops, this `table.column`. The copy counts the migrations
    before it as run, and holds a row of the database's own. Until the database has run that one,
    the copy is newer than its last change, or holds the same. One that was there at the last
    reset before the script was made does not count: it is of an earlier change. `rows`: the table
    to compare, where a table is added.
    """
    table = rows or (adds or drops).partition(".")[0]
    scripts = _scripts(state, adds, drops)
    script = scripts[0] if scripts else None
    before = {*(script.parents if script else state.migrations.heads)}
    then = [{*each.parents} for each in scripts] or [before]

    def copies_of(source: str, files: Iterable[str]) -> list[str]:
        of_then = [file for file in files if {*versions(project, file)} in then]
        if drops:  # dropped by hand, it is gone at the same revision
            of_then = [file for file in of_then if _has(project, file, drops)]
        return [file for file in of_then if shares_a_row(project, file, source, table)]

    there = copies(project, "**/*")
    had = [file for file in there if drops and _has(project, file, drops)]
    had = [file for file in had if shares_a_row(project, file, database, table)]
    full = [file for file in had if _values(project, file, drops)]
    run = state.migrations.run_by(versions(project, database))
    has_run = bool({each.id for each in scripts} & run)
    fitting = copies_of(database, there)
    begun = last_reset_before(project, min((_date(project, s) for s in scripts), default=math.inf))
    old = {f for f in there if adds and (project / "instance" / f).stat().st_mtime < begun}
    earlier, fresh = [f for f in fitting if f in old], [f for f in there if f not in old]

    def is_of_that_time(file: str) -> bool:
        if not has_run and is_newer(project, file, database):
            return True
        return file not in earlier and (has_run or is_up_to_date(project, file, database))

    for file in filter(is_of_that_time, fitting):
        if not full or file in full:  # one that is made after the loss has no values
            text = f"{file}: at the revision before that, with rows of {database}"
            return met(f"{text}, none with a value in {drops}" if drops and not full else text)
    text = f"no copy of {database} from right before in instance"
    other = _of_another(project, fresh, database, table, script if has_run else None)
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
    if script and script.id in run:
        cure = _too_late(project, database, adds, had, full)
        now = {*versions(project, database)}
        late = [file for file in there if {*versions(project, file)} == now]
        if late and shares_a_row(project, late[0], database, table):
            cure = cure.after(f"{late[0]} was made after the upgrade.")
        elif other:
            cure = cure.after(f"{other[0]} is a copy of {USUAL}: --env-file was missing.")
        elif earlier:
            cure = cure.after(f"{earlier[0]} was made for an earlier change.")
    elif not script and not {*versions(project, database)} <= state.migrations.ids:  # was reset
        cure = why_blocked(state, project, database) or cure
    elif script and {*versions(project, database)} not in then:
        cause = f"{database} is more than one step behind: the copy is made right before "
        command = f"flask db upgrade {script.below}"
        cure = Cure(f"{cause}the upgrade.", command_on(database, command), repair=True)
    elif drops and there and not _has(project, database, drops):
        cause = f"{database} has no {drops} any more, and has not run a script that drops it. Its "
        cure = Cure(f"{cause}own board says more.", command_on(database, "%board"), repair=True)
    elif other:
        cure = cure.after(f"{other[0]} is a copy of {USUAL}: --env-file was missing.")
    elif earlier:
        cure = cure.after(f"{earlier[0]} was made for an earlier change.")
    elif fitting:
        cure = cure.after(f"{fitting[0]} is older than the last change of {database}.")
    return unmet(text, cure)


def _of_another(
    project: Path, files: Iterable[str], database: str, table: str, script: Revision | None
) -> list[str]:
    """Those of the files that hold rows of the default database, and none of this one.

    They were made for the next change of the database, or for that by `script`, which has run.
    """
    made = _date(project, script) if script else 0
    instance = project / "instance"
    late = [f for f in files if (instance / f).stat().st_mtime >= made]
    of_now = late if script else [f for f in late if is_newer(project, f, database)]
    alike = [file for file in of_now if shares_a_row(project, file, USUAL, table)]
    return [file for file in alike if not shares_a_row(project, file, database, table)]


def _scripts(state: State, adds: str, drops: str) -> list[Revision]:
    """The newest script that adds or drops the column, and those that made it under older names."""
    found: list[Revision] = []
    names = {adds}
    for script in reversed(state.migrations.revisions):
        if names & {*script.adds} or (not found and drops in script.drops):
            found.append(script)
            names = {*script.drops} if adds else set()
    return found


def _date(project: Path, script: Revision) -> float:
    """When a script was made, as it says itself, in seconds since 1970; later than all if not."""
    with suppress(OSError, ValueError):
        text = (project / script.file).read_text(encoding="utf-8", errors="replace")
        said = re.search(r"^Create Date: (.+)$", text, re.MULTILINE)
        return datetime.fromisoformat(said.group(1)).timestamp() if said else math.inf
    return math.inf


def _too_late(
    project: Path, database: str, adds: str, had: Sequence[str], full: Sequence[str]
) -> Cure:
    """The cure where the script has run and there is no copy: a step back, if it loses nothing.

    `had`: copies that have the column that it drops; `full`: those of them with values in it.
    """
    cause = f"No copy from right before is in instance/, and {database} is upgraded already."
    if full:
        cause += f" An older copy, {full[0]}, has values; what came after it is gone."
        return begin_again(cause)
    if not adds and not had:
        return begin_again(f"{cause} The values are gone for good, and no downgrade has them.")
    if adds and _values(project, database, adds):
        return begin_again(f"{cause} A step back would drop the values that {adds} has now.")
    if adds:
        cause += f" {adds} is empty there, so a step back loses nothing: "
    else:
        cause += f" The last copy with the column, {had[0]}, has no value in it. If nobody got one "
        cause += "since, nothing is lost (else %restart): "
    cause += "downgrade, make the copy, upgrade again."
    return Cure(cause, command_on(database, "flask db downgrade"), True)


def _has(project: Path, database: str, column: str) -> bool:
    table, _, name = column.partition(".")
    return name in columns_of(project, database, table)


def _values(project: Path, database: str, column: str) -> int:
    """How many rows of a database have a value in this `table.column`, or are in this table."""
    table, _, name = column.partition(".")
    if name and not _has(project, database, column):
        return 0
    counted = sql_name(name) if name else "*"
    found = query(project, database, f"SELECT count({counted}) FROM {sql_name(table)}")
    return found[0][0] if found else 0
