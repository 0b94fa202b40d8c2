"""Every row of the tables against the error as real commands make it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from error_cases import CASES, Case
from mishaps import outcome, row_of

from roundtrip import diagnosis


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}: {case.command}")
def test_the_error_of_a_real_command_is_known(case: Case, starts, tmp_path):
    project = starts[case.start].copy(tmp_path / "my home" / "workspace")
    case.prepare(project)
    failed, shown = outcome(project, case.command)
    assert failed
    assert row_of(shown) == case.row, shown
    row, match = diagnosis.find(shown)
    assert all(match[group] for group in re.findall(r"{(\w+)}", row.means + row.do))
    for line in diagnosis.diagnose(shown):
        assert re.fullmatch(r"[^{}\n]{20,230}\.", line)


def test_a_locked_database_is_known(applied):
    """Its own test, for another program has to hold the database meanwhile."""
    applied.write(".flaskenv", "FLASK_APP=demo_app\nDATABASE_URL=sqlite:///app.db?timeout=0\n")
    with closing(sqlite3.connect(applied.path / "instance/app.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        for command in ("flask db upgrade", ">>> User.query.first()"):
            failed, shown = outcome(applied, command)
            assert failed
            assert row_of(shown) == "locked"


def test_every_row_has_a_name_and_a_test():
    names = [row.name for row in diagnosis.ROWS]
    assert len(set(names)) == len(names)
    assert {case.row for case in CASES} | {"locked"} == set(names)


def test_the_words_are_calm():
    for row in diagnosis.ROWS:
        words = f"{row.means} {row.do}".lower().split()
        assert not {"simply", "just", "easily", "obviously"} & set(words), row.name
