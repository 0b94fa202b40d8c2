"""What tests of more than one folder ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from starts import Starts

from roundtrip.home import Home, find_home


@pytest.fixture(scope="session")
def starts() -> Starts:
    """The projects that the whole run shares."""
    return Starts()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A learner's home that is empty."""
    return find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / "my höme")})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small project, to be copied into a workspace."""
    folder = tmp_path / "source"
    (folder / "instance").mkdir(parents=True)
    (folder / "app.py").write_text("new")
    (folder / "instance" / "app.db").write_bytes(b"\0rows")
    return folder
