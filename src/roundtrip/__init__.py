"""Roundtrip: a course on schema migrations that makes the whole trip with the real tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """`%load_ext roundtrip`: give the cells of this kernel their magics and their `!`."""
    from .magics import load

    load(shell)
