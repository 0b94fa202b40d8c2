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
    return filled(text, _WIDTH, begin, " " * len(begin), break_long_words=False)


def filled(
    text: str, width: int, first: str, rest: str, break_long_words: bool = True
) -> list[str]:
    """A text in lines of this width, broken between its `words`."""
    lines = textwrap.wrap(
        _WORD.sub(lambda word: word[0].replace(" ", _NO_BREAK), text),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=break_long_words,
        break_on_hyphens=False,
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


def words(text: str) -> list[str]:
    """The words of a text; code with blanks in it is one."""
    return _WORD.findall(text)


_WORD = re.compile(r"(?:`[^`\n]+`|\bMapped\[[^\]\n]+\]|\S)+")
_NO_BREAK = "\N{NO-BREAK SPACE}"
