"""A learner's home that is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from roundtrip import workspace
from roundtrip.workspace import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return workspace.find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / "my höme")})
