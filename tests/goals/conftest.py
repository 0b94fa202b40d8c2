"""The projects that goals are asked of: copies of what is made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from starts import Starts
from states import Project


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """`age` in every place, and in a commit of its own."""
    return starts["aged"].copy(tmp_path / "p")
