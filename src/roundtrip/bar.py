"""The progress of making start states, shown while it lasts and gone afterwards."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .course import Lesson

if TYPE_CHECKING:  # it takes a while to import, and is needed only while something is made
    from tqdm import tqdm


class Bar:
    """A bar for one lesson's notebook after the other, in a cell's output or in a terminal.

    Shows nothing when it is `quiet`, or `ROUNDTRIP_PROGRESS` is 0 (tests set it).
    """

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet or os.environ.get("ROUNDTRIP_PROGRESS") == "0"
        self._bar: tqdm | None = None
        self._lesson: Lesson | None = None

    def show(self, lesson: Lesson, done: int, total: int) -> None:
        """Draw how far the notebook of a lesson has run: `done` of `total` cells."""
        if lesson != self._lesson:
            from tqdm import tqdm

            self.close()
            self._lesson = lesson
            self._bar = tqdm(
                total=total,
                desc=f"Making the start state: {lesson.name}",
                bar_format="{desc} {bar:20} {n} of {total} cells",
                file=sys.stdout,
                leave=False,
                mininterval=0,
                ncols=100,
                ascii=False,
                disable=self._quiet,
            )
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take away what is drawn."""
        if self._bar is not None:
            self._bar.close()
