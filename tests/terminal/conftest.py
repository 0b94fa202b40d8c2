"""The folder that commands run in."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my home" / "workspace"
    folder.mkdir(parents=True)
    return folder.resolve()
