"""The commit of lesson 05: a script, and the model that it is for."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from following import with_two_in_production
from starts import Starts
from states import AGE, Project, find
from turns import CITY, MODELS, committed, on_production, with_production

from roundtrip import checks
from roundtrip.checks.finding import Finding
from roundtrip.course import find_course
from roundtrip.state import State


@pytest.fixture
def loose(starts: Starts, tmp_path: Path) -> Project:
    """`age` in model, script and database, and in no commit."""
    project = starts["loose"].copy(tmp_path / "the project")
    project.db("upgrade")
    return project


LESSON_05 = "Add age column to user model"


def of_05(project: Project) -> Finding:
    (goal,) = (goal for goal in find_course().lesson(5).goals if goal.check == "commits")
    return checks.check(goal, project.read(), project.path).finding


def test_a_script_whose_model_was_put_back_is_not_committed_with_it(loose: Project):
    """`git add migrations`, a commit, and then a restore of what it left out."""
    loose.git("add", "migrations")
    loose.git("commit", "-qm", LESSON_05)
    loose.git("restore", MODELS)
    said = of_05(loose)
    assert (said.met, said.next) == (False, f"%show {MODELS}")
    assert "adds user.age, and its model is in no commit" in said.cause
    loose.add_to_model()
    assert of_05(loose).next == "git add ."
    loose.git("add", ".")
    loose.git("commit", "-q", "--amend", "--no-edit")
    assert of_05(loose).met


def test_a_script_of_another_type_than_its_model_is_named(loose: Project):
    """It was changed after it had run, so the database here does not tell."""
    file = loose.script("age")
    file.write_text(file.read_text().replace("sa.Integer()", "sa.String(10)"))
    loose.commit(LESSON_05)
    said = of_05(loose)
    assert (said.met, said.next) == (False, f"%show {loose.script_file('age')}")
    assert "makes user.age VARCHAR(10), and the model has INTEGER" in said.cause
    verdict = loose.read().verdict
    assert (verdict.kind, verdict.next) == ("changed_type", said.next)
    file.write_text(file.read_text().replace("sa.String(10)", "sa.Integer()"))
    loose.git("add", ".")
    loose.git("commit", "-q", "--amend", "--no-edit")
    assert of_05(loose).met and loose.read().verdict.kind == "agree"


def test_a_script_of_another_name_gets_the_lessons(starts: Starts, tmp_path: Path):
    project = starts["first"].copy(tmp_path / "the project")
    project.add_to_model()
    project.db("migrate", "-m", "age")
    project.db("upgrade")
    project.commit(LESSON_05)
    said = of_05(project)
    assert not said.met and "here it is" in said.cause
    project.run(*shlex.split(said.next))
    project.follow("script_not_committed", "git commit --amend --no-edit")
    assert of_05(project).met and project.read().verdict.kind == "agree"


def test_production_that_has_run_the_wrong_script_runs_the_right_one(loose: Project):
    with_two_in_production(loose)
    file = loose.script("age")
    right = file.read_text()
    on_production(loose, "downgrade")
    file.write_text(right.replace("sa.Integer()", "sa.String(10)"))
    on_production(loose, "upgrade")
    file.write_text(right)
    loose.commit(LESSON_05)
    (goal,) = (g for g in find_course().lesson(5).goals if "production database has" in g.text)

    def said() -> Finding:
        return checks.check(goal, loose.read(), loose.path).finding

    assert "The script says so by now" in said().cause
    for command in ("downgrade", "upgrade"):
        assert said().next == f"flask --env-file production.env db {command}"
        on_production(loose, command)
    assert said().met


def test_a_type_that_a_later_script_has_changed_waits_for_production(loose: Project):
    """Nothing is taken back there: one upgrade is missing."""
    project = loose
    with_production(project)
    project.edit(MODELS, "    age: Mapped[int | None]", "    age: Mapped[str | None]")
    project.db("downgrade")
    project.git("clean", "-qf", project.script_file("age"))
    project.db("migrate", "-m", LESSON_05)
    project.db("upgrade")
    project.commit(LESSON_05)
    on_production(project, "upgrade")
    project.edit(MODELS, "    age: Mapped[str | None]", "    age: Mapped[int | None]")
    project.db("migrate", "-m", "Change user table")
    project.db("upgrade")
    project.commit("Change user table")
    (goal,) = (g for g in find_course().lesson(5).goals if "production database has" in g.text)
    said = checks.check(goal, project.read(), project.path).finding
    assert (said.met, said.next) == (False, "%board --env-file production.env")
    assert "has changed it in app.db, and has not run on production.db" in said.cause
    on_production(project, "upgrade")
    assert checks.check(goal, project.read(), project.path).met


def test_a_model_of_another_type_comes_before_the_database(loose: Project):
    """Made again from that model, it would be of the same type once more."""
    project = loose
    project.edit(MODELS, "    age: Mapped[int | None]", "    age: Mapped[str | None]")
    project.db("downgrade")
    project.git("clean", "-qf", project.script_file("age"))
    project.db("migrate", "-m", LESSON_05)
    project.db("upgrade")
    (goal,) = (g for g in find_course().lesson(5).goals if "development database has" in g.text)
    said = checks.check(goal, project.read(), project.path).finding
    assert (said.met, said.next) == (False, "git diff")
    assert "the model says VARCHAR: that comes first" in said.cause


def test_a_column_that_came_along_goes_again(starts: Starts, tmp_path: Path):
    """Of an earlier lesson, which has taken it back: the next one would drop it unasked."""
    project = starts["first"].copy(tmp_path / "the project")
    project.add_to_model(AGE)
    committed(project, CITY, "Add city column to user model")
    (goal,) = (goal for goal in find_course().lesson(9).goals if goal.check == "commits")

    def told() -> Finding:
        return checks.check(goal, project.read(), project.path).finding

    said = told()
    assert (said.met, said.next) == (False, f"%show {MODELS}")
    assert "does more than that: user.age. The model asks for it: take user.age out" in said.cause
    project.edit(MODELS, AGE, "")
    said = told()
    assert said.next == 'flask db migrate -m "Remove age column from user model"'
    project.run(*shlex.split(said.next))
    project.db("upgrade")
    for command in ("git add .", "git commit --amend --no-edit"):
        assert told().next == command
        project.run(*shlex.split(command))
    assert told().met
    columns = {row[1] for row in project.sql("PRAGMA table_info(user)")}
    assert "city" in columns and "age" not in columns


def test_a_script_that_has_run_is_made_again_in_lesson_09_and_not_written_over(
    starts: Starts, tmp_path: Path
):
    """A change of its text would reach no database; the board forbids it."""
    project = with_two_in_production(starts["first"].copy(tmp_path / "p"))
    subject = "Add city column to user model"
    script = committed(project, CITY.replace("80", "6"), subject)
    on_production(project, "upgrade")
    project.edit(MODELS, "String(6)", "String(60)")
    asked = [g for g in find_course().lesson(9).goals if g.check in ("database_has", "commits")]
    ran = []
    while open := [r.finding for g in asked if not (r := checks.check(g, *now(project))).met]:
        ran.append(open[0].next)
        assert len(ran) < 10 and ran[-1].startswith(("flask", "git")), ran
        project.run(*shlex.split(ran[-1]))
    assert ran[:3] == [
        "flask db downgrade",
        "flask --env-file production.env db downgrade",
        f"git rm {script}",
    ]
    assert project.git("rev-list", "--count", "HEAD").strip() == "2"
    for file in ("app.db", "production.db"):
        (table,) = project.sql("SELECT sql FROM sqlite_master WHERE name = 'user'", file)
        assert "city VARCHAR(60)" in table[0]


def now(project: Project) -> tuple[State, Path]:
    return project.read(), project.path


@pytest.fixture
def waiting(starts: Starts, tmp_path: Path) -> Project:
    """The start of lesson 05, with a row in production."""
    project = starts["loose"].copy(tmp_path / "p")
    with_production(project)
    on_production(project, "upgrade", "+1")
    row = "('Dorothy', 'dorothy@example.com')"
    project.sql(f"INSERT INTO user (name, email) VALUES {row}", "production.db")
    return project


IN_PRODUCTION = {"column": "user.age", "database": "production.db"}


def test_a_script_that_was_changed_after_it_ran_gets_its_old_line_back(waiting: Project):
    waiting.db("upgrade")
    file = waiting.script_file("age")
    waiting.edit(file, "'age'", "'ages'")
    verdict = waiting.read().verdict
    assert "no script makes that: the script was changed after it had run" in verdict.why
    assert "Put user.age into it again, in the place of user.ages" in verdict.why
    assert verdict.next == f"%show {file}"
    assert find(waiting, "database_has", **IN_PRODUCTION).next == verdict.next
    assert waiting.read("production.env").verdict.next == "%board", "it does not delete the script"


def test_a_script_that_had_a_typo_when_it_ran_in_production(waiting: Project):
    """No step back is told: the script now names another column than the one that is there."""
    file = waiting.script_file("age")
    waiting.edit(file, "'age'", "'ages'")
    on_production(waiting, "upgrade")
    waiting.edit(file, "'ages'", "'age'")
    waiting.db("upgrade")
    waiting.commit(LESSON_05)
    board = "%board --env-file production.env"
    assert find(waiting, "copied", database="production.db", adds="user.age").next == board
    assert find(waiting, "database_has", **IN_PRODUCTION).next == board
    assert "RENAME COLUMN ages TO age" in waiting.read("production.env").verdict.why


def test_a_script_whose_model_went_with_a_reset_is_not_committed_alone(loose: Project):
    loose.git("reset", "-q", "--hard")
    said = of_05(loose)
    assert (said.next, said.holds_back) == (f"%show {MODELS}", True)
    assert f"{loose.script_file('age')} has made user.age" in said.cause
    assert find(loose, "clean").next == said.next
    assert "Is it still wanted? Then put its line back" in loose.read().verdict.why
    loose.add_to_model()
    assert of_05(loose).next == "git add ."
