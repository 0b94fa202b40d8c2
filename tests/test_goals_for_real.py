"""Goals held against real projects, where the course and the learner might look at two things."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
import states
from states import Project

from roundtrip import checks
from roundtrip.course import Goal

AGE = {"column": "user.age"}


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """`age` in model, script and database, all of it committed."""
    folder = tmp_path_factory.mktemp("goals")
    project = states.with_age(states.first_lesson(folder / "one"), folder / "two")
    project.commit("Add age column to user model")
    return project


@pytest.fixture
def project(aged: Project, tmp_path: Path) -> Project:
    return aged.copy(tmp_path / "p")


def find(project: Project, check: str, **arguments: object) -> checks.Finding:
    return checks.check(Goal("", check, arguments), project.read(), project.path).finding


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
    assert (said.met, said.next, said.detour) == (False, f"%show {settings}", True)
    assert f"{settings} names dev.db" in said.cause and "take that line out" in said.cause
    project.write(settings, f"{kept}DATABASE_URL=sqlite:///app.db\n")
    assert find(project, "database_has", **AGE).met


def test_a_column_that_was_dropped_by_hand_was_not_downgraded(project: Project):
    project.sql("ALTER TABLE user DROP COLUMN age")
    said = find(project, "database_has", **AGE, present=False)
    assert (said.met, said.next) == (False, "%board")
    assert "still counts as run" in said.cause
    assert project.read().verdict.kind == "stamped"  # so the board has the way back


def test_what_a_later_script_has_dropped_is_gone(project: Project):
    project.edit("demo_app/models.py", states.AGE, "")
    project.db("migrate", "-m", "Drop age")
    project.db("upgrade")
    assert find(project, "database_has", **AGE, present=False).met


def test_a_deleted_file_comes_back_and_no_other_change_is_lost(project: Project):
    project.add_to_model("    city: Mapped[str | None]\n")
    (project.path / "demo_app/templates/users.html").unlink()
    said = find(project, "pending_changes", adds=["user.city"])
    project.run(*shlex.split(said.next))
    assert (project.path / "demo_app/templates/users.html").exists()
    assert "city" in (project.path / "demo_app/models.py").read_text(encoding="utf-8")


def test_a_rebase_that_stands_still_is_not_left_by_a_switch(project: Project):
    assert project.capture(["git", "rebase", "--exec", "exit 1", "HEAD~1"]).returncode == 1
    said = find(project, "head_subject", subject="Another")
    assert (said.met, said.next) == (False, "git status")
    assert "git rebase --continue" in said.cause


def test_an_empty_text_is_no_value(project: Project):
    assert find(project, "some_value", column="user.name").met
    project.sql("UPDATE user SET name = ''")
    assert not find(project, "some_value", column="user.name").met
