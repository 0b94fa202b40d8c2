"""What Git remembers of commits that the branch no longer has."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from .. import terminal
from ..reading.git import git_lines, moves_of_head
from ..state import State
from ..verdict.lookups import models_file


@dataclass(frozen=True)
class Made:
    """A commit that was made here: where HEAD was before, its hash, its message.

    `amended`: the last thing that was done here was to rewrite it.
    """

    before: str
    after: str
    subject: str
    amended: bool = False


def is_in_the_files(state: State, project: Path, place: str) -> bool:
    """Whether each file in which a commit differs from the last one here is not committed.

    So a reset without --hard leaves it.
    """
    changed = ask_git(project, "diff", "--name-only", "-z", "HEAD", place)
    return bool(changed) and {*changed} <= {*state.git.uncommitted}


def commits_to(project: Path, place: str) -> list[str]:
    """The commits that a branch at this place has and the one here lacks."""
    return ask_git(project, "rev-list", f"HEAD..{place}")


def is_part_of(project: Path, place: str) -> bool:
    """Whether another commit has the last one here, and all before it, in its history."""
    return not ask_git(project, "rev-list", f"{place}..HEAD")


def brought_with(project: Path, file: str) -> list[str]:
    """The files of the commit that brought this one last."""
    how = ("log", "-n1", "--diff-filter=A", "--format=%H", "--", file)
    return [
        each
        for place in ask_git(project, *how)
        for each in ask_git(project, "show", "-z", "--format=", "--name-only", place)
    ]


def is_as_in(project: Path, place: str, files: Collection[str]) -> bool:
    """Whether all these files, which differ from the last commit, are as another commit has them.

    So a reset with --hard to that one loses nothing of them.
    """
    changed = ask_git(project, "diff", "--name-only", "-z", "HEAD", place)
    return {*files} <= {*changed} and not ask_git(
        project, "diff", "--name-only", "-z", place, "--", *files
    )


def overwritten_by_a_reset(state: State, project: Path, place: str) -> set[str]:
    """What is not committed, and a reset with --hard to this commit would not leave as it is."""
    there = ask_git(project, "ls-tree", "-r", "-z", "--name-only", place)
    return {*state.git.uncommitted} - ({*state.git.untracked} - {*there})


def made_again(state: State, project: Path, place: str) -> bool:
    """Whether another commit has all that the last one here has, but for scripts made since.

    Nothing else is in the files, so a reset with --hard to that one loses none of it.
    """
    how = ("diff", "--no-renames", "-z", "--name-only", "--diff-filter=MD", "HEAD", place)
    scripts = {script.file for script in state.migrations.revisions}
    same = bool(commits_to(project, place)) and {*ask_git(project, *how)} <= scripts
    return same and not state.git.uncommitted


def ask_git(project: Path, *arguments: str) -> list[str]:
    """What a Git command lists; nothing where it fails."""
    return git_lines(partial(terminal.capture, project=project), *arguments)


def last_reset_before(project: Path, moment: float) -> float:
    """When a reset last moved the branch before a moment, in seconds since 1970; 0: none had.

    The reflog has whole seconds; the file that the last reset has written knows more.
    """
    file, left, written = project / ".git/ORIG_HEAD", "", 0.0
    with suppress(OSError):
        left = file.read_text(encoding="ascii", errors="replace").strip()
        written = file.stat().st_mtime
    found = 0.0
    for line in moves_of_head(project):
        who, _, what = line.partition("\t")
        old, new, *_, seconds, _zone = who.split(" ")
        when = float(seconds)
        if old == left and when <= written < when + 2:
            when = written
        if what.startswith("reset:") and old != new and when <= moment:
            found = when
    return found


def has_amended(project: Path, before: str, after: str) -> bool:
    """Whether a commit was rewritten here to be this other one, of which the hash may be short."""
    amends = (line for line in moves_of_head(project) if "\tcommit (amend)" in line)
    places = (line.split(" ")[:2] for line in amends)
    return any(old == before and new.startswith(after) for old, new in places)


def taken_by_a_reset(state: State, project: Path) -> list[Made]:
    """The commits that are off the branch, newest first; none where the last move was no reset."""
    reset = "\treset: " in "".join(moves_of_head(project)[-1:])
    return off_the_branch(state, project)[::-1] if reset else []


def off_the_branch(state: State, project: Path) -> list[Made]:
    """The commits that were made here and are not on the branch, oldest first.

    Git's reflog has them.
    """
    lines = moves_of_head(project)
    halves = (line.partition("\t") for line in lines)
    kept = {commit.hash for commit in state.git.commits}
    made = (
        Made(before, after, what.partition(": ")[2])
        for who, _, what in halves
        if what.startswith("commit")
        for before, after in [who.split(" ")[:2]]
    )
    rewritten = ""
    for line in reversed(lines):  # one amended commit after the other: the first that was so
        if "\tcommit (amend)" not in line:
            break
        rewritten = line.split(" ")[0]
    lost = (each for each in made if each.after not in kept)
    return [replace(each, amended=each.after == rewritten) for each in lost]


def has_word(project: Path, commit: str, file: str, word: str) -> bool:
    """Whether a file has this word in a commit."""
    how = ("grep", "--files-with-matches", "--word-regexp")
    return bool(ask_git(project, *how, word, commit, "--", file))


def taken_off_from(state: State, project: Path, place: str, column: str) -> str:
    """The newest commit on this one, or on one that followed it, which is not on the branch.

    Its model has this `table.column`, if one is named. Empty where there is none.
    """
    file, name = models_file(state), column.rpartition(".")[2]
    for entry in reversed(off_the_branch(state, project)):
        if not column or has_word(project, entry.after, file, name):
            below = [entry.before, *ask_git(project, "merge-base", place, entry.after)]
            if any(each.startswith(place) for each in below):
                return entry.after[:7]
    return ""
