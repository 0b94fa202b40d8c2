"""The scripts that wait for the database."""

from __future__ import annotations

from collections.abc import Collection

from ..env_file import quoted
from ..migration_facts import Revision
from ..names import is_among, table_of
from ..state import Disagreement, State
from .careful import more_room
from .commands import back_on, copy, look_at_model, take_out
from .failing import half_run, in_the_way, mistaken, no_batch, unfit, would_fail
from .left_over_rules import left_over, model_of
from .lookups import claims, database_names, gone, has_run, model_names, row_count, unlike
from .rebuilding import breaks_a_view, cuts_off
from .unseen_rules import drops_unmade, not_made
from .wording import listed, named, say


def pending(state: State) -> Disagreement | None:
    """Scripts wait for this database: what they do, and whether they would fail."""
    waiting = state.migrations.pending
    if not waiting or left_over(state) or not_made(state) or drops_unmade(state):
        return None
    looks = (
        *(half_run, mistaken, no_batch, unfit, would_fail, breaks_a_view, cuts_off),
        *(in_the_way, _older, _two_ways),
    )
    if said := next(filter(None, (look(state) for look in looks)), None):
        return said
    adds = list(dict.fromkeys(name for revision in waiting for name in revision.adds))
    drops = list(dict.fromkeys(name for revision in waiting for name in revision.loses))
    drops = [name for name in drops if name in database_names(state)]
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
        headline = f"The rows are gone. {headline}"
    why = "Read the script before you run it."
    if waiting[1:]:
        why = "Read the scripts before you run them."
    if copies := state.database.copies:
        why = (
            f"There are rows in {listed(copies)}, which no settings name. Are they those of "
            f"{state.database.url}? Then correct the name in {state.database.named_in}, or "
            "Python's shutil.copy(source, target) puts them in place. If not, the upgrade makes "
            "the tables, without rows."
        )
        return say(headline, found, why, f"%show {quoted(copies[0])}", "flask db upgrade")
    if state.database.emptied:
        why = "The upgrade makes the tables again, without rows. Only a copy brings the rows back. "
        why += "In the course, so does %restart, which begins the lesson again."
    copy_first = ""
    if state.env_file and not state.database.copied and any(t.rows for t in state.database.tables):
        copy_first = f" Make a copy of {state.database.url} first, under a name of its own: no "
        copy_first += "other file has its rows."
    if careful := _to_read_first(state, adds, drops):
        why, script, then = careful
        return say(headline, found, f"{why}{copy_first}", f"%show {quoted(script.file)}", then)
    if renamed:
        why = f"The upgrade gives {listed(renamed)} another name, and keeps the values. {why}"
    elif any("alter_column" in revision.others for revision in waiting) and not _only_wider(state):
        why = "The upgrade changes a column; values may be lost. Copy the database first."
        lost = [d.name for d in state.differences if d.op == "modify_type" and d.required]
        if state.database.copied:
            losing = f", and loses values of {listed(lost)}" if lost else "; values may be lost"
            why = f"The upgrade changes a column{losing}. A copy of the database lies beside it."
        elif lost:
            why = (
                f"{listed(lost)} has values that are no numbers: the upgrade makes 0 or a part of "
            )
            why += (
                "them. Are they still wanted? Then delete the script, and mend the model. If not, "
            )
            why += "copy the database first: this does, under a new name beside it."
            return say(headline, found, why, copy(state.database.url), "flask db upgrade")
    dropped = [*drops, *renamed]
    if lost := [d.name for d in gone(state) if not is_among(d.name, dropped)]:
        why = f"The database has {listed(lost)}, which the model lacks: was that meant? {why}"
        why += copy_first
        return say(headline, found, why, look_at_model(state), "flask db upgrade")
    return say(headline, found, f"{why}{copy_first}", "flask db upgrade")


def _only_wider(state: State) -> bool:
    """Whether a column that a script of Alembic's own changes takes all that it has now."""
    found = [d for d in state.differences if d.op in ("modify_type", "modify_nullable")]
    if all(r.loosens for r in state.migrations.pending if "alter_column" in r.others):
        return True
    if any(revision.by_hand for revision in state.migrations.pending):
        return False
    return bool(found) and all(d.op == "modify_nullable" or more_room(d.detail) for d in found)


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
        if any(revision.runs_sql for revision in waiting if revision.loses):
            why = f"The upgrade drops {listed(drops)}, and runs SQL, which may copy the values "
            why += "first. Read whether it does: what it leaves is gone."
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
    if unread := next((r for r in waiting if r.runs_sql), None):
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
    if adding := next((r for r in waiting if "bulk_insert" in r.others), None):
        why = f"{named(adding)} adds rows. One that has a value which must be unique, and is there "
        why += "already, would stop the upgrade. Read it first."
        return why, adding, "flask db upgrade"
    empty = next((r for r in waiting if r.is_empty and not r.parents[1:]), None)
    if empty and not claims(state, empty):
        why = f"{named(empty)} is empty: its upgrade() does nothing. Should it do something? Then "
        why += "write that into it first."
        return why, empty, "flask db upgrade"
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
            return say(headline, found, why, command, model_of(state, revision))
    return None


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
    lost_first, on = "", "Forward, the upgrade adds it"
    if waiting[1:]:  # one downgrade too many, it may be
        lost_first = "Were they there before a downgrade? Then their values are gone, and no "
        lost_first += "upgrade brings them back. "
        on = f"{lost_first}Forward, the upgrade adds them, empty"
    if other := has_run(state, *waiting):
        if last := next((r for r in waiting[:-1] if r.id in other.versions), None):
            return say(
                headline,
                f"{found}. {other.url} has run {named(last)}, and not what follows.",
                f"{lost_first}Forward, the upgrade adds it all. The other command stops where that "
                "database is.",
                "flask db upgrade",
                f"flask db upgrade {last.id}",
            )
        return say(
            headline,
            f"{found}; {other.url} does.",
            f"{on}. Back: downgrade that database, then reset the code.",
            "flask db upgrade",
            back_on(state, other, *waiting),
        )
    why = f"{on}. Back, the reset takes every commit after {back} off the branch, and deletes "
    why += "uncommitted changes."
    command = f"git reset --hard {back}"
    if fresh:
        why = f"{on}. Back: the last reset was without --hard, so the files stayed. The other "
        why += "command undoes that, and changes no file; then reset with --hard."
        command = f"git reset {back}"
    others = [other for other in state.elsewhere if other.url != state.database.url]
    unseen = next((other for other in others if other.problem), None)
    lost = next((o for o in others if {*o.versions} - state.migrations.ids), None)
    if loose := () if fresh else waiting[0].in_the_way:
        why = f"{on}. No way back is told: the reset would overwrite {listed(loose)}, which Git "
        why += "does not track now."
    if unseen:
        why = f"{on}. No way back is told: {unseen.url} cannot be read, and would have to be "
        why += "downgraded before the code goes back."
    if lost:
        why = f"{on}. No way back is told: {lost.url} has run a script that is not here, and has "
        why += "to go back first."
    return say(
        headline,
        f"{found}.",
        why,
        "flask db upgrade",
        "" if unseen or lost or loose else command,
    )
