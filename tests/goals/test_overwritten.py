"""A database of the course was copied over another one."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from following import copy_production, with_two_in_production
from starts import Starts
from states import USERS, Project
from turns import PHONE, committed

from roundtrip import checks, messages
from roundtrip.course import Goal, find_course

THERE = find_course().lessons[-1].exercise("there").goals


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """`phone` in all places but production."""
    project = with_two_in_production(starts["city"].copy(tmp_path / "the project"))
    committed(project, PHONE, "Add phone column to user model")
    return project


def told(project: Project, goals: Sequence[Goal] = THERE) -> tuple[list[str], str]:
    """The commands that the goals tell, and all that they say."""
    state = project.read()
    said = messages.practised([checks.check(goal, state, project.path) for goal in goals])
    lines = [each.strip() for each in said.split("\n")]
    return [each.removeprefix("next: ") for each in lines if each.startswith("next: ")], said


def overwrite(project: Project, source: str, database: str) -> None:
    shutil.copy(project.path / "instance" / source, project.path / "instance" / database)


def test_production_over_the_usual_database_is_told_before_all_else(project: Project):
    overwrite(project, "production.db", "app.db")
    commands, said = told(project)
    assert commands == ["%restart"]
    assert "app.db has the rows of production.db: a copy of that was put in its place." in said
    assert "See first “The three users are unharmed”." in said


def test_a_copy_that_has_the_rows_brings_them_back(project: Project):
    copy_production(project)
    overwrite(project, "app.db", "production.db")
    (command,), said = told(project)
    assert (
        "production.db has the rows of app.db" in said and "before-phone.db has the right" in said
    )
    project.run(*shlex.split(command))
    assert told(project)[0][:1] == ["flask --env-file production.env db upgrade"]
    rows = project.sql("SELECT name FROM user ORDER BY id", "production.db")
    assert rows == [("Katherine",), ("Dorothy",)]


def test_the_same_row_in_both_is_no_copy(project: Project):
    """It was added to the wrong one, too."""
    name, email = USERS[0]
    project.sql(f"INSERT INTO user (name, email) VALUES ('{name}', '{email}')", "production.db")
    project.sql("DELETE FROM user WHERE name = 'Grace'")
    assert "in its place" not in told(project)[1]
