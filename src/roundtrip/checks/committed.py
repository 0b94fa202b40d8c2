"""The goal that a migration script is right, and in one commit with its model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ..migration_facts import Revision
from ..names import columns_in, table_of
from ..plural import counted
from ..state import State
from ..verdict.commands import commit_script
from ..verdict.lookups import made_by, unlike
from .causes import (
    followed,
    make_again,
    no_script,
    not_upgraded,
    why_blocked,
    why_empty,
    why_troubled,
)
from .commit_causes import apart, model_alone, script_alone, why_changed
from .course_databases import USUAL
from .finding import Cure, Finding, begin_again, met, unmet
from .model_causes import look_at
from .reflog import off_the_branch
from .script_causes import does_more, names_of, other_name, unread, usual_message
from .way_back_causes import no_way_back


def committed_migration(
    state: State,
    project: Path,
    adds: Sequence[str],
    after: str = "",
    since: str = "",
    points: str = "",
) -> Finding:
    """The newest script adds exactly these tables and columns, and is in a commit with its model.

    Another script of the lesson may have made it under another name. Of a new table only the table
    is named, not its columns. `after`: the message of the commit that the lesson begins with.
    `since`: what the last script there makes, whatever its message is, so that those which follow
    it are the lesson's own. `points`: the table that a foreign key of the new one points to.
    """
    tables = {name for name in adds if "." not in name}
    scripts = state.migrations.revisions
    makers = [r for r in scripts if {*adds} & {*r.adds}]
    if blocked := why_blocked(state):
        return unmet(counted(len(scripts), "revision"), blocked)
    earlier = max((n for n, r in enumerate(scripts, 1) if since in r.adds), default=0)
    own = scripts[earlier:]
    if not makers:
        text = f"no script adds {names_of(adds)}"
        if renamed := other_name(state, own, {*adds}):
            return unmet(text, renamed)
        if hidden := unread(scripts):
            return unmet(text, hidden)
        if empty := [each for each in own if each.is_empty]:
            return unmet(text, why_empty(state, empty[-1]))
        message = "" if own else usual_message(adds[0])  # a second one may be a rename
        return unmet(text, no_script(state, project, adds[0], message))
    maker = makers[-1]
    if maker not in own:
        return unmet(f"{maker.file} adds {names_of(adds)}", _earlier(state, maker))
    found = {name for name in maker.adds if table_of(name) not in tables or name in tables}
    later = own[own.index(maker) + 1 :]
    found -= {name for revision in later for name in revision.drops}
    others = {*maker.others} - {_UNDOES.get(op, "") for each in later for op in each.others}
    made = made_by(own[: own.index(maker)]).keys()  # under another name perhaps, now given up
    drops = {name for name in maker.drops if name not in made or not _is_instead(name, adds)}
    text = f"{maker.file}: adds {names_of(found)}, drops {names_of(maker.drops)}"
    if early := drops & made:
        cause = f"The script also drops {names_of(early)}, which an earlier part has made, and "
        cause += "takes back: that comes first."
        return unmet(text, make_again(state, maker, cause, "Delete this one.", repair=True))
    if found != {*adds} or drops or others:
        now = replace(maker, others=tuple(others))
        return unmet(text, does_more(state, now, drops, adds, found))
    if {*adds} & made - {*maker.drops}:
        return unmet(text, Cure("Two scripts add it: one is left over.", "flask db history"))
    cure = _not_as_the_model(state, project, maker, tables, points)
    cure = cure or _not_in_its_commit(state, project, maker, own, adds, after)
    if cure:
        return unmet(text, cure)
    text += ", which was made here under a wrong name" if maker.drops else ""
    return met("; followed by ".join((text, *(revision.file for revision in later))))


def _is_instead(name: str, adds: Collection[str]) -> bool:
    """Whether what a script drops, and the lesson has made, may be of the same kind as it adds."""
    return any(("." in name) == ("." in each) for each in adds)


_UNDOES = {"drop_index": "create_index", "drop_constraint": "create_unique_constraint"}
"""Alembic's operations that a later script can undo: what was too much is no longer there."""


def _not_as_the_model(
    state: State, project: Path, maker: Revision, tables: Collection[str], points: str
) -> Cure | None:
    """A script makes something otherwise than the model has it, or has no way back."""
    if different := unlike(state, maker):
        name, kind, wanted = different[0]
        cause = f"The script makes {name} {kind}, and the model has {wanted}."
        if following := followed(state, maker):
            return following.after(cause)
        return make_again(state, maker, cause, repair=True)
    if hollow := no_way_back(state, maker):
        return hollow
    if maker.applied and (trouble := why_troubled(state)):
        return trouble
    if state.model.odd and not maker.committed:
        return Cure(state.model.odd[0], look_at(state), repair=True)
    has = columns_in(table for table in state.model.tables if table.name in tables)
    late = has.keys() - {*maker.adds, *maker.columns}
    if late and not maker.committed and not maker.renamed:
        cause = f"The script was made before the model had {names_of(late)}."
        return make_again(state, maker, cause, repair=True)
    if points and not maker.renamed:
        return _without_key(state, project, maker, points)
    return None


def _not_in_its_commit(
    state: State,
    project: Path,
    maker: Revision,
    own: Sequence[Revision],
    adds: Sequence[str],
    after: str,
) -> Cure | None:
    """A script of the lesson, `maker` first of all, is not in a commit with its model."""
    if maker.committed and after and state.git.subject == after:
        return _amended(state, project, after)
    named = {table_of(name) for name in adds}
    models = {table.file for table in state.model.tables if table.name in named}
    uncommitted = models & {*state.git.uncommitted}
    amend = [commit.subject for commit in state.git.commits[1:2]] == [after]
    all_in = all(each.committed for each in own)
    if all_in and maker.committed and uncommitted and amend and not state.differences:
        return script_alone(state)
    if not maker.committed:
        if not maker.applied:
            return not_upgraded(state, project, USUAL)
        if maker.ignored or (not uncommitted and amend):
            return model_alone(state)
        cause = "The script is not committed: whoever has the model alone cannot make its table."
        if uncommitted:
            cause = "Model and script are not committed yet. Both go into one commit."
        return Cure(cause, commit_script(state, maker))
    loose = [each for each in own if not each.committed]
    if loose and not loose[-1].applied:
        return not_upgraded(state, project, USUAL)
    if loose:
        cause = f"{loose[-1].file} has run, and is not committed."
        return Cure(cause, commit_script(state, loose[-1]))
    return apart(state, project, maker.file, models, after) if after else None


def _without_key(state: State, project: Path, script: Revision, target: str) -> Cure | None:
    """The script makes a table without a foreign key to `target`: what its text does not say."""
    if script.committed or "ForeignKey" in _text(project / script.file):
        return None
    files = {project / table.file for table in state.model.tables if table.name in script.adds}
    if not any("ForeignKey(" in _text(file) for file in files):
        cause = f'No column of the model has ForeignKey("{target}.id"), so none points there.'
        tables = [table for table in state.model.tables if table.name in script.adds]
        if any(column.name == f"{target}_id" for table in tables for column in table.columns):
            cause = f'The column is plain: the model has it without ForeignKey("{target}.id").'
        return Cure(cause, look_at(state), repair=True)
    cause = "The script was made before the model had the foreign key."
    return make_again(state, script, cause, repair=True)


def _text(file: Path) -> str:
    """What a file says; nothing where it is not there, or is none of the project's."""
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def _earlier(state: State, script: Revision) -> Cure:
    """A change was written into the script of an earlier lesson, which databases have run."""
    cause = (
        "This script is an earlier lesson's, and databases have run it: what is written into it "
        "now reaches none of them. Put it back, and make a new one."
    )
    command = f"git log --oneline -- {script.file}"
    if script.file in (*state.git.modified, *state.git.staged):
        command = why_changed(state, script.file).command
    return Cure(cause, command, repair=True)


def _amended(state: State, project: Path, subject: str) -> Cure:
    """The script went into the commit that the lesson begins with."""
    cause = f"It went into “{subject}”, the commit of an earlier lesson, and needs its own."
    for entry in reversed(off_the_branch(state, project)):
        if entry.subject == subject:
            cause += " This restores that commit and keeps the files; then "
            return Cure(f"{cause}commit them.", f"git reset --soft {entry.after[:7]}", repair=True)
    return begin_again(cause)
