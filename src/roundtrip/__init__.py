"""Roundtrip: a course on schema migrations that makes the whole trip with the real tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """`%load_ext roundtrip`: give the cells of this kernel their magics and their `!`.

    Where the course cannot begin, the kernel is closed: no cell runs a command or a magic. Raises
    what stood in the way, a `RoundtripError` where there is no course or no home.
    """
    from . import closed

    try:
        from .magics import load

        load(shell)
    except Exception as problem:  # whatever it is: IPython goes on, with a `!` of its own
        closed.close(shell, problem)
        raise
