"""Goals about the rows that a lesson begins with, where one was deleted or added again."""

from __future__ import annotations

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
