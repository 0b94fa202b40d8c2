"""The projects that the verdict is asked about: copies of what is made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import states
from states import Project


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    folder = tmp_path_factory.mktemp("a path with spaces")
    return {"first": states.first_lesson(folder / "first")}


@pytest.fixture
def project(starts: dict[str, Project], tmp_path: Path) -> Project:
    """The first lesson's end."""
    return starts["first"].copy(tmp_path / "the project")
