"""Splits the source of a cell into statements, each as one types it into a shell."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from contextlib import suppress


def statements_in(source: str) -> list[str]:
    """The statements of a text, each as it is typed.

    Comments go with the statement below them. From a statement with a mistake on, the lines are
    taken as they look, so that the shell itself says what is wrong.
    """
    lines = source.split("\n")
    good = len(lines)
    while good:
        try:
            nodes = ast.parse("\n".join(lines[:good])).body
            break
        except (SyntaxError, ValueError):
            good = _begin_of_statement(lines, good - 1)
    else:
        nodes = []
    inside = _lines_inside_strings("\n".join(lines[:good]))
    found, begin = [], 0
    for node in nodes:
        last = node.end_lineno or node.lineno
        if last > begin:
            # outside a string, an empty line would end a block
            kept = [n for n in range(begin, last) if lines[n].strip() or n in inside]
            found.append("\n".join(lines[n] for n in kept))
            begin = last
    for line in filter(str.strip, lines[good:]):
        if found and begin == len(lines) and not _can_begin(line):
            found[-1] += "\n" + line
        else:
            found.append(line)
        begin = len(lines)
    return found


def _begin_of_statement(lines: list[str], last: int) -> int:
    """The number of the last line up to `last` that can begin a statement; else 0."""
    return next((n for n in range(last, 0, -1) if _can_begin(lines[n])), 0)


def _can_begin(line: str) -> bool:
    return not re.match(r"\s|$|[)\]}]|(else|elif|except|finally)\b", line)


def _lines_inside_strings(source: str) -> set[int]:
    """The numbers (from 0) of lines that begin inside a string."""
    inside: set[int] = set()
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER):
                inside.update(range(token.start[0], token.end[0]))
    return inside
