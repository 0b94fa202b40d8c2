"""Why rows, or values in them, are not there, and the cure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..sqlite_files import sql_name
from ..state import State
from .causes import why_blocked
from .course_databases import (
    USUAL,
    columns_of,
    command_on,
    copies,
    query,
    row_in_words,
    used_databases,
)
from .databases import database_has
from .finding import BEGIN_AGAIN, Cure, Finding, begin_again, unmet
from .model_causes import app_fails
from .way_back_causes import half_made, one_downgrade_too_many, too_far

NOT_COMMITTED = "{}, or db.session.commit() did not follow."
"""A cause, with what was not done in the place of the braces."""


def none_left(
    state: State,
    project: Path,
    table: str,
    database: str,
    statement: str,
    wanted: Sequence[tuple[Any, ...]],
) -> Finding:
    """The rows that a lesson begins with are gone: `statement` gave the `wanted`."""
    text = f"{database}: no table {table}"
    if columns_of(project, database, table):
        text = f"{database}: {table} has no rows"
    if blocked := why_blocked(state, project, database):
        return unmet(text, blocked)
    if f"instance/{database}" in state.git.deleted:
        cause = "The file was deleted, and Git has it. This shows how to get it back."
        return unmet(text, Cure(cause, command_on(database, "%board"), repair=True))
    there = (project / "instance" / database).is_file()
    if there and not query(project, database, "PRAGMA schema_version"):
        cause = f"{database} cannot be read: another program writes to it, or it is damaged."
        return unmet(text, Cure(cause, "%board", repair=True))
    if half := half_made(project, database, table):
        return unmet(text, half)
    for other in copies(project):
        if {*wanted} <= {*query(project, other, statement)}:
            cause = f"They are gone, and {other} has them. A copy, or the file under another name? "
            cause += "Python's shutil.copy(source, target) puts it in place. %restart begins"
            return unmet(text, Cure(f"{cause} again.", f"%show instance/{other}", repair=True))
    cause = "The rows that the lesson begins with are gone: the file was deleted, or one downgrade "
    return unmet(text, begin_again(f"{cause}too many dropped their table."))


def overwritten(
    project: Path, database: str, statement: str, wanted: Collection[tuple[Any, ...]]
) -> Cure | None:
    """The cure where another database's rows are in the place of the `wanted`, by a copy."""
    here = query(project, database, statement)
    others = [each for each in used_databases(project) if each != database]
    same = [each for each in others if query(project, each, statement) == here]
    if not same or not {*wanted}.isdisjoint(here):
        return None
    cause = f"{database} has the rows of {same[0]}: a copy of that was put in its place."
    for copy in copies(project):
        if {*wanted} <= {*query(project, copy, statement)}:
            cause += f" {copy} has the right ones. This puts it back; then look again."
            command = f"shutil.copy('instance/{copy}', 'instance/{database}')"
            return Cure(cause, f'python -c "import shutil; {command}"', repair=True)
    return begin_again(cause)


def under_another_id(
    project: Path, database: str, table: str, columns: Sequence[str], wanted: Sequence[Any]
) -> Cure | None:
    """The cure where a row was deleted and added again; the `wanted` have the ids from 1 on."""
    same = " AND ".join(f"{sql_name(column)} IS ?" for column in columns)
    select = f"SELECT id FROM {sql_name(table)}"
    for place, row in enumerate(wanted, 1):
        ids = query(project, database, f"{select} WHERE {same}", *row)
        free = not query(project, database, f"{select} WHERE id = ?", place)
        if len(ids) == 1 and free:
            cause = f"{row[0]} has the id {ids[0][0]}, and had {place}: it was deleted, and added "
            update = f'db.text("UPDATE {table} SET id = {place} WHERE id = {ids[0][0]}")'
            cause += f"again. In flask shell: db.session.execute({update}), then "
            cure = in_the_shell(f"{cause}db.session.commit().", database)
            return replace(cure, repair=True)
    return None


def dropped_by_a_script(state: State, column: str, exercise: str) -> Cure | None:
    """The cure where a script has dropped a column that the lesson begins with.

    Where it does nothing else, this exercise may ask for it.
    """
    for script in state.migrations.revisions:
        alone = not {*script.drops, *script.adds, *script.others} - {column}
        if script.applied and column in script.loses and exercise and alone:
            cause = f"{script.file} has dropped {column} with its values, as that exercise asks. "
            cause += "Were all goals met before it? Then this lesson is done, and kept."
            return Cure(cause, f"%check {exercise}", repair=True)
        if script.applied and column in script.loses:
            cause = f"{script.file} has dropped {column} with its values: the model had lost it."
            return begin_again(cause)
    return None


def dropped_by_a_downgrade(state: State, column: str) -> Cure | None:
    """The cure where a downgrade too many has dropped a column that the lesson begins with."""
    makers = [each for each in state.migrations.revisions if column in each.adds]
    if not makers or makers[-1].applied or not state.migrations.current:
        return None
    if app_fails(state) or why_blocked(state):  # no upgrade works
        return None
    return too_far(column, makers[-1])


def no_row(project: Path, table: str, key: str, name: Any) -> Cure:
    """No row is found by this value."""
    statement = f"SELECT DISTINCT {sql_name(key)} FROM {sql_name(table)}"
    cause = "No such row was added, db.session.commit() did not follow, or a downgrade dropped "
    cause += f"{table} with its rows."
    if there := [row[0] for row in query(project, USUAL, statement)]:
        cause = f"The rows that are there have {key} {row_in_words(there[:5])}."
    for other in used_databases(project):
        if (name,) in query(project, other, statement):
            cause = f"It was added to the wrong database: {other} has it."
            break
    return in_the_shell(cause, USUAL)


def no_column(state: State, project: Path, column: str) -> Finding:
    """The default database has no such `table.column`: as `database_has` finds it."""
    why = database_has(state, project, column)
    return replace(why, found=f"{USUAL}: no column {column}")


def no_table(state: State, project: Path, table: str, database: str) -> Finding:
    """A database has no such table: as `database_has` finds it, or taken by a downgrade.

    Elsewhere than in the default database that comes first: an upgrade alone would not bring back
    the rows, which the lesson has added.
    """
    text = f"{database}: no table {table}"
    why = database_has(state, project, f"{table}.id", True, database)
    gone = one_downgrade_too_many(project, database, table)
    if not gone:
        return replace(why, met=False, found=text)
    if database == USUAL:
        return unmet(text, gone)
    if gone.command == BEGIN_AGAIN and why.next.endswith(" db upgrade"):
        cause = f"One downgrade too many: it dropped the table {table} with all its rows. This "
        cause += "makes it again, empty; then add the rows again, as the lesson does."
        gone = Cure(cause, why.next, repair=True)
    return replace(unmet(text, gone), lost=True)


def lost_or(cause: str, project: Path, database: str, table: str) -> Cure:
    """Why values are not there: this cause, where no downgrade has taken them with their table."""
    return one_downgrade_too_many(project, database, table) or in_the_shell(cause, database)


def in_the_shell(cause: str, database: str) -> Cure:
    """`flask shell` shows, and changes, what the rows are."""
    return Cure(cause, command_on(database, "%%flask_shell"))
