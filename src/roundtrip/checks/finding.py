"""What a check answers, and what is told where its goal is not met."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..state import Disagreement


@dataclass(frozen=True)
class Cure:
    """Why something is not as it should be, and the command to run next.

    `repair`: something else should be fixed first, so the goal's own hints do not fit.
    `holds_back`: the commands of the goals below wait until this is done. `root`: what the board
    finds, where the cause tells that: other goals may tell it in other words.
    """

    cause: str
    command: str
    repair: bool = False
    holds_back: bool = False
    root: str = ""

    def after(self, said: str) -> Cure:
        """The same cure, with a sentence before its cause, which no other goal tells."""
        return replace(self, cause=f"{said} {self.cause}", root="")


def as_told(said: Disagreement, otherwise: str = "") -> Cure:
    """The cure that the board tells; `otherwise` is the command where the board tells none."""
    cause = f"{said.headline} {said.found} {said.why}"
    return Cure(cause, said.next or otherwise, repair=True, root=root_of(said))


def root_of(said: Disagreement) -> str:
    """What is the same in all causes that tell this, in whatever words."""
    return f"{said.headline} {said.found}"


BEGIN_AGAIN = "%restart"


def begin_again(cause: str) -> Cure:
    """The cure where nothing brings back what is lost: the lesson begins again."""
    return Cure(f"{cause} Begin again, and run the cells down to here.", BEGIN_AGAIN, repair=True)


@dataclass(frozen=True)
class Finding:
    """What a check saw. Where the goal is not met, the rest is that of a `Cure`.

    `lost`: nothing else should be done before, since what the lesson builds on is gone.
    """

    met: bool
    found: str
    cause: str = ""
    next: str = ""
    repair: bool = False
    holds_back: bool = False
    root: str = ""
    lost: bool = False


def met(found: str) -> Finding:
    """The goal is met; this is what was found."""
    return Finding(True, found)


def unmet(found: str, cure: Cure) -> Finding:
    """The goal is not met: what was found instead, why, and what to do."""
    said = (cure.cause, cure.command, cure.repair, cure.holds_back, cure.root)
    return Finding(False, found, *said)
