"""Hints, one after the other: a first one, a stronger one, then where the answer stands."""

from __future__ import annotations

from collections.abc import Sequence

from .checks import Result
from .errors import RoundtripError


class Hints:
    """Knows which goals were not met at the last look, and how much was told of each."""

    def __init__(self) -> None:
        self._unmet: list[Result] = []
        self._told: dict[tuple[str, str], int] = {}

    def note(self, results: Sequence[Result]) -> None:
        """Remember the goals that are not met; their first hint has been shown."""
        self._unmet = [result for result in results if not result.met]
        for result in self._unmet:
            self._told.setdefault(_about(result), 1)

    def next(self) -> str:
        """The next hint for the first goal that is not met; the last one as often as one asks.

        Raises `RoundtripError` when no goal is waiting for one.
        """
        if not self._unmet:
            raise RoundtripError(
                "There is no goal to give a hint for. Run %finish, or the %check of an exercise; "
                "for what is not met there, %hint says more."
            )
        goal, about = self._unmet[0].goal, _about(self._unmet[0])
        told = min(self._told[about], len(goal.hints) - 1)
        self._told[about] = told + 1
        return f"{goal.text}\n    {goal.hints[told]}"


def _about(result: Result) -> tuple[str, str]:
    """A goal and why it is not met: for another reason, the hints begin anew."""
    return result.goal.text, result.finding.cause
