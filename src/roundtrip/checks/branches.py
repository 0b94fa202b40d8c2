"""Where a lesson's commit is, if the work was done on another branch than main."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..env_file import quoted
from ..reading.git import BRANCHES
from ..state import State
from .finding import Cure
from .reflog import Made, ask_git


def to_main(state: State, project: Path, back: bool) -> Cure:
    """The way from another branch to main. `back`: what follows on a branch is not wanted.

    Where main has nothing of its own, it is moved here: the databases may have run what is here.
    """
    cause = "You are on another branch, and the lessons are on main."
    there = ask_git(project, "rev-parse", "--verify", "--quiet", "refs/heads/main")
    here = [commit.hash for commit in state.git.commits]
    if not there:
        return Cure(f"{cause} There is none; this gives it its name.", "git branch -m main")
    if back or there == here[:1]:
        return Cure(cause, "git switch main")
    if there[0] in here:
        cause += " This moves main to here and loses none of its commits."
        return Cure(cause, "git switch -C main", holds_back=True)
    cause += f" Main has commits that {state.git.branch} lacks. Look at them: git switch "
    return Cure(f"{cause}main leaves this branch, git switch -C main would drop them.", _LOOK)


def aside(project: Path, lost: Sequence[Made]) -> Cure | None:
    """How to have the newest of these commits on main that another branch has."""
    cures = (_from_branch(project, each.subject, each.after) for each in reversed(lost))
    return next(filter(None, cures), None)


def _from_branch(project: Path, subject: str, place: str) -> Cure | None:
    """The way to have a commit on main that another branch has; None where no branch has it.

    `subject` and `place`: its message and its hash.
    """
    branches = ask_git(project, *BRANCHES, f"--contains={place}")
    if not branches:
        return None
    cause = f"“{subject}” is {place[:7]}, on the branch {branches[0]}."
    ahead = ask_git(project, *BRANCHES, "--contains=HEAD")
    if branches[0] in ahead:
        cause += " The lessons are on main; this brings main to it."
        return Cure(cause, f"git merge {quoted(branches[0])}", holds_back=True)
    cause += " Main has commits that it lacks, so look at both first; git merge combines "
    return Cure(f"{cause}both, git cherry-pick copies one.", _LOOK, holds_back=True)


_LOOK = "git log --oneline --graph --all"
