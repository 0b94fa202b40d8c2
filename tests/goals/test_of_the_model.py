"""Lines of the model that are not where they should be, in real projects."""

from __future__ import annotations

import pytest
import states
from following import with_two_in_production
from states import Project, find
from turns import MODELS, POST

from roundtrip import checks, messages
from roundtrip.course import Lesson, find_course

LESSONS = find_course().lessons[2:]
BROKEN = {
    "The app does not load.": (MODELS, "class User", "clas User"),
    "Flask does not find the app.": (".flaskenv", "FLASK_APP=", "FLASK_AP="),
}


def test_a_line_outside_its_class_is_named(project: Project):
    project.edit("demo_app/models.py", states.AGE, states.AGE.lstrip())
    said = find(project, "model_has", column="user.age")
    assert said.cause == "age is outside the class User: indent its line by four spaces."


def test_a_model_that_does_not_load_is_explained_by_its_goal(project: Project):
    """What SQLAlchemy says is long, and names no cure."""
    project.add_to_model("    phone: str | None\n")
    said = find(project, "model_has", column="user.phone")
    assert said.found == "The type of phone in the model User is not inside Mapped[…]."
    assert "phone: Mapped[str | None] for a text" in said.cause


def test_a_line_in_a_class_below_is_none_of_the_class(project: Project):
    """SQLAlchemy makes the column in the same table, and only rows of that class know it."""
    project.edit("demo_app/models.py", states.AGE, f"\n\nclass Customer(User):\n{states.AGE}")
    said = find(project, "model_has", column="user.age")
    assert (said.met, said.cause) == (False, "The class Customer has it. It belongs in User.")
    project.edit("demo_app/models.py", "class Customer(User):", "    # as before")
    assert find(project, "model_has", column="user.age").met


def test_a_class_inside_another_is_no_model_that_others_could_import(project: Project):
    """SQLAlchemy makes its table all the same."""
    inside = "".join(f"    {line}\n" if line else "\n" for line in POST.splitlines())
    project.add_to_model(inside)
    said = find(project, "model_has", column="post.title")
    cause = "The class Post is inside User: begin it at the left edge."
    assert (said.met, said.cause, said.next) == (False, cause, "git diff")
    project.edit(MODELS, inside, POST)
    assert find(project, "model_has", column="post.title").met


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("    age = int\n", "age = int makes no column: a column has a colon and Mapped[…] after"),
        ("    # age: Mapped[int | None]\n", "The line of age is a comment: take the # away."),
        ("    # age comes later\n", "the line is missing, has another name"),
    ],
)
def test_a_line_that_makes_no_column_is_named(project: Project, line: str, cause: str):
    project.edit("demo_app/models.py", states.AGE, line)
    assert cause in find(project, "model_has", column="user.age").cause


def test_a_foreign_key_to_another_column_than_the_id_is_named_by_both_goals(project: Project):
    """The type in the class is right, and is not what has to be changed."""
    project.edit(MODELS, "import MetaData", "import ForeignKey, MetaData")
    author = '    user_id: Mapped[int] = mapped_column(ForeignKey("user.name"))\n'
    project.add_to_model(POST + author)
    project.db("migrate", "-m", "Create post table")
    project.db("upgrade")
    whole = {"column": "post.user_id", "type": "INTEGER", "nullable": False}
    target = {"column": "post.user_id", "target": "user"}
    said = [find(project, "model_has", **whole), find(project, "references", **target)]
    assert {each.cause for each in said} == {"It points to user.name; it should point to user.id."}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
@pytest.mark.parametrize("headline", BROKEN)
def test_an_app_that_does_not_load_is_explained_once(
    project: Project, headline: str, lesson: Lesson
):
    """The other goals that need it name the first one, and no command."""
    with_two_in_production(project).edit(*BROKEN[headline])
    state = project.read()
    assert state.verdict.headline == headline
    for goals in (lesson.goals, *(exercise.goals for exercise in lesson.exercises)):
        results = [checks.check(goal, state, project.path) for goal in goals]
        said = " ".join(" ".join(messages.goals(results)).split())
        assert said.count(headline) == any(headline in r.finding.cause for r in results)
        assert "next: the same as" not in said
