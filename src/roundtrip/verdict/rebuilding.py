"""What a table that is made anew takes along, or stops at: SQLite drops the old one."""

from __future__ import annotations

from ..env_file import quoted
from ..facts import Dependent
from ..state import Disagreement, State
from .commands import copy
from .wording import are, named, say


def breaks_a_view(state: State) -> Disagreement | None:
    """A view reads a table that a script makes anew: SQLite stops where the old one is gone."""
    for revision in state.migrations.pending:
        if revision.runs_sql:
            return None  # it may drop the view first
        for table in (t for t in state.database.tables if t.name in revision.rebuilds and t.views):
            drops = "; ".join(f'op.execute("DROP VIEW {view}")' for view in table.views)
            return say(
                "A migration is waiting, and it would fail.",
                f"{named(revision)} makes {table.name} anew, and {are(table.views)} made of it.",
                f"SQLite stops where a view reads a table that is gone. Write {drops} above the "
                "batch, and op.execute with its CREATE VIEW below it. The same goes for "
                "downgrade().",
                f"%show {quoted(revision.file)}",
            )
    return None


def cuts_off(state: State) -> Disagreement | None:
    """Rows point to a table that a script makes anew, and the app has SQLite enforce that."""
    for revision in state.migrations.pending:
        if revision.runs_sql:
            return None  # it may switch that off
        for each in state.model.dependents:
            does = _does(each)
            if each.to not in revision.rebuilds or not does:
                continue
            command, first = f"%show {quoted(revision.file)}", ""
            if each.rule and not state.database.copied:
                command, first = copy(state.database.url), "Copy the database first. Then take"
            return say(
                "A migration is waiting, and it would harm rows of another table.",
                f"{named(revision)} makes {each.to} anew, and drops the old one: that {does}.",
                f"{first or 'Take'} the line that switches foreign keys on out of the app, for "
                "this upgrade alone, and put it back after it.",
                command,
            )
    return None


def _does(key: Dependent) -> str:
    """What happens to the rows that point to a table which is dropped."""
    table = key.of.partition(".")[0]
    return {
        "CASCADE": f"empties {table}, as {key.of} says ON DELETE CASCADE",
        "SET NULL": f"empties {key.of}, which says ON DELETE SET NULL",
        "": f"fails, as rows of {table} point to it",
        "NO ACTION": f"fails, as rows of {table} point to it",
    }.get(key.rule, "")
