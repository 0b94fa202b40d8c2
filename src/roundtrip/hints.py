"""Hints, one after the other: a first one, a stronger one, then where the answer is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .checks import CHANGES, Result, lost
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
        for result in self._unmet:
            self._told[_about(result)] = max(1, self._told[_about(result)])

    def look_again(self, results: Sequence[Result]) -> None:
        """The same goals as they are now: much may have happened since the last look."""
        self._unmet = [result for result in results if not result.met]
        for result in self._unmet:
            self._told.setdefault(_about(result), 1 if result.hints else 0)

    @property
    def more(self) -> bool:
        """Whether the next hint is one that was not told yet."""
        if not self._unmet:
            return False
        first = lost(self._unmet) or self._unmet[0]
        told = self._told[_about(first)]
        return told <= (len(_stronger(first)) or bool(_answer(first)))

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
                "All goals of the last look are met. For an exercise, run its %check first; %hint "
                "is for what is not met there."
            )
        if not self._unmet:
            return (
                "No goal has been looked at yet. First run the next cell with %check or %finish; "
                "%hint is for what is not met there."
            )
        first = lost(self._unmet) or self._unmet[0]
        goal, finding = first.goal, first.finding
        told = self._told[_about(first)]
        self._told[_about(first)] += 1
        if more := _stronger(first):
            return "\n".join((goal.text, *wrapped("    ", more[min(told, len(more)) - 1])))
        answer = _answer(first) if told else ""
        first_do = "Do first what was told; then look again."
        said = finding.cause
        if told:
            said = first_do if answer else f"There is no stronger hint. {first_do}"
        lines = [
            *wrapped("    ", said),
            *([f"    Next: {typed(finding.next)}"] * bool(finding.next)),
            *wrapped("    ", answer),
        ]
        return "\n".join((goal.text, *lines))


_IS_THE_WAY = re.compile(rf"{CHANGES.pattern}|%restart|python\b")
"""Begins what is to be run as it stands: the answer fits only after it, or not at all."""


def _stronger(result: Result) -> list[str]:
    """The hints after the first one, where the goal's own fit."""
    said = result.finding.next
    return [hint for hint in result.hints[1:] if hint.strip("`.") != said]


def _answer(result: Result) -> str:
    """Where the answer is, for a goal whose own hints do not fit yet; empty where it would not."""
    fits = not _IS_THE_WAY.match(result.finding.next)
    return "".join(result.goal.hints[-1:]) if fits and not _stronger(result) else ""


def _about(result: Result) -> tuple[str, str]:
    """A goal and why it is not met: for another reason, the hints begin again."""
    return result.goal.text, result.finding.cause
