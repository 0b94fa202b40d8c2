"""The projects that commands fail in."""

from __future__ import annotations

from pathlib import Path

import pytest
from starts import Starts
from states import Project


@pytest.fixture
def applied(starts: Starts, tmp_path: Path) -> Project:
    return starts["first"].copy(tmp_path / "my home" / "workspace")
