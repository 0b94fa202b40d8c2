"""The error of the command that the board tells for a database in the wrong folder."""

from __future__ import annotations

import shutil

import pytest
from mishaps import outcome
from states import Project

from roundtrip import diagnosis


@pytest.fixture
def copied_beside(applied: Project) -> Project:
    for place in ("before.db", "instance/before.db"):
        shutil.copy(applied.path / "instance/app.db", applied.path / place)
    return applied


def test_a_name_that_is_taken_is_told_when_a_file_is_moved(copied_beside: Project):
    """By the command that the board tells."""
    command = copied_beside.read().verdict.next
    assert "shutil.move" in command
    failed, shown = outcome(copied_beside, command)
    assert failed and "Nothing was moved or overwritten" in diagnosis.lines(command, shown)
    failed, _ = outcome(copied_beside, command.replace("'instance'", "'instance/another-name.db'"))
    assert not failed and not (copied_beside.path / "before.db").exists()
