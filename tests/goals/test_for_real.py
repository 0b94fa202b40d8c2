"""Goals held against real projects, where the course and the learner might look at two things."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import states
from starts import Starts
from states import Project, find
from turns import committed, on_production, with_production

from roundtrip import checks, lesson, messages
from roundtrip.course import Goal, find_course

AGE = {"column": "user.age"}


@pytest.mark.parametrize("settings", [".flaskenv", ".env"])
@pytest.mark.parametrize("present", [True, False])
def test_commands_go_to_another_database_than_the_lesson_means(
    project: Project, settings: str, present: bool
):
    """A downgrade would take one step after the other there, and the goal would never see it."""
    shutil.copy(project.path / "instance/app.db", project.path / "instance/dev.db")
    file = project.path / settings
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    project.write(settings, f"{kept}DATABASE_URL=sqlite:///dev.db\n")
    assert project.read().database.url == "instance/dev.db"
    said = find(project, "database_has", **AGE, present=present)
    assert (said.met, said.next, said.repair) == (False, f"%show {settings}", True)
    assert f"{settings} names dev.db" in said.cause and "take that line out" in said.cause
    project.write(settings, f"{kept}DATABASE_URL=sqlite:///app.db\n")
    assert find(project, "database_has", **AGE).met


def test_a_column_that_was_dropped_by_hand_was_not_downgraded(project: Project):
    project.sql("ALTER TABLE user DROP COLUMN age")
    said = find(project, "database_has", **AGE, present=False)
    verdict = project.read().verdict
    assert (said.met, said.next, verdict.kind) == (False, verdict.next, "stamped")
    assert "counts as run" in said.cause


def test_what_a_later_script_has_dropped_is_gone(project: Project):
    project.edit("demo_app/models.py", states.AGE, "")
    project.db("migrate", "-m", "Drop age")
    project.db("upgrade")
    assert find(project, "database_has", **AGE, present=False).met


def test_a_script_too_many_is_not_answered_with_the_command_that_makes_one(project: Project):
    """Two that are empty: the newest goes first, then the one before it; and none is hinted at."""
    (by_hand,) = find_course().lesson(3).exercises

    def held() -> tuple[checks.Result, ...]:
        return tuple(checks.check(g, project.read(), project.path) for g in by_hand.goals)

    project.git("reset", "-q", "HEAD~1")
    project.db("downgrade")
    project.db("revision")
    project.db("revision", "-m", "Fill in the ages")
    named = project.script_file("fill_in")
    (nameless,) = project.git("ls-files", "-o", "migrations/versions/*_.py").split()
    for file in (named, nameless):
        first = next(result for result in held() if not result.met).finding
        assert first.next == f"git clean -f {file}"
        shown = " ".join(messages.practised(held()).split())
        assert "flask db revision" not in shown and "The command is not" not in shown
        assert (f"If {nameless} is the extra one" in shown) is (file == named)
        project.run(*shlex.split(first.next))
    project.db("revision", "-m", "Fill in the ages")
    assert all(result.met for result in held())


def test_an_empty_text_is_no_value(project: Project):
    assert find(project, "some_value", column="user.name").met
    project.sql("UPDATE user SET name = ''")
    assert not find(project, "some_value", column="user.name").met


def test_a_script_of_another_type_than_the_model_is_taken_back_and_not_committed(
    starts: Starts, tmp_path: Path
):
    """As far as the advice leads: down, delete, and make it again from the model."""
    project = starts["loose"].copy(tmp_path / "loose")
    project.edit("demo_app/models.py", "age: Mapped[int", "age: Mapped[str")
    said = find(project, "committed_migration", adds=["user.age"])
    assert "makes user.age INTEGER, and the model has VARCHAR" in said.cause
    for command in ("flask db downgrade", "git clean -f migrations/versions/", "flask db migrate"):
        said = find(project, "committed_migration", adds=["user.age"])
        assert said.next.startswith(command), said
        project.run(*shlex.split(said.next))


def test_a_committed_script_of_another_type_than_the_model_is_followed_by_one(project: Project):
    project.edit("demo_app/models.py", "age: Mapped[int", "age: Mapped[str")
    for command in ('flask db migrate -m "Change user table"', "flask db upgrade", "git add ."):
        said = find(project, "committed_migration", adds=["user.age"])
        assert (said.met, said.next) == (False, command)
        assert project.read().verdict.next == command
        project.run(*shlex.split(said.next))


def test_a_reset_before_the_downgrade_is_no_downgrade_too_many(project: Project):
    project.add_to_model("    city: Mapped[str | None]\n")
    project.db("migrate", "-m", "Add city")
    project.db("upgrade")
    project.commit("Add city")
    project.git("commit", "-q", "--allow-empty", "-m", "More")
    project.git("reset", "-q", "--hard", "HEAD~2")
    said = find(project, "agree", back="Create user table")
    assert "downgrade too many" not in said.cause
    assert said.next.startswith("git ")


def test_a_downgrade_too_many_is_named(project: Project):
    """The code is to go back to the commit with `age`; the database is behind it already."""
    project.add_to_model("    city: Mapped[str | None]\n")
    project.db("migrate", "-m", "Add city")
    project.commit("Add city")
    project.db("downgrade")
    said = find(project, "agree", back="Add age column to user model")
    assert "One downgrade too many: user.age is gone too" in said.cause
    project.run(*shlex.split(said.next))
    names = {row[1] for row in project.sql("PRAGMA table_info(user)")}
    assert "age" in names and "city" not in names
    project.db("downgrade", "base")
    said = find(project, "agree", back="Add age column to user model")
    assert (said.next, "with all their rows" in said.cause) == ("%restart", True)


def test_a_test_that_failed_does_not_count_until_it_passes(project: Project):
    file = {"file": "tests/test_user.py", "tested": True}
    project.write("pytest.ini", "[pytest]\ntestpaths = tests\npythonpath = .\n")
    project.write("tests/test_user.py", "def it():\n    assert True\n")
    assert "has no test" in find(project, "has_file", **file).cause
    project.write("tests/test_user.py", "def test_it():\n    assert not True\n")
    assert project.capture(["pytest", "-q"]).returncode == 1
    assert "the last run of pytest; see there" in find(project, "has_file", **file).cause
    project.write("tests/test_user.py", "import nothing\n\n\ndef test_it():\n    assert True\n")
    assert "the file was written since" in find(project, "has_file", **file).cause
    assert project.capture(["pytest", "-q"]).returncode == 2
    assert "the last run of pytest; see there" in find(project, "has_file", **file).cause
    project.write("tests/test_user.py", "def test_it():\n    import demo_app\n")
    project.write("tests/test_other.py", "def test_other():\n    assert not True\n")
    assert project.capture(["pytest", "-q"]).returncode == 1
    assert find(project, "has_file", **file).met


def test_a_test_that_failed_under_another_name_does_not_count_once_the_file_has_passed(
    project: Project,
):
    """pytest keeps the old name for good."""
    file = {"file": "tests/test_user.py", "tested": True}
    test = "from demo_app.models import User\n\n\ndef test_%s():\n    assert User\n"
    project.write("pytest.ini", "[pytest]\ntestpaths = tests\npythonpath = .\n")
    project.write("tests/test_user.py", (test % "age").replace("assert User", "assert not User"))
    assert project.capture(["pytest", "-q"]).returncode == 1
    assert not find(project, "has_file", **file).met
    project.write("tests/test_user.py", test % "age_column")
    assert "the file was written since" in find(project, "has_file", **file).cause
    assert project.capture(["pytest", "-q"]).returncode == 0
    assert find(project, "has_file", **file).met


def test_a_test_of_nothing_proves_nothing(project: Project):
    """A fixture may import the app for it."""
    file = {"file": "tests/test_user.py", "tested": True}
    project.write("tests/test_user.py", "def test_it():\n    assert True\n")
    said = find(project, "has_file", **file)
    assert (said.met, said.next) == (False, "%show tests/test_user.py")
    assert "does not import demo_app" in said.cause
    project.write("tests/conftest.py", "from demo_app import create_app\n")
    assert find(project, "has_file", **file).met


def test_a_stamp_in_the_place_of_an_upgrade_is_not_answered_with_a_downgrade(project: Project):
    project.add_to_model("    city: Mapped[str | None]\n")
    project.db("migrate", "-m", "Add city")
    project.db("stamp", "head")
    said = find(project, "revisions", count=3, applied=2)
    assert said.next.startswith("flask db stamp ")
    project.run(*shlex.split(said.next))
    assert find(project, "revisions", count=3, applied=2).met


@pytest.mark.parametrize("far", ["", "migrate", "upgrade"])
def test_the_column_of_an_earlier_lesson_in_the_place_of_this_one_s(project: Project, far: str):
    """Its name is told, and no script of it."""
    project.add_to_model("    size: Mapped[int | None]\n")
    if far:
        project.db("migrate", "-m", "Add city column to user model")
    if far == "upgrade":
        project.db("upgrade")
    goals = (
        Goal("The model has a city", "model_has", {"column": "user.city"}),
        Goal("The commit has it", "commits", {"count": 3}),
    )
    results = lesson.hold(goals, project.path, project.read())
    assert "User has id, name, email, age, size, and no city" in results[0].finding.cause
    told = [line for line in messages.goals(results) if "next: " in line]
    assert told == ["             next: git diff"]


def test_a_stamp_is_told_once_by_all_goals_of_03(starts: Starts, tmp_path: Path):
    project = starts["first"].copy(tmp_path / "three")
    project.add_to_model()
    project.db("migrate", "-m", "Add age column to user model")
    project.db("stamp", "head")
    goals = find_course().lesson(3).goals
    state = project.read()
    found = [checks.check(goal, state, project.path).finding for goal in goals]
    told = {(said.cause, said.next) for said in found if not said.met}
    assert [command for _, command in told] == [state.verdict.next]
    project.run(*shlex.split(state.verdict.next))
    state = project.read()
    assert all(checks.check(goal, state, project.path).met for goal in goals)


def test_an_app_that_flask_does_not_find_comes_before_what_needs_it(project: Project):
    """No flask db command works until then, and the file that names it is not the models'."""
    project.write(".flaskenv", "FLASK_APP=demoapp\n")
    project.commit("Name another app")
    look = "%show .flaskenv"
    assert project.read().verdict.next == look
    goals = {
        "database_has": AGE | {"present": False},
        "model_has": AGE,
        "revisions": {"count": 1, "applied": 1},
    }
    for goal, asked in goals.items():
        said = find(project, goal, **asked)
        assert (said.met, said.next) == (False, look) and "FLASK_APP=demo_app" in said.cause
    assert find(project, "database_has", **AGE).met


def test_a_script_has_the_lesson_s_name_also_where_the_model_has_changed_in_two_places(
    starts: Starts, tmp_path: Path
):
    """Else a goal tells to make it under one name, and another to delete it for that name."""
    project = starts["first"].copy(tmp_path / "p")
    project.add_to_model()
    project.edit("demo_app/models.py", "    name: Mapped", "    full_name: Mapped")
    asked = {"count": 2, "applied": 1, "message": "Add age column to user model"}
    said = find(project, "revisions", **asked)
    assert said.next == 'flask db migrate -m "Add age column to user model"'
    assert "Careful: user.name is gone" in said.cause


def test_a_script_that_was_emptied_after_it_ran_is_not_said_to_have_done_nothing(project: Project):
    """Production has run it: stamped back, it would fail at the column that is there."""
    with_production(project)
    on_production(project, "upgrade")
    script = project.script_file("age")
    text = (project.path / script).read_text(encoding="utf-8")
    project.write(script, re.sub(r"(?s)(def upgrade\(\):\n).*?\n\n\n", r"\1    pass\n\n\n", text))
    project.db("downgrade")
    said = find(project, "committed_migration", adds=["user.age"])
    assert (said.met, said.next) == (False, f"git restore {script}")
    project.run(*shlex.split(said.next))
    project.db("upgrade")
    assert project.read("production.env").verdict.kind == project.read().verdict.kind == "agree"


def test_a_script_that_mends_what_another_one_made_is_named(starts: Starts, tmp_path: Path):
    """Else the goal would be met as if the first script alone were right."""
    project = starts["first"].copy(tmp_path / "p")
    age = "    age: Mapped[int | None] = mapped_column(unique=True)\n"
    committed(project, age, "Add age")
    asked = {"adds": ["user.age"], "since": "user"}
    assert not find(project, "committed_migration", **asked).met
    project.edit("demo_app/models.py", " = mapped_column(unique=True)\n", "\n")
    committed(project, "", "Mend age")
    said = find(project, "committed_migration", **asked)
    assert said.met and said.found.endswith(f"; followed by {project.script_file('mend_age')}")
