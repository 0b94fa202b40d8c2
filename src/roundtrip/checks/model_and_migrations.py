"""Goals about the model and the migration scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..facts import Column, Revision, State, Table
from .causes import no_script, not_upgraded, why_blocked
from .finding import Finding, many


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
        return Finding(False, model.error or "no app", cause, state.verdict.next)
    there = column in _columns(model.tables)
    text = f"the model {'has' if there else 'does not have'} {column}"
    if there == present:
        found = next((c for c in _all_columns(model.tables, column)), None)
        if found and type and (found.type, found.nullable) != (type, nullable):
            said = f"{text}, as {found.type}{'' if found.nullable else ' NOT NULL'}"
            empty = "may be empty" if nullable else "must not be empty"
            cause = f"It should be {type} and {empty}; look at what stands in Mapped[…]."
            return Finding(False, said, cause, "git diff")
        return Finding(True, text)
    if not present:
        return Finding(False, text, "The line is still in the class.", "git diff")
    if not model.tables:
        cause = "The model is not imported: the app has no table at all. Look at its imports."
    elif model.odd:
        cause = model.odd[0]
    else:
        cause = "The line is missing from the class, or the file was not saved."
    return Finding(False, text, cause, "git diff")


def revisions(state: State, project: Path, count: int, applied: int) -> Finding:
    """There are `count` revisions, and the database has run `applied` of them."""
    everything = state.migrations.revisions
    run = [revision for revision in everything if revision.applied]
    text = f"{many(len(everything), 'revision')}, {len(run)} applied"
    if blocked := why_blocked(state):
        return Finding(False, text, *blocked)
    if len(everything) == count and len(run) == applied:
        return Finding(True, text)
    if len(everything) < count:
        return Finding(False, text, *no_script(state))
    if len(everything) > count:
        extra = everything[count:][0]
        cause = f"There is a script too many: {extra.file}. It is left over, or was made twice."
        if extra.applied:
            return Finding(
                False, text, f"{cause} Undo it before you delete it.", "flask db downgrade"
            )
        command = "git log --oneline" if extra.committed else f"git clean -f {extra.file}"
        return Finding(False, text, cause, command)
    if len(run) < applied:
        return Finding(False, text, "The upgrade has not run.", "flask db upgrade")
    return Finding(False, text, "The downgrade has not run.", "flask db downgrade")


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
        return Finding(False, text, *blocked)
    if not waiting and (adds or drops):
        done = {name for r in state.migrations.revisions if r.applied for name in r.adds}
        if done.issuperset(adds):
            cause = "No script waits: the upgrade has run already."
            return Finding(False, "no script waits", cause, "flask db downgrade")
        return Finding(False, "no script waits", *no_script(state))
    extra = sorted((found_adds - {*adds}) | (found_drops - {*drops}))
    if extra:
        guilty = next(r for r in waiting if {*extra} & {*r.adds, *r.drops})
        cause = (
            f"The script also changes {_names(extra)}. Delete it, mend the model, make it again."
        )
        return Finding(False, text, cause, f"git clean -f {guilty.file}")
    if found_adds != {*adds} or found_drops != {*drops}:
        new = {*adds} - found_adds
        known = {table.name for table in state.model.tables} | _columns(state.model.tables)
        if unknown := sorted(new - known):
            cause = f"The model does not have {unknown[0]} yet, so no script can add it."
            return Finding(False, text, cause, "git diff")
        done = {name for r in state.migrations.revisions if r.applied for name in r.adds}
        if ran := sorted(new & done):
            cause = f"{ran[0]} is in the database already, by a script that has run. Take it back."
            return Finding(False, text, cause, "flask db downgrade")
        if unread := _unread(waiting):
            return Finding(False, text, unread, "flask db history --verbose")
        cause = f"The script was made before the model had {_names(new)}. Delete it, make it again."
        if not new:
            cause = "The script does less than it should. Delete it, make it again."
        return Finding(False, text, cause, f"git clean -f {waiting[-1].file}")
    for revision in waiting if alone else ():
        cause = ""
        if revision.others:
            cause = f"The script does more than that: {_names(revision.others)}."
        elif not revision.undoes:
            cause = "Its downgrade() does not undo what its upgrade() does."
        if cause:
            return Finding(
                False, text, f"{cause} Delete it, make it again.", f"git clean -f {revision.file}"
            )
    return Finding(True, text)


def committed_migration(state: State, project: Path, adds: Sequence[str]) -> Finding:
    """The newest script adds exactly these tables and columns, and is in the last commit.

    Of a new table only the table is named, not its columns.
    """
    tables = {name for name in adds if "." not in name}
    scripts = state.migrations.revisions
    makers = [r for r in scripts if {*adds} & {*r.adds}]
    if blocked := why_blocked(state):
        return Finding(False, f"{many(len(scripts), 'revision')}", *blocked)
    if not makers:
        text = f"no script adds {_names(adds)}"
        if unread := _unread(scripts):
            return Finding(False, text, unread, "flask db history --verbose")
        return Finding(False, text, *no_script(state))
    maker = makers[-1]
    found = {name for name in maker.adds if name.partition(".")[0] not in tables or name in tables}
    text = f"{maker.file}: adds {_names(found)}, drops {_names(maker.drops)}"
    if found != {*adds} or maker.drops or maker.others:
        cause = "The script does more than that. Undo it, delete it, mend the model, make it again."
        return Finding(False, text, cause, "flask db downgrade" if maker.applied else "git diff")
    if len(makers) > 1:
        cause = "Two scripts add it: one is left over."
        return Finding(False, text, cause, "flask db history")
    if not maker.committed:
        if not maker.applied:
            return Finding(False, text, *not_upgraded(state, "app.db"))
        cause = "The script is not committed: a reset would take the model and leave it behind."
        return Finding(False, text, cause, "git add .")
    return Finding(True, text)


def _unread(scripts: Iterable[Revision]) -> str:
    """Why it is not known what one of these scripts adds; empty where all can be read."""
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


def _columns(tables: Iterable[Table]) -> set[str]:
    return {f"{table.name}.{column.name}" for table in tables for column in table.columns}


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
