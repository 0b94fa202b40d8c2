"""Goals about the rows that a lesson begins with, where one was deleted or added again."""

from __future__ import annotations

import re

import pytest
from states import Project

from roundtrip import checks
from roundtrip.course import find_course


def of_the_users(project: Project, lesson: int) -> checks.Finding:
    """What the goal about the three users finds."""
    goals = find_course().lesson(lesson).goals
    (goal,) = (g for g in goals if g.check == "rows_equal" and "database" not in g.arguments)
    return checks.check(goal, project.read(), project.path).finding


def test_a_user_who_is_gone_is_missed_in_the_lesson_that_deletes_her(project: Project):
    """The next one begins with what this one leaves."""
    assert of_the_users(project, 6).met
    project.sql("DELETE FROM user WHERE name = 'Ada'")
    for lesson in (6, 7):
        assert "The row Ada, ada@example.com is missing." in of_the_users(project, lesson).cause


@pytest.mark.parametrize(
    ("again", "told"),
    [
        (["Ada"], ["Ada has the id 4, and had 1"]),
        (["Grace"], ["Grace has the id 4, and had 2"]),
        (["Grace", "Ada"], ["Ada has the id 5, and had 1", "Grace has the id 4, and had 2"]),
    ],
)
@pytest.mark.parametrize("lesson", [5, 6, 7])
def test_who_was_added_again_gets_the_old_id(
    project: Project, lesson: int, again: list[str], told: list[str]
):
    for name in again:
        project.sql(f"DELETE FROM user WHERE name = '{name}'")
    for name in again:
        email = f"{name.lower()}@example.com"
        project.sql(f"INSERT INTO user (name, email) VALUES ('{name}', '{email}')")
    for each in told:
        said = of_the_users(project, lesson)
        assert each in said.cause and said.next == "%%flask_shell"
        (update,) = re.findall(r'db\.text\("(.*?)"\)', said.cause)
        project.sql(update)
    assert of_the_users(project, lesson).met


def test_no_id_is_told_that_another_row_has(project: Project):
    project.sql("UPDATE user SET name = 'x', email = 'x' WHERE name = 'Ada'")
    project.sql("INSERT INTO user (name, email) VALUES ('Ada', 'ada@example.com')")
    said = of_the_users(project, 7)
    assert "had 1" not in said.cause and "DELETE FROM user WHERE id = 1" in said.cause
