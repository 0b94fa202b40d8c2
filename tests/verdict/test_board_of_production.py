"""What the board of production says, where the usual database is the one to mend."""

from __future__ import annotations

import re
import shlex

import pytest
from states import Project
from turns import MODELS, NICK, PHONE, POST, fails, fill, on_production


def test_a_script_that_stopped_halfway_in_the_usual_database_is_not_left_over(both: Project):
    both.add_to_model(PHONE)
    both.db("revision", "-m", "Two steps")
    step = 'op.add_column("{}", sa.Column("phone", sa.String(20)))'
    fill(both.script("two_steps"), f"{step.format('user')}; {step.format('nowhere')}")
    fails(both, "upgrade")
    there = both.read("production.env").verdict
    assert there.headline == "Another database may need a migration that waits here."
    assert there.next == "%board"
    here = both.read().verdict
    assert (here.headline, here.next) == ("A migration has run halfway.", "%%flask_shell")
    both.sql(re.search(r'db\.text\("([^"]*)"\)', here.why)[1])
    both.git("clean", "-f", both.script_file("two_steps"))
    both.follow("model_ahead", 'flask db migrate -m "Add phone column to user model"')
    both.follow("pending", "flask db upgrade")
    assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]


@pytest.mark.parametrize("what", ["table", "column", "type"])
def test_what_other_hands_changed_in_the_usual_database_alone(both: Project, what: str):
    """Production is as its scripts make it, and is not to be mended by hand."""
    if what == "table":
        both.add_to_model(POST)
        make = "from demo_app import create_app, db\n"
        both.run("python", "-c", f"{make}with create_app().app_context(): db.create_all()")
    elif what == "column":
        both.add_to_model(NICK)
        both.sql("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")
    else:
        both.edit(MODELS, "age: Mapped[int", "age: Mapped[str")
        both.sql("ALTER TABLE user DROP COLUMN age")
        both.sql("ALTER TABLE user ADD COLUMN age VARCHAR")
    there = both.read("production.env").verdict
    assert there.headline == "The default database was changed, and by no script."
    assert there.next == "%board"
    here = both.read().verdict
    assert here.kind == ("changed_type" if what == "type" else "not_made")
    if what == "column":
        both.run("sh", "-c", here.next)
        both.follow("not_recorded", "flask db stamp head")
        both.commit("Add nick")
        both.follow("elsewhere", "flask --env-file production.env db upgrade")
        assert both.read().verdict.kind == both.read("production.env").verdict.kind == "agree"
        assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]


def test_what_other_hands_changed_in_both_is_told_apart(both: Project):
    both.add_to_model(NICK)
    both.sql("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")
    both.sql("ALTER TABLE user ADD COLUMN shoe INTEGER", "production.db")
    there = both.read("production.env").verdict
    assert (there.kind, there.next) == ("only_here", "%%flask_shell --env-file production.env")
    assert there.found == "They differ in user.shoe (only in the database)."


@pytest.mark.parametrize("waits", [False, True])
def test_usual_commands_that_go_to_production_come_before_any_upgrade(both: Project, waits: bool):
    line = "DATABASE_URL=sqlite:///production.db\n"
    both.write(".flaskenv", f"FLASK_APP=demo_app\n{line}")
    if waits:
        both.add_to_model(NICK)
        both.db("migrate", "-m", "Add nick column to user model")
    (first,) = both.read().disagreements
    assert first.headline == ".flaskenv names the database of production.env."
    assert first.next == "git diff .flaskenv"
    both.run(*shlex.split(first.back))
    before = both.sql("SELECT * FROM user", "production.db")
    if waits:
        both.follow("pending", "flask db upgrade")
        both.commit("Add nick column to user model")
        assert both.read().verdict.headline == "instance/production.db waits."
    else:
        assert both.read().verdict.kind == "agree"
    assert both.sql("SELECT * FROM user", "production.db") == before


def test_a_script_that_is_written_again_for_the_usual_database_is_kept(both: Project):
    """The board of production neither runs nor deletes what the other one has asked for."""
    both.add_to_model(NICK)
    both.db("migrate", "-m", "Add nick")
    both.db("upgrade")
    both.script("add_nick").unlink()
    both.edit(MODELS, NICK, "")
    both.run(*shlex.split(both.read().verdict.next))
    file = both.script_file("say_what")
    for wanted in ("", NICK):
        both.add_to_model(wanted)
        for env_file in (None, "production.env"):
            assert both.read(env_file).verdict.next == f"%show {file}"
        assert "git clean" not in both.read("production.env").verdict.back
    fill(both.path / file, 'op.add_column("user", sa.Column("nick", sa.String(20)))')
    both.commit("Add nick")
    on_production(both, "upgrade")
    assert both.read().verdict.kind == both.read("production.env").verdict.kind == "agree"
    assert both.sql("SELECT age FROM user WHERE id = 1", "production.db") == [(36,)]


def test_its_agreement_is_not_that_of_the_default_database(both: Project):
    assert "There is nothing to do." in both.read("production.env").verdict.why
    both.db("downgrade")
    verdict = both.read("production.env").verdict
    assert verdict.kind == "agree"
    assert "But instance/app.db is not as this one: %board shows it." in verdict.why
