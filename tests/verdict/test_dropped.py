"""What scripts drop that was not meant to go."""

from __future__ import annotations

import re
import shlex

import states
from states import Project
from turns import MODELS

EMAIL = "    email: Mapped[str] = mapped_column(String(120), unique=True)\n"


def accident(project: Project, line: str, new: str = "") -> str:
    """A line is lost, and its column dropped by a script that has run; the script's path."""
    project.edit(MODELS, line, "")
    if new:
        project.add_to_model(new)
    project.db("migrate", "-m", "Say what")
    project.db("upgrade")
    return project.script_file("say_what")


def test_a_column_that_a_script_has_dropped_with_what_it_adds_is_the_headline(project: Project):
    accident(project, EMAIL, states.AGE)
    verdict = project.read().verdict
    assert verdict.kind == "script_not_committed"
    assert verdict.headline == "user.email is gone from this database."
    assert (verdict.next, verdict.back) == (f"git diff {MODELS}", "git add .")
    assert "Only a copy of the database brings the values back" in verdict.why


def test_a_required_column_that_a_script_has_dropped_is_not_blamed_on_the_model(project: Project):
    script = accident(project, EMAIL)
    project.git("restore", MODELS)
    verdict = project.read().verdict
    assert "has dropped user.email here" in verdict.why and "%restart" in verdict.why
    assert verdict.next == f"%show {script}"
    assert project.capture(["flask", "db", "downgrade"]).returncode == 1


def test_a_drop_that_no_commit_has_is_taken_back_before_production_runs_it(both: Project):
    script = accident(both, states.AGE)
    both.git("restore", MODELS)
    both.follow("model_ahead", "flask db downgrade")
    both.run(*shlex.split(both.read().verdict.next))
    assert not (both.path / script).exists()
    assert both.sql("SELECT age FROM user WHERE age", "production.db") == [(36,)]
    assert both.git("status", "--short") == ""
    assert both.read().verdict.kind == "agree"


def test_production_is_not_called_changed_by_hand_where_a_script_drops_and_adds(both: Project):
    accident(both, states.AGE)
    both.git("restore", MODELS)
    both.db("migrate", "-m", "Again")
    both.db("upgrade")
    both.commit("Again")
    verdict = both.read().verdict
    assert verdict.kind == "elsewhere" and "by hand" not in verdict.why
    assert "lost there" in verdict.why and verdict.next == "%board --env-file production.env"


def written_as_told(project: Project) -> None:
    """The script for a lost one is made, and what the board says is written into it."""
    lost = project.read().verdict
    assert lost.kind == "missing_script" and "%restart" in lost.why
    project.run(*shlex.split(lost.next))
    verdict = project.read().verdict
    file = project.script_file("say_what_it_did")
    assert verdict.next == f"%show {file}"
    up, down = re.findall(r"(?:up|down)grade\(\): (.+?)\. (?=Into|No table)", verdict.why)
    text = (project.path / file).read_text(encoding="utf-8")
    text = text.replace("    pass", f"    {up}", 1).replace("    pass", f"    {down}", 1)
    project.write(file, text)


def test_a_script_that_was_deleted_after_it_ran_is_written_again_and_taken_back(loose: Project):
    loose.git("clean", "-fdq")
    loose.git("restore", ".")
    written_as_told(loose)
    loose.follow("database_ahead", "flask db downgrade")
    assert "age" not in [row[1] for row in loose.sql("PRAGMA table_info(user)")]
    loose.run(*shlex.split(loose.read().verdict.back))
    assert loose.read().verdict.kind == "agree"


def test_a_script_that_dropped_a_column_and_is_lost_is_written_again(project: Project):
    project.git("clean", "-fq", accident(project, EMAIL, states.AGE))
    project.edit(MODELS, states.AGE, EMAIL + states.AGE)
    written_as_told(project)
    assert "has dropped user.email here" in project.read().verdict.why
