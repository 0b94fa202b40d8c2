"""The code cells of the notebooks, and a plain shell script that runs the same commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from roundtrip.course import find_course

CORE = range(10)
"""Lessons 00 to 09, in which all is said. In lesson 10 the cells are the learner's to fill."""


@dataclass(frozen=True)
class Cell:
    """What a code cell holds, and whether it is meant to fail."""

    source: str
    fails: bool


def notebook(number: int) -> Path:
    """The notebook of a lesson."""
    return find_course().lesson(number).notebook


def of(number: int) -> list[Cell]:
    """The code cells of a lesson."""
    node = nbformat.read(notebook(number), as_version=4)
    code = (cell for cell in node.cells if cell.cell_type == "code")
    return [Cell(c.source, "raises-exception" in c.metadata.get("tags", ())) for c in code]


def files(number: int) -> dict[str, str]:
    """The files that a lesson's cells write, each as it is at the end."""
    written = (re.match(r"%%writefile (\S+)\n", cell.source) for cell in of(number))
    return {found[1]: found.string[found.end() :] + "\n" for found in written if found}


def script(numbers: Sequence[int], port: int) -> str:
    """A script for bash that runs the commands of these lessons in the folder it is started in.

    Left out is what only the course has: `%lesson`, `%board`, `%ask` and so on. `%show` is `cat`,
    `%page` is `flask run` on this port with one request. Raises `ValueError` for a cell that is
    none of the kinds known here.
    """
    parts = [part for number in numbers for cell in of(number) for part in _commands(cell)]
    return "\n".join((_HEAD.replace("PORT", str(port)), *parts, ""))


_HEAD = r"""set -e
page() {
    flask run --port PORT &
    until (: < /dev/tcp/127.0.0.1/PORT) 2> /dev/null; do kill -0 $! || return; sleep 0.03; done
    exec 3<> /dev/tcp/127.0.0.1/PORT
    printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
    cat <&3
    exec 3>&-
    kill $!
    wait $! || true
}
rows() { python -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).iterdump())' "$1"; }
"""

_KINDS = (
    (r"%(load_ext|lesson|board|finish|ask|answer|check|hint|doctor)\b.*|#.*|\s*", ""),
    (r"%show (\S+\.db)", r"rows \1"),
    (r"%show (.+)", r"cat \1"),
    (r"%page (\S+)", r"page \1"),
    (r"!(.+)", r"\1"),
    (r"(\w+) = !(.+)", r"\1=$(\2)"),
    (r"(\w+) = (\w+)\[0\]", r'\1=$(head -n 1 <<< "$\2")'),
    (r"print\((\w+)\)", r'echo "$\1"'),
)
"""A line of a cell, and what a person would type in a shell instead."""


def _commands(cell: Cell) -> Iterator[str]:
    first, _, rest = cell.source.partition("\n")
    bearing = " || true" if cell.fails else ""
    if file := re.fullmatch(r"%%writefile (\S+)", first):
        yield f'mkdir -p "$(dirname {file[1]})"\ncat > {file[1]} << "END"\n{rest}\nEND'
    elif options := re.fullmatch(r"%%flask_shell(.*)", first):
        # At a prompt, an empty line ends a block; inside brackets it does nothing.
        typed = re.sub(r"(?m)^( +.*\n)(?! )", r"\1\n", rest + "\n")
        yield f'flask{options[1]} shell << "END"{bearing}\n{typed}END'
    else:
        for line in cell.source.splitlines():
            if typed := _typed(line):
                yield typed + bearing


def _typed(line: str) -> str:
    for pattern, instead in _KINDS:
        if found := re.fullmatch(pattern, line):
            return re.sub(r"\{(\w+)\}", r"$\1", found.expand(instead)) if instead else ""
    raise ValueError(f"There is no shell command for the line {line!r} of a notebook")
