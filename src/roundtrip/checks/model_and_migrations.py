"""Goals about the model and the migration scripts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..facts import Revision, State
from ..verdict.commands import commit_script, delete
from ..verdict.lookups import names_in, unlike
from .causes import downgrade_of, make_again, no_script, not_upgraded, why_blocked
from .course_databases import USUAL
from .finding import Cure, Finding, many, met, unmet
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
        return unmet(model.error or "no app", Cure(cause, state.verdict.next, detour=True))
    there = ((t, c) for t in model.tables for c in t.columns if f"{t.name}.{c.name}" == column)
    table, found = next(there, (None, None))
    text = f"the model {'has' if found else 'does not have'} {column}"
    if not table or not found:
        return unmet(text, why_lacking(state, project, column)) if present else met(text)
    here = look_at(state, table.file)
    if not present:
        if table.file in (*state.git.modified, *state.git.staged):
            return unmet(text, Cure("The line is still in the class.", here))
        cause = "The line is in the last commit, so git restore does not take it away."
        return unmet(text, Cure(cause, "git log --oneline", detour=True))
    if not type or (found.type, found.nullable) == (type, nullable):
        return met(text)
    said = f"{text}, as {found.type}{'' if found.nullable else ' NOT NULL'}"
    empty = "may be empty" if nullable else "must not be empty"
    where = "Mapped[…]" if found.type == type else "Mapped[…] and mapped_column(…)"
    cause = f"It should be {type} and {empty}; look at what stands in {where}."
    return unmet(said, Cure(cause, here))


def revisions(state: State, project: Path, count: int, applied: int) -> Finding:
    """There are `count` revisions in one line, and the database has run `applied` of them."""
    everything = state.migrations.revisions
    run = [revision for revision in everything if revision.applied]
    text = f"{many(len(everything), 'revision')}, {len(run)} applied"
    if blocked := why_blocked(state):
        return unmet(text, blocked)
    for said in state.disagreements:
        if said.kind == "several_heads":
            return unmet(text, Cure(f"{said.headline} {said.found}", said.next, detour=True))
    if len(everything) == count and len(run) == applied:
        return met(text)
    if len(run) > applied and len(everything) <= count:
        back = downgrade_of(state, run[-1])
        if not run[-1].drops:
            back = replace(back, cause="The upgrade has run, and should not have yet.")
        return unmet(text, back)
    if len(everything) < count:
        return unmet(text, no_script(state, project))
    if len(everything) > count:
        extra = everything[-1]  # no other follows it, so it can go
        cause = f"There is a script too many. The newest is {extra.file}: left over, or made twice."
        if extra.applied:
            return unmet(text, downgrade_of(state, extra).after(cause))
        return unmet(
            text, Cure(cause, "git log --oneline" if extra.committed else delete(state, extra))
        )
    return unmet(text, not_upgraded(state, project, USUAL))


def newest_script(state: State, project: Path, message: str) -> Finding:
    """The newest script has this message."""
    if blocked := why_blocked(state):
        return unmet("the scripts cannot be read", blocked)
    if not state.migrations.revisions:
        return unmet("no script is there", no_script(state, project))
    newest = state.migrations.revisions[-1]
    text = f"the newest script is “{newest.message}”"
    if newest.message == message:
        return met(text)
    if newest.message == "empty message" and not newest.applied:
        cause = "That stands there when -m is left out. Delete it, and make it again."
        return unmet(text, Cure(cause, delete(state, newest)))
    cause = f"No script is called “{message}”; what stands behind -m is its message."
    if any(revision.message == message for revision in state.migrations.revisions):
        cause = f"Another script was made after “{message}”."
    return unmet(text, Cure(cause, "flask db history"))


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
    adding = {name for revision in state.migrations.pending for name in revision.adds}
    dropping = {name for revision in state.migrations.pending for name in revision.drops}
    text = f"waiting: adds {_names(adding)}, drops {_names(dropping)}"
    if not state.migrations.pending:
        text = "no script waits"
    cure = why_blocked(state) or _why_not_pending(state, project, {*adds}, {*drops}, alone)
    return unmet(text, cure) if cure else met(text)


def committed_migration(
    state: State, project: Path, adds: Sequence[str], after: str = ""
) -> Finding:
    """The newest script adds exactly these tables and columns, and is in the last commit.

    Of a new table only the table is named, not its columns. `after`: the message of the script that
    the lesson begins with, so that those which follow it are the lesson's own.
    """
    tables = {name for name in adds if "." not in name}
    scripts = state.migrations.revisions
    makers = [r for r in scripts if {*adds} & {*r.adds}]
    if blocked := why_blocked(state):
        return unmet(many(len(scripts), "revision"), blocked)
    messages = [revision.message for revision in scripts]
    own = scripts[messages.index(after) + 1 :] if after in messages else ()
    if not makers:
        text = f"no script adds {_names(adds)}"
        if other := _other_name(state, own, {*adds}):
            return unmet(text, other)
        if unread := _unread(scripts):
            return unmet(text, unread)
        return unmet(text, no_script(state, project, *adds[:1]))
    maker = makers[-1]
    found = {name for name in maker.adds if name.partition(".")[0] not in tables or name in tables}
    text = f"{maker.file}: adds {_names(found)}, drops {_names(maker.drops)}"
    if found != {*adds} or maker.drops or maker.others:
        more = {*(found - {*adds}), *maker.drops, *maker.others}
        cause = f"The script does more than that: {_names(more)}."
        first = [r for r in own if r is not maker and {*maker.drops} & {*r.adds}]
        if lost := [name for name in maker.loses if name not in names_in(state.model.tables)]:
            cause = f"The script also drops {_names(lost)}: the model has lost it."
        if first and maker.renamed:
            cause = f"It renames {_names(maker.renamed)} and keeps the values: right where others "
            cause = f"{cause}have it. Here one script is wanted, so take both back, from every "
            cause = f"{cause}database, and make one."
        elif first and not maker.applied:
            cause = f"It also drops {_names(maker.drops)}, which {first[0].file} makes, the "
            cause = f"{cause}lesson's own too. One script is wanted: take that one back as well."
            return unmet(text, replace(make_again(state, maker, cause), detour=True))
        if not first and (model_first := _model_first(state, maker, adds, cause)):
            return unmet(text, model_first)
        if maker.applied:
            return unmet(text, downgrade_of(state, maker).after(cause))
        return unmet(text, replace(make_again(state, maker, cause, mend=True), detour=True))
    if len(makers) > 1:
        return unmet(text, Cure("Two scripts add it: one is left over.", "flask db history"))
    for name, kind, wanted in unlike(state, maker):
        cause = f"The script makes {name} {kind}, and the model has {wanted}."
        if maker.applied:
            return unmet(text, downgrade_of(state, maker).after(cause))
        return unmet(text, replace(make_again(state, maker, cause), detour=True))
    if not maker.undoes:
        cause = "Its downgrade() does not undo what its upgrade() does, so there is no way back."
        return unmet(text, Cure(f"{cause} Write it.", f"%show {maker.file}"))
    if not maker.committed:
        if not maker.applied:
            return unmet(text, not_upgraded(state, project, USUAL))
        cause = "The script is not committed: whoever has the model alone cannot make its table."
        return unmet(text, Cure(cause, commit_script(state, maker)))
    return met(text)


_ASKED_FOR = {"create_index": "index=True", "create_unique_constraint": "unique=True"}
"""What stands in a model's line for what Alembic writes beside a column."""

_WRITTEN_BY_ALEMBIC = {*_ASKED_FOR, "drop_index", "drop_constraint", "alter_column"}


def _model_first(state: State, script: Revision, adds: Collection[str], cause: str) -> Cure | None:
    """The cure where a script does more than `adds` because the model says so.

    One that is made anew would do the same, as long as the model is not mended.
    """
    lost = [name for name in script.loses if name not in names_in(state.model.tables)]
    more = [d for d in state.differences if d.op[:4] != "add_" or d.name not in adds]
    more += [d for d in state.differences if d.op in ("add_index", "add_constraint")]
    if script.applied:
        # What has run is in the database; where that is as the model, the model has it as well.
        if state.differences or script.drops or not {*script.others} <= _WRITTEN_BY_ALEMBIC:
            return None
    elif not more:
        return None
    asked = [_ASKED_FOR[each] for each in script.others if each in _ASKED_FOR]
    how = "The model asks for it: mend that first, and look again."
    if lost:
        how = "Put its line back first, and look again."
    elif asked:
        how = f"The model asks for it: take {' and '.join(asked)} out of its line, and look again."
    return Cure(f"{cause} {how}", look_at(state), detour=True)


def _other_name(state: State, own: Sequence[Revision], wanted: set[str]) -> Cure | None:
    """The lesson's own script makes something under a name that the model has no more."""
    there = names_in(state.model.tables)
    if not own or not wanted <= there:
        return None
    if old := [name for name in own[-1].adds if name not in there]:
        cause = f"The script makes {_names(old)}, and the model has {_names(wanted)} instead."
        if own[-1].applied:
            return downgrade_of(state, own[-1]).after(cause)
        return replace(make_again(state, own[-1], cause), detour=True)
    return None


def _why_not_pending(
    state: State, project: Path, adds: set[str], drops: set[str], alone: bool
) -> Cure | None:
    """Why the scripts that wait do not do this, or do more."""
    waiting = state.migrations.pending
    adding = {name for revision in waiting for name in revision.adds}
    dropping = {name for revision in waiting for name in revision.drops}
    new = adds - adding
    run = [r for r in state.migrations.revisions if r.applied and new & {*r.adds}]
    if extra := (adding - adds) | (dropping - drops):
        guilty = next(r for r in waiting if extra & {*r.adds, *r.drops})
        cause = f"The script also changes {_names(extra)}."
        model_first = _model_first(state, guilty, adds, cause)
        return model_first or make_again(state, guilty, cause, mend=True)
    if not waiting and run:
        return downgrade_of(state, run[-1]).after("No script waits: the upgrade has run already.")
    if not waiting and (adds or drops):
        # The hints are about what a script holds, and there is none.
        return replace(no_script(state, project, min(adds, default="")), detour=True)
    if unknown := sorted(new - names_in(state.model.tables)):
        return no_script(state, project, unknown[0])
    if run:
        said = f"{min(new & {*run[-1].adds})} is in the database already, by a script that has run."
        return downgrade_of(state, run[-1]).after(said)
    if new or drops - dropping:
        cause = "The script does less than it should."
        if new:
            cause = f"The script was made before the model had {_names(new)}."
        return _unread(waiting) or make_again(state, waiting[-1], cause)
    for revision in waiting:
        for name, made, wanted in unlike(state, revision):
            cause = f"The script makes {name} {made}, and the model has {wanted}: one of them was "
            cause = f"{cause}changed later. Mend the model if it is wrong; delete the script, make "
            return Cure(f"{cause}it again.", delete(state, revision))
    if alone and waiting[1:]:
        return make_again(state, waiting[-1], f"{len(waiting)} scripts wait; one is to do it all.")
    for revision in waiting if alone else ():
        if revision.others:
            cause = f"The script does more than that: {_names(revision.others)}."
            model_first = _model_first(state, revision, adds, cause)
            return model_first or make_again(state, revision, cause)
        if not revision.undoes:
            return make_again(
                state, revision, "Its downgrade() does not undo what its upgrade() does."
            )
    return None


def _unread(scripts: Sequence[Revision]) -> Cure | None:
    """Why it is not known what one of these scripts adds; None where all can be read."""
    command = "flask db history --verbose"
    for revision in scripts:
        if unknown := revision.unknown:
            cause = f"{revision.file} calls {unknown[0]}, and Alembic has no such operation."
            return Cure(cause, command)
    for revision in reversed(scripts):
        if revision.opaque:
            cause = f"{revision.file} may do it, in a way that is not read here, op.execute for "
            cause = f"{cause}one. Write it with op.add_column or op.create_table: that works on "
            return Cure(f"{cause}every database.", command)
    return None


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
