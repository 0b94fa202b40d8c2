"""The projects that commands fail in."""

from __future__ import annotations

from pathlib import Path

import pytest
import states
from states import Project


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    folder = tmp_path_factory.mktemp("starts")
    return {
        "new": states.new(folder / "new"),
        "applied": states.first_lesson(folder / "applied"),
    }


@pytest.fixture
def applied(starts: dict[str, Project], tmp_path: Path) -> Project:
    return starts["applied"].copy(tmp_path / "my home" / "workspace")
