"""Goals as predicates over the state of the four places, never over what was typed.

A goal is a row of `course.toml`; its `check` names a function here, its `with` table holds the
arguments. A function returns a `Finding`; where the goal is not met, the finding says what was
found, the likely cause, and what to run next.

Each public function of git, working_tree, files, model, migrations, committed, databases, copies
and rows is one. Why something is not as it should be, and the cure: causes, and those of the model,
the scripts, the databases, the rows, the way back, the commits, their subjects and the branches.
course_databases looks into the databases, reflog into what Git remembers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from inspect import isfunction, signature
from pathlib import Path

from ..course import Goal
from ..errors import RoundtripError
from ..reading.git import moves_of_head
from ..state import State
from . import committed, copies, databases, files, git, migrations, model, rows, working_tree
from .commit_causes import not_to_commit, reset_without_hard, why_changed
from .finding import BEGIN_AGAIN, Cure, Finding, begin_again, met, root_of, unmet
from .way_back_causes import one_step_too_many, over


@dataclass(frozen=True)
class Result:
    """A goal and what its check found."""

    goal: Goal
    finding: Finding

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.finding.met

    @property
    def holds_back(self) -> bool:
        """Whether the commands of the goals below wait until this one is met.

        A row that is to be changed in the shell holds back nothing.
        """
        finding = self.finding
        mends = finding.repair and not finding.next.startswith("%%flask_shell")
        return finding.holds_back or mends or CHECKS[self.goal.check] in _BUILT_ON

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints of the goal; none where it is something else that is to be done next."""
        said, next = self.goal.hints, CHANGES.match(self.finding.next)
        fit = not next or any(next[0] in hint for hint in said)
        return said if fit and not self.finding.repair else ()


CHANGES = re.compile(
    r"flask (?:--env-file \S+ )?db (?:downgrade|init|merge|migrate|revision|stamp|upgrade)"
    r"|git reset .*|git restore(?: --\S+)*|git (?:add|checkout|clean|commit|revert|rm|switch)\b"
)
"""Begins a command that changes one of the four places, and does more than look.

Of a reset all is compared: one to another commit is another command. So are the options of restore.
"""


def check(goal: Goal, state: State, project: Path) -> Result:
    """Hold one goal against the state of the project.

    Raises `RoundtripError` where course.toml asks for a check or an argument that does not exist.
    """
    if goal.check not in CHECKS:
        raise RoundtripError(f"course.toml asks for a check {goal.check!r}, which does not exist.")
    predicate = CHECKS[goal.check]
    try:
        signature(predicate).bind(state, project, **goal.arguments)
    except TypeError as error:
        raise RoundtripError(f"course.toml asks {goal.check} wrongly: {error}.") from error
    finding = predicate(state, project, **goal.arguments)
    private = state.git.private or state.git.databases or state.git.settings
    to_commit = private and finding.next.startswith(("git add", "git commit"))
    if to_commit and (first := not_to_commit(state, project)):  # it would be in that commit, too
        finding = unmet(finding.found, first)
    return Result(goal, finding)


def lost(results: Iterable[Result]) -> Result | None:
    """The first goal about what the lesson begins with, gone for good: other work is in vain."""
    return next((r for r in results if _is_lost(r)), None)


def lacking_at_the_start(
    results: Iterable[Result], state: State, start: Path
) -> tuple[Result, ...]:
    """The results, where the learner's own start lacks what is lost with the way to another one.

    To begin again with that project would lead back to the same goal.
    """

    def told(result: Result) -> Result:
        kept = result.goal.arguments.get("kept")
        if not (kept and _is_lost(result)) or check(result.goal, state, start).met:
            return result
        return replace(result, finding=replace(result.finding, cause=_LACKING, next=_FRESH))

    return tuple(map(told, results))


def without_commits(
    results: Iterable[Result], state: State, project: Path, start: Path | None
) -> tuple[Result, ...]:
    """The results of a lesson that begins with commits, where the project has lost them all.

    Git remembers those that a reset or another branch has taken away: they are not lost. `start`:
    the learner's own start, which may lack them as well.
    """
    found = list(results)
    place = next((n for n, result in enumerate(found) if not result.met), None)
    if place is not None and not (state.git.commits or state.git.error or moves_of_head(project)):
        text = "no commit, and Git remembers none" if state.git.repository else "no repository"
        gone = unmet(text, begin_again(_NO_COMMITS))
        if start and not moves_of_head(start):
            gone = replace(gone, cause=_LACKING, next=_FRESH)
        found[place] = replace(found[place], finding=replace(gone, lost=True))
    return tuple(found)


_NO_COMMITS = (
    "The lesson begins with commits, and they are gone, with the folder .git that was deleted. "
    "git init makes an empty repository, and brings none back."
)


def _is_lost(result: Result) -> bool:
    """Whether a goal is about what the lesson begins with, and that is gone for good."""
    kept = result.goal.arguments.get("kept") and result.finding.next in (BEGIN_AGAIN, _FRESH)
    return result.finding.lost or bool(kept)


_FRESH = f"{BEGIN_AGAIN} --fresh"
_LACKING = (
    "It is gone, and the start that you kept does not have it either, so %restart alone would not "
    "help. With --fresh the lesson begins as the course has it; then run the cells down to here."
)


def agree(state: State, project: Path, back: str = "", column: str = "") -> Finding:
    """The four places agree. `back`: on the way back to the commit with this message.

    `column`: the `table.column` that goes with it. Until the code is there, the board's command for
    that way is told, where it has one.
    """
    if not state.disagreements:
        return met("the four places agree")
    first = state.verdict
    if back and state.git.commits and state.git.subject != back:
        if done := over(state, project, back, column):
            return unmet(first.found, done)
        if first.kind == "pending" and (too_far := one_step_too_many(state, back)):
            return unmet(first.found, too_far)
        if _LEADS_BACK.search(first.back):
            return unmet(first.found, Cure(f"{first.headline} {first.why}", first.back))
        if first.back or _LEADS_ON.search(first.next):
            way = git.head_subject(state, project, back, back=True)
            return replace(way, found=first.found)
    elif back and state.git.uncommitted:  # such as a reset without --hard leaves
        file = state.git.uncommitted[0]
        if soft := reset_without_hard(state, project):
            return unmet(f"not committed: {file}", soft)
        return unmet(f"not committed: {file}", why_changed(state, file))
    said = (first.headline, first.why, first.then if back else "")
    return unmet(first.found, Cure(" ".join(filter(None, said)), first.next, root=root_of(first)))


_LEADS_BACK = re.compile("git reset|db downgrade")
_LEADS_ON = re.compile("db upgrade|db migrate|git add|git commit|git status")


def _checks() -> Iterator[Callable[..., Finding]]:
    """Every public function that is written in one of the modules of goals."""
    yield agree
    homes = (committed, copies, databases, files, git, migrations, model, rows, working_tree)
    for module in homes:
        for name, each in vars(module).items():
            if isfunction(each) and each.__module__ == module.__name__ and name[0] != "_":
                yield each


_BUILT_ON = {
    model.model_has,
    migrations.revisions,
    migrations.newest_script,
    migrations.pending_changes,
    committed.committed_migration,
    databases.database_has,
    databases.references,
    files.has_file,
    rows.holds,
}
"""The checks of model, scripts, databases, files and of one row, by which a feature is tried out.

While one is not met, the goals below wait.
"""

CHECKS = {check.__name__: check for check in _checks()}
