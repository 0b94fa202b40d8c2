"""Loaded by each kernel of the course's environment, before the first cell runs.

A kernel that was restarted has not run `%load_ext roundtrip` yet. Without this, the next `!git …`
of a lesson would be IPython's own, and would run in the course folder, on the course's repository.
With it, such a cell is refused until a lesson is started, and for good where the course cannot
begin. In an environment that is not the course's own `.venv`, notebooks outside a course folder are
left alone.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import roundtrip

from .course import is_course

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Give the kernel its magics and its `!`, when it or its Python lies inside a course folder."""
    if _in_a_course(Path.cwd()) or _in_a_course(Path(sys.prefix)):
        with suppress(Exception):  # the kernel is closed then, and each cell says so
            roundtrip.load_ipython_extension(shell)


def _in_a_course(place: Path) -> bool:
    return any(map(is_course, (place, *place.parents)))
