"""Why `flask db` cannot work, made no script, did not run or did not go back; and the cure."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..facts import Revision, State, names_in
from ..sqlite_files import sql_name
from ..verdict.commands import delete
from ..verdict.lookups import run_by
from .course_databases import USUAL, columns_of, databases, on, query, versions
from .model_causes import look_at, why_lacking


def why_blocked(
    state: State, project: Path | None = None, database: str = USUAL
) -> tuple[str, str] | None:
    """Cause and cure where `flask db` cannot work at all on this database of the project."""
    verdict = state.verdict
    missing = state.migrations.missing
    if state.migrations.error or state.database.problem:
        return f"{verdict.headline} {verdict.found}", verdict.next
    known = {revision.id for revision in state.migrations.revisions}
    there = versions(project, database) if project else ()
    gone = [*missing, *(version for version in there if version not in known)]
    if not gone:
        return None
    cause = f"The database is at {gone[0]}, whose file is gone, deleted or reset too early."
    if missing:
        return cause, verdict.next
    return cause, on(database, "%board")  # it looks for the file


def not_upgraded(state: State, database: str) -> tuple[str, str]:
    """Why a database has not run a script that waits, and the cure: not always an upgrade."""
    first = state.verdict
    if database == USUAL and first.kind in _TROUBLES and "db upgrade" not in first.next:
        return f"{first.headline} {first.found} {first.why}", first.next
    for revision in state.migrations.pending:
        if revision.drops:
            cause = f"The script that waits also drops {', '.join(revision.drops)}, with all values"
            return f"{cause}. Delete it, mend the model, make it again.", delete(revision)
    return f"The upgrade has not run on {database}.", on(database, "flask db upgrade")


_TROUBLES = {
    *("pending", "left_over", "not_recorded", "stamped", "overlapping", "half_made_copy"),
    *("several_heads", "model_not_imported"),
}
"""The disagreements in which an upgrade would fail, or do harm."""


def no_script(state: State, project: Path, wanted: str = "") -> tuple[str, str]:
    """Why there is no migration script for a change, and the cure. `wanted`: what it should add."""
    if lost := state.git.deleted:
        return f"{lost[0]} is deleted; the last commit has it.", "git restore ."
    if state.model.error or not state.model.found:
        return "The app does not load, so no script could be made.", state.verdict.next
    if not state.model.migrates:
        return f"{state.verdict.headline} {state.verdict.why}", look_at(
            state, "demo_app/__init__.py"
        )
    if not state.model.tables:
        cause = "The model is not imported: flask db migrate sees no table, so it finds no change."
        return cause, state.verdict.next
    if state.model.odd:
        return state.model.odd[0], look_at(state)
    if wanted and wanted not in names_in(state.model.tables):
        _, command = why_lacking(state, project, wanted)
        return f"The model does not have {wanted} yet, so no script can add it.", command
    if wanted and wanted in names_in(state.database.tables):
        cause = f"The database has {wanted} already, and no script made it: db.create_all() or a "
        return f"{cause}change by hand. flask db migrate finds no difference.", "%board"
    if state.migrations.pending:
        cause = "No further script was made. While one waits, flask db migrate refuses."
        return cause, "flask db history"
    if not state.differences:
        cause = "The model holds no new change, so flask db migrate makes no script."
        return cause, look_at(state)
    verdict = state.verdict
    migrate = 'flask db migrate -m "Say what changes"'
    command = verdict.next if verdict.next.startswith("flask db migrate") else migrate
    return "The migration script was not made yet.", command


def undo(state: State, revision: Revision) -> tuple[str, str]:
    """How to take back a script that the usual database has run; where a downgrade cannot, why."""
    if revision.drops:
        cause = f"It has run, and what it dropped is gone: {', '.join(revision.drops)}."
        return f"{cause} No downgrade brings the values back.", "%restart"
    at = state.migrations.current
    followed = "" if revision.id in at else ", with all that followed"
    return f"Undo it before you delete it{followed}.", _step_back(revision, at)


def _step_back(revision: Revision, at: Collection[str]) -> str:
    """The command that takes back a script, and what followed it, where the database is `at`."""
    if revision.id not in at or len(revision.parents) > 1:
        return f"flask db downgrade {revision.below}"
    if len(at) > 1:  # without a name, the step back could be that of the other
        return f"flask db downgrade {revision.id}@-1"
    return "flask db downgrade"


def not_gone_back(state: State, project: Path, database: str, name: str) -> tuple[str, str]:
    """Why a database still has what a downgrade should have taken, and the cure.

    A downgrade is told only where it would take this, and not something else.
    """
    at = versions(project, database)
    makers = [r for r in state.migrations.revisions if name in r.adds]
    run = [maker for maker in makers if maker.id in run_by(state, at)]
    if not run:
        cause = f"{database} has {name}, and no script that it counts as run makes it: a "
        return f"{cause}downgrade() that drops nothing, or a change by hand.", "%restart"
    maker = run[-1]
    if not maker.undoes:
        cause = (
            "The downgrade() of its script does not drop it. Write that, then run the downgrade."
        )
        return cause, f"%show {maker.file}"
    cause = f"{database} has not gone back far enough: {maker.id} still counts as run."
    if maker.id in at:
        cause = f"The downgrade has not run on {database}."
    return cause, on(database, _step_back(maker, at))


def one_downgrade_too_many(project: Path, database: str, table: str) -> tuple[str, str] | None:
    """Cause and cure where a downgrade has taken the rows of a table: it is gone, or made anew.

    A database that is at no revision need not have lost anything: flask db migrate makes one. What
    was dropped leaves free pages behind (https://sqlite.org/pragma.html#pragma_freelist_count).
    """
    if not columns_of(project, database, table):
        ((free_pages,),) = query(project, database, "PRAGMA freelist_count") or [(0,)]
        if versions(project, database) or not free_pages:
            return None
        return (
            f"One downgrade too many: it dropped the table {table} with all its rows.",
            "%restart",
        )
    others = [name for name in databases(project) if name != database]
    a_row = f"SELECT 1 FROM {sql_name(table)} LIMIT 1"
    if database != USUAL or query(project, database, a_row):
        return None
    if not any(query(project, name, a_row) for name in others):
        return None
    cause = "The rows are gone: one downgrade too many dropped the table, an upgrade made it anew."
    return cause, "%restart"
