"""The scripts that wait for the database."""

from __future__ import annotations

from collections.abc import Collection

from ..env_file import quoted, with_env_file
from ..facts import Elsewhere, Revision
from ..names import table_of
from ..state import Disagreement, State
from .commands import back_on, restore_model, stash_pop, take_out
from .failing import in_the_way, mistaken, unfit, would_fail
from .lookups import database_names, gone, has_run, is_among, model_names, row_count, unlike
from .unseen_rules import not_made
from .wording import are, by_sql, dropped, listed, named, say


def left_over(state: State) -> Disagreement | None:
    """A pending script that does what the model does not say: its upgrade would do harm."""
    model, pending = model_names(state), state.migrations.pending
    if pending and half_run(state):
        return None  # what it has done is undone first
    model |= {table.name for table in state.model.left_out}
    for place, revision in enumerate(pending):
        later = pending[place + 1 :]
        undone = {name for each in later for name in each.drops}
        redone = {name for each in later for name in each.adds}
        extra = [n for n in revision.adds if n not in model and not is_among(n, undone)]
        lost = [n for n in revision.drops if n in model and n not in redone | {*revision.adds}]
        if not extra and not lost:
            continue
        renamed = [name for name in lost if name in revision.renamed]
        dropped = [name for name in lost if name not in renamed]
        changes = {"adds": extra, "renames": renamed, "drops": dropped}
        does = [f"{verb} {listed(names)}" for verb, names in changes.items() if names]
        if other := has_run(state, revision):
            return _run_elsewhere(state, revision, other, does, extra)
        if needs := _may_need(state, revision):
            return say(
                "Another database may need a migration that waits here.",
                f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
                f"{needs.url} has some of it, or is at a script that is not here. Delete no "
                "script before that database can do without it; this shows how.",
                with_env_file("%board", needs.env_file),
                _model_of(state, revision),
            )
        why, stash = stash_pop(state)
        first, command = take_out(state, revision)
        whole = bool(extra) and set(extra) == {*revision.adds} and not revision.drops
        back = "" if stash else _model_of(state, revision)
        if stash:
            pass
        elif first:
            why = f"Do not upgrade, and delete the script.{first}"
        elif whole and revision.by_hand and not revision.committed:
            why = "It was written by hand, and no commit has it. Is it wanted? Then put it into "
            why += "the model. If not, the other command deletes it for good."
            command, back = f"%show {quoted(revision.file)}", command
        elif whole:
            why = "Do not upgrade: the model comes first. Is it wanted? Then put its line into the "
            why += "model. If not, the command deletes the script."
        else:
            why = "Do not upgrade. The command deletes the script; then run flask db migrate again."
        headline = "A migration does more than the model says."
        return say(
            "A left-over migration is waiting." if whole else headline,
            f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
            why,
            stash or command,
            back,
        )
    return None


def _run_elsewhere(
    state: State, revision: Revision, other: Elsewhere, does: list[str], extra: list[str]
) -> Disagreement:
    """A script that the model does not want waits here, and another database has run it."""
    why = f"{other.url} needs the script to go back, so downgrade that database first. "
    why += "Then delete the script."
    back = _model_of(state, revision)
    if revision.committed and extra and not revision.drops:
        why += f" The downgrade drops {listed(extra)} there, with all values. Do others have the "
        why += "script too? Then keep it: upgrade here, and let a new migration drop "
        why += f"{'them' if extra[1:] else 'it'} everywhere."
        back = "flask db upgrade"
    return say(
        "Another database has run a migration that waits here.",
        f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
        why,
        back_on(state, other, revision),
        back,
    )


def _may_need(state: State, script: Revision) -> Elsewhere | None:
    """Another database that has what a script makes, and does not say so, or whose own is gone."""
    for other in state.elsewhere:
        if {*script.adds} & {*other.names} or {*other.versions} - state.migrations.ids:
            return other
    return None


def pending(state: State) -> Disagreement | None:
    """Scripts wait for this database: what they do, and whether they would fail."""
    waiting = state.migrations.pending
    if not waiting or left_over(state) or not_made(state):
        return None
    looks = (half_run, mistaken, unfit, would_fail, in_the_way, _older, _two_ways)
    if said := next(filter(None, (look(state) for look in looks)), None):
        return said
    adds = list(dict.fromkeys(name for revision in waiting for name in revision.adds))
    drops = list(dict.fromkeys(name for revision in waiting for name in revision.loses))
    renamed = list(dict.fromkeys(name for revision in waiting for name in revision.renamed))
    headline = (
        "One migration is waiting." if len(waiting) == 1 else f"{len(waiting)} migrations wait."
    )
    found = f"The database has not run {listed(named(revision) for revision in waiting)}."
    if adds and not drops:
        found = f"The scripts have {listed(adds)}, the database does not."
        if model_names(state).issuperset(adds):
            found = f"The model has {listed(adds)}, the database does not."
    if not state.database.exists:
        found = f"There is no database {state.database.url}. The upgrade makes it, without rows."
    elif state.database.emptied:
        found = f"A downgrade has dropped the tables of {state.database.url}, with all rows."
    why = "Read the script before you run it."
    if waiting[1:]:
        why = "Read the scripts before you run them."
    if copies := state.database.copies:
        why = (
            f"There are rows in {listed(copies)}, which no settings name. Are they those of "
            f"{state.database.url}? Then Python's shutil.copy(source, target) puts them in place. "
            "If not, the upgrade makes the tables, without rows."
        )
        return say(headline, found, why, f"%show {quoted(copies[0])}", "flask db upgrade")
    if state.database.emptied:
        why = "The upgrade makes the tables again, without rows. Only a copy brings the rows back."
    if careful := _to_read_first(state, adds, drops):
        why, script, then = careful
        return say(headline, found, why, f"%show {quoted(script.file)}", then)
    if renamed:
        why = f"The upgrade gives {listed(renamed)} another name, and keeps the values. {why}"
    elif any("alter_column" in revision.others for revision in waiting):
        why = "The upgrade changes a column; values may be lost. Copy the database first."
    dropped = [*drops, *renamed]
    if lost := [d.name for d in gone(state) if not is_among(d.name, dropped)]:
        why = f"The database has {listed(lost)}, which the model lacks: was that meant? {why}"
    return say(headline, found, why, "flask db upgrade")


def _to_read_first(
    state: State, adds: Collection[str], drops: Collection[str]
) -> tuple[str, Revision, str] | None:
    """A script that loses something, or has no way back: why to read it, and what may follow."""
    waiting = state.migrations.pending
    if {table_of(name) for name in drops if "." in name} & {
        table_of(name) for name in adds if "." in name
    }:
        why = (
            f"The upgrade deletes {listed(drops)} with all values in it. If you renamed it, write "
            "alter_column with new_column_name into the script instead. If its line was lost, put "
            "that back, delete the script and make it again."
        )
        changing = next(revision for revision in waiting if revision.loses)
        return why, changing, "flask db upgrade"
    tables = [name for name in drops if "." not in name and row_count(state, name)]
    if tables and any("." not in name for name in adds):
        why = (
            f"The upgrade deletes {listed(tables)} with all rows. If you renamed it, write "
            "op.rename_table into the script instead, and the reverse into downgrade()."
        )
        changing = next(revision for revision in waiting if tables[0] in revision.drops)
        return why, changing, ""
    if unread := next((r for r in waiting if r.opaque or "execute" in r.others), None):
        why = (
            f"{named(unread)} runs SQL or other code that the board cannot read. What it deletes "
            "is gone. Read it; then flask db upgrade runs it."
        )
        return why, unread, ""
    if drops:
        changing = next(revision for revision in waiting if revision.loses)
        why = f"The upgrade deletes {listed(drops)} with all values in it. If its line was lost, "
        why += "put that back, delete the script and make it again."
        if other := has_run(state, changing):
            why = f"The upgrade deletes {listed(drops)} with all values in it, as it did in "
            why += f"{other.url}: the script has run there, so keep it."
        return why, changing, "flask db upgrade"
    if one_way := next((r for r in waiting if not r.undoes), None):
        why = f"The downgrade() of {named(one_way)} does not undo its upgrade(): fix it first, "
        why += "before a database needs it."
        return why, one_way, "flask db upgrade"
    return None


def _older(state: State) -> Disagreement | None:
    """A script makes a column otherwise than the model has it."""
    for revision in state.migrations.pending:
        for name, made, wanted in unlike(state, revision):
            found = f"{named(revision)} makes {name} {made}, the model has it as {wanted}."
            headline = "Model and script differ."
            why = "One of them was changed later. Is the model right? Then the command deletes the "
            why += "script; run flask db migrate again."
            first, command = take_out(state, revision)
            if first:
                why = "One of them was changed later. Is the model right? Then delete the script, "
                why += f"and run flask db migrate again.{first}"
            if other := has_run(state, revision):
                command = back_on(state, other, revision)
                why = f"{other.url} has run it: downgrade that one first. Then delete the script, "
                why += "and run flask db migrate again."
            return say(headline, found, why, command, _model_of(state, revision))
    return None


def _model_of(state: State, revision: Revision) -> str:
    """The command that brings back the model that a script was made from, if a commit has it."""
    return restore_model(state) if revision.committed else ""


def half_run(state: State) -> Disagreement | None:
    """The database has a part of what the next script adds."""
    revision = state.migrations.pending[0]
    there = [name for name in revision.adds if name in database_names(state)]
    absent = [name for name in revision.adds if name not in there]
    if not there or not absent or set(there) & set(revision.drops):
        return None
    headline = "A migration has run halfway."
    found = (
        f"{named(revision)} adds {listed(revision.adds)}: {are(there)} there, {are(absent)} not."
    )
    why = (
        f"It stopped at an error, or someone made {listed(there)} by hand. The next upgrade would "
    )
    why += "fail there."
    keep = (
        f"Fix the script, take {listed(there)} out of its upgrade() for this one run, then flask "
    )
    keep += "db upgrade, and put the lines back."
    if any("." not in name for name in there):
        return say(headline, found, f"{why} {keep}")
    them = "it" if len(there) == 1 else "them"
    why += f" No values there yet? Then drop {them}, and mend the script or make it again: "
    why += f"{by_sql(*map(dropped, there))}. Values? {keep}"
    return say(headline, found, why, "%%flask_shell")


def _two_ways(state: State) -> Disagreement | None:
    """The code can come to the database as well: commits have it, or had it until a reset."""
    waiting = state.migrations.pending
    adds = [name for revision in waiting for name in revision.adds]
    drops = [name for revision in waiting for name in revision.drops]
    one_way = not all(revision.undoes for revision in waiting)
    fresh = {revision.file for revision in waiting if not revision.committed}
    left = fresh <= {*state.git.left}
    back = state.git.reset_from if fresh else waiting[0].before
    # The code is shared by all databases: another one's upgrade is no reason to take it back.
    if not (back and waiting[0].parents and left and adds) or drops or one_way or state.env_file:
        return None
    headline = "The code is ahead of the database."
    found = f"The model and the migration have {listed(adds)}, the database does not"
    if other := has_run(state, *waiting):
        if last := next((r for r in waiting[:-1] if r.id in other.versions), None):
            return say(
                headline,
                f"{found}. {other.url} has run {named(last)}, and not what follows.",
                "Forward, the upgrade adds it all. The other command stops where that database is.",
                "flask db upgrade",
                f"flask db upgrade {last.id}",
            )
        return say(
            headline,
            f"{found}; {other.url} does.",
            "Forward, the upgrade adds it here too. Back: downgrade that database, then reset the "
            "code.",
            "flask db upgrade",
            back_on(state, other, *waiting),
        )
    why = f"Forward, the upgrade adds it. Back, the reset takes every commit after {back} off the "
    why += "branch, and deletes uncommitted changes."
    command = f"git reset --hard {back}"
    if fresh:
        why = "Forward, the upgrade adds it. Back: the last reset was without --hard, so the files "
        why += "stayed. The other command undoes that, and changes no file; then reset with --hard."
        command = f"git reset {back}"
    unseen = next((o for o in state.elsewhere if o.problem and o.url != state.database.url), None)
    if loose := () if fresh else waiting[0].in_the_way:
        why = "Forward, the upgrade adds it. No way back is told: the reset would overwrite "
        why += f"{listed(loose)}, which Git does not track now."
    if unseen:
        why = f"Forward, the upgrade adds it. No way back is told: {unseen.url} cannot be "
        why += "read, and would have to be downgraded before the code goes back."
    return say(
        headline,
        f"{found}.",
        why,
        "flask db upgrade",
        "" if unseen or loose else command,
    )
