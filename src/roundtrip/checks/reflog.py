"""What Git remembers of commits that the branch has no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..facts import State


@dataclass(frozen=True)
class Made:
    """A commit that was made here: where HEAD was before, its hash, its message.

    `amended`: the last thing that was done here was to write it anew.
    """

    before: str
    after: str
    subject: str
    amended: bool = False


def reset_from(project: Path) -> str:
    """The commit that HEAD was at before a reset, if that was the last thing done; else empty."""
    last = (_log(project) or [""])[-1]
    return last.split(" ")[0] if "\treset: moving to" in last else ""


def off_the_branch(state: State, project: Path) -> list[Made]:
    """The commits that were made here and are not on the branch, oldest first.

    Git's reflog has them (`git help gitrepository-layout`, logs).
    """
    lines = _log(project)
    halves = (line.partition("\t") for line in lines)
    kept = {commit.hash for commit in state.git.commits}
    made = (
        Made(*who.split(" ")[:2], what.partition(": ")[2])
        for who, _, what in halves
        if what.startswith("commit")
    )
    last = lines[-1] if lines else ""
    anew = last.split(" ")[0] if "\tcommit (amend)" in last else ""
    lost = (each for each in made if each.after not in kept)
    return [replace(each, amended=each.after == anew) for each in lost]


def _log(project: Path) -> list[str]:
    """Where HEAD has been, oldest first."""
    try:
        log = (project / ".git/logs/HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return log.splitlines()
