"""Errors of `python`, as the commands that the board and the goals tell make them."""

from __future__ import annotations

from .row import Row, row

PYTHON: tuple[Row, ...] = (
    row(
        "start.py in a cell",
        r"can't open file '[^'\n]*\bstart\.py'",
        "A cell works in your project, and `start.py` is in the course folder.",
        "Type that command in a terminal, in the course folder.",
    ),
    row(
        "name taken in the folder",
        r"^shutil\.Error: Destination path 'instance/(?P<file>[^']+)' already exists",
        "`instance/` has a file `{file}` already. Nothing was moved or overwritten.",
        "Give it another name there: write `instance/another-name.db` in the place of `instance`.",
    ),
)
