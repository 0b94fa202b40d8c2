"""Why `flask db` cannot work, or made no script, and the cure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..facts import State


def why_blocked(
    state: State, versions: Iterable[str] = (), database: str = "app.db"
) -> tuple[str, str] | None:
    """Cause and cure where `flask db` cannot work at all; `versions` are those of `database`."""
    verdict = state.verdict
    missing = state.migrations.missing
    if state.migrations.error or state.database.problem:
        return f"{verdict.headline} {verdict.found}", verdict.next
    known = {revision.id for revision in state.migrations.revisions}
    gone = [*missing, *(version for version in versions if version not in known)]
    if not gone:
        return None
    cause = f"The database is at {gone[0]}, whose file is gone, deleted or reset too early."
    if missing:
        return cause, verdict.next
    return cause, f"%board --env-file {Path(database).stem}.env"  # it looks for the file


def not_upgraded(state: State, database: str) -> tuple[str, str]:
    """Why a database has not run a script that waits, and the cure: not always an upgrade."""
    first = state.verdict
    if first.kind in ("pending", "left_over") and not first.next.startswith("flask db upgrade"):
        return f"{first.headline} {first.found} {first.why}", first.next
    flask = "flask" if database == "app.db" else f"flask --env-file {Path(database).stem}.env"
    return f"The upgrade has not run on {database}.", f"{flask} db upgrade"


def no_script(state: State) -> tuple[str, str]:
    """Why there is no migration script for a change, and the cure."""
    migrate = 'flask db migrate -m "Say what changes"'
    if lost := state.git.deleted:
        return f"{lost[0]} is deleted; the last commit has it.", "git restore ."
    if state.model.error or not state.model.found:
        return "The app does not load, so no script could be made.", state.verdict.next
    if not state.model.tables:
        cause = "The model is not imported: flask db migrate sees no table, so it finds no change."
        return cause, state.verdict.next
    if state.model.odd:
        return state.model.odd[0], "git diff"
    if state.migrations.pending:
        cause = "No further script was made. While one waits, flask db migrate refuses."
        return cause, "flask db history"
    if not state.differences:
        return "The model holds no new change, so flask db migrate makes no script.", "git diff"
    verdict = state.verdict
    command = verdict.next if verdict.next.startswith("flask db migrate") else migrate
    return "The migration script was not made yet.", command
