"""Goals about the model and the migration scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..facts import Column, Revision, State, Table, names_in
from ..verdict.commands import commit, delete
from ..verdict.lookups import unlike
from .causes import no_script, not_upgraded, undo, why_blocked
from .finding import Finding, many
from .model_causes import look_at, why_lacking


def model_has(
    state: State,
    project: Path,
    column: str,
    present: bool = True,
    type: str = "",
    nullable: bool = True,
) -> Finding:
    """The model has (or has not) this `table.column`; with `type`, of that type and `nullable`."""
    model = state.model
    if model.error or not model.found:
        cause = f"The app does not load, so it has no model. Look at {model.error_file or 'it'}."
        return Finding(False, model.error or "no app", cause, state.verdict.next, detour=True)
    found = next((c for c in _all_columns(model.tables, column)), None)
    text = f"the model {'has' if found else 'does not have'} {column}"
    if not found:
        if not present:
            return Finding(True, text)
        return Finding(False, text, *why_lacking(state, project, column))
    here = look_at(state, next(t.file for t in model.tables if t.name == column.partition(".")[0]))
    if not present:
        if here.startswith("git"):
            return Finding(False, text, "The line is still in the class.", here)
        cause = "The line is in the last commit, so git restore does not take it away."
        return Finding(False, text, cause, "git log --oneline", detour=True)
    if not type or (found.type, found.nullable) == (type, nullable):
        return Finding(True, text)
    said = f"{text}, as {found.type}{'' if found.nullable else ' NOT NULL'}"
    empty = "may be empty" if nullable else "must not be empty"
    where = "Mapped[…]" if found.type == type else "Mapped[…] and mapped_column(…)"
    cause = f"It should be {type} and {empty}; look at what stands in {where}."
    return Finding(False, said, cause, here)


def revisions(state: State, project: Path, count: int, applied: int) -> Finding:
    """There are `count` revisions in one line, and the database has run `applied` of them."""
    everything = state.migrations.revisions
    run = [revision for revision in everything if revision.applied]
    text = f"{many(len(everything), 'revision')}, {len(run)} applied"
    if blocked := why_blocked(state):
        return Finding(False, text, *blocked, detour=True)
    for said in state.disagreements:
        if said.kind == "several_heads":
            return Finding(False, text, f"{said.headline} {said.found}", said.next, detour=True)
    if len(everything) == count and len(run) == applied:
        return Finding(True, text)
    if len(run) > applied and len(everything) <= count:
        cause, command = undo(state, run[-1])
        cause = cause if command == "%restart" else "The upgrade has run, and should not have yet."
        return Finding(False, text, cause, command, detour=True)
    if len(everything) < count:
        return Finding(False, text, *no_script(state, project))
    if len(everything) > count:
        extra = everything[-1]  # no other follows it, so it can go
        cause = f"There is a script too many. The newest is {extra.file}: left over, or made twice."
        if extra.applied:
            why, command = undo(state, extra)
            return Finding(False, text, f"{cause} {why}", command, detour=True)
        command = "git log --oneline" if extra.committed else delete(extra)
        return Finding(False, text, cause, command)
    return Finding(False, text, *not_upgraded(state, "app.db"))


def newest_script(state: State, project: Path, message: str) -> Finding:
    """The newest script has this message."""
    if blocked := why_blocked(state):
        return Finding(False, "the scripts cannot be read", *blocked, detour=True)
    if not state.migrations.revisions:
        return Finding(False, "no script is there", *no_script(state, project))
    newest = state.migrations.revisions[-1]
    text = f"the newest script is “{newest.message}”"
    if newest.message == message:
        return Finding(True, text)
    if newest.message == "empty message" and not newest.applied:
        cause = "That stands there when -m is left out. Delete it, and make it again."
        return Finding(False, text, cause, delete(newest))
    cause = f"No script is called “{message}”; what stands behind -m is its message."
    if any(revision.message == message for revision in state.migrations.revisions):
        cause = f"Another script was made after “{message}”."
    return Finding(False, text, cause, "flask db history")


def pending_changes(
    state: State,
    project: Path,
    adds: Sequence[str] = (),
    drops: Sequence[str] = (),
    alone: bool = True,
) -> Finding:
    """The scripts that wait add and drop exactly these tables and columns.

    `alone`: they do nothing else, and undo it all. Else more is allowed, a dropped constraint say.
    """
    waiting = state.migrations.pending
    found_adds = {name for revision in waiting for name in revision.adds}
    found_drops = {name for revision in waiting for name in revision.drops}
    text = f"waiting: adds {_names(found_adds)}, drops {_names(found_drops)}"
    if blocked := why_blocked(state):
        return Finding(False, text, *blocked, detour=True)
    if not waiting and (adds or drops):
        makers = [r for r in state.migrations.revisions if r.applied and {*adds} & {*r.adds}]
        if makers:
            why, command = undo(state, makers[-1])
            cause = f"No script waits: the upgrade has run already. {why}"
            return Finding(False, "no script waits", cause, command, detour=True)
        return Finding(False, "no script waits", *no_script(state, project, *adds[:1]))
    extra = sorted((found_adds - {*adds}) | (found_drops - {*drops}))
    if extra:
        guilty = next(r for r in waiting if {*extra} & {*r.adds, *r.drops})
        cause = (
            f"The script also changes {_names(extra)}. Delete it, mend the model, make it again."
        )
        return Finding(False, text, cause, delete(guilty))
    if found_adds != {*adds} or found_drops != {*drops}:
        new = {*adds} - found_adds
        if unknown := sorted(new - names_in(state.model.tables)):
            return Finding(False, text, *no_script(state, project, unknown[0]))
        makers = [r for r in state.migrations.revisions if r.applied and new & {*r.adds}]
        if makers:
            ran = sorted(new & {*makers[-1].adds})[0]
            why, command = undo(state, makers[-1])
            cause = f"{ran} is in the database already, by a script that has run. {why}"
            return Finding(False, text, cause, command, detour=True)
        if unread := _unread(waiting):
            return Finding(False, text, unread, "flask db history --verbose")
        cause = f"The script was made before the model had {_names(new)}. Delete it, make it again."
        if not new:
            cause = "The script does less than it should. Delete it, make it again."
        return Finding(False, text, cause, delete(waiting[-1]))
    for revision in waiting:
        for name, made, wanted in unlike(state, revision):
            cause = (
                f"The script makes {name} {made}, and the model has {wanted}: one of them was "
                "changed later. Mend the model if it is wrong; delete the script, make it again."
            )
            return Finding(False, text, cause, delete(revision))
    for revision in waiting if alone else ():
        cause = ""
        if revision.others:
            cause = f"The script does more than that: {_names(revision.others)}."
        elif not revision.undoes:
            cause = "Its downgrade() does not undo what its upgrade() does."
        if cause:
            return Finding(False, text, f"{cause} Delete it, make it again.", delete(revision))
    return Finding(True, text)


def committed_migration(state: State, project: Path, adds: Sequence[str]) -> Finding:
    """The newest script adds exactly these tables and columns, and is in the last commit.

    Of a new table only the table is named, not its columns.
    """
    tables = {name for name in adds if "." not in name}
    scripts = state.migrations.revisions
    makers = [r for r in scripts if {*adds} & {*r.adds}]
    if blocked := why_blocked(state):
        return Finding(False, f"{many(len(scripts), 'revision')}", *blocked, detour=True)
    if not makers:
        text = f"no script adds {_names(adds)}"
        if unread := _unread(scripts):
            return Finding(False, text, unread, "flask db history --verbose")
        return Finding(False, text, *no_script(state, project, *adds[:1]))
    maker = makers[-1]
    found = {name for name in maker.adds if name.partition(".")[0] not in tables or name in tables}
    text = f"{maker.file}: adds {_names(found)}, drops {_names(maker.drops)}"
    if found != {*adds} or maker.drops or maker.others:
        cause = "The script does more than that."
        if lost := [name for name in maker.drops if name not in names_in(state.model.tables)]:
            cause = f"The script also drops {_names(lost)}: the model has lost it."
        if maker.applied:
            why, command = undo(state, maker)
            return Finding(False, text, f"{cause} {why}", command, detour=True)
        cause = f"{cause} Delete it, mend the model, make it again."
        return Finding(False, text, cause, delete(maker), detour=True)
    if len(makers) > 1:
        cause = "Two scripts add it: one is left over."
        return Finding(False, text, cause, "flask db history")
    if not maker.undoes:
        cause = "Its downgrade() does not undo what its upgrade() does, so there is no way back."
        return Finding(False, text, f"{cause} Write it.", f"%show {maker.file}")
    if not maker.committed:
        if not maker.applied:
            return Finding(False, text, *not_upgraded(state, "app.db"))
        cause = "The script is not committed: whoever has the model alone cannot make its table."
        return Finding(False, text, cause, commit(state, maker.message))
    return Finding(True, text)


def _unread(scripts: Sequence[Revision]) -> str:
    """Why it is not known what one of these scripts adds; empty where all can be read."""
    for revision in scripts:
        if revision.unknown:
            return (
                f"{revision.file} calls {revision.unknown[0]}, and Alembic has no such operation."
            )
    hidden = [revision.file for revision in scripts if revision.opaque]
    if not hidden:
        return ""
    return (
        f"{hidden[-1]} may do it, in a way that is not read here, op.execute for one. "
        "Write it with op.add_column or op.create_table: that works on every database."
    )


def _all_columns(tables: Iterable[Table], wanted: str) -> Iterator[Column]:
    for table in tables:
        yield from (c for c in table.columns if f"{table.name}.{c.name}" == wanted)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
