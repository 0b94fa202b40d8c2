"""Hints, one after the other: a first one, a stronger one, then where the answer is."""

from __future__ import annotations

from collections.abc import Sequence

from .checks import Result, lost
from .course import Goal
from .messages import typed
from .wrapping import wrapped


class Hints:
    """Knows which goals were not met at the last look, and how much was told of each.

    `goals` are those that were looked at, where one of them was not met.
    """

    def __init__(self) -> None:
        self.goals: tuple[Goal, ...] = ()
        self._unmet: list[Result] = []
        self._told: dict[tuple[str, str], int] = {}
        self._done = False

    def note(self, results: Sequence[Result]) -> None:
        """Remember what was found of some goals; the first hints of the unmet have been shown."""
        waiting = any(not result.met for result in results)
        self.goals = tuple(result.goal for result in results) if waiting else ()
        self._done = bool(results) and not waiting
        self.look_again(results)

    def look_again(self, results: Sequence[Result]) -> None:
        """The same goals as they are now: much may have happened since the last look."""
        self._unmet = [result for result in results if not result.met]
        for result in self._unmet:
            self._told.setdefault(_about(result), 1)

    def next(self) -> str:
        """The next hint for the first goal that is not met; the last one as often as one asks.

        Where no goal is waiting for one, it says so.
        """
        if self.goals and not self._unmet:
            return (
                "All that was not met at the last look is met now. Run that cell again to see it."
            )
        if self._done:
            return (
                "All goals of the last look are met. For an exercise, run its %check first; for "
                "what is not met there, %hint says more."
            )
        if not self._unmet:
            return (
                "No goal has been looked at yet. First run the next cell with %check or %finish; "
                "for what is not met there, %hint says more."
            )
        first = lost(self._unmet) or self._unmet[0]
        goal, about, finding = first.goal, _about(first), first.finding
        if not first.hints:
            cause = wrapped("    ", finding.cause)
            following = [f"    Next: {typed(finding.next)}"] if finding.next else []
            if self._told[about] > 1:  # asked again: where the answer is
                following += [line for hint in goal.hints[-1:] for line in wrapped("    ", hint)]
            self._told[about] += 1
            return "\n".join((goal.text, *cause, *following))
        told = min(self._told[about], len(goal.hints) - 1)
        self._told[about] = told + 1
        return "\n".join((goal.text, *wrapped("    ", goal.hints[told])))


def _about(result: Result) -> tuple[str, str]:
    """A goal and why it is not met: for another reason, the hints begin again."""
    return result.goal.text, result.finding.cause
