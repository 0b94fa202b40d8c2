"""Loaded by each kernel of the course's environment, before the first cell runs.

A kernel that was restarted has not run `%load_ext roundtrip` yet. Without this, the next `!git …`
of a lesson would be IPython's own, and would run in the course folder, on the course's repository.
With it, such a cell is refused until a lesson is started. Notebooks elsewhere are left alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Give the kernel its magics and its `!`, when it was started inside a course folder."""
    here = Path.cwd()
    if any((folder / "notebooks" / "course.toml").is_file() for folder in (here, *here.parents)):
        from .magics import load

        load(shell)
