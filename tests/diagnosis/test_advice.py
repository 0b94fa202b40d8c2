"""What is advised names what was found, and works."""

from __future__ import annotations

import re
import sys

import pytest
from mishaps import (
    APP,
    MODELS,
    NULLABLE,
    RENAMED,
    REQUIRED_AGE,
    both,
    database,
    deleted,
    edited,
    failed_upgrade,
    keys_on,
    made_by_hand,
    migrated,
    outcome,
    script,
    stamped_back,
    two_heads,
    waiting,
)

from roundtrip import diagnosis


def test_no_database_is_named_where_it_is_not_known_which_one_failed():
    output = "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) table user already exists"
    output = f"Traceback (most recent call last):\n{output}\n"
    for command in (
        "flask db upgrade && flask --env-file production.env db upgrade",
        "DATABASE_URL=sqlite:///production.db flask db upgrade",
    ):
        text = diagnosis.lines(command, output)
        assert "--env-file" not in text
        if text:
            assert "Look first at which database it was" in text


def test_what_was_found_stands_in_the_lines(applied):
    rename = edited(MODELS, "    name: ", "    full_name: ")
    migrated(rename)(applied)
    means, do = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    assert "`user`" in means and "`full_name`" in means
    assert "`DROP TABLE _alembic_tmp_user`" in do
    applied.edit(MODELS, "full_name: Mapped[str]", "full_name: Mapped[nope]")
    means, _ = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    if sys.version_info < (3, 14):
        assert means.startswith("Line 26 of `demo_app/models.py` uses `nope`, and nothing above it")
    else:
        assert means.startswith("In `demo_app/models.py`, the annotation `nope` has a name")
    applied.edit(MODELS, "full_name: Mapped[nope]", "full_name: Mapped[str].nope")
    means, _ = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    if sys.version_info < (3, 14):
        assert means.endswith("Python stops in line 26 of `demo_app/models.py`: AttributeError.")
    else:
        assert "the annotation `Mapped[str].nope` has a name that is misspelt" in means


def test_flask_db_check_sends_to_the_board_before_a_script_that_would_fail(applied):
    applied.add_to_model("    age: Mapped[int]\n")
    do = diagnosis.diagnose(outcome(applied, "flask db check")[1])[1]
    assert do.index("`%board`") < do.index("`flask db migrate")
    verdict = applied.read().verdict
    assert "the upgrade would fail" in verdict.why
    assert not verdict.next.startswith("flask db migrate")


def test_what_is_advised_is_for_the_database_of_the_command(applied):
    applied.write("production.env", "DATABASE_URL=sqlite:///app.db\n")
    stamped_back(applied)
    command = "flask --env-file production.env db upgrade"
    shown = outcome(applied, command)[1]
    assert "`%show instance/app.db`" in diagnosis.diagnose(shown)[1]
    for way in (command, command.replace("--env-file ", "-e "), command.replace("le p", "le=p")):
        _, do = diagnosis.diagnose(shown, way)
        assert "`%show instance/*.db`" in do
        assert "`flask --env-file production.env db stamp " in do
    applied.sql("UPDATE alembic_version SET version_num = '0123456789ab'")
    shown = outcome(applied, command)[1]
    assert "`%board --env-file production.env`" in diagnosis.diagnose(shown, command)[1]


def test_the_half_made_copy_goes_as_advised(applied):
    both(RENAMED, failed_upgrade)(applied)
    _, do = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    statement = do.split("`")[-2]
    assert outcome(applied, f">>> {statement}")[0] is False
    file = applied.script_file("_change")
    applied.edit(
        file,
        "batch_op.add_column(sa.Column('full_name', sa.String(length=80), nullable=False))\n"
        "        batch_op.drop_column('name')",
        "batch_op.alter_column('name', new_column_name='full_name')",
    )
    applied.db("upgrade")
    assert applied.sql("SELECT full_name FROM user WHERE id = 1") == [("Ada",)]


@pytest.mark.parametrize("prepare", [made_by_hand, stamped_back])
def test_what_exists_is_recorded_as_advised(applied, prepare):
    prepare(applied)
    _, do = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    (stamp,) = [word for word in do.split("`") if word.startswith("flask db stamp ")]
    applied.run(*stamp.split())
    applied.db("upgrade")
    assert "No new upgrade operations" in applied.db("check")


def test_a_column_in_use_goes_as_advised(applied):
    body = 'with op.batch_alter_table("user") as batch_op:\n        batch_op.drop_column("email")'
    script(body)(applied)
    applied.db("upgrade")
    assert [row[1] for row in applied.sql("PRAGMA table_info(user)")] == ["id", "name"]


def test_rows_that_others_point_to_are_kept_as_advised(applied):
    both(keys_on, script(f'op.execute("PRAGMA foreign_keys=OFF")\n    {NULLABLE}'))(applied)
    applied.db("upgrade")
    assert applied.sql("SELECT * FROM post") == [(1, 1)]


def test_a_required_column_with_a_default_goes_as_advised(applied):
    both(REQUIRED_AGE, failed_upgrade)(applied)
    file = applied.script_file("_change")
    applied.edit(file, "nullable=False", "nullable=False, server_default='0'")
    applied.db("upgrade")
    assert applied.sql("SELECT age FROM user") == [(0,), (0,), (0,)]


def test_a_script_that_reads_goes_as_advised(applied):
    script('print(op.get_bind().execute(sa.text("SELECT id, name FROM user")).all())')(applied)
    applied.add_to_model()
    assert "(1, 'Ada')" in applied.db("upgrade")


def test_a_script_that_waits_goes_as_advised(applied):
    waiting(applied)
    applied.git("clean", "-f", applied.script_file("_add_age"))
    applied.db("migrate", "-m", "Add age again")
    file = applied.script_file("_add_age_again")
    applied.commit("Add age again")
    assert applied.git("clean", "-f", file) == ""
    assert outcome(applied, "flask db check")[0]
    applied.git("reset", "--hard", "HEAD^")
    assert "No new upgrade operations" in applied.db("check")


def test_a_script_that_waits_and_is_staged_goes_as_advised(applied):
    waiting(applied)
    file = applied.script_file("_add_age")
    applied.git("add", ".")
    assert applied.git("clean", "-f", file) == ""
    _, do = diagnosis.diagnose(outcome(applied, "flask db check")[1])
    (remove,) = [word for word in do.split("`") if word.startswith("git rm ")]
    applied.run(*remove.replace("FILE", file).split())
    assert not (applied.path / file).exists()


def test_steps_back_and_merges_go_as_advised(applied):
    two_heads(applied)
    applied.run("flask", "db", "merge", "heads", "-m", "Merge heads")
    applied.db("upgrade")
    applied.db("downgrade", applied.script_id("_one"))
    applied.db("upgrade")
    applied.db("downgrade", applied.script_id("_create"))
    applied.db("upgrade")
    applied.db("downgrade", "base")
    applied.db("upgrade", "+1")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lost revision", "`flask db stamp` fails the same way"),
        ("ambiguous walk", "`flask db downgrade REVISION`"),
        ("check finds a loss", "If you want to keep it, bring the model back"),
        (
            "not up to date",
            "Is it right? `flask db upgrade` runs it. If not, and no other database and no "
            "colleague has it, delete it: an untracked one",
        ),
        ("several heads", "If both are wanted, `flask db merge heads"),
        ("script cannot be read", "if the script is committed, `git diff` shows"),
        ("init twice", "Leave the folder as it is"),
    ],
)
def test_words_that_would_do_harm_the_other_way_round(name: str, words: str):
    (row,) = (row for row in diagnosis.ROWS if row.name == name)
    assert words in row.do


def test_a_row_that_is_not_found_may_have_gone_with_its_table(applied):
    applied.db("downgrade", "base")
    applied.db("upgrade")
    assert applied.sql("SELECT count(*) FROM user") == [(0,)]
    means, do = diagnosis.diagnose(outcome(applied, ">>> User.query.first().name")[1])
    assert "no row was found" in means and "a downgrade may have dropped it" in do


def test_a_file_that_is_there_is_not_taken_for_the_copy_that_was_asked_for(applied):
    """It may be one of another database: the first time `--env-file` was missing, for one."""
    ask = ">>> result = db.session.execute(db.text(\"VACUUM INTO 'instance/copy.db'\"))"
    outcome(applied, ask)
    before = (applied.path / "instance/copy.db").read_bytes()
    means, do = diagnosis.diagnose(outcome(applied, ask)[1])
    assert (applied.path / "instance/copy.db").read_bytes() == before
    assert "no copy was made now" in means
    assert "Take another name" in do and "`%show`" in do and "go on" not in do.lower()


def test_a_column_that_was_never_there_is_not_said_to_be_downgraded(applied):
    applied.add_to_model("    age: Mapped[int | None]\n")
    do = diagnosis.diagnose(outcome(applied, ">>> User.query.first()")[1])[1]
    assert "`flask db upgrade` adds it" in do and "downgrade" not in do


@pytest.mark.parametrize(
    ("prepare", "command", "words"),
    [
        (both(), "flask db migrate -m Create user table", 'text: `-m "Create user table"`.'),
        (both(), "git status; flask db revision --message=Fill ages", '`-m "Fill ages"`.'),
        (both(), "git diff demo_app/model.py", "`git ls-files` the files."),
        (both(), "cd demo_app && flask db current", "(`%cd ..` leads one folder up)"),
        (deleted(APP), "flask db init", "a file `demo_app/__init__.py`? If not, write it;"),
        (edited(MODELS, "User(", "Users("), "flask db check", "and `demo_app.models` has nothing"),
        (database("sqlite://x.db"), "flask db current", "Write `DATABASE_URL=sqlite:///x.db`."),
        (database("sqlite://instance/x.db"), "flask db current", "_URL=sqlite:///x.db`."),
    ],
)
def test_what_is_told_fits_what_was_typed(applied, prepare, command: str, words: str):
    prepare(applied)
    failed, shown = outcome(applied, command)
    assert failed
    assert words in re.sub("\n {7}", " ", diagnosis.lines(command, shown))
