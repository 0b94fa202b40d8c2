"""Goals where a database has run something else than its scripts say, or has lost it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import states
from starts import Starts
from states import Project, find

from roundtrip import checks
from roundtrip.course import find_course

AGE = {"column": "user.age"}


@pytest.mark.parametrize("number", [2, 3, 4, 8])
def test_an_exercise_is_not_done_where_a_downgrade_has_taken_all_rows(
    starts: Starts, tmp_path: Path, number: int
):
    """Tables that an upgrade has made anew are empty, and all four places agree."""
    project = starts["first"].copy(tmp_path / "the project")
    project.db("downgrade")
    project.db("upgrade")
    assert project.read().verdict.kind == "agree"
    (exercise,) = find_course().lesson(number).exercises
    found = [checks.check(goal, project.read(), project.path) for goal in exercise.goals]
    lost = checks.lost(found)
    assert lost and lost.finding.found == "app.db: user has no rows", found


def test_a_script_that_was_changed_after_it_ran_is_not_committed(starts: Starts, tmp_path: Path):
    """It makes another column than the one that it has made here."""
    project = starts["loose"].copy(tmp_path / "the project")
    project.db("upgrade")
    project.edit(project.script_file("age"), "'age'", "'years'")
    look = f"%show {project.script_file('age')}"
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("unwanted", look)
    said = find(project, "clean")
    assert (said.met, said.next) == (False, look)


def test_what_has_run_halfway_waits_in_no_goal(starts: Starts, tmp_path: Path):
    """A script that stopped at its second column is as lesson 04 wants it, and would fail again."""
    project = starts["first"].copy(tmp_path / "the project")
    project.add_to_model(states.AGE + states.AGE.replace("age", "size"))
    project.db("migrate", "-m", "Both")
    wanted = {"adds": ["user.age", "user.size"]}
    assert find(project, "pending_changes", **wanted).met
    project.sql("ALTER TABLE user ADD COLUMN age INTEGER")
    said = find(project, "pending_changes", **wanted)
    assert (said.met, said.next) == (False, "%%flask_shell")
    assert "A migration has run halfway." in said.cause
    # where the script was deleted and made again, it lacks what is there
    project.git("clean", "-qf", project.script_file("both"))
    project.db("migrate", "-m", "Both")
    said = find(project, "pending_changes", **wanted)
    (drop,) = re.findall(r'text\("(ALTER TABLE user DROP COLUMN age)"\)', said.cause)
    assert not said.met and "It has no value yet: drop it" in said.cause
    project.sql(drop)
    project.git("clean", "-qf", project.script_file("both"))
    project.db("migrate", "-m", "Both")
    assert find(project, "pending_changes", **wanted).met


def test_a_stamp_back_to_nothing_is_no_downgrade_and_no_new_file(starts: Starts, tmp_path: Path):
    """Table and rows are there, so there is nothing to begin again for."""
    project = starts["first"].copy(tmp_path / "the project")
    project.db("stamp", "base")
    goals = find_course().lesson(3).goals
    told = {checks.check(g, project.read(), project.path).finding.next for g in goals}
    assert "flask db stamp head" in told and "%restart" not in told
    project.follow("not_recorded", "flask db stamp head")


def test_a_column_that_a_script_has_renamed_was_not_stamped(project: Project):
    """The city became the phone, as the board tells for a rename."""
    project.edit("demo_app/models.py", "    age:", "    phone:")
    project.db("revision", "-m", "Add phone")
    rename = "op.alter_column('user', '{}', new_column_name='{}')"
    text = project.script("phone").read_text().partition("def upgrade")[0]
    bodies = f"def upgrade():\n    {rename.format('age', 'phone')}\n\n\n"
    bodies += f"def downgrade():\n    {rename.format('phone', 'age')}\n"
    project.write(project.script_file("phone"), text + bodies)
    project.db("upgrade")
    said = find(project, "some_value", **AGE, kept=True)
    assert (said.met, said.next) == (False, "flask db downgrade")
    assert "has given it another name" in said.cause
