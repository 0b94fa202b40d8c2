"""Why a migration script is not as a goal wants it, and the cure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from ..env_file import quoted
from ..migration_facts import Revision
from ..names import table_of
from ..state import State
from ..verdict.commands import delete
from ..verdict.lookups import database_names, model_names, unlike
from .causes import MEND, downgrade_of, followed, make_again, no_script, why_troubled
from .commit_causes import why_changed
from .finding import Cure, begin_again
from .model_causes import look_at
from .reflog import ask_git, has_word

_ASKED_FOR = {"add_index": "index=True", "add_constraint": "unique=True"}
"""What is in a model's line for a difference beside a column."""

_WRITES = {"create_index": "add_index", "create_unique_constraint": "add_constraint"}
"""The difference for which Alembic writes an operation."""

_WRITTEN_BY_ALEMBIC = {*_WRITES, "drop_index", "drop_constraint", "alter_column"}


def does_more(
    state: State,
    maker: Revision,
    drops: Collection[str],
    adds: Collection[str],
    found: AbstractSet[str],
) -> Cure:
    """Why a script that adds these, and `found` with them, does more, and how to take that back.

    `drops`: what it drops and no script of this lesson has made.
    """
    more = {*(found - {*adds}), *drops, *maker.others}
    cause = f"The script does more than that: {names_of(more)}."
    lost = {*drops} & {*maker.loses} - model_names(state)
    if lost:
        cause = f"The script also drops {names_of(lost)}: the model has lost it."
    if model_first := first_the_model(state, maker, adds, lost, cause):
        return model_first
    if following := followed(state, maker):
        return following.after(cause)
    return make_again(state, maker, cause, MEND, repair=True)


def first_the_model(
    state: State, script: Revision, adds: Collection[str], lost: Collection[str], cause: str
) -> Cure | None:
    """The cure where a script does more than `adds` because the model says so.

    One that is made again would do the same, as long as the model is not fixed. `lost`: what the
    model had, and should have again; nothing that only had another name.
    """
    if script.applied:
        # What has run is in the database; where that is as the model, the model has it as well.
        if state.differences or script.drops or not {*script.others} <= _WRITTEN_BY_ALEMBIC:
            return None
        beside = [_WRITES.get(operation, "") for operation in script.others]
        new = {*script.adds}
    else:
        beside = [d.op for d in state.differences if d.op in _ASKED_FOR]
        new = {d.name for d in state.differences if d.op in ("add_column", "add_table")}
        if not beside and all(d.op[:4] == "add_" and d.name in adds for d in state.differences):
            return None
    extra = {name for name in new if not {name, table_of(name)} & {*adds}}
    out = [*sorted(extra), *(_ASKED_FOR[op] for op in _ASKED_FOR if op in beside)]
    if script.drops and not (lost or out):
        return None
    how = "The model asks for it: fix that first, and look again."
    if lost:
        how = "Put its line back first, and look again."
    elif out:
        how = f"The model asks for it: take {' and '.join(out)} out of it, and look again."
    return Cure(f"{cause} {how}", look_at(state), repair=True)


def other_name(state: State, own: Sequence[Revision], wanted: set[str]) -> Cure | None:
    """The lesson's own script makes something under a name that the model no longer has.

    One that is committed is not taken back: as the board says, another one follows it.
    """
    there = model_names(state)
    if not own or not wanted <= there or (own[-1].applied and own[-1].committed):
        return None
    if old := [name for name in own[-1].adds if name not in there]:
        cause = f"The script makes {names_of(old)}, and the model has {names_of(wanted)} instead."
        return make_again(state, own[-1], cause, repair=True)
    return None


def why_not_pending(
    state: State, project: Path, adds: set[str], drops: set[str], alone: bool
) -> Cure | None:
    """Why the scripts that wait do not do this, or do more."""
    waiting = state.migrations.pending
    adding = {name for revision in waiting for name in revision.adds}
    dropping = {name for revision in waiting for name in revision.drops}
    new = adds - adding
    run = [r for r in state.migrations.revisions if r.applied and new & {*r.adds}]
    for script in state.migrations.revisions:
        if script.applied and {*script.loses} & adding:  # it is made again, and empty
            return downgrade_of(state, script).after(f"The script also makes {names_of(adding)}.")
    if behind := [r for r in waiting if r.committed and not adds & {*r.adds}]:
        if trouble := why_troubled(state):  # it is all there, under another stamp
            return trouble
        cause = (
            f"{behind[-1].file}, an earlier lesson's, waits again: one downgrade too many, or a "
            "new database file, and what it made is gone with its rows."
        )
        return begin_again(cause)
    made = {name for script in state.migrations.revisions if script.applied for name in script.adds}
    there = database_names(state)
    if gone := (made & model_names(state)) - there - adds if there else ():
        cause = f"{names_of(gone)} is gone from the database with its values, and the script that "
        return begin_again(f"{cause}makes it counts as run. Another script would make it empty.")
    if extra := (adding - adds) | (dropping - drops):
        guilty = next(r for r in waiting if extra & {*r.adds, *r.drops})
        cause = f"The script also changes {names_of(extra)}."
        own = {name for r in state.migrations.revisions if not r.committed for name in r.adds}
        lost = {*guilty.loses} - model_names(state) - own
        model_first = first_the_model(state, guilty, adds, lost, cause)
        return model_first or make_again(state, guilty, cause, MEND)
    if not waiting and run and (trouble := why_troubled(state)):  # stamped, not upgraded
        return trouble
    if not waiting and run:
        then = "and keep its file" if adds <= {*run[-1].adds} else "then delete it"
        said = "No script waits: the upgrade has run already."
        return downgrade_of(state, run[-1], then).after(said)
    if not waiting and (adds or drops):
        # The hints are about what a script holds, and there is none.
        return replace(no_script(state, project, min(adds, default="")), repair=True)
    if unknown := sorted(new - model_names(state)):
        return no_script(state, project, unknown[0])
    if run:
        said = f"{min(new & {*run[-1].adds})} is in the database already, by a script that has run."
        return downgrade_of(state, run[-1]).after(said)
    if by_hand := sorted(new & there):
        return no_script(state, project, by_hand[0])
    if new or drops - dropping:
        cause = "The script does less than it should."
        if new and waiting[-1].is_empty:
            cause = (
                "The script is empty: flask db revision compares nothing, flask db migrate does."
            )
        elif new:
            cause = f"The script was made before the model had {names_of(new)}."
        return unread(waiting) or make_again(state, waiting[-1], cause)
    return _made_otherwise(state, adds, alone)


def _made_otherwise(state: State, adds: set[str], alone: bool) -> Cure | None:
    """The scripts that wait do what they should, and not as they should, or something beside."""
    waiting = state.migrations.pending
    for revision in waiting:
        for name, made, wanted in unlike(state, revision):
            cause = f"The script makes {name} {made}, and the model has {wanted}: one of them was "
            cause += "changed later. Fix the model if it is wrong; delete the script, make "
            return Cure(f"{cause}it again.", delete(state, revision))
    if alone and waiting[1:]:
        return make_again(
            state,
            waiting[-1],
            f"{len(waiting)} scripts wait; one should do it.",
            "Delete them, the newest first; then make one.",
        )
    for revision in waiting if alone else ():
        if revision.others:
            cause = f"The script does more than that: {names_of(revision.others)}."
            model_first = first_the_model(state, revision, adds, (), cause)
            return model_first or make_again(state, revision, cause)
        if not revision.undoes:
            return make_again(
                state, revision, "Its downgrade() does not undo what its upgrade() does."
            )
    return None


def maker_changed(state: State, project: Path, column: str) -> Cure | None:
    """How to have a script as it was that made a `table.column`, where none makes it any more."""
    scripts = state.migrations.revisions
    if any(column in (*each.adds, *each.columns) or each.opaque for each in scripts):
        return None
    for script in scripts:
        changed = column in script.once and script.version == "HEAD"  # and not committed
        command = why_changed(state, script.file).command if changed else ""
        for place in ask_git(project, "log", "--format=%h", "--diff-filter=M", "--", script.file):
            if has_word(project, f"{place}~1", script.file, column.rpartition(".")[2]):
                command = command or f"git restore --source={place}~1 -- {quoted(script.file)}"
        if command:
            cause = f"{script.file} made {column} when it ran, and does not now: in a new "
            cause += "database, the script that drops it would fail. This puts it back."
            return Cure(cause, command, repair=True)
    return None


def unread(scripts: Sequence[Revision]) -> Cure | None:
    """Why it is not known what one of these scripts adds; None where all can be read."""
    command = "flask db history --verbose"
    for revision in scripts:
        if unknown := revision.unknown:
            cause = f"{revision.file} calls {unknown[0]}, and Alembic has no such operation."
            return Cure(cause, command)
    for revision in reversed(scripts):
        if revision.opaque:
            cause = (
                f"{revision.file} may do it in a way that cannot be read here, such as op.execute. "
                "Write it with op.add_column or op.create_table: that works on every database."
            )
            return Cure(cause, command)
    return None


def names_of(names: Iterable[str]) -> str:
    """`user.age, user.city`, or `nothing`."""
    return ", ".join(sorted(names)) or "nothing"


def usual_message(name: str) -> str:
    """What the script that makes this table, or `table.column`, is called, and its commit."""
    table, _, column = name.partition(".")
    return f"Add {column} column to {table} model" if column else f"Create {table} table"
