"""One command in a cell against the same in the shell; `%board` against one command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from measure import Row, Settings, alternate
from places import folder, shell
from projects import build, put_back
from trio import against_shell, trio

_COMMANDS = (
    ("flask db current", "", "created"),
    ("flask db migrate -m age", "", "created"),
    ("flask db upgrade", "", "migrated"),
    ("flask db downgrade", "", "upgraded"),
    ("echo 'User.query.count()' | flask shell", "%%flask_shell\nUser.query.count()", "upgraded"),
    ("flask db current", "%board", "upgraded"),
)
"""A line for the shell, the cell where it is another, and what has been done before each time."""


def rows(settings: Settings) -> Iterator[Row]:
    """Each command plain and pre-loaded, against the shell; then the board."""
    with folder() as place:
        states = _states(place)
        with trio(states["upgraded"]) as three:
            for line, cell, state in _COMMANDS:
                sides = three.sides(line, cell, partial(put_back, states[state]))
                found = alternate(sides, settings.runs)
                base = f"`{line}` in the shell" if cell else "the same in the shell"
                yield from against_shell(f"`{(cell or line).splitlines()[0]}`", base, found)


def _states(place: Path) -> dict[str, Path]:
    """The project with its table made, then with a script for the new column, then upgraded."""
    states = {"created": build(place / "created")}
    for before, name, command in (
        ("created", "migrated", "flask db migrate -m age"),
        ("migrated", "upgraded", "flask db upgrade"),
    ):
        states[name] = Path(shutil.copytree(states[before], place / name))
        shell(command, states[name])
    return states
