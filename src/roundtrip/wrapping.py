"""Breaks texts into lines that a cell's output has room for."""

from __future__ import annotations

import re
import textwrap

_WIDTH = 96
"""Characters of a line that JupyterLab does not break in a window of common size.

Where it breaks one itself, it does so inside words.
"""


def wrapped(begin: str, text: str) -> list[str]:
    """A text in lines, all as far in as after `begin`; what is to be copied stays on one."""
    whole = re.sub(r"`[^`]+`", lambda code: code[0].replace(" ", _NO_BREAK), text)
    lines = textwrap.wrap(
        whole,
        _WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


_NO_BREAK = "\N{NO-BREAK SPACE}"
