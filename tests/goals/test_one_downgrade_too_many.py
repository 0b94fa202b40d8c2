"""A downgrade too many has taken rows with their table: what is told first, and where it leads."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from following import with_two_in_production
from starts import Starts
from states import Project
from turns import PHONE, committed, on_production

from roundtrip import checks, messages
from roundtrip.course import Goal, find_course

SHELL = "a cell that begins with %%flask_shell --env-file production.env"
UPGRADE = "flask --env-file production.env db upgrade"
DOWNGRADE = "flask --env-file production.env db downgrade"
COPY = "instance/before-age.db"
LESSON_05 = [goal for goal in find_course().lesson(5).goals if "roduction" in goal.text]


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """The end of lesson 05."""
    project = with_two_in_production(starts["aged"].copy(tmp_path / "the project"))
    on_production(project, "downgrade")
    copy(project)
    on_production(project, "upgrade")
    assert told(project, *LESSON_05)[0] == []
    return project


def copy(project: Project) -> None:
    project.sql(f"VACUUM INTO '{project.path / COPY}'", "production.db")


def told(project: Project, *goals: Goal) -> tuple[list[str], str]:
    """The commands that the goals tell, and all that they say in one line."""
    state = project.read()
    said = messages.practised([checks.check(goal, state, project.path) for goal in goals])
    lines = [each.strip() for each in said.split("\n")]
    commands = [each.removeprefix("next: ") for each in lines if each.startswith("next: ")]
    return commands, " ".join(said.split())


def add_the_two(project: Project) -> None:
    for name in ("Katherine", "Dorothy"):
        row = f"('{name}', '{name.lower()}@example.com')"
        project.sql(f"INSERT INTO user (name, email) VALUES {row}", "production.db")


def test_rows_that_the_lesson_has_added_are_said_to_be_gone_and_are_added_again(project: Project):
    (project.path / COPY).unlink()
    for _ in range(2):
        on_production(project, "downgrade")
    commands, said = told(project, *LESSON_05)
    assert commands == [UPGRADE] and "%restart" not in said
    assert "it dropped the table user with all its rows" in said
    assert "See first “Production still has its two users, …”" in said
    project.run(*shlex.split(commands[0]))
    assert told(project, *LESSON_05)[0] == [SHELL]
    add_the_two(project)
    assert told(project, *LESSON_05)[0] == [DOWNGRADE], "now there is something to copy"
    on_production(project, "downgrade")
    assert told(project, *LESSON_05)[0] == [SHELL]
    copy(project)
    assert told(project, *LESSON_05)[0] == [UPGRADE]
    on_production(project, "upgrade")
    assert told(project, *LESSON_05)[0] == []


def test_a_copy_that_has_such_rows_is_named_before_an_upgrade(project: Project):
    for _ in range(2):
        on_production(project, "downgrade")
    commands, said = told(project, *LESSON_05)
    assert commands == [f"%show {COPY}"]
    assert "before-age.db has rows of it" in said
    shutil.copy(project.path / COPY, project.path / "instance/production.db")
    assert told(project, *LESSON_05)[0] == [UPGRADE]
    on_production(project, "upgrade")
    assert told(project, *LESSON_05)[0] == []


@pytest.fixture
def part_one(starts: Starts, tmp_path: Path) -> Project:
    """The end of part one of lesson 10, and then two downgrades of development."""
    project = with_two_in_production(starts["city"].copy(tmp_path / "the project"))
    committed(project, PHONE, "Add phone column to user model")
    for _ in range(2):
        project.db("downgrade")
    return project


@pytest.mark.parametrize("part", ["there", "and-back", ""])
def test_the_cities_that_are_lost_are_named_before_anything_is_upgraded(
    part_one: Project, part: str
):
    """A whole upgrade would add the phone number again, too."""
    lesson = find_course().lessons[-1]
    goals = lesson.exercise(part).goals if part else lesson.goals
    city = part_one.script_id("_add_city")
    commands, said = told(part_one, *goals)
    assert commands == [f"flask db upgrade {city}"]
    assert "user.city is gone too, with its values" in said and "%restart begins" in said
    part_one.run(*shlex.split(commands[0]))
    said = told(part_one, *goals)[1]
    assert "Set one again, then db.session.commit()." in said
    part_one.sql("UPDATE user SET city = 'London' WHERE id = 1")
    assert "Set one again" not in told(part_one, *goals)[1]


def test_where_no_upgrade_works_that_comes_first(part_one: Project):
    part_one.add_to_model("    broken: (\n")
    said = told(part_one, *find_course().lessons[-1].exercise("there").goals)[1]
    assert "The app does not load." in said and "db upgrade" not in said


def test_the_board_says_what_two_downgrades_have_lost(part_one: Project):
    gone = "Were they there before a downgrade? Then their values are gone"
    assert gone in part_one.read().verdict.why
    part_one.db("upgrade", "+1")
    verdict = part_one.read().verdict
    assert verdict.kind == "pending" and gone not in verdict.why
    on_production(part_one, "upgrade")
    part_one.db("downgrade")
    verdict = part_one.read().verdict
    assert "instance/production.db does" in verdict.found and gone in verdict.why
