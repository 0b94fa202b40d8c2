"""Copies of a database: goals met and not met, and what is told where one is missing."""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from goal_states import (
    FIRST,
    SECOND,
    UPGRADED,
    add_age,
    ask,
    git,
    made,
    migrations,
    refused,
    second,
    sql,
)

from roundtrip import checks, terminal
from roundtrip.course import Goal, find_course
from roundtrip.verdict.commands import move_away

COPY: dict[str, Any] = {"database": "production.db", "adds": "user.age"}
SHELL = "%%flask_shell --env-file production.env"
BEFORE = "Make it before production.db is upgraded, under a name that no file there has."
DOWN = "flask --env-file production.env db downgrade"


def copy(project: Path, name: str, source: str = "production.db") -> None:
    shutil.copy(project / "instance" / source, project / "instance" / name)


def upgrade(project: Path) -> None:
    add_age(project, "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")


@pytest.mark.parametrize("name", ["before.db", "production.db.bak"])
def test_copied(project: Path, name: str):
    refused("copied", made(), project, BEFORE, SHELL, **COPY)
    assert ask("copied", made(), project, **COPY).holds_back, "the upgrade waits"
    copy(project, name)
    assert ask("copied", made(), project, **COPY).met, "the script is not made yet"
    upgrade(project)
    sql(project, "UPDATE user SET name = 'F' WHERE name = 'E'", "production.db")
    state = made(migrations=migrations(second()))
    assert name in ask("copied", state, project, **COPY).found


def test_a_copy_that_is_no_copy_of_that_time(project: Path):
    copy(project, "before.db")
    sql(project, "UPDATE alembic_version SET version_num = 'older'", "before.db")
    refused("copied", made(), project, BEFORE, SHELL, **COPY)
    (project / "instance/empty.db").touch()
    (project / "instance/notes").mkdir()
    refused("copied", made(), project, BEFORE, SHELL, **COPY)
    copy(project, "before-age.db", "app.db")
    cause = f"before-age.db is a copy of app.db: --env-file was missing. {BEFORE}"
    refused("copied", made(), project, cause, SHELL, **COPY)
    # made after development was upgraded, as in lesson 10
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "before-age.db")
    refused("copied", made(migrations=migrations(second())), project, cause, SHELL, **COPY)


def test_a_copy_beside_the_folder_of_databases(project: Path):
    shutil.copy(project / "instance/production.db", project / "before.db")
    command = "python -c \"import shutil; shutil.move('before.db', 'instance')\""
    refused("copied", made(), project, "before.db is beside instance/", command, **COPY)
    (project / "instance/before.db").touch()  # the name is taken, so that move would fail
    refused("copied", made(), project, BEFORE, SHELL, **COPY)


@pytest.mark.parametrize("file", ["backup/before.db", "before.sqlite", "demo_app/before.db"])
def test_a_copy_in_another_folder_is_moved_before_anything_goes_back(project: Path, file: str):
    (project / file).parent.mkdir(exist_ok=True)
    shutil.copy(project / "instance/production.db", project / file)
    upgrade(project)
    state = made(migrations=migrations(second()), git=git(untracked=(file,), private=(file,)))
    command = f"python -c \"import shutil; shutil.move('{file}', 'instance')\""
    refused("copied", state, project, "This moves it there", command, **COPY)
    sql(project, "DROP TABLE user", f"../{file}")
    refused("copied", state, project, "a step back loses nothing", DOWN, **COPY)


def test_a_copy_further_down_in_instance(project: Path):
    (project / "instance/backups").mkdir()
    copy(project, "backups/before.db")
    upgrade(project)
    state = made(migrations=migrations(second()))
    assert "backups/before.db" in ask("copied", state, project, **COPY).found


def test_too_late_for_a_copy(project: Path):
    upgrade(project)
    state = made(migrations=migrations(second()))
    refused("copied", state, project, "No copy from right before is in instance/", DOWN, **COPY)
    copy(project, "after.db")
    refused(
        "copied",
        state,
        project,
        "user.age is empty there, so a step back loses nothing",
        DOWN,
        **COPY,
    )
    refused("copied", state, project, "after.db was made after the upgrade", DOWN, **COPY)
    sql(project, "UPDATE user SET age = 52", "production.db")
    refused("copied", state, project, "would drop the values that user.age has", "%restart", **COPY)


def test_a_copy_from_before_a_drop(project: Path):
    drop: dict[str, Any] = {"database": "production.db", "drops": "user.age"}
    state = made(migrations=migrations(second(adds=(), drops=("user.age",))))
    add_age(project, "production.db")
    refused("copied", state, project, BEFORE, SHELL, **drop)
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    refused("copied", state, project, "The values are gone for good", "%restart", **drop)
    copy(project, "before.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{FIRST}'", "before.db")
    assert ask("copied", state, project, **drop).found == (
        "before.db: at the revision before that, with rows of production.db, none with a value in "
        "user.age"
    ), "a step back would have brought the column so, too"
    copy(project, "older.db", "before.db")
    sql(project, "UPDATE alembic_version SET version_num = 'older'", "older.db")
    (project / "instance/before.db").unlink()
    unknown = "older.db, has no value in it. If nobody got one since, nothing is lost (else %res"
    refused("copied", state, project, unknown, DOWN, **drop)
    assert "loses nothing" not in ask("copied", state, project, **drop).cause, "nobody knows"
    sql(project, "UPDATE user SET age = 52 WHERE name = 'D'", "older.db")
    sql(project, "UPDATE user SET age = 52 WHERE name = 'D'", "production.db")
    refused("copied", state, project, "An older copy, older.db, has values", "%restart", **drop)
    copy(project, "late.db")  # after a step back, which brought the column without its values
    sql(project, "UPDATE user SET age = NULL", "late.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{FIRST}'", "late.db")
    refused("copied", state, project, "An older copy, older.db, has values", "%restart", **drop)


def test_what_a_copy_is_said_to_be_is_what_is_known(project: Path):
    """No more than its revision, whose rows it has, and that it is of no earlier change."""
    copy(project, "before.db")
    found = ask("copied", made(migrations=migrations(second())), project, **COPY).found
    assert found == "before.db: at the revision before that, with rows of production.db"
    asked = [each for lesson in find_course().lessons for each in (lesson, *lesson.exercises)]
    titles = [goal.text for each in asked for goal in each.goals if goal.check == "copied"]
    assert titles and all(" as it was right before it " in title for title in titles)


def test_a_copy_from_before_a_table(project: Path):
    """It has no row of it: whose copy it is, another table tells."""
    post: dict[str, Any] = {"database": "production.db", "adds": "post", "rows": "user"}
    state = made(migrations=migrations(second(adds=("post",))))
    copy(project, "before.db", "app.db")
    refused("copied", state, project, "is a copy of app.db", SHELL, **post)
    copy(project, "before-post.db")
    assert "before-post.db" in ask("copied", state, project, **post).found
    (project / "instance/before-post.db").unlink()
    sql(project, "CREATE TABLE post (id INTEGER)", "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    refused("copied", state, project, "post is empty there, so a step back", DOWN, **post)
    sql(project, "INSERT INTO post VALUES (1)", "production.db")
    refused("copied", state, project, "would drop the values that post has", "%restart", **post)


def test_a_copy_that_is_there_is_not_asked_for_again(project: Path):
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    state, goal = UPGRADED, {"column": "user.age", "database": "production.db"}
    up = "flask --env-file production.env db upgrade"
    refused("database_has", state, project, " and make a copy.", up, **goal)
    (project / "instance/notes").mkdir()
    refused("database_has", state, project, " and make a copy.", up, **goal)
    copy(project, "before.db")
    refused("database_has", state, project, "db current -v).", up, **goal)


def test_a_database_whose_script_went_with_a_reset_gets_no_copy_now(project: Path):
    """It is upgraded already, though no script says so any more."""
    upgrade(project)
    said = "The database is at bbbbbbbbbbbb, whose script was deleted or reset too early"
    refused("copied", made(), project, said, "%board --env-file production.env", **COPY)


def test_a_copy_from_before_the_column_had_another_name(project: Path):
    """A second script renames what the first has made."""
    old = second(applied=True, adds=("user.years",))
    new = replace(
        second(adds=("user.age",), drops=("user.years",), renamed=("user.years",)),
        id="cccccccccccc",
        parents=(SECOND,),
    )
    copy(project, "before.db")
    upgrade(project)
    sql(project, "UPDATE alembic_version SET version_num = 'cccccccccccc'", "production.db")
    state = made(migrations=migrations(old, new))
    assert ask("copied", state, project, **COPY).met
    (project / "instance/before.db").unlink()
    refused("copied", state, project, "a step back loses nothing", DOWN, **COPY)


def test_a_copy_from_before_two_scripts_that_ran_in_one_go(project: Path):
    """The second one gives up a name that was wrong, and adds the right one."""
    wrong = second(applied=True, adds=("user.aeg",))
    right = replace(second(drops=("user.aeg",)), id="cccccccccccc", parents=(SECOND,))
    state = made(migrations=migrations(wrong, right))
    copy(project, "before.db")
    upgrade(project)
    sql(project, "UPDATE alembic_version SET version_num = 'cccccccccccc'", "production.db")
    assert ask("copied", state, project, **COPY).met
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "before.db")
    assert ask("copied", state, project, **COPY).met, "made between the two"


def test_a_copy_of_the_other_database_can_be_made_again(project: Path):
    """As long as the one it should be of still has the column."""
    shutil.copy(project / "instance/app.db", project / "instance/copy.db")
    add_age(project, "production.db")
    goal = {"column": "user.age", "database": "copy.db", "copy": "production.db"}
    command = move_away("instance/copy.db")
    said = "This puts it aside; then make it again"
    refused("database_has", made(), project, said, command, **goal)
    assert terminal.capture(shlex.split(command), project).returncode == 0
    (kept,) = project.glob("instance/kept-*/copy.db")
    assert kept.read_bytes() == (project / "instance/app.db").read_bytes()
    shell = "%%flask_shell --env-file production.env"
    refused("database_has", made(), project, "so it can be made now", shell, **goal)


def test_where_no_copy_can_be_made_any_more_nothing_else_is_told(project: Path):
    goal = {"column": "user.age", "database": "copy.db", "copy": "production.db"}
    finding = ask("database_has", made(), project, **goal)
    assert (finding.next, finding.lost) == ("%restart", True)


def test_a_copy_that_was_never_made_is_in_no_start(project: Path, tmp_path_factory):
    """So --fresh would not help more than the restart alone."""
    goal = Goal("A copy", "database_has", {"column": "user.age", "database": "c.db", "copy": "p"})
    (result,) = checks.lacking_at_the_start(
        [checks.check(goal, made(), project)], made(), tmp_path_factory.mktemp("start")
    )
    assert result.finding.next == "%restart"
    assert "the copy comes before the downgrade" in result.finding.cause


def test_a_copy_of_the_other_database_is_no_copy(project: Path):
    """Though it has the column: it was made before the other one went back."""
    add_age(project)
    add_age(project, "production.db")
    goal = {"column": "user.age", "database": "copy.db", "copy": "production.db"}
    copy(project, "copy.db", "app.db")
    command = move_away("instance/copy.db")
    refused("database_has", made(), project, "is a copy of app.db", command, **goal)
    copy(project, "copy.db")
    assert ask("database_has", made(), project, **goal).met


def test_a_copy_under_another_name_gets_the_right_one(project: Path):
    goal = {"column": "user.age", "database": "copy.db", "copy": "production.db"}
    copy(project, "before.sqlite")
    sql(project, "ALTER TABLE user ADD COLUMN age INTEGER", "before.sqlite")
    move = "import shutil; shutil.move('instance/before.sqlite', 'instance/copy.db')"
    said = "before.sqlite is such a copy, under another name"
    refused("database_has", made(), project, said, f'python -c "{move}"', **goal)


def test_a_text_is_no_copy(project: Path):
    goal = {"column": "user.age", "database": "copy.db", "copy": "production.db"}
    (project / "instance/copy.db").write_text("CREATE TABLE user (id INTEGER);\n")
    refused("database_has", made(), project, "copy.db is no SQLite file", "%restart", **goal)


def test_a_database_that_has_gone_back_too_far_for_the_copy(project: Path):
    """It would be one of an older revision."""
    state = made(migrations=migrations(second()))
    sql(project, "UPDATE alembic_version SET version_num = ''", "production.db")
    back = f"flask --env-file production.env db upgrade {FIRST}"
    refused("copied", state, project, "more than one step behind", back, **COPY)


def test_a_project_without_a_folder_of_databases(project: Path):
    (project / "instance").rename(project / "moved")
    settings = "%%writefile production.env"
    refused("copied", made(), project, "There is no production.env that", settings, **COPY)
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    refused("copied", made(), project, "production.db is not there: it comes first.", "", **COPY)
