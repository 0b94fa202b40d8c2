"""Goals about the tables of an SQLite file in instance/."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..sqlite_files import sql_name
from ..state import State
from ..verdict.lookups import is_nullable, model_names
from .causes import no_script, not_upgraded, why_blocked, why_empty
from .course_databases import (
    USUAL,
    address_first,
    columns_of,
    command_on,
    query,
    shares_a_row,
    versions,
)
from .database_causes import (
    copy_lost,
    not_by_a_new_script,
    not_by_downgrade,
    not_by_migration,
    not_used,
    other_type,
    why_absent,
)
from .finding import BEGIN_AGAIN, Cure, Finding, met, unmet
from .model_causes import app_fails, look_at
from .script_causes import does_more, maker_changed, names_of
from .way_back_causes import no_way_back, not_gone_back, table_lost


def database_has(
    state: State,
    project: Path,
    column: str,
    present: bool = True,
    database: str = USUAL,
    type: str = "",
    copy: str = "",
    commit: str = "",
) -> Finding:
    """The table in `instance/<database>` has (or has not) this `table.column`.

    With `type`, of that type. `copy`: it is a copy of this database, which no settings name and no
    command upgrades. `commit`: the message of the commit that brings the script.
    """
    table, _, name = column.partition(".")
    found = columns_of(project, database, table)
    text = f"{database}: no table {table}"
    if not (project / "instance" / database).is_file():
        text = f"no {database} in instance"
    if found:
        text = f"{database}: table {table} has {', '.join(found)}"
    its_own = database == USUAL or (found and not present)
    if its_own and (unused := not_used(project, database)):
        return unmet(text, unused)
    blocked = None if copy else why_blocked(state, project, database)
    if copy and found and present and _is_of_another(project, database, copy, table):
        return unmet(text, copy_lost(state, project, database, column, copy))
    if found and (name in found) == present:
        if not present:
            by_hand = not_by_downgrade(state, project, column, database)
            return unmet(text, by_hand) if by_hand else met(text)
        if not copy and (trouble := blocked or not_by_migration(project, database)):
            return unmet(text, trouble)
        if type and found[name][0] != type:
            text = f"{database}: {column} is {found[name][0]}"
            return unmet(text, other_type(state, project, column, database, type))
        return met(text)
    if copy:
        gone = unmet(text, copy_lost(state, project, database, column, copy))
        return replace(gone, lost=gone.next == BEGIN_AGAIN)
    if blocked := app_fails(state) or blocked:
        return unmet(text, blocked)
    if not present and found:
        return unmet(text, not_gone_back(state, project, database, column))
    if not present:
        return unmet(text, not_used(project, database) or table_lost(project, database, table))
    if commit and not any(each.subject == commit for each in state.git.commits):
        cause = f"The code is not at “{commit}” yet. When it is, each database runs its scripts."
        return unmet(text, Cure(cause, "git reflog"))
    return unmet(text, why_absent(state, project, column, database))


def _is_of_another(project: Path, database: str, copy: str, table: str) -> bool:
    """Whether a file that should be a copy of one database is one of the default database."""
    ours = shares_a_row(project, database, USUAL, table)
    return ours and not shares_a_row(project, database, copy, table)


def dropped(state: State, project: Path, column: str, database: str = USUAL) -> Finding:
    """A script drops this `table.column`, and the database in `instance/` has run it.

    So another database loses it too, which a downgrade and a reset here would not do.
    """
    table, _, name = column.partition(".")
    there = columns_of(project, database, table)
    text = f"{database}: no table {table}"
    if there:
        text = f"{database}: table {table} has {', '.join(there)}"
    if blocked := app_fails(state) or why_blocked(state, project, database):
        return unmet(text, blocked)
    if column in model_names(state):
        cause = f"The model still has {column}. Take its line out of the class by hand."
        return unmet(text, Cure(cause, look_at(state)))
    scripts = [script for script in state.migrations.revisions if column in script.drops]
    if not scripts and name not in columns_of(project, USUAL, table):
        return unmet(text, not_by_a_new_script(state, project, column))
    if not scripts and state.migrations.pending:
        cause = f"No script drops {column} yet, and another one waits: a downgrade too many? "
        taken = names_of(name for script in state.migrations.pending for name in script.adds)
        cause += f"Then what was in {taken} is gone; the upgrade brings it back empty."
        return unmet(text, Cure(cause, "flask db upgrade", repair=True))
    if not scripts:
        command = f'flask db migrate -m "Remove {name} column from {table} model"'
        return unmet(text, Cure(f"No script drops {column} yet.", command))
    last = scripts[-1]
    if more := {*last.drops, *last.adds, *last.others} - {column}:
        return unmet(text, does_more(state, last, more & {*last.drops}, (), {*last.adds}))
    later = state.migrations.revisions[state.migrations.revisions.index(last) + 1 :]
    if empty := [script for script in later if script.is_empty]:
        return unmet(text, why_empty(state, empty[-1]))
    if wrong := no_way_back(state, last) or maker_changed(state, project, column):
        return unmet(text, wrong)
    if not state.migrations.run_by(versions(project, database)) & {r.id for r in scripts}:
        cause = f"The upgrade has not run on {database}.{address_first(project, database)}"
        return unmet(text, Cure(cause, command_on(database, "flask db upgrade")))
    if name in there:
        cause = f"It counts the script as run, and still has {column}: stamped, not upgraded."
        return unmet(text, Cure(cause, command_on(database, "%board"), repair=True))
    return met(text)


def references(
    state: State, project: Path, column: str, target: str, required: bool = False
) -> Finding:
    """This `table.column` in app.db is a foreign key to the table `target`, of its id's type.

    `required`: it must not be empty. Rows that point to nobody are no better than no key.
    """
    table, _, name = column.partition(".")
    here = look_at(state)
    has = database_has(state, project, column)
    if not has.met:
        return has
    keys = query(project, USUAL, f"PRAGMA foreign_key_list({sql_name(table)})")
    there = [row[4] for row in keys if row[3] == name and row[2] == target]
    if not there:
        text = f"{USUAL}: {column} points to no table"
        if any(d.op == "add_fk" and d.table == table for d in state.differences):
            return unmet(text, _made_before(state, project, "the foreign key"))
        cause = f'The column is plain: the model has it without ForeignKey("{target}.id").'
        return unmet(text, Cure(cause, here))
    kind, nullable = columns_of(project, USUAL, table)[name]
    wanted = columns_of(project, USUAL, target).get("id", (kind, False))[0]
    if kind != wanted:
        text = f"{USUAL}: {column} is {kind}, {target}.id is {wanted}"
        cause = "A foreign key has the type of the column that it points to: Mapped[int] here."
        if there[0] not in (None, "id"):
            cause = f"It points to {target}.{there[0]}; it should point to {target}.id."
        return unmet(text, Cure(cause, here))
    if required and nullable:
        text = f"{USUAL}: {column} may be empty"
        if not is_nullable(state, column):
            return unmet(text, _made_before(state, project, "Mapped[int]"))
        cause = f"So a {table} without a {target} is possible. Mapped[int] says that it must be "
        return unmet(
            text, Cure(f"{cause}there, and Mapped[int | None] that it may be empty.", here)
        )
    astray = query(project, USUAL, f"PRAGMA foreign_key_check({sql_name(table)})")
    if found := [row for _, row, points_to, _ in astray if points_to == target]:
        text = f"{USUAL}: {table} {found[0]} points to a {target} that does not exist"
        cause = "SQLite lets such a row in, unless PRAGMA foreign_keys is on; PostgreSQL does not. "
        cause += "Change the row, or delete it."
        return unmet(text, Cure(cause, "%%flask_shell", repair=True))
    return met(f"{USUAL}: {column} points to {target}")


def _made_before(state: State, project: Path, what: str) -> Cure:
    """The cure where the model has got something that its table has not."""
    wants = not_upgraded(state, project, USUAL) if state.migrations.pending else None
    cause = f"The model has {what} now; the table was made before."
    return (wants or no_script(state, project)).after(cause)
