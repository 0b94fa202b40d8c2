"""The goals of the course, as course.toml has them, are met by what is right and by nothing less.

tests/checks holds the checks to what they do with any arguments; here it is about the
arguments that the lessons give: without one of them, a wrong answer would count as right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from roundtrip import checks, questions, verdict
from roundtrip.checks import Finding
from roundtrip.course import Goal, find_course
from roundtrip.errors import RoundtripError
from roundtrip.facts import Column, DatabaseState, ModelState, Table
from roundtrip.git_facts import Commit, GitState
from roundtrip.migration_facts import MigrationState, Revision
from roundtrip.state import State

COURSE = find_course()
LAST = COURSE.lessons[-1].number
MODELS = "demo_app/models.py"
FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
PEOPLE = {
    "app.db": [(name, f"{name.lower()}@example.com") for name in ("Ada", "Grace", "Linus")],
    "production.db": [(name, f"{name.lower()}@example.com") for name in ("Katherine", "Dorothy")],
}


def all_goals() -> Iterator[tuple[int, Goal]]:
    """Every goal and its lesson, those of the exercises too."""
    for lesson in COURSE.lessons:
        for goal in (*lesson.goals, *(g for e in lesson.exercises for g in e.goals)):
            yield lesson.number, goal


def each_goal(check: str, **given: Any) -> list:
    """All goals that ask for this, as cases of a test."""
    return [
        pytest.param(goal, id=f"{number:02d} {goal.text}")
        for number, goal in all_goals()
        if goal.check == check and given.items() <= goal.arguments.items()
    ]


def goal_of(number: int, text: str) -> Goal:
    """The goal of this lesson with this text."""
    return next(goal for n, goal in all_goals() if (n, goal.text) == (number, text))


def found(goal: Goal, project: Path, state: State | None = None) -> Finding:
    return checks.check(goal, state or made(), project).finding


def sql(project: Path, statement: str, database: str = "app.db") -> None:
    with closing(sqlite3.connect(project / "instance" / database)) as connection:
        connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {statement}; COMMIT")


def fill(project: Path, people: Sequence[tuple], database: str) -> None:
    """These people in the table `user`, and nobody else."""
    rows = ", ".join(map(str, people))
    sql(project, f"DELETE FROM user; INSERT INTO user (name, email) VALUES {rows}", database)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Both databases with their people, who have ages and cities to fill in."""
    (tmp_path / "instance").mkdir()
    for database, people in PEOPLE.items():
        columns = "id INTEGER PRIMARY KEY, name TEXT, email TEXT, age INTEGER, city TEXT"
        sql(tmp_path, f"CREATE TABLE user ({columns})", database)
        fill(tmp_path, people, database)
    return tmp_path


def made(*columns: Column, **places: object) -> State:
    """A state with a commit, two scripts that have run, and these columns in the model."""
    id_column = Column("id", "INTEGER", False, True)
    table = Table("user", (id_column, *columns), rows=3, class_name="User", file=MODELS)
    first = Revision(FIRST, "Create user table", (), "migrations/versions/a.py", True, True)
    state = State(
        GitState(True, "main", "1" * 40, (Commit("1" * 40, "Another message"),)),
        ModelState((table,), found=True, migrates=True),
        MigrationState(True, (replace(first, committed=True),), (FIRST,), (FIRST,)),
        DatabaseState("instance/app.db", True, (table,), (FIRST,)),
    )
    state = replace(state, **places)
    return replace(state, disagreements=verdict.disagreements(state))


WHOLE_NUMBERS = each_goal("model_has", column="user.age")
WHOLE_NUMBERS = [case for case in WHOLE_NUMBERS if "whole number" in case.values[0].text]


@pytest.mark.parametrize("goal", WHOLE_NUMBERS)
def test_an_age_is_a_whole_number_that_may_be_empty(goal, project):
    assert found(goal, project, made(Column("age", "INTEGER", True, False))).met
    for kind, nullable in ("VARCHAR", True), ("VARCHAR(3)", True), ("INTEGER", False):
        assert not found(goal, project, made(Column("age", kind, nullable, False))).met


@pytest.mark.parametrize("goal", each_goal("rows_equal"))
def test_users_are_unharmed_with_their_names_and_emails_alone(goal, project):
    database = goal.arguments.get("database", "app.db")
    people = PEOPLE[database]
    assert found(goal, project).met
    for number, (name, email) in enumerate(people):
        for harmed in ("Eve", email), (name, "eve@example.com"), (name, ""):
            fill(project, [*people[:number], harmed, *people[number + 1 :]], database)
            assert not found(goal, project).met, harmed
    fill(project, people[1:], database)
    assert not found(goal, project).met


MAY_HAVE_MORE = {
    *((9, "The three users are unharmed"), (LAST, "The three users are unharmed")),
    *((9, "Production still has its two users"), (LAST, "Production still has its two users")),
}
"""Where the lesson lets the learner add a user; in the last on the way back, before the posts."""


def test_there_may_be_more_users_where_the_lesson_lets_one_add_some(project):
    for database, people in PEOPLE.items():
        fill(project, [*people, ("Eve", "eve@example.com")], database)
    allowed = {
        (number, goal.text)
        for number, goal in all_goals()
        if goal.check == "rows_equal" and found(goal, project).met
    }
    assert allowed == MAY_HAVE_MORE


def test_grace_alone_is_45(project):
    goal = goal_of(6, "Grace is 45")
    assert not found(goal, project).met
    sql(project, "UPDATE user SET age = 45 WHERE name = 'Grace'")
    assert found(goal, project).met
    sql(project, "UPDATE user SET age = 45")
    assert not found(goal, project).met
    sql(project, "UPDATE user SET age = 54")
    assert not found(goal, project).met


def test_any_post_of_ada_counts_and_no_other(project):
    goal = goal_of(LAST, "Ada has written a post")
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, user_id INTEGER)")
    sql(project, "INSERT INTO post VALUES (1, 'On compilers', 2)")
    assert not found(goal, project).met
    sql(project, "INSERT INTO post VALUES (2, 'On the Analytical Engine', 1)")
    assert found(goal, project).met


def test_a_feature_is_tried_out_before_production_gets_it():
    told = [goal.text for goal in find_course().lessons[-1].goals]
    production = told.index("The production database has the table post too")
    assert told.index("Ada has written a post") < production


OWN_COMMITS = [
    (1, "Create the user table", 1),
    (6, "Test the age column", 3),
    (9, "Add city column to user model", 2),
]
"""A lesson, how its commit is called, and how many there are with it."""


@pytest.mark.parametrize(("number", "subject", "count"), OWN_COMMITS)
def test_a_lesson_s_own_commit_is_to_be_called_as_later_lessons_know_it(
    number, subject, count, project
):
    (goal,) = [g for g in COURSE.lesson(number).goals if g.check == "head_subject"]

    def said(newest: str, how_many: int) -> Finding:
        older = [Commit(f"{n}" * 40, f"Commit {n}") for n in range(how_many - 1)]
        commits = (Commit("f" * 40, newest), *older)
        return found(goal, project, made(git=replace(made().git, commits=commits)))

    assert said(subject, count).met
    if file := goal.arguments.get("file"):
        assert said("Another message", count).next == "git status"  # the lesson's work is not there
        (project / file).parent.mkdir()
        (project / file).touch()
    wrong = said("Another message", count)
    assert (wrong.met, wrong.next) == (False, f'git commit --amend -m "{subject}"')
    if count > 1:  # the last one is an earlier lesson's
        assert "--amend" not in said("Commit", count - 1).next
        assert not said(subject, count - 1).met


ON_THE_WAY_BACK = {
    "Create the user table": COURSE.lesson(8).goals,
    "Add city column to user model": COURSE.lessons[-1].exercise("and-back").goals,
}


def test_an_exercise_needs_a_name_where_there_are_two():
    assert COURSE.lesson(3).exercise("") is COURSE.lesson(3).exercise("by-hand")
    for number, said in ((LAST, "name it: there, and-back"), (9, "has no exercise; %finish")):
        with pytest.raises(RoundtripError, match=said):
            COURSE.lesson(number).exercise("")


@pytest.mark.parametrize(("subject", "goals"), ON_THE_WAY_BACK.items(), ids=("08", "the last"))
def test_on_the_way_back_the_board_s_way_back_is_told(subject, goals, project):
    """Forward, the upgrade would make the places agree as well: not here."""
    (goal,) = [each for each in goals if each.check == "agree"]
    age = Column("age", "INTEGER", True, False)
    waiting = Revision(
        SECOND, "Add age", (FIRST,), "migrations/versions/b.py", True, False,
        adds=("user.age",), committed=True, before="1111111",
    )  # fmt: skip
    start = made(age)
    before = replace(start.database, tables=made().database.tables)
    scripts = replace(
        start.migrations, revisions=(*start.migrations.revisions, waiting), heads=(SECOND,)
    )
    ahead = made(age, migrations=scripts, database=before)
    assert ahead.verdict.next == "flask db upgrade"
    said = found(goal, project, ahead)
    assert (said.met, said.next) == (False, "git reset --hard 1111111")
    there = replace(ahead.git, commits=(Commit("1" * 40, subject),))
    assert found(goal, project, replace(ahead, git=there)).next == "flask db upgrade"


def test_the_age_of_old_rows_decides_which_guess_was_right(project):
    question = questions.find(COURSE, "old-rows")
    sql(project, "UPDATE user SET age = NULL")
    assert question.right(made(), project).letter == "b"
    sql(project, "UPDATE user SET age = 0")  # by hand: the upgrade has not made it so
    with pytest.raises(RoundtripError, match="cannot be answered yet"):
        question.right(made(), project)


def test_a_question_that_is_no_guess_is_told_where_it_is_answered(project):
    with pytest.raises(RoundtripError, match="answered where you choose: `%ask pushed`"):
        questions.find(COURSE, "pushed").right(made(), project)
