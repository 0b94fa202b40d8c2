"""Whatever rule tells a downgrade: it says what that takes, or that it would take nothing."""

from __future__ import annotations

from dataclasses import replace

from ..env_file import quoted
from ..facts import Elsewhere
from ..migration_facts import Revision
from ..names import table_of
from ..state import Disagreement, State
from .wording import listed, named


def with_losses(said: Disagreement, state: State) -> Disagreement:
    """The same, with what the downgrade that it tells would delete.

    Where the script's downgrade() does not undo its upgrade(), it must be fixed first: the
    command would change only the id, and the next advice would be to change it back.
    """
    command = next((c for c in (said.next, said.back) if " db downgrade" in c), "")
    other = next((o for o in state.elsewhere if f" {o.env_file} " in command), None)
    revision = _taken_back(state, command, other) if command else None
    if not revision:
        return said
    if not revision.undoes and command == said.next:
        why = f"{said.why} But the downgrade() of {named(revision)} does not undo its upgrade(): "
        return replace(said, why=f"{why}fix it first.", next=f"%show {quoted(revision.file)}")
    filled = [table.name for table in state.database.tables if table.rows]
    filled = list(other.filled) if other else filled
    lost = [name for name in revision.loses_back if table_of(name) in filled]
    if not lost or "with all values" in said.why:
        return said
    return replace(said, why=f"{said.why} The downgrade drops {listed(lost)} with all values.")


def _taken_back(state: State, command: str, other: Elsewhere | None) -> Revision | None:
    """The script that a downgrade takes back: the one it names (`ID@-1`), else the last to run."""
    at = other.versions if other else state.migrations.current
    there = [revision for revision in state.migrations.revisions if revision.id in at]
    asked = command.split()[-1].removesuffix("@-1")
    return next((r for r in there if r.id == asked), there[-1] if there else None)
