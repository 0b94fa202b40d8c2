"""What the lessons say of places where they do not go, seen there."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path

import pytest
import states
from exercises import cells_of
from starts import Starts
from states import Project
from turns import POST

from roundtrip.course import find_course

CHILDREN = """

class Post(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))


@event.listens_for(Engine, "connect")
def enforce(connection, _):
    connection.execute("PRAGMA foreign_keys = ON")
"""


@pytest.fixture
def aged(starts: Starts, tmp_path: Path) -> Project:
    """`age` in the model, in a script and in the database."""
    return starts["aged"].copy(tmp_path / "p")


def test_the_sql_of_a_script_that_drops_is_not_to_be_had_on_sqlite(aged: Project):
    """Lesson 04."""
    aged.edit("demo_app/models.py", states.AGE, "")
    aged.db("migrate", "-m", "Drop age")
    done = aged.capture(["flask", "db", "upgrade", "--sql"])
    assert done.returncode != 0
    assert "This operation cannot proceed in --sql mode" in done.stdout + done.stderr
    assert "age" in {row[1] for row in aged.sql("PRAGMA table_info(user)")}


def test_the_sql_of_a_new_column_with_a_rule_is_not_to_be_had_either(aged: Project):
    """Lesson 04; without the rule it is."""
    for rule, code in (("", 0), (", unique=True", 1)):
        column = f"    city{len(rule)}: Mapped[str | None] = mapped_column(String(9){rule})\n"
        aged.add_to_model(column)
        aged.db("migrate", "-m", f"City {len(rule)}")
        done = aged.capture(["flask", "db", "upgrade", "--sql"])
        assert done.returncode == code, done.stderr
        if not code:
            aged.db("upgrade")
    assert "This operation cannot proceed in --sql mode" in done.stdout + done.stderr


def test_a_table_that_was_there_first_gets_its_script_from_an_empty_database(
    starts: Starts, tmp_path: Path
):
    """Lesson 01: `db.create_all()` came before the migrations."""
    project = starts["new"].copy(tmp_path / "p")
    project.db("init")
    make = "from demo_app import create_app, db; create_app().app_context().push(); db.create_all()"
    project.run("python", "-c", make)
    project.sql("INSERT INTO user (name, email) VALUES ('Ada', 'ada@example.com')")
    project.db("migrate", "-m", "Create user table")
    assert not [*(project.path / "migrations/versions").glob("*.py")], "it finds no change"
    project.run("sh", "-c", "DATABASE_URL=sqlite:// flask db migrate -m 'Create user table'")
    project.db("stamp", "head")
    assert "No new upgrade operations" in project.db("check")
    assert project.sql("SELECT name FROM user") == [("Ada",)]


def test_check_in_a_test_sees_a_model_without_a_script(aged: Project):
    """Lesson 06: a test of `User` alone does not."""
    test = "tests/test_user.py"
    aged.write("pytest.ini", "[pytest]\npythonpath = .\n")
    lesson = find_course().lesson(6)
    (cell,) = [c for c in cells_of(lesson) if c.source.startswith(f"%%writefile {test}")]
    written = cell.source.partition("\n")[2]
    aged.write("demo_app/models.py", (aged.path / "demo_app/models.py").read_text() + POST)
    for text, code in (
        (written, 0),
        (written.replace("import upgrade", "import check, upgrade").replace(UP, f"{UP}{CHECK}"), 1),
    ):
        aged.write(test, text)
        assert aged.capture(["pytest", "-q", test]).returncode == code


UP = "        upgrade()\n"
CHECK = "        check()\n"


def with_posts(aged: Project, key: str) -> None:
    """A table of posts by users, foreign keys enforced, and a script that is taken back next."""
    models = "demo_app/models.py"
    aged.edit(models, "import MetaData, String", "import ForeignKey, MetaData, String, event")
    aged.edit(
        models, "from sqlalchemy.orm", "from sqlalchemy.engine import Engine\nfrom sqlalchemy.orm"
    )
    children = CHILDREN.replace('"user.id", ondelete="CASCADE"', key)
    aged.write(models, (aged.path / models).read_text(encoding="utf-8") + children)
    aged.db("migrate", "-m", "Posts")
    aged.db("upgrade")
    aged.edit(models, states.AGE, f"{states.AGE}    city: Mapped[str | None]\n")
    aged.db("migrate", "-m", "City")
    aged.db("upgrade")
    aged.sql("INSERT INTO post (user_id) VALUES (1), (2)")


BATCH = """    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_column('city')
"""


@pytest.mark.parametrize(
    ("does", "left"),
    [
        (BATCH, 0),
        ("    op.drop_column('user', 'city')\n", 2),
        (f'    op.execute("PRAGMA foreign_keys=OFF")\n{BATCH}', 2),
    ],
)
def test_a_column_that_is_dropped_in_a_batch_can_take_rows_of_other_tables(
    aged: Project, does: str, left: int
):
    """Lesson 10: with the pragma on, and `ON DELETE CASCADE`."""
    with_posts(aged, '"user.id", ondelete="CASCADE"')
    script = aged.script_file("city")
    text = (aged.path / script).read_text(encoding="utf-8")
    head, found, _ = text.partition("def downgrade():\n")
    aged.write(script, f"{head}{found}{does}")
    aged.db("downgrade")
    assert "city" not in {row[1] for row in aged.sql("PRAGMA table_info(user)")}
    assert aged.sql("SELECT count(*) FROM user") == [(3,)]
    assert aged.sql("SELECT count(*) FROM post") == [(left,)]


def test_without_a_cascade_it_fails_halfway(aged: Project):
    """Lesson 10."""
    with_posts(aged, '"user.id"')
    assert aged.capture(["flask", "db", "downgrade"]).returncode != 0
    tables = {name for (name,) in aged.sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"user", "post", "_alembic_tmp_user"} <= tables
    assert aged.sql("SELECT count(*) FROM post") == [(2,)]


def test_code_that_does_not_name_a_column_misses_none_unless_it_must_not_be_empty(aged: Project):
    """Lessons 05, 07 and 08: the code of the commit before, on the database of today."""
    old = "INSERT INTO user (name, email) VALUES ('New', '{}')"
    aged.sql(old.format("one@example.com"))
    aged.sql("ALTER TABLE user ADD COLUMN plan VARCHAR NOT NULL DEFAULT 'free'")
    aged.sql(old.format("two@example.com"))
    aged.sql("CREATE TABLE strict (id INTEGER PRIMARY KEY, name VARCHAR, age INTEGER NOT NULL)")
    with pytest.raises(sqlite3.IntegrityError, match=r"NOT NULL constraint failed: strict\.age"):
        aged.sql("INSERT INTO strict (name) VALUES ('New')")


def test_a_commit_that_was_not_pushed_is_on_no_branch_of_a_remote(aged: Project, tmp_path: Path):
    """Lesson 07."""
    assert aged.git("remote", "-v") == ""
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "shared.git"], check=True)
    aged.git("remote", "add", "origin", str(tmp_path / "shared.git"))
    asked = ("branch", "-r", "--contains", "HEAD")
    aged.git("push", "-q", "origin", "HEAD~1:refs/heads/main")
    aged.git("fetch", "-q")
    assert aged.git(*asked) == ""
    aged.git("push", "-q", "origin", "HEAD:main")
    assert aged.git(*asked).split() == ["origin/main"]


def test_a_commit_with_a_name_outlives_a_reset(aged: Project):
    """Lesson 08."""
    kept = aged.git("rev-parse", "HEAD")
    aged.git("branch", "keep")
    aged.git("reset", "-q", "--hard", "HEAD~1")
    assert aged.git("rev-parse", "keep") == kept
    assert "keep" in aged.git("branch", "--contains", kept.strip())


def test_an_experiment_on_a_branch_is_left_without_losing_a_commit(aged: Project):
    """Lesson 08."""
    aged.git("switch", "-qc", "try-city")
    aged.add_to_model("    city: Mapped[str | None]\n")
    aged.db("migrate", "-m", "City")
    aged.db("upgrade")
    aged.commit("Add city")
    tried = aged.git("rev-parse", "HEAD")
    aged.db("downgrade")
    aged.git("switch", "-q", "main")
    assert "(head)" in aged.db("current")
    assert "No new upgrade operations" in aged.db("check")
    assert aged.git("rev-parse", "try-city") == tried


def test_a_revert_of_a_commit_deletes_the_script_that_a_database_has_run(aged: Project):
    """Lesson 08."""
    script = aged.script("age")
    aged.git("revert", "--no-edit", "HEAD")
    assert not script.exists()
    for word in ("current", "upgrade", "downgrade", "migrate"):
        done = aged.capture(["flask", "db", word])
        assert done.returncode and "Can't locate revision" in done.stdout + done.stderr


def test_two_scripts_after_the_same_one_are_merged(aged: Project):
    """Lesson 04."""
    aged.git("switch", "-qc", "theirs")
    aged.db("revision", "-m", "Theirs")
    aged.commit("Theirs")
    aged.git("switch", "-q", "main")
    aged.db("revision", "-m", "Ours")
    aged.commit("Ours")
    aged.git("merge", "-q", "--no-edit", "theirs")
    done = aged.capture(["flask", "db", "upgrade"])
    assert done.returncode and "Multiple head revisions are present" in done.stdout + done.stderr
    before = aged.sql("SELECT sql FROM sqlite_master")
    aged.db("merge", "heads", "-m", "Merge heads")
    aged.db("upgrade")
    assert aged.sql("SELECT sql FROM sqlite_master") == before
    assert len(aged.db("heads").splitlines()) == 1


@pytest.mark.parametrize(("says", "left"), [('server_default="0"', [0, 0, 0]), ("default=0", None)])
def test_what_goes_into_old_rows_is_said_by_the_database(
    aged: Project, says: str, left: list[int] | None
):
    """Lesson 02."""
    aged.add_to_model(f"    score: Mapped[int] = mapped_column({says})\n")
    aged.db("migrate", "-m", "Score")
    done = aged.capture(["flask", "db", "upgrade"])
    assert (done.returncode == 0) == bool(left), done.stderr
    if left:
        assert [score for (score,) in aged.sql("SELECT score FROM user")] == left


FILL = """    op.execute('UPDATE "user" SET age = 0 WHERE age IS NULL')"""


@pytest.mark.parametrize("filled", [False, True])
def test_old_rows_are_filled_before_a_column_must_not_be_empty(aged: Project, filled: bool):
    """Lesson 05."""
    aged.edit("demo_app/models.py", states.AGE, states.AGE.replace("int | None", "int"))
    aged.db("migrate", "-m", "Age must be there")
    script = aged.script_file("must_be_there")
    begin = "def upgrade():\n"
    assert "nullable=False" in (aged.path / script).read_text(encoding="utf-8")
    if filled:
        aged.edit(script, begin, f"{begin}{FILL}\n")
    done = aged.capture(["flask", "db", "upgrade"])
    assert done.returncode == (0 if filled else 1)
    ages = aged.sql("SELECT age FROM user ORDER BY id")
    assert ages == [(36,), *[(0 if filled else None,)] * 2]
    assert ("NOT NULL constraint failed" in done.stderr) is not filled


def test_a_stamp_writes_an_id_and_runs_nothing(aged: Project):
    """Lesson 05."""
    aged.add_to_model("    city: Mapped[str | None]\n")
    aged.db("migrate", "-m", "City")
    before = aged.sql("SELECT sql FROM sqlite_master")
    revision = aged.script_id("city")
    aged.db("stamp", revision)
    assert aged.sql("SELECT version_num FROM alembic_version") == [(revision,)]
    assert aged.sql("SELECT sql FROM sqlite_master") == before


def test_a_shell_with_an_uncommitted_change_locks_the_database(aged: Project):
    """Lesson 05."""
    aged.add_to_model("    city: Mapped[str | None]\n")
    aged.db("migrate", "-m", "City")
    shell = sqlite3.connect(aged.path / "instance/app.db")
    shell.execute("UPDATE user SET age = 1")
    done = aged.capture(["flask", "db", "upgrade"])
    assert done.returncode and "database is locked" in done.stdout + done.stderr
    shell.close()
    aged.db("upgrade")


def test_a_step_that_failed_on_sqlite_leaves_a_table_that_is_in_the_way(aged: Project):
    """Lesson 05."""
    email = "    email: Mapped[str] = mapped_column(String(120), unique=True)\n"
    aged.edit("demo_app/models.py", email, "")
    aged.db("migrate", "-m", "Lose email")
    aged.db("upgrade")
    for said in ("NOT NULL constraint failed", "table _alembic_tmp_user already exists"):
        done = aged.capture(["flask", "db", "downgrade"])
        assert done.returncode and said in done.stdout + done.stderr
    aged.sql("DELETE FROM user")
    aged.sql("DROP TABLE _alembic_tmp_user")
    aged.db("downgrade")
