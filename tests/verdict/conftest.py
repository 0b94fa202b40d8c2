"""The projects that the verdict is asked about: copies of what is made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import states
from states import Project
from turns import CITY, committed


@pytest.fixture(scope="session")
def starts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    """The fixtures below are copies of these, which no test changes."""
    folder = tmp_path_factory.mktemp("a path with spaces")
    first = states.first_lesson(folder / "first")
    loose = states.with_age(first, folder / "loose")
    aged = loose.copy(folder / "aged")
    aged.commit("Add age column to user model")
    city = first.copy(folder / "city")
    committed(city, CITY, "Add city column to user model")
    city.sql("UPDATE user SET city = 'London' WHERE name = 'Ada'")
    return {"first": first, "loose": loose, "aged": aged, "city": city}


@pytest.fixture
def project(starts: dict[str, Project], tmp_path: Path) -> Project:
    """The first lesson's end."""
    return starts["first"].copy(tmp_path / "the project")


@pytest.fixture
def loose(starts: dict[str, Project], tmp_path: Path) -> Project:
    """`age` in the model, in a script and in the database, nothing of it committed."""
    return starts["loose"].copy(tmp_path / "the project")


@pytest.fixture
def aged(starts: dict[str, Project], tmp_path: Path) -> Project:
    """The same, committed."""
    return starts["aged"].copy(tmp_path / "the project")


@pytest.fixture
def city(starts: dict[str, Project], tmp_path: Path) -> Project:
    """`city` all the way to the commit, Ada in London."""
    return starts["city"].copy(tmp_path / "the project")
