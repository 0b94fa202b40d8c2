"""Goals as predicates over the state of the four places, never over what was typed.

A goal is a row of `course.toml`; its `check` names a function here, its `with` table holds the
arguments. A function returns a `Finding`; where the goal is not met, the finding says what was
found, the likely cause, and what to run next.

The functions are in git, files, model_and_migrations, databases and rows. Why something is not as
it should be: causes and model_causes. course_databases looks into the databases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path

from ..course import Goal
from ..errors import RoundtripError
from ..facts import State
from .databases import database_has, references
from .files import has_file, same_files
from .finding import Finding
from .git import changed_only, clean, commits, head_subject, taken_back, taking_back, untracked
from .model_and_migrations import (
    committed_migration,
    model_has,
    newest_script,
    pending_changes,
    revisions,
)
from .rows import holds, rows, rows_equal, same_rows, some_value


@dataclass(frozen=True)
class Result:
    """A goal and what its check found."""

    goal: Goal
    finding: Finding

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.finding.met


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
    return Result(goal, predicate(state, project, **goal.arguments))


def agree(state: State, project: Path, back: str = "") -> Finding:
    """The four places agree. `back`: on the way back to the commit with this message.

    Until the code is there, the board's command for that way is told, where it has one.
    """
    if not state.disagreements:
        return Finding(True, "the four places agree")
    first = state.verdict
    if back and state.git.commits and state.git.commits[0].subject != back:
        if first.back:
            cause = f"{first.headline} Or back, with this command."
            return Finding(False, first.found, cause, first.back)
    elif back and state.git.uncommitted:  # such as a reset without --hard leaves
        file = state.git.uncommitted[0]
        return Finding(False, f"not committed: {file}", *taking_back(state, file))
    return Finding(False, first.found, f"{first.headline} {first.why}".strip(), first.next)


CHECKS: dict[str, Callable[..., Finding]] = {
    check.__name__: check
    for check in (
        agree,
        changed_only,
        clean,
        commits,
        committed_migration,
        database_has,
        has_file,
        head_subject,
        holds,
        model_has,
        newest_script,
        pending_changes,
        references,
        revisions,
        rows,
        rows_equal,
        same_files,
        same_rows,
        some_value,
        taken_back,
        untracked,
    )
}
