"""What `flask db check` does not see: model and database have it alike, or almost."""

from __future__ import annotations

import re
import shlex

import pytest
from states import Project, find
from turns import CITY, MODELS, NICK, PHONE, POST, committed, fill


@pytest.fixture
def nick(aged: Project) -> Project:
    """A column in the model that an ALTER TABLE brought to the database."""
    aged.add_to_model(NICK)
    aged.sql("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")
    assert "No new upgrade operations" in aged.ask()[0].out  # flask db check sees nothing
    return aged


def test_a_column_that_no_migration_makes(nick: Project):
    verdict = nick.read().verdict
    assert (verdict.kind, verdict.found) == (
        "not_made",
        "Model and database have user.nick, but no script makes it.",
    )
    scratch = f"DATABASE_URL=sqlite:///scratch-{nick.script_id('age')}.db flask db"
    command = f'{scratch} upgrade && {scratch} migrate -m "Add nick column to user model"'
    assert verdict.next == command
    nick.db("revision", "-m", "nick")
    empty = nick.read().verdict  # to run it, as it is, would be a wrong step
    assert (empty.kind, empty.next) == ("not_made", f"git clean -f {nick.script_file('nick')}")
    assert "pending" not in {said.kind for said in nick.read().disagreements}
    asked = {"adds": ["user.nick"], "after": "Add age column to user model"}
    assert find(nick, "committed_migration", **asked).next == empty.next
    assert find(nick, "revisions", count=3, applied=3).next == empty.next
    nick.follow("not_made", empty.next)
    nick.run("sh", "-c", nick.read().verdict.next)
    assert "batch_op.add_column(sa.Column('nick'" in nick.script("nick").read_text()
    nick.follow("not_recorded", "flask db stamp head")
    nick.commit("Add nick column to user model")
    assert nick.read().verdict.kind == "agree"


@pytest.mark.parametrize(
    "body",
    [
        'op.execute("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")',
        'op.get_bind().exec_driver_sql("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")',
        'name = "nick"; op.add_column("user", sa.Column(name, sa.String(20)))',
        'for n in ("nick",): op.add_column("user", sa.Column(n, sa.String(20)))',
    ],
)
def test_a_script_that_cannot_be_told_by_reading_is_trusted(aged: Project, body):
    aged.add_to_model(NICK)
    aged.db("revision", "-m", "nick")
    fill(aged.script("nick"), body)
    aged.db("upgrade")
    aged.commit("Add nick")
    assert aged.read().verdict.kind == "agree"


def test_a_table_that_no_script_makes(project: Project):
    models = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, models + POST)
    project.sql("CREATE TABLE post (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL)")
    project.commit("Add posts")
    assert "No changes" in project.db("migrate", "-m", "post")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_made", "%%flask_shell")
    (command,) = re.findall(r'"(DROP TABLE \w+)"', verdict.why)
    project.sql("INSERT INTO post VALUES (1, 'kept')")
    verdict = project.read().verdict
    assert verdict.kind == "not_made"
    assert verdict.next.endswith(
        f'{project.script_id("create_user")}.db flask db migrate -m "Create post table"'
    )
    assert "DROP" not in verdict.why
    project.sql(command)
    verdict = project.read().verdict
    assert verdict.next == 'flask db migrate -m "Create post table"'


def test_a_table_of_a_schema_is_not_told_to_be_dropped(project: Project):
    """Names in the scripts are read without a schema, so nothing is known of such a table."""
    project.edit(
        MODELS, "class User(db.Model):\n", "class User(db.Model):\n    __table_args__ = {}\n"
    )
    text = (project.path / MODELS).read_text(encoding="utf-8")
    post = '\n\nclass Post(db.Model):\n    __table_args__ = {"schema": "main"}\n'
    project.write(MODELS, f"{text}{post}    id: Mapped[int] = mapped_column(primary_key=True)\n")
    project.db("migrate", "-m", "Add post")
    project.db("upgrade")
    kinds = {each.kind for each in project.read().disagreements}
    assert not {"not_made", "unwanted"} & kinds


def test_a_script_that_gives_others_what_nobody_wants(project: Project):
    """Its line came in after it had run, and was committed: no model and no database has it."""
    script = project.script_file("create_user")
    project.edit(
        script,
        "    sa.PrimaryKeyConstraint",
        "    sa.Column('fax', sa.String(length=80), nullable=True),\n    sa.PrimaryKeyConstraint",
    )
    project.commit("Tidy up")
    verdict = project.read().verdict
    assert verdict.kind == "unwanted"
    assert "user.fax" in verdict.found and script in verdict.found
    assert verdict.next == f"git log --oneline -- {script}"
    # a later script that drops it makes all well
    project.write(
        "migrations/versions/later.py",
        "from alembic import op\nrevision = 'b'\n"
        f"down_revision = {project.read().migrations.current[0]!r}\n"
        "def upgrade():\n    op.drop_column('user', 'fax')\n"
        "def downgrade():\n    pass\n",
    )
    project.commit("Drop fax")
    assert "unwanted" not in {each.kind for each in project.read().disagreements}


def test_a_column_that_other_hands_dropped_everywhere(project: Project):
    """The model and this database agree again; a new database would still get it."""
    committed(project, CITY, "Add city")
    project.sql("ALTER TABLE user DROP COLUMN city")
    project.edit(MODELS, CITY, "")
    project.commit("Forget city")
    assert project.ask()[0].code == 0
    verdict = project.read().verdict
    assert verdict.kind == "unwanted"
    assert "user.city" in verdict.found


def test_a_length_that_flask_db_check_does_not_see(project: Project):
    line = "    phone: Mapped[str | None]\n"
    committed(project, line, "Add phone column to user model")
    project.edit(MODELS, line, PHONE)
    project.commit("Mend the model")
    assert "No new upgrade operations" in project.db("check")
    why = project.follow("other_length", "flask db downgrade")
    assert "only where both have one" in why
    script = project.script_file("add_phone")
    project.follow("pending", f"git rm {script}")
    project.db("migrate", "-m", "phone")
    project.db("upgrade")
    assert [row[2] for row in project.sql("PRAGMA table_info(user)")][-1] == "VARCHAR(20)"


def test_a_length_in_a_table_with_rows_is_not_mended_by_a_downgrade(project: Project):
    models = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, models + POST.replace("String(200)", "String()"))
    project.db("migrate", "-m", "post")
    project.db("upgrade")
    project.sql("INSERT INTO post VALUES (1, 'kept')")
    project.write(MODELS, models + POST)
    project.commit("Posts")
    project.follow("other_length", 'flask db revision -m "Change post table"')
    project.db("upgrade")
    project.follow("other_length", "flask db downgrade")
    script = project.script_file("change_post")
    verdict = project.read().verdict
    assert verdict.next == f"%show {script}"
    why = verdict.why
    line = re.search(r"does nothing yet\. Write into its upgrade\(\): (.*)\. The reverse", why)
    fill(project.path / script, line[1])
    project.db("upgrade")
    assert project.read().verdict.kind != "other_length"
    assert [row[2] for row in project.sql("PRAGMA table_info(post)")][-1] == "VARCHAR(200)"
    assert project.sql("SELECT title FROM post") == [("kept",)]


def test_an_empty_script_that_another_database_has_run_is_not_to_be_filled(project: Project):
    line = "    phone: Mapped[str | None]\n"
    committed(project, line, "Add phone column to user model")
    project.edit(MODELS, line, PHONE)
    project.db("revision", "-m", "Change user table")
    project.commit("Change user table")
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    project.run("flask", "--env-file", "production.env", "db", "upgrade")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")


def test_a_table_for_which_an_empty_script_is_there_gets_no_second_one(project: Project):
    project.write(MODELS, (project.path / MODELS).read_text(encoding="utf-8") + POST)
    project.sql("CREATE TABLE post (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL)")
    project.sql("INSERT INTO post (title) VALUES ('one')")
    project.db("revision", "-m", "Create post table")
    project.db("upgrade")
    project.commit("Create post table")
    before = project.git("rev-parse", "HEAD~1").strip()
    project.follow("not_made", "flask db downgrade")
    project.follow("not_made", f"git rm {project.script_file('post')}")
    project.run("sh", "-c", project.read().verdict.next)
    assert "op.create_table('post'" in project.script("post").read_text()
    project.follow("not_recorded", "flask db stamp head")
    project.follow("script_not_committed", "git add .")
    project.follow("script_not_committed", "git commit --amend --no-edit")
    assert project.read().verdict.kind == "agree"
    assert project.git("rev-parse", "HEAD~1").strip() == before
    assert project.sql("SELECT title FROM post") == [("one",)]


def test_sql_may_have_dropped_what_a_script_made(city: Project):
    """So nothing is said of a column that nobody has any more."""
    city.edit(MODELS, CITY, "")
    city.db("revision", "-m", "By hand")
    fill(city.script("by_hand"), 'op.execute("ALTER TABLE user DROP COLUMN city")')
    city.db("upgrade")
    city.commit("By hand")
    assert city.read().verdict.kind == "agree"


def test_a_length_is_not_mended_by_a_downgrade_that_takes_more(project: Project):
    both = NICK.replace("String(20)", "String") + PHONE
    committed(project, both, "Two columns")
    project.edit(MODELS, NICK.replace("String(20)", "String"), NICK)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == (
        "other_length",
        'flask db revision -m "Change user table"',
    )


def test_an_empty_script_that_is_committed_is_left_as_it_is(project: Project):
    project.db("revision", "-m", "note")
    project.db("upgrade")
    project.write(MODELS, (project.path / MODELS).read_text(encoding="utf-8") + POST)
    project.commit("Note")
    project.sql("CREATE TABLE post (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL)")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_made", "%%flask_shell")


def test_a_length_is_compared_however_it_is_typed(aged: Project):
    committed(aged, NICK, "Add nick")
    for kind in ("varchar(20)", "varchar"):
        aged.sql("ALTER TABLE user DROP COLUMN nick")
        aged.sql(f"ALTER TABLE user ADD COLUMN nick {kind}")
        assert "No new upgrade operations" in aged.ask()[0].out
        found = aged.read().verdict.kind
        assert found == {"varchar": "other_length"}.get(kind, "agree"), kind


def test_a_script_that_git_still_has_is_brought_back(aged: Project):
    script = aged.script_file("age")
    aged.db("stamp", aged.script_id("create"))
    aged.git("rm", "-q", script)
    aged.git("commit", "-q", "-m", "No script")
    verdict = aged.read().verdict
    assert verdict.kind == "not_made" and "Git still has one" in verdict.found
    aged.run(*shlex.split(verdict.next))
    aged.follow("not_recorded", "flask db stamp head")
    aged.commit("The script is back")
    assert aged.read().verdict.kind == "agree"
    assert aged.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
