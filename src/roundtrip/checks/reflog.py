"""What Git remembers of commits that the branch has no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..facts import State


@dataclass(frozen=True)
class Made:
    """A commit that was made here: where HEAD was before, its hash, its message."""

    before: str
    after: str
    subject: str


def off_the_branch(state: State, project: Path) -> list[Made]:
    """The commits that were made here and are not on the branch, oldest first.

    Git's reflog has them (`git help gitrepository-layout`, logs).
    """
    try:
        lines = (project / ".git/logs/HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    halves = (line.partition("\t") for line in lines.splitlines())
    kept = {commit.hash for commit in state.git.commits}
    made = (
        Made(*who.split(" ")[:2], what.partition(": ")[2])
        for who, _, what in halves
        if what.startswith("commit")
    )
    return [each for each in made if each.after not in kept]
