"""Model and database differ, and no script waits that would make them alike."""

from __future__ import annotations

import re
import shlex

import pytest
from states import AGE, Project
from turns import (
    CITY,
    MODELS,
    NICK,
    POST,
    added,
    committed,
    fill,
    on_production,
    with_production,
)

from roundtrip import checks
from roundtrip.course import Goal


def test_a_rename_is_told_from_a_new_column(project: Project):
    project.edit(MODELS, "    name: Mapped", "    full_name: Mapped")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "alter_column" in verdict.why and "lose every value" in verdict.why


def test_a_table_that_was_renamed_in_the_model(aged: Project):
    name = '    __tablename__ = "person"\n'
    aged.edit(MODELS, "class User(db.Model):\n", f"class User(db.Model):\n{name}")
    verdict = aged.read().verdict
    assert verdict.kind == "model_ahead"
    assert "also drop user with 3 rows" in verdict.why and "rename_table" in verdict.why


def test_a_script_of_no_commit_is_made_again_and_not_followed(project: Project):
    """The goals say so, too: one script is to make the table."""
    added(project, POST.replace("title: Mapped[str]", "title: Mapped[str | None]"), "post")
    project.edit(MODELS, "title: Mapped[str | None]", "title: Mapped[str]")
    script = project.script_file("post")
    goal = Goal("", "committed_migration", {"adds": ["post"]})
    for kind, command in (
        ("model_ahead", "flask db downgrade"),
        ("pending", f"git clean -f {script}"),
        ("model_ahead", 'flask db migrate -m "Create post table"'),
        ("pending", "flask db upgrade"),
    ):
        if command != "flask db upgrade":
            assert checks.check(goal, project.read(), project.path).finding.next == command
        project.follow(kind, command)
    assert project.read().verdict.kind == "script_not_committed"


def test_a_script_of_a_commit_is_followed_or_made_again(aged: Project):
    aged.edit(MODELS, "age: Mapped[int", "age: Mapped[str")
    verdict = aged.read().verdict
    assert verdict.next == 'flask db migrate -m "Change user table"'
    assert verdict.back == "flask db downgrade" and "drops user.age" in verdict.why


def test_a_column_removed_by_hand_goes_forward_or_back(aged: Project):
    aged.edit(MODELS, AGE, "")
    verdict = aged.read().verdict
    assert verdict.kind == "database_ahead"
    assert verdict.next == 'flask db migrate -m "Remove age column from user model"'
    assert verdict.back == f"git restore {MODELS}"
    assert "deletes the values" in verdict.why


EMAIL = "    email: Mapped[str] = mapped_column(String(120), unique=True)\n"


def test_a_lost_line_takes_the_rules_of_its_column_along(project: Project):
    """A unique constraint that is gone with its column is nothing that the model wants."""
    project.edit(MODELS, EMAIL, "")
    verdict = project.read().verdict
    assert verdict.kind == "database_ahead"
    assert verdict.found == "The database has user.email, the model does not."
    assert verdict.back == f"git restore {MODELS}"
    project.run(*shlex.split(verdict.next))
    waits = project.read().verdict
    assert waits.next == f"%show {project.script_file('email')}"
    assert "If its line was lost, put that back" in waits.why
    assert waits.back == "flask db upgrade"


def test_a_rule_of_a_column_that_stays_is_a_change_of_its_own(project: Project):
    project.edit(MODELS, ", unique=True", "")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "unique constraint on email, only in the database" in verdict.found


def test_a_column_that_came_with_its_table_was_made_by_a_migration(project: Project):
    project.edit(MODELS, "    name: Mapped[str] = mapped_column(String(80))\n", "")
    verdict = project.read().verdict
    assert verdict.kind == "database_ahead"
    assert "No migration made it" not in verdict.why
    assert verdict.next == 'flask db migrate -m "Remove name column from user model"'
    assert verdict.back == f"git restore {MODELS}"


def test_another_name_after_the_upgrade_is_no_way_back(loose: Project):
    loose.edit(MODELS, AGE, AGE.replace("age", "years"))
    verdict = loose.read().verdict
    assert verdict.kind == "database_ahead"
    assert verdict.found == "The database has user.age, the model has user.years."
    assert "went back" not in verdict.why
    assert "If user.years is its new name, put the old one back." in verdict.why
    assert "drops user.age with all values" in verdict.why


def test_only_a_file_as_it_is_committed_went_back(loose: Project):
    went_back = "The code went back without a downgrade."
    loose.edit(MODELS, AGE, "    # age was here\n")
    verdict = loose.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", "flask db downgrade")
    assert went_back not in verdict.why
    loose.git("restore", MODELS)
    assert verdict.why in (said := loose.read().verdict.why) and said.startswith(went_back)


def test_a_table_of_other_hands_is_named_before_a_script_would_drop_it(project: Project):
    project.sql("CREATE TABLE log (id INTEGER PRIMARY KEY)")
    project.sql("INSERT INTO log DEFAULT VALUES")
    project.add_to_model()
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", "")
    assert "No migration made it" in verdict.why and "DROP TABLE log" in verdict.why


def test_a_column_of_other_hands_comes_into_no_script(project: Project):
    """Its drop would fail in production, and in every new database."""
    with_production(project)
    on_production(project, "upgrade")
    project.sql("ALTER TABLE user ADD COLUMN note TEXT")
    project.add_to_model()
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", "")
    goal = Goal("", "committed_migration", {"adds": ["user.age"]})
    found = checks.check(goal, project.read(), project.path).finding
    assert found.next == "%board" and "No migration made it" in found.cause
    project.run("flask", "db", "migrate", "-m", "All of it")
    project.db("upgrade")
    project.commit("All of it")
    there = project.read("production.env").verdict
    file = project.script_file("all_of_it")
    assert (there.kind, there.next) == ("pending", f"%show {file}")
    assert "drops or renames user.note, and user.note is not here" in there.found
    drop = r"(?m)^ +batch_op\.drop_column\('note'\)\n"
    project.write(file, re.sub(drop, "", (project.path / file).read_text(encoding="utf-8")))
    project.commit("Without what was made by hand")
    project.follow("elsewhere", "flask --env-file production.env db upgrade")
    assert project.read().verdict.kind == project.read("production.env").verdict.kind == "agree"


def test_a_lost_line_is_named_while_the_script_of_another_waits(project: Project):
    """It is put back by hand: a restore of the file would take the new line along."""
    project.add_to_model()
    project.db("migrate", "-m", "Add age")
    project.edit(MODELS, EMAIL, "")
    waits = project.read().verdict
    assert (waits.kind, waits.next, waits.back) == (
        "pending",
        f"git diff {MODELS}",
        "flask db upgrade",
    )
    assert waits.why.startswith("The database has user.email, which the model lacks: was")
    project.db("upgrade")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", f"git diff {MODELS}")
    assert "-" + EMAIL in project.run(*shlex.split(verdict.next))
    assert verdict.back == "" and "git restore" not in verdict.why
    project.edit(MODELS, AGE, EMAIL + AGE)
    assert project.read().verdict.kind == "script_not_committed"


def test_a_script_that_would_be_a_second_head_does_not_come_back(aged: Project):
    """The column was made by hand; the script of this name was given up, and others follow."""
    aged.db("downgrade")
    aged.git("reset", "-q", "--hard", "HEAD~1")
    committed(aged, CITY, "Add city column to user model")
    aged.sql("ALTER TABLE user ADD COLUMN age INTEGER")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", "")
    assert "No migration made it" in verdict.why and "DROP COLUMN age" in verdict.why


@pytest.mark.parametrize("committed", [False, True])
def test_a_table_without_its_foreign_key_is_made_again_while_nobody_has_it(
    project: Project, committed: bool
):
    """It has no row yet, and one script can do it right; a committed one is followed by another."""
    column, key = "    user_id: Mapped[int]", ' = mapped_column(db.ForeignKey("user.id"))'
    project.add_to_model(f"{POST}{column}\n")
    project.db("migrate", "-m", "Create post table")
    project.db("upgrade")
    if committed:
        project.commit("Create post table")
    project.edit(MODELS, column, column + key)
    verdict = project.read().verdict
    again = 'flask db migrate -m "Change post table"'
    assert verdict.next == (again if committed else "flask db downgrade")
    assert ("makes post without its foreign key on user_id to user.id." in verdict.why) != committed


def test_a_committed_table_with_rows_is_not_taken_back_for_a_change_of_one_column(project: Project):
    project.edit(MODELS, "email: Mapped[str]", "email: Mapped[str | None]")
    verdict = project.read().verdict
    assert (verdict.next, verdict.back) == ('flask db migrate -m "Change user table"', "")
    assert "downgrade" not in verdict.why
    project.sql("DELETE FROM user")
    assert project.read().verdict.back == "flask db downgrade"


@pytest.mark.parametrize("rule", ["unique", "index"])
def test_a_column_with_a_rule_is_named_in_the_message(project: Project, rule: str):
    project.add_to_model(NICK.replace("String(20)", f"String(20), {rule}=True"))
    assert project.read().verdict.next == 'flask db migrate -m "Add nick column to user model"'


def test_a_column_renamed_after_its_upgrade_can_keep_its_values(loose: Project):
    loose.edit(MODELS, "age:", "years:")
    assert "write alter_column with new_column_name" in loose.read().verdict.why
    loose.db("revision", "-m", "Rename age")
    rename = 'batch_op.alter_column("{}", new_column_name="{}")'
    batch = 'with op.batch_alter_table("user") as batch_op: '
    fill(loose.script("rename"), batch + rename.format("age", "years"))
    fill(loose.script("rename"), batch + rename.format("years", "age"))
    loose.follow("pending", "flask db upgrade")
    assert loose.sql("SELECT years FROM user WHERE id = 1") == [(36,)]
    assert loose.read().verdict.kind == "script_not_committed"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ('db.ForeignKey("user.id", ondelete="CASCADE")', "to user.id ON DELETE CASCADE"),
        ('db.ForeignKey("user.id", onupdate="set null")', "to user.id ON UPDATE SET NULL"),
        ('db.ForeignKey("post.id")', "to post.id"),
    ],
)
def test_how_two_foreign_keys_differ_is_said(project: Project, new: str, said: str):
    key = 'db.ForeignKey("user.id")'
    line = f"    user_id: Mapped[int | None] = mapped_column({key})\n"
    committed(project, POST + line, "Create post table")
    assert project.read().verdict.kind == "agree"
    project.edit(MODELS, key, new)
    found = project.read().verdict.found
    assert "(foreign key on user_id to user.id, only in the database)" in found
    assert f"(foreign key on user_id {said}, only in the model)" in found
