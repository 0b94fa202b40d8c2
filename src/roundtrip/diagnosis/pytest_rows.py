"""Errors of `pytest`."""

from __future__ import annotations

from .row import DELETE_MARKS, IS_A_MARK, MARK, Row, row

PYTEST: tuple[Row, ...] = (
    row(
        "another app",
        r"TypeError: '(?P<column>\w+)' is an invalid keyword argument for (?P<name>\w+)",
        "The class `{name}` that pytest has imported has no `{column}`.",
        "Check that the model has it, and that `pytest.ini` is there: without it, pytest imports "
        "the course's own demo_app from the folder above.",
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
        "conflict in a file",
        rf'^E +File "(?:workspace[/\\])?(?P<file>[^"\n]+)", line (?P<line>\d+)\nE +{MARK}',
        IS_A_MARK,
        DELETE_MARKS,
    ),
    row(
        "name not imported in a test",
        r"^E +NameError: name '(?P<name>\w+)' is not defined",
        "A line uses `{name}`, and nothing above it makes or imports that name.",
        "Look for a typo in it; if there is none, import it at the top of the file, as in `from "
        "flask_migrate import upgrade`.",
    ),
    row(
        "outside the app in a test",
        r"^E +RuntimeError: Working outside of application context",
        "A line needs an app, to know which database is meant, and is outside one.",
        "Put that line below `with app.app_context():`, indented by four more spaces.",
    ),
    row(
        "no table in a test",
        r"^E +.*no such table: (?P<table>\w+)",
        "The database of the test has no table `{table}`.",
        "Call `upgrade()` below `with app.app_context():`, before the first row. If it is there, "
        'no script makes the table: `flask db migrate -m "…"` writes one.',
    ),
    row(
        "no such file of tests",
        r"^ERROR: file or directory not found: (?P<path>\S.*)$",
        "In the folder where the command ran there is no `{path}`.",
        "Compare the name with those in `tests`; `pytest -q` without a name runs all tests.",
    ),
    row(
        "no such test",
        r"^ERROR: not found: (?:\S*[/\\])?(?P<file>[^/\\\s]+\.py)::(?P<test>\S+)$",
        "`{file}` has no test `{test}`.",
        "Compare the name with those in the file; `pytest -q` without a name runs all tests.",
    ),
    row(
        "no folder of tests",
        r"No files were found in testpaths",
        "`pytest.ini` says in which folder the tests are, and no test is there.",
        "Write one into a file such as `tests/test_user.py`; if it was committed, "
        "`git checkout HEAD -- tests` brings it back.",
    ),
    row(
        "no tests",
        r"^(?:=+ )?no tests ran",
        "pytest has found no test where it looked.",
        "A test is a function `test_…` in a file such as `tests/test_user.py`; `pytest.ini` names "
        "the folder in which tests are looked for.",
    ),
    row(
        "failed test",
        r"^FAILED (?:\S*[/\\])?(?P<file>[^/\\\s:]+)::(?P<test>\w+)",
        "The test `{test}` in `{file}` failed.",
        "Read the lines that begin with `E`: they say why. The line above them that names `{file}` "
        "says where.",
    ),
)
