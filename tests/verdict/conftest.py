"""The projects that the verdict is asked about: copies of what is made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from starts import Starts
from states import Project


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """The first lesson's end."""
    return starts["first"].copy(tmp_path / "the project")


@pytest.fixture
def loose(starts: Starts, tmp_path: Path) -> Project:
    """`age` in the model, in a script and in the database, nothing of it committed."""
    return starts["loose"].copy(tmp_path / "the project")


@pytest.fixture
def aged(starts: Starts, tmp_path: Path) -> Project:
    """The same, committed."""
    return starts["aged"].copy(tmp_path / "the project")


@pytest.fixture
def city(starts: Starts, tmp_path: Path) -> Project:
    """`city` all the way to the commit, Ada in London."""
    return starts["city"].copy(tmp_path / "the project")


@pytest.fixture
def both(starts: Starts, tmp_path: Path) -> Project:
    """With production, at the same revision, where Ada has an age as well."""
    return starts["both"].copy(tmp_path / "the project")
