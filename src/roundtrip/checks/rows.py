"""Goals about the rows of an SQLite file in instance/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..plural import counted
from ..sqlite_files import sql_name
from ..state import State
from ..verdict.lookups import model_names
from .course_databases import (
    USUAL,
    columns_of,
    copies,
    dump,
    query,
    row_in_words,
    settings_of,
    used_databases,
    versions,
)
from .database_causes import not_used
from .finding import BEGIN_AGAIN, Cure, Finding, begin_again, met, unmet
from .model_causes import look_at
from .row_causes import (
    NOT_COMMITTED,
    dropped_by_a_downgrade,
    dropped_by_a_script,
    in_the_shell,
    lost_or,
    no_column,
    no_row,
    no_table,
    none_left,
    overwritten,
    under_another_id,
)


def rows(
    state: State,
    project: Path,
    table: str,
    count: int,
    database: str = USUAL,
    kept: bool = False,
) -> Finding:
    """The table in `instance/<database>` has exactly `count` rows.

    `kept`: the lesson begins with them.
    """
    statement = f"SELECT count(*) FROM {sql_name(table)}"
    found = query(project, database, statement)
    if kept and not (found and found[0][0]):
        return none_left(state, project, table, database, statement, [(count,)])
    if not found:
        return no_table(state, project, table, database)
    number = found[0][0]
    text = f"{database}: {counted(number, 'row')} in {table}"
    if number == count:
        return met(text)
    if number > count:
        return unmet(text, in_the_shell("There are too many rows.", database))
    cause = NOT_COMMITTED.format("Rows were not added" if not number else "A row is missing")
    return unmet(text, lost_or(cause, project, database, table))


def rows_equal(
    state: State,
    project: Path,
    table: str,
    columns: list[str],
    values: list[list[Any]],
    database: str = USUAL,
    more: bool = False,
    kept: bool = False,
) -> Finding:
    """These columns hold these values, row by row in the order of `id`; with `more`, others too.

    `kept`: the lesson begins with them.
    """
    # A quoted name alone would be a text where the column does not exist (sqlite.org/quirks.html).
    names = ", ".join(f"{sql_name(table)}.{sql_name(column)}" for column in columns)
    every = f"SELECT {names} FROM {sql_name(table)} ORDER BY id"
    found = query(project, database, every)
    wanted = [tuple(row) for row in values]
    there = [row for row in found if row in wanted] if more else found
    if there == wanted:
        return met(f"{database}: {counted(len(wanted), 'row')} in {table}, as expected")
    if kept and not query(project, database, f"SELECT 1 FROM {sql_name(table)} LIMIT 1"):
        return none_left(state, project, table, database, every, wanted)
    if not columns_of(project, database, table):
        return no_table(state, project, table, database)
    if gone := [each for each in columns if each not in columns_of(project, database, table)]:
        cause = f"It was dropped, with its values: {', '.join(gone)}."
        return unmet(f"{database}: {table} has no {', '.join(gone)}", begin_again(cause))
    if not found:
        text = f"{database}: {table} has no rows"
        cause = NOT_COMMITTED.format("The rows were not added")
        cause += " Or one downgrade too many took them, with their table."
        if database != USUAL and {*wanted} <= {*query(project, USUAL, every)}:
            option = f"--env-file {settings_of(database)}"
            cause = f"They were added to {USUAL}: without {option}, a command goes there."
        return unmet(text, lost_or(cause, project, database, table))
    by_another = overwritten(project, database, every, wanted)
    if by_another and (kept or by_another.command != BEGIN_AGAIN):
        text = f"{database}: {table} has the row {row_in_words(found[0])}"
        return replace(unmet(text, by_another), lost=kept)
    missing = [row for row in wanted if row not in found]
    others = [row for row in found if row not in wanted]
    text = f"{database}: {counted(len(there), 'row')} in {table}"
    if others:
        text = f"{database}: {table} has the row {row_in_words(others[0])}"
    cause = "A row is there twice, or in another order."
    if missing:
        cause = f"The row {row_in_words(missing[0])} is missing."
    elif others:
        marks = ", ".join("?" * len(columns))
        statement = f"SELECT id FROM {sql_name(table)} WHERE ({names}) IS ({marks})"
        ids = sorted(
            {key for row in others for (key,) in query(project, database, statement, *row)}
        )
        which = f"= {ids[0]}" if len(ids) == 1 else f"IN ({', '.join(map(str, ids))})"
        delete = f'db.session.execute(db.text("DELETE FROM {table} WHERE id {which}"))'
        cause = "It does not" if len(ids) == 1 else f"{len(ids)} rows do not"
        cause += f" belong there. In flask shell: {delete}, then db.session.commit()."
        # It can go at once, whatever else is to be done.
        return unmet(text, replace(in_the_shell(cause, database), repair=True))
    elif moved := under_another_id(project, database, table, columns, wanted):
        return unmet(text, moved)
    return unmet(text, in_the_shell(cause, database))


def some_value(
    state: State,
    project: Path,
    column: str,
    kept: bool = False,
    kind: str = "",
    dropped_by: str = "",
) -> Finding:
    """At least one row in app.db holds a value in this `table.column`; no text is no value.

    `kept`: the lesson begins with one. `kind`: SQLite's name of what it should be ("integer").
    `dropped_by`: the exercise that drops the column in the end.
    """
    table, _, name = column.partition(".")
    if name not in columns_of(project, USUAL, table):
        text = f"{USUAL}: no column {column}"
        if kept and (gone := dropped_by_a_script(state, column, dropped_by)):
            return unmet(text, gone)
        if kept and (gone := dropped_by_a_downgrade(state, column)):
            return replace(unmet(text, gone), lost=True)  # a whole upgrade would not name the loss
        return no_column(state, project, column)
    select = f"SELECT count(NULLIF({sql_name(name)}, '')) FROM {sql_name(table)}"
    found = query(project, USUAL, select)
    number = found[0][0] if found else 0
    text = f"{USUAL}: {counted(number, 'row')} with a value in {column}"
    if kind and number:
        same = query(project, USUAL, f"{select} WHERE typeof({sql_name(name)}) = ?", kind)
        if not same[0][0]:
            cause = f"No row has an {kind} there. SQLite takes anything, other databases refuse it."
            return unmet(text, in_the_shell(cause, USUAL))
    if number:
        return met(text)
    if kept:
        cause = f"No row has one any more. A downgrade drops {column}, an upgrade brings it back "
        cause += "empty. Set one again, then db.session.commit()."
        return unmet(text, replace(in_the_shell(cause, USUAL), repair=True))
    if column not in model_names(state):
        cause = f"The model does not have {column}, so a value that is set in the shell is lost."
        return unmet(text, Cure(cause, look_at(state), repair=True))
    cause = NOT_COMMITTED.format("No value was set")
    cause += " A downgrade and an upgrade after it leave the column empty, too."
    for other in used_databases(project):
        there = name in columns_of(project, other, table)  # else SQLite counts its name, as a text
        if there and query(project, other, select) != [(0,)]:
            cause = f"It was set in another database: {other} has it."
    return unmet(text, lost_or(cause, project, USUAL, table))


def holds(
    state: State,
    project: Path,
    table: str,
    row: dict[str, Any],
    empty: Sequence[str] = (),
    alone: bool = False,
) -> Finding:
    """A row of the table in app.db holds these values, and none in the columns named in `empty`.

    The first of the values is what the row is found by. `alone`: no other row holds the others.
    """
    wanted = {**row, **dict.fromkeys(empty)}
    (key, name), *_ = row.items()
    for column in wanted:
        if column not in columns_of(project, USUAL, table):
            return no_column(state, project, f"{table}.{column}")
    select = f"SELECT {', '.join(map(sql_name, wanted))} FROM {sql_name(table)}"
    found = query(project, USUAL, f"{select} WHERE {sql_name(key)} = ?", name)
    if not found:
        text = f"{USUAL}: no row in {table} with {key} {name}"
        return unmet(text, no_row(project, table, key, name))
    others = {column: value for column, value in wanted.items() if column != key}
    text = f"{USUAL}: {key} {name} has {', '.join(others)} {row_in_words(found[0][1:])}"
    if not others:
        return met(f"{USUAL}: {counted(len(found), 'row')} in {table} with {key} {name}")
    same = " AND ".join(f"{sql_name(column)} IS ?" for column in others)
    where = f"{same} AND {sql_name(key)} IS NOT ?"
    elsewhere = query(project, USUAL, f"{select} WHERE {where}", *others.values(), name)
    if set(found) == {tuple(wanted.values())}:
        if alone and elsewhere:
            cause = f"{elsewhere[0][0]} has it too: it was set on more than one row. Set that one "
            return unmet(text, in_the_shell(f"{cause}back, then db.session.commit().", USUAL))
        return met(text)
    not_set = "No value was set on this row's object"
    cause = NOT_COMMITTED.format(f"{not_set} (a value set on a query is lost)")
    if any(value is not None for value in found[0][1:]):
        cause = "Another value was set."
    if elsewhere and not empty:
        cause = f"{not_set}; {elsewhere[0][0]} has that value. Was it set on another row, or on a "
        cause += "query?"
    for other in used_databases(project) if not empty else ():
        if other != USUAL and query(project, other, f"{select} WHERE {same}", *others.values()):
            cause = f"It was set in another database: {other} has it."
    if found[1:]:
        cause = f"{len(found)} rows have {key} {name}: one was added, instead of changed."
    return unmet(text, in_the_shell(cause, USUAL))


def same_rows(state: State, project: Path, database: str, source: str) -> Finding:
    """Two SQLite files in instance/ hold the same tables with the same rows."""
    if not (there := dump(project, source)):
        cause = f"{source} is not there: not made yet, moved, deleted or damaged."
        return unmet(f"no {source} in instance", begin_again(cause))
    here = dump(project, database)
    text = f"{database} differs from {source}" if here else f"no {database} in instance"
    if here == there:
        text = f"{database} holds the same as {source}"
    for other in used_databases(project):
        if other != database and dump(project, other) == there:
            cause = f"{other} equals {source}: overwritten, its own rows are gone; or the "
            cause += "copy was made from it, without --env-file."
            return unmet(text, begin_again(cause))
    if unused := not_used(project, database, complete=True):
        return unmet(text, unused)
    if here == there:
        return met(text)
    cause = "It was not copied there."
    others = [*copies(project), *used_databases(project)]
    same = [each for each in others if each != database and here and dump(project, each) == here]
    if same:
        cause = f"It holds the same as {same[0]}, not what {source} holds."
    elif (project / database).is_file():
        cause = f"{database} is in the project folder, but belongs in instance/."
    elif here and versions(project, database) == versions(project, source):
        cause += " An upgrade brings back columns, and none of their values."
    # Until it is the copy, no single row is to be changed.
    return unmet(text, Cure(cause, f"%show instance/{database}", holds_back=True))
