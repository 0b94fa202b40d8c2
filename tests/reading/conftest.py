"""A project whose state is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from by_hand import written
from states import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return written(tmp_path / "the project")
