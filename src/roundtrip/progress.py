"""The progress of making start states, shown while it lasts and gone afterwards."""

from __future__ import annotations

import os
from types import TracebackType

from IPython.display import clear_output

from .course import Lesson

_WIDTH = 30


class Bar:
    """A bar in the cell's output. Shows nothing when `ROUNDTRIP_PROGRESS` is 0 (tests set it)."""

    def __init__(self) -> None:
        self._quiet = os.environ.get("ROUNDTRIP_PROGRESS") == "0"
        self._shown = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            clear_output(wait=True)

    def show(self, lesson: Lesson, done: int, total: int) -> None:
        """Draw how far the notebook of a lesson has run: `done` of `total` cells."""
        if self._quiet:
            return
        if self._shown:
            clear_output(wait=True)
        filled = _WIDTH * done // max(total, 1)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        print(f"Making the start state by running {lesson.name}\n{bar} {done} of {total} cells")
        self._shown = True
