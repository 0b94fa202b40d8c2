"""Goals about the migration scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..env_file import quoted
from ..plural import counted
from ..state import State
from ..verdict.commands import delete
from ..verdict.failing import half_run
from ..verdict.unseen_rules import run_for_nothing
from .causes import (
    downgrade_of,
    make_again,
    no_script,
    not_upgraded,
    why_blocked,
    why_troubled,
)
from .commit_causes import reset_without_hard
from .course_databases import USUAL
from .finding import Cure, Finding, as_told, begin_again, met, unmet
from .git import head_subject
from .model_causes import app_fails
from .script_causes import names_of, why_not_pending
from .way_back_causes import not_gone_back


def revisions(
    state: State,
    project: Path,
    count: int,
    applied: int,
    whole: bool = False,
    message: str = "",
    back: str = "",
) -> Finding:
    """There are `count` revisions in one line, and the database has run `applied` of them.

    `whole`: they make all that the model has. `message`: what a missing one should be called.
    `back`: the message of the commit to go back to, which is without the others.
    """
    everything = state.migrations.revisions
    run = [revision for revision in everything if revision.applied]
    text = f"{counted(len(everything), 'revision')}, {len(run)} applied"
    if blocked := why_blocked(state):
        return unmet(text, blocked)
    for said in state.disagreements:
        if said.kind == "several_heads":
            return unmet(text, Cure(f"{said.headline} {said.found}", said.next, repair=True))
    if len(everything) == count and len(run) == applied:
        not_made = next((said for said in state.disagreements if said.kind == "not_made"), None)
        if not whole or not not_made:
            return met(text)
        if all(each.committed for each in everything):
            return unmet(text, begin_again(f"{not_made.found} {not_made.why.split('. ')[0]}."))
        return unmet(text, as_told(not_made))
    if fails := app_fails(state):
        return unmet(text, fails)
    if len(run) != applied and (trouble := why_troubled(state)):  # stamped, not upgraded
        return unmet(text, trouble)
    if len(run) > applied and len(everything) <= count:
        newest = run[-1]
        if run_for_nothing(state):
            return unmet(text, no_script(state, project, message=message))
        if newest.committed and newest.adds and not newest.loses:
            return unmet(text, not_gone_back(state, project, USUAL, newest.adds[0]))
        undo = downgrade_of(state, newest)
        if newest.undoes and not newest.drops:
            undo = replace(undo, cause="The upgrade has run, and should not have yet.")
        return unmet(text, undo)
    if len(everything) < count and (deleted := _deleted(state)):
        cause = f"{deleted} is deleted; the last commit has it."
        return unmet(text, Cure(cause, f"git restore {quoted(deleted)}", repair=True))
    lacking = [each.name for each in state.differences if each.op[:4] == "add_"]
    if len(everything) < count:
        two_wait = count > applied + 1 and state.migrations.pending
        if lacking and two_wait and (empty := everything[-1]).is_empty and not empty.applied:
            cause = f"No script makes {lacking[0]}, and {empty.file} is empty."
            then = "Delete that one, make the other with flask db migrate, and then this one again."
            return unmet(text, make_again(state, empty, cause, then, repair=True))
        return unmet(text, no_script(state, project, message=message))
    if len(everything) > count:
        too_many = everything[-1].committed and not everything[-1].applied
        if back and too_many and not (way := head_subject(state, project, back, back=True)).met:
            return replace(way, found=text)
        goes_back = count == applied and not whole
        return unmet(text, _one_too_many(state, project, whole, goes_back))
    return unmet(text, not_upgraded(state, project, USUAL))


def _deleted(state: State) -> str:
    """The script that was deleted, and not by Git; empty without one."""
    scripts = f"{state.migrations.folder}/versions/"
    lost = [file for file in state.git.deleted if file not in state.git.staged]
    return next((file for file in lost if file.startswith(scripts)), "")


def _one_too_many(state: State, project: Path, whole: bool, back: bool) -> Cure:
    """There are more scripts than there should be. `back`: on the way back, where none waits."""
    extra = state.migrations.revisions[-1]  # no other follows it, so it can go
    # On the way back only: elsewhere a script that waits is told to be reset like this.
    left = back and extra.file in state.git.uncommitted
    if left and (soft := reset_without_hard(state, project)):
        return soft
    if whole and state.differences and not extra.is_empty:
        cause = "The table was made from another model, and one script should make it."
        return begin_again(cause)
    cause = f"There is one script too many. The newest is {extra.file}: left over, or made twice."
    if extra.applied:
        return downgrade_of(state, extra).after(cause)
    cause += " Delete it first, since none follows it."
    before = state.migrations.revisions[-2]
    if before.is_empty and not before.committed:
        cause += f" If {before.file} is the extra one, delete that next, and make the "
        cause += "newest again."
    if extra.committed:
        cause = f"There is one script too many, {extra.file}. Its commit has to go with it."
        return Cure(cause, "git log --oneline")
    return Cure(cause, delete(state, extra), repair=True)


def newest_script(state: State, project: Path, message: str) -> Finding:
    """The newest script has this message, in capitals or not: its file is called the same.

    A commit's message has to be exact, as later lessons look for it with git log --grep.
    """
    if blocked := why_blocked(state):
        return unmet("the scripts cannot be read", blocked)
    if not state.migrations.revisions:
        return unmet("no script is there", no_script(state, project))
    newest = state.migrations.revisions[-1]
    text = f"the newest script is “{newest.message}”"
    if newest.message.lower() == message.lower():
        return met(text)
    if newest.message == "empty message" and not newest.applied:
        cause = "That is the message without -m. Delete it, and make it again."
        return unmet(text, Cure(cause, delete(state, newest)))
    cause = f"No script is called “{message}”; the text after -m is its message."
    if newest.is_empty and not newest.applied:
        cause = "The script by hand has another message. Delete it, and make it again."
        return unmet(text, Cure(cause, delete(state, newest)))
    if any(r.message.lower() == message.lower() for r in state.migrations.revisions):
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

    `alone`: they do nothing else, and undo it all. If not, they may do more.
    """
    adding = {name for revision in state.migrations.pending for name in revision.adds}
    dropping = {name for revision in state.migrations.pending for name in revision.drops}
    text = f"waiting: adds {names_of(adding)}, drops {names_of(dropping)}"
    if not state.migrations.pending:
        text = "no script waits"
    cure = why_blocked(state) or why_not_pending(state, project, {*adds}, {*drops}, alone)
    if cure:
        return unmet(text, cure)
    if state.migrations.pending and (said := half_run(state)):
        return unmet(text, as_told(said))
    return met(text)
