"""The last exercise of lesson 10: a column that others have goes by a new migration."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from following import copy_production, with_two_in_production
from starts import Starts
from states import Project, find
from turns import CITY, MODELS, POST, committed, on_production

from roundtrip import checks
from roundtrip.course import find_course

EXERCISE = find_course().lessons[-1].exercise("gone")
COLUMN = {"column": "user.city"}
SHELL = "%%flask_shell --env-file production.env"
PRODUCTION = {**COLUMN, "database": "production.db"}


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """`city` in every place, and in production."""
    return with_two_in_production(starts["city"].copy(tmp_path / "the project"))


def unmet(project: Project) -> list[checks.Finding]:
    state = project.read()
    asked = [goal for goal in EXERCISE.goals if goal.check != "holds"]  # no part three was here
    found = (checks.check(goal, state, project.path) for goal in asked)
    return [result.finding for result in found if not result.met]


def test_what_is_told_next_leads_there(project: Project):
    told = unmet(project)[0]
    assert told.next == f"%show {MODELS}" and "Take its line out of the class" in told.cause
    project.edit(MODELS, CITY, "")
    said = []
    while told := unmet(project):
        said.append(told[0].next)
        assert len(said) < 9, said
        if told[0].next == SHELL:
            copy_production(project)
        else:
            project.run(*shlex.split(told[0].next))
    assert said == [
        'flask db migrate -m "Remove city column from user model"',
        "flask db upgrade",
        "git add .",
        'git commit -m "Remove city column from user model"',
        SHELL,
        "flask --env-file production.env db upgrade",
    ]
    assert project.git("log", "--format=%s").splitlines()[1:] == [
        "Add city column to user model",
        "Create user table",
    ]
    for file in ("app.db", "production.db"):
        (columns,) = project.sql("SELECT sql FROM sqlite_master WHERE name = 'user'", file)
        assert "email" in columns[0] and "city" not in columns[0]


def test_a_way_back_is_not_a_way_on(project: Project):
    """Another clone would keep the column, and its script."""
    project.db("downgrade")
    project.git("reset", "-q", "--hard", "HEAD~1")
    said = find(project, "dropped", **COLUMN)
    assert (said.met, said.next) == (False, "git reflog")
    assert "it was taken back, or dropped by hand" in said.cause


def test_a_downgrade_is_taken_back_first(project: Project):
    """It was the way of part two. Nothing is told that production would lose."""
    project.edit(MODELS, CITY, "")
    project.db("downgrade")
    said = find(project, "dropped", **COLUMN)
    assert said.next == "flask db upgrade" and "it was taken back" in said.cause
    project.db("upgrade")
    assert find(project, "dropped", **COLUMN).next.startswith("flask db migrate")


def test_a_downgrade_is_said_to_have_lost_what_it_dropped(project: Project):
    committed(project, POST, "Create post table")
    project.sql("INSERT INTO post (title) VALUES ('Hello')")
    project.edit(MODELS, CITY, "")
    project.db("downgrade")
    assert "what was in post is gone; the upgrade" in find(project, "dropped", **COLUMN).cause
    project.db("upgrade")
    said = find(project, "holds", table="post", row={"title": "Hello"})
    assert "or a downgrade dropped post with its rows." in said.cause


def test_an_undone_reset_is_all_that_is_told_where_nothing_goes_back(project: Project):
    """A part that goes back says what follows."""
    project.git("reset", "-q", "--hard", "HEAD~1")
    said = unmet(project)[-1]
    assert said.next == "git reset --hard ORIG_HEAD" and said.cause.endswith("undoes the reset.")
    on_the_way = find(project, "agree", back="Create user table").cause
    assert "Then downgrade every database" in on_the_way


def test_what_is_dropped_by_hand_is_dropped_nowhere_else(project: Project):
    project.edit(MODELS, CITY, "")
    project.sql("ALTER TABLE user DROP COLUMN city")
    said = find(project, "dropped", **COLUMN)
    assert (said.met, said.next) == (False, "%board") and "no script drops it" in said.cause


def test_a_stamp_drops_nothing(project: Project):
    project.edit(MODELS, CITY, "")
    project.db("migrate", "-m", "Remove city")
    project.db("stamp", "head")
    said = find(project, "dropped", **COLUMN)
    assert (said.met, said.next) == (False, "%board") and "stamped" in said.cause
    said = find(project, "dropped", **PRODUCTION)
    assert said.next == "flask --env-file production.env db upgrade"


def test_a_script_without_a_way_back_does_not_count(project: Project):
    project.edit(MODELS, CITY, "")
    project.db("migrate", "-m", "Remove city")
    script = project.script("remove_city")
    text = script.read_text(encoding="utf-8").partition("def downgrade")[0]
    script.write_text(f"{text}def downgrade():\n    pass\n", encoding="utf-8")
    project.db("upgrade")
    project.commit("Remove city")
    said = find(project, "dropped", **COLUMN)
    assert (said.met, said.next) == (False, f"%show {project.script_file('remove_city')}")
    assert "Its downgrade() does not undo what its upgrade() does" in said.cause


def test_a_copy_without_the_column_is_none_of_production_before_it_was_dropped(project: Project):
    """Dropped by hand, it was gone while the revision was the one before."""
    project.edit(MODELS, CITY, "")
    project.db("migrate", "-m", "Remove city")
    project.sql("ALTER TABLE user DROP COLUMN city", "production.db")
    copy_production(project)
    asked = {"database": "production.db", "drops": "user.city"}
    said = find(project, "copied", **asked)
    assert (said.met, said.next) == (False, "%board --env-file production.env")
    project.sql("ALTER TABLE user ADD COLUMN city VARCHAR(80)", "production.db")
    (project.path / "instance/before-phone.db").unlink()
    copy_production(project)
    assert find(project, "copied", **asked).met


def test_a_copy_of_the_wrong_database_is_named_when_it_was_made_and_not_later(project: Project):
    """Right after it, also where production is upgraded by now; not for the change after that."""
    added = {"database": "production.db", "adds": "post", "rows": "user"}
    dropped = {"database": "production.db", "drops": "user.city"}
    wrong = "before-post.db is a copy of app.db: --env-file was missing."
    committed(project, POST, "Create post table")
    project.sql(f"VACUUM INTO '{project.path / 'instance/before-post.db'}'")
    assert find(project, "copied", **added).cause.startswith(wrong)
    on_production(project, "upgrade")
    assert find(project, "copied", **added).cause.startswith(wrong)
    project.edit(MODELS, CITY, "")
    assert "copy of app.db" not in find(project, "copied", **dropped).cause
    committed(project, "", "Remove city")
    assert "copy of app.db" not in find(project, "copied", **dropped).cause
    on_production(project, "upgrade")
    assert "copy of app.db" not in find(project, "copied", **dropped).cause


def test_a_post_that_went_with_one_downgrade_too_many_is_asked_for(project: Project):
    committed(project, f"{POST}    user_id: Mapped[int]\n", "Create post table")
    write = "INSERT INTO post (title, user_id) VALUES ('Hello', 1)"
    project.sql(write)
    (goal,) = (goal for goal in EXERCISE.goals if goal.check == "holds")
    assert checks.check(goal, project.read(), project.path).met
    project.db("downgrade")
    assert not checks.check(goal, project.read(), project.path).met
    project.db("upgrade")
    said = checks.check(goal, project.read(), project.path).finding
    assert not said.met and "a downgrade dropped post with its rows" in said.cause
    project.sql(write)
    assert checks.check(goal, project.read(), project.path).met
