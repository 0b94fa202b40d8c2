"""The goal about the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..reading.git import moves_of_head
from ..state import State
from ..verdict.lookups import database_names, models_file
from ..verdict.model_rules import model_error
from .commit_causes import amended, reset_without_hard, why_changed
from .finding import Cure, Finding, met, root_of, unmet
from .git import head_subject
from .model_causes import in_the_wrong_class, look_at, points_astray, why_lacking
from .reflog import has_word, off_the_branch, overwritten_by_a_reset


def model_has(
    state: State,
    project: Path,
    column: str,
    present: bool = True,
    type: str = "",
    nullable: bool = True,
    back: str = "",
    by: str = "",
) -> Finding:
    """The model has (or has not) this `table.column`; with `type`, of that type and `nullable`.

    `back`: it is to go with a reset to the commit of this message. `by`: it went in this exercise.
    """
    model = state.model
    if model.error or not model.found:
        said = (model_error(state) if model.found else None) or state.verdict
        cause = f"{said.headline} {said.why}"
        following = said.next or state.verdict.next or look_at(state, model.error_file)
        text = said.found if model.error else "no app"
        return unmet(text, Cure(cause, following, repair=True, root=root_of(said)))
    there = ((t, c) for t in model.tables for c in t.columns if f"{t.name}.{c.name}" == column)
    table, found = next(there, (None, None))
    text = f"the model {'has' if found else 'does not have'} {column}"
    if not table or not found:
        if not present:
            return met(text)
        return unmet(
            text, _reset_away(state, project, column) or why_lacking(state, project, column)
        )
    here = look_at(state, table.file)
    if present and (below := in_the_wrong_class(project, table, found.name)):
        return unmet(text, Cure(below, here, repair=True))
    if not present:
        if soft := reset_without_hard(state, project):
            return unmet(text, soft)
        if table.file in state.git.staged:
            still = Cure("The line is still in the class.", here, repair=True)
            return unmet(text, still if back or by else why_changed(state, table.file))
        if table.file in state.git.modified:
            return unmet(text, Cure("The line is still in the class.", here))
        way = head_subject(state, project, back, back=True) if back else met(text)
        if not way.met:
            return replace(way, found=text)
        lost = off_the_branch(state, project)
        without = [e for e in lost if not has_word(project, e.after, table.file, found.name)]
        if into := amended(without):
            return unmet(text, into)
        if by:
            return unmet(text, Cure(f"%check {by} was left out, or is not done.", f"%check {by}"))
        cause = "The line is committed, so git restore does not take it away."
        scripts = [r for r in state.migrations.revisions if column in r.adds]
        if state.git.commits[1:] and not scripts and not state.git.uncommitted:
            cause += " If the last commit has brought it, a new one that undoes it does."
            return unmet(text, Cure(cause, "git revert --no-edit HEAD", repair=True))
        return unmet(text, Cure(cause, "git log --oneline"))
    if not type or (found.type, found.nullable) == (type, nullable):
        return met(text)
    as_it_is = f"{found.type}{', may be empty' if found.nullable else ' NOT NULL'}"
    empty = "may be empty" if nullable else "must not be empty"
    where = "Mapped[…]" if found.type == type else "Mapped[…] and mapped_column(…)"
    cause = f"It should be {type} and {empty}; look at what is in {where}."
    cause = points_astray(project, table, found.name) or cause
    return unmet(f"{text}, as {as_it_is}", Cure(cause, here))


def _reset_away(state: State, project: Path, column: str) -> Cure | None:
    """The cure where the line went with a commit that a reset took off the branch.

    Who writes it in again has it without its script. Where no database has it either, and in later
    work, that may have been meant.
    """
    file = models_file(state)
    moves = moves_of_head(project)
    if file in state.git.uncommitted or not moves:
        return None
    reset = "\treset: " in moves[-1]
    left = column in database_names(state) or any(column in db.names for db in state.elsewhere)
    for entry in reversed(off_the_branch(state, project)):
        if has_word(project, entry.after, file, column.rpartition(".")[2]):
            place = entry.after[:7]
            if not left:
                cause = f"{place} has it, and was taken back; no database has it either. Did a "
                cause += "later part ask for that? Then this part is over. If not, "
                cause += "write the line again"
                cause += f"; or git reset --hard {place}, with all before it." if reset else "."
                return Cure(cause, "git log --oneline", repair=True)
            if not reset:
                return None
            cause = f"{place} has it, and a reset took that commit off the branch."
            changed = overwritten_by_a_reset(state, project, place)
            return Cure(cause, "git reflog" if changed else f"git reset --hard {place}")
    return None
