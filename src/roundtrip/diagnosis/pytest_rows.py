"""Errors of `pytest`."""

from __future__ import annotations

from .row import Row, row

PYTEST: tuple[Row, ...] = (
    row(
        "another app",
        r"TypeError: '(?P<column>\w+)' is an invalid keyword argument for (?P<name>\w+)",
        "The class `{name}` that pytest has imported has no `{column}`.",
        "Look whether the model has it, and whether `pytest.ini` is there: without it, pytest "
        "imports the course's own demo_app from the folder above.",
    ),
    row(
        "column without a script",
        r"(?:no such column: (?:\w+\.)?|has no column named )(?P<column>\w+)",
        "The model names `{column}`, and no migration makes it; so the test's database has none.",
        '`flask db migrate -m "…"` writes the script for it; or take the line out of the model.',
    ),
    row(
        "no pytest.ini",
        r"error: unrecognized arguments: --nbval",
        "pytest has found no `pytest.ini` here, and reads the settings of the course above.",
        "Write `pytest.ini` into this folder, the one that holds `tests`; lesson 06 has its lines.",
    ),
    row(
        "no tests",
        r"^(?:=+ )?no tests ran",
        "pytest has found no test.",
        "Write `tests/test_user.py` first; `pytest.ini` names the folder in which tests are looked "
        "for.",
    ),
)
