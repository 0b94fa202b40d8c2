"""Where the commit of a message is, if it is not the last one on the branch, and the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..state import State
from ..verdict.commands import commit
from .branches import aside
from .finding import Cure
from .reflog import (
    Made,
    ask_git,
    commits_to,
    is_as_in,
    is_in_the_files,
    is_part_of,
    off_the_branch,
    overwritten_by_a_reset,
)
from .way_back_causes import database_first


def go_back_to(state: State, project: Path, subject: str, place: str, back: bool) -> Cure:
    """The way to the commit of this message, at a place further back on the branch."""
    cause = f"“{subject}” is {place}, further back: the branch has later commits."
    if not back:
        scripts = f"{state.migrations.folder}/versions/"
        brought = ask_git(project, "diff", "-z", "--name-only", place, "HEAD", "--", scripts)
        once = "Once no database needs a script of theirs, " if brought else ""
        cause += f" Are they one too many? {once}git reset --soft {place} takes them off and keeps "
        cause += "the files; then git commit --amend --no-edit puts what belongs there into that "
        cause += "commit."
        return Cure(cause, "git log --oneline", repair=True)
    if state.git.subject.startswith("Revert "):
        cause += " git revert adds commits; here they go, by a reset."
    first = database_first(state, project, place)
    if first and any(is_part_of(project, each.after) for each in off_the_branch(state, project)):
        return first  # a reset has taken a part of what is to go
    if not state.disagreements and first:
        cause += " Every database has run what they brought. Do they belong to a later part? Then "
        cause += "this one is over. If not, downgrade each database first; only then reset."
        return Cure(cause, "git log --oneline", repair=True)
    if len({*ask_git(project, "rev-parse", "HEAD^{tree}", f"{place}^{{tree}}")}) == 1:
        cause += " Nothing of them is left in the files."
    elif not state.disagreements:  # later work, and every place has it
        cause += f" Read them. Is nothing of them wanted? git reset --hard {place} takes them off; "
        cause += "git reflog remembers where they are."
        return Cure(cause, "git log --oneline")
    if first:
        return first
    changed = overwritten_by_a_reset(state, project, place)
    if not changed or is_as_in(project, place, changed):
        return Cure(cause, f"git reset --hard {place}")
    cause += " A reset would also delete what is not committed. This sets it aside; "
    cause += "then reset; git stash pop brings it back."
    return Cure(cause, "git stash -u" if changed & {*state.git.untracked} else "git stash")


def taken_off(
    state: State, project: Path, subject: str, called: Sequence[Made], commits: int, back: bool
) -> Cure:
    """The way to the commits of this message, which were taken off the branch."""
    if elsewhere := aside(project, called):
        return elsewhere
    place = called[-1].after[:7]
    last = len(state.git.commits) + 1 == commits  # all that was taken off becomes one commit
    more = not last and len(commits_to(project, place)) > 1
    left = is_in_the_files(state, project, place)
    here = left or not ask_git(project, "diff", "--name-only", "HEAD", place)
    if here and len(state.git.commits) == commits:
        amend = f'git commit --amend -m "{subject}"'
        cause = f"“{subject}” was {place}, and all that it had is here. {amend} puts that into the "
        cause += "last commit, with this message."
        unstaged = state.git.untracked or state.git.modified
        return Cure(cause, "git add ." if unstaged else amend, holds_back=True)
    if not back and more and (left or place == state.git.reset_from):
        cause = (
            f"“{subject}” was {place}, and a reset took more than one commit off the branch. "
            "This moves it back there, and changes no file."
        )
        return Cure(cause, f"git reset {place}", holds_back=True)
    if not back and left:
        cause = f"“{subject}” was {place}, and a reset took it off the branch. Its changes "
        cause += "are still in the files: commit them again."
        return Cure(cause, commit(state, subject), holds_back=True)
    if not back and (first := database_first(state, project, place)):
        return first.after(f"“{subject}” is {place}, which Git remembers.")
    cause = f"“{subject}” is {place}: no branch has it any more, but Git remembers it."
    command = "git reflog"
    if back and not state.git.uncommitted:
        command = f"git reset --hard {place}"
    named = ask_git(project, "rev-parse", "--verify", "--quiet", "ORIG_HEAD")
    moved = not back and bool(named) and named[0] != called[-1].after
    given = not back and not commits  # to bring it back is no exercise
    changed = overwritten_by_a_reset(state, project, place)
    if (moved or given) and (not changed or is_as_in(project, place, changed)):
        cause += " ORIG_HEAD is another commit by now, so take the hash." if moved else ""
        command = f"git reset --hard {place}"
    return Cure(cause, command, repair=moved, holds_back=True)
