"""A learner's home that is empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from roundtrip.home import Home, find_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / "my höme")})
