"""The scripts that wait for the database."""

from __future__ import annotations

from ..facts import Disagreement, State
from .commands import delete, restore_model, stash_pop
from .lookups import (
    database_names,
    has_run,
    is_among,
    is_nullable,
    model_names,
    row_count,
)
from .wording import listed, named, rows_in, say


def left_over(state: State) -> Disagreement | None:
    """A pending script that does what the model does not say: its upgrade would do harm."""
    model, pending = model_names(state), state.migrations.pending
    for place, revision in enumerate(pending):
        later = pending[place + 1 :]
        undone = {name for each in later for name in each.drops}
        redone = {name for each in later for name in each.adds}
        extra = [n for n in revision.adds if n not in model and not is_among(n, undone)]
        lost = [n for n in revision.drops if n in model and n not in redone | {*revision.adds}]
        if not extra and not lost:
            continue
        does = [f"adds {listed(extra)}"] * bool(extra) + [f"drops {listed(lost)}"] * bool(lost)
        if other := has_run(state, revision):
            return say(
                "A migration is waiting here that another database has run.",
                f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
                f"{other.url} needs the script for its way back, so that database goes first. "
                "Delete the script afterwards.",
                f"flask --env-file {other.env_file} db downgrade",
                restore_model(state),
            )
        why, stash = stash_pop(state)
        whole = bool(extra) and set(extra) == {*revision.adds} and not revision.drops
        if stash:
            pass
        elif whole:
            why = "Do not upgrade: it would add what nobody wants. The command deletes the script."
        else:
            why = "Do not upgrade. The command deletes the script; then run flask db migrate again."
        return say(
            "A left-over migration is waiting."
            if whole
            else "A migration does more than the model says.",
            f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
            why,
            stash or delete(revision),
            "" if stash else restore_model(state),
        )
    return None


def pending(state: State) -> Disagreement | None:
    waiting = state.migrations.pending
    if not waiting or left_over(state):
        return None
    if said := _half_run(state) or _would_fail(state) or _two_ways(state):
        return said
    adds = [name for revision in waiting for name in revision.adds]
    drops = [name for revision in waiting for name in revision.drops]
    headline = (
        "One migration is waiting." if len(waiting) == 1 else f"{len(waiting)} migrations wait."
    )
    found = f"The database has not run {listed(named(revision) for revision in waiting)}."
    if adds and not drops:
        found = f"The scripts have {listed(adds)}, the database does not."
        if model_names(state).issuperset(adds):
            found = f"The model has {listed(adds)}, the database does not."
    if not state.database.exists:
        found = f"There is no database {state.database.url} yet. The upgrade makes it."
    why = "Read it before you run it." if len(waiting) == 1 else "Read them before you run them."
    if drops:
        why = f"The upgrade deletes {listed(drops)} with all values in it. Read the script first."
    return say(headline, found, why, "flask db upgrade")


def _half_run(state: State) -> Disagreement | None:
    """The database has a part of what the next script adds."""
    revision = state.migrations.pending[0]
    there = [name for name in revision.adds if name in database_names(state)]
    absent = [name for name in revision.adds if name not in there]
    if not there or not absent or set(there) & set(revision.drops):
        return None
    return say(
        "A migration has run halfway.",
        f"{named(revision)} adds {listed(revision.adds)}: {listed(there)} is there, "
        f"{listed(absent)} is not.",
        f"It stopped at an error, or other hands made {listed(there)}. The next upgrade would fail "
        f"there. Mend the script, take {listed(there)} out of its upgrade() for this one run, then "
        "flask db upgrade, and put the lines back.",
    )


def _would_fail(state: State) -> Disagreement | None:
    """A script that waits adds a column that must not be empty, to a table with rows."""
    for revision in state.migrations.pending:
        for name in revision.required:
            if not row_count(state, name):
                continue
            why = "Allow NULL in the model: Mapped[… | None]. Then delete the script"
            if is_nullable(state, name):
                why = "The model allows NULL now; the script is older. Delete it"
            command = delete(revision)
            if other := has_run(state, revision):
                command = f"flask --env-file {other.env_file} db downgrade"
                why = f"{other.url} has run it all the same, and has to go back first. {why}"
            return say(
                "A migration is waiting, and it would fail.",
                f"{name} is NOT NULL, and {rows_in(state, name)} would have no value.",
                f"{why} with this command, and run flask db migrate again."
                if not other
                else f"{why} afterwards, and run flask db migrate again.",
                command,
            )
    return None


def _two_ways(state: State) -> Disagreement | None:
    """Everything is committed, so the code can come to the database as well."""
    waiting = state.migrations.pending
    adds = [name for revision in waiting for name in revision.adds]
    drops = [name for revision in waiting for name in revision.drops]
    back = waiting[0].before
    committed = all(revision.committed for revision in waiting)
    # The code is shared by all databases: another one's upgrade is no reason to take it back.
    if not (back and waiting[0].parents and committed and adds) or drops or state.env_file:
        return None
    headline = "The code is ahead of the database."
    found = f"The model and the migration have {listed(adds)}, the database does not"
    if other := has_run(state, *waiting):
        return say(
            headline,
            f"{found}; {other.url} does.",
            "Forward, the upgrade adds it here too. Back, that database goes first, the code last.",
            "flask db upgrade",
            f"flask --env-file {other.env_file} db downgrade",
        )
    return say(
        headline,
        f"{found}.",
        f"Forward, the upgrade adds it. Back, the reset takes every commit after {back} off the "
        "branch, and deletes uncommitted changes.",
        "flask db upgrade",
        f"git reset --hard {back}",
    )
