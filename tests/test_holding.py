"""The note of who holds the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from full_disk import half_written

from roundtrip import holding
from roundtrip.errors import RoundtripError


def test_the_note_of_who_holds_the_workspace(home):
    assert holding.owner(home) is None
    holding.take(home, "abc", 4)
    found = holding.owner(home)
    assert (found.token, found.lesson) == ("abc", 4)
    wrong_types = '{"token": "a", "lesson": "4", "since": 1}'
    for broken in ("{", "[1]", '{"token": 1}', "7", wrong_types):
        (home.private / "owner.json").write_text(broken)
        assert holding.owner(home) is None


def test_a_note_that_cannot_be_written_leaves_the_old_one(home, monkeypatch):
    holding.take(home, "abc", 4)

    monkeypatch.setattr(Path, "open", half_written)
    with pytest.raises(RoundtripError, match="No space left on device"):
        holding.take(home, "xyz", 5)
    monkeypatch.undo()
    assert holding.owner(home).token == "abc"
    assert [p.name for p in home.private.iterdir()] == ["owner.json"]
