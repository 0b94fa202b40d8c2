"""The project that commands run in."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernels import make_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "my home" / "workspace")
