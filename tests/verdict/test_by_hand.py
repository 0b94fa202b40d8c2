"""What other hands made, and no script: no script is told that would fail in another database."""

from __future__ import annotations

import re

import pytest
from obeying import obey, runs_anywhere
from states import AGE, Project
from turns import MODELS, NICK, POST, fill, on_production

BODY = "    body: Mapped[str | None] = mapped_column(String(40))\n"
MAKE = "from demo_app import create_app, db\nwith create_app().app_context(): db.create_all()"


def test_a_table_of_create_all_whose_class_has_a_column_more(both: Project):
    both.add_to_model(POST)
    both.run("python", "-c", MAKE)
    both.add_to_model(BODY)
    verdict = both.read().verdict
    assert verdict.kind == "model_ahead" and "no script makes the table post" in verdict.why
    told = obey(both)
    assert told[:2] == ["%%flask_shell", 'flask db migrate -m "Create post table"']
    assert len(both.sql("PRAGMA table_info(post)", "production.db")) == 3
    assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
    runs_anywhere(both)


def test_a_table_of_create_all_that_has_rows_gets_its_script_first(both: Project):
    both.add_to_model(POST)
    both.run("python", "-c", MAKE)
    both.sql("INSERT INTO post (title) VALUES ('kept')")
    both.add_to_model(BODY)
    verdict = both.read().verdict
    assert verdict.kind == "model_ahead" and verdict.next == f"git diff {MODELS}"
    assert "It has 1 row, so write the model as the table is" in verdict.why
    both.edit(MODELS, BODY, "")
    assert obey(both)[0].endswith('flask db migrate -m "Create post table"')
    both.add_to_model(BODY)
    assert obey(both)[0] == 'flask db migrate -m "Add body column to post model"'
    assert both.sql("SELECT title, body FROM post") == [("kept", None)]
    assert len(both.sql("PRAGMA table_info(post)", "production.db")) == 3
    runs_anywhere(both)


@pytest.mark.parametrize("values", [False, True])
def test_a_column_of_other_hands_that_has_another_type(both: Project, values: bool):
    both.sql("ALTER TABLE user ADD COLUMN nick TEXT")
    if values:
        both.sql("UPDATE user SET nick = 'kept'")
    both.add_to_model(NICK)
    verdict = both.read().verdict
    assert verdict.kind == "model_ahead" and "no script makes user.nick" in verdict.why
    if values:
        both.edit(MODELS, "mapped_column(String(20))", "mapped_column(db.Text)")
        obey(both)
        both.edit(MODELS, "mapped_column(db.Text)", "mapped_column(String(20))")
    obey(both)
    assert both.sql("SELECT DISTINCT nick FROM user") == [("kept" if values else None,)]
    assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
    (kind,) = [row[2] for row in both.sql("PRAGMA table_info(user)", "production.db")][-1:]
    assert kind == "VARCHAR(20)"
    runs_anywhere(both)


@pytest.mark.parametrize("kind", ["TEXT", "INTEGER NOT NULL DEFAULT 36"])
def test_a_column_whose_type_other_hands_changed(both: Project, kind: str):
    """It is put back as its script makes it, with its values, and no script is made."""
    both.sql("ALTER TABLE user DROP COLUMN age")
    both.sql(f"ALTER TABLE user ADD COLUMN age {kind}")
    both.sql("UPDATE user SET age = 36 WHERE id = 1")
    verdict = both.read().verdict
    assert (verdict.kind, verdict.next) == ("model_ahead", "%%flask_shell")
    assert "changed here by hand" in verdict.why
    for each in re.findall(r'db\.text\("([^"]*)"\)', verdict.why):
        both.sql(each)
    assert both.read().verdict.kind == both.read("production.env").verdict.kind == "agree"
    assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
    assert ("age", "INTEGER", 0) in [r[1:4] for r in both.sql("PRAGMA table_info(user)")]


def test_a_type_that_every_database_has_is_changed_by_a_script(both: Project):
    for database in ("app.db", "production.db"):
        both.sql("ALTER TABLE user DROP COLUMN age", database)
        both.sql("ALTER TABLE user ADD COLUMN age TEXT", database)
    assert both.read().verdict.next == 'flask db migrate -m "Change user table"'


def test_a_new_type_of_the_model_is_no_change_by_hand(both: Project):
    both.edit(MODELS, AGE, "    age: Mapped[str | None] = mapped_column(String(9))\n")
    both.sql("CREATE INDEX hand ON user (name)", "production.db")
    verdict = both.read().verdict
    assert "by hand" not in verdict.why and verdict.next.startswith("flask db migrate")


def test_a_drop_of_what_no_script_makes_is_stopped_before_it_runs(aged: Project):
    aged.sql("CREATE TABLE log (id INTEGER)")
    aged.db("migrate", "-m", "Tidy up")
    file = aged.script_file("tidy")
    aged.follow("drops_unmade", f"git clean -f {file}")
    assert "by hand" in aged.read().verdict.why


def test_a_drop_of_what_no_script_makes_is_taken_back_before_the_commit(aged: Project):
    aged.sql("CREATE TABLE log (id INTEGER)")
    aged.db("migrate", "-m", "Tidy up")
    aged.db("upgrade")
    file = aged.script_file("tidy")
    aged.follow("drops_unmade", "flask db downgrade")
    aged.follow("drops_unmade", f"git clean -f {file}")


def test_a_committed_drop_of_what_no_script_makes_is_mended_in_the_script(aged: Project):
    aged.sql("CREATE TABLE log (id INTEGER)")
    aged.db("migrate", "-m", "Tidy up")
    aged.db("upgrade")
    aged.commit("Tidy up")
    file = aged.script_file("tidy")
    verdict = aged.read().verdict
    assert verdict.next == f"%show {file}" and "drops log, which no script makes" in verdict.found
    text = re.sub(r"op\.drop_table\(.*\)", "pass", (aged.path / file).read_text(encoding="utf-8"))
    text = re.sub(r"op\.create_table\(.*?\n    \)", "pass", text, flags=re.DOTALL)
    aged.write(file, text)
    assert aged.read().verdict.kind == "not_committed"
    aged.commit("Leave the log alone")
    assert aged.read().verdict.kind == "agree"
    runs_anywhere(aged)


@pytest.mark.parametrize("kind", ["TEXT", "INTEGER NOT NULL DEFAULT 1"])
def test_a_column_added_by_hand_otherwise_than_its_script_does_is_not_done(
    project: Project, kind: str
):
    project.add_to_model()
    project.db("migrate", "-m", "Add age column to user model")
    project.sql(f"ALTER TABLE user ADD COLUMN age {kind}")
    verdict = project.read().verdict
    assert verdict.headline == "Done in the database, and otherwise."
    assert obey(project) == ["%%flask_shell", "flask db upgrade", "git add .", COMMIT]
    assert project.sql("PRAGMA table_info(user)")[-1][1:4] == ("age", "INTEGER", 0)


COMMIT = 'git commit -m "Add age column to user model"'


def test_a_column_that_was_renamed_by_hand_gets_a_script_that_renames(both: Project):
    both.sql("ALTER TABLE user RENAME COLUMN age TO years")
    both.edit(MODELS, "    age:", "    years:")
    why = both.follow("unwanted", 'flask db revision -m "Rename age to years"')
    assert "Was it renamed by hand?" in why and "drop" not in why
    rename = (
        'with op.batch_alter_table("user") as b: b.alter_column("age", new_column_name="years")'
    )
    fill(both.script("rename"), rename)
    both.follow("not_recorded", "flask db stamp head")
    both.commit("Rename age to years")
    on_production(both, "upgrade")
    assert both.read().verdict.kind == "agree"
    for database in ("app.db", "production.db"):
        assert both.sql("SELECT years FROM user WHERE name = 'Ada'", database) == [(36,)]
