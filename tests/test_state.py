"""Reading the four places: what is found, that nothing is written, that nothing gets out."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
import states
from states import Project

from roundtrip import board, state
from roundtrip.errors import RoundtripError
from roundtrip.facts import Column, State
from roundtrip.probing import PROBE
from roundtrip.probing.places import sqlite_uri

FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
SCRIPT = '''"""{message}

Revision ID: {id}
Revises: {down}
"""
from alembic import op
import sqlalchemy as sa

revision = {id!r}
down_revision = {down!r}


def upgrade():
    {upgrade}


def downgrade():
    pass
'''
CREATE = (
    "op.create_table('user', sa.Column('id', sa.Integer()), sa.Column('name', sa.String(80)), "
    "sa.Column('email', sa.String(120)))"
)
ADD = "op.add_column('user', sa.Column('age', sa.Integer(), nullable=True))"


def script(project: Project, id: str, down: object, upgrade: str, message: str = "Change") -> str:
    file = f"migrations/versions/{id}_change.py"
    text = SCRIPT.format(id=id, down=down, upgrade=upgrade, message=message)
    project.write(file, text)
    return file


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one applied revision, all of it written by hand, so that it takes no time."""
    made = states.new(tmp_path / "the project")
    made.write("migrations/env.py", "")
    made.write("migrations/alembic.ini", "")
    script(made, FIRST, None, CREATE, "Create user table")
    (made.path / "instance").mkdir()
    made.sql(
        "CREATE TABLE user (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80) NOT NULL, "
        "email VARCHAR(120) NOT NULL, CONSTRAINT uq_user_email UNIQUE (email))"
    )
    made.sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    made.sql(f"INSERT INTO alembic_version VALUES ('{FIRST}')")
    states.add_users(made)
    made.git("init")
    made.commit("Create user table")
    return made


def without_app(project: Project, **report: object) -> State:
    """The state where the app's own report is given, so that no app has to be loaded."""
    known = {
        "found": True,
        "migrates": True,
        "url": "instance/app.db",
        "sqlite_file": str(project.path / "instance/app.db"),
        "differences": [],
    }

    def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        if arguments[0] == "python":
            return subprocess.CompletedProcess(arguments, 0, json.dumps(known | report), "")
        return project.capture(arguments)

    return state.read(project.path, run)


def test_the_four_places(project: Project):
    found = project.read()
    assert (found.git.branch, len(found.git.commits)) == ("main", 1)
    assert found.git.head == project.git("rev-parse", "HEAD").strip()
    assert found.git.commits[0].subject == "Create user table"
    assert found.git.uncommitted == ()

    (user,) = found.model.tables
    assert (user.class_name, user.file) == ("User", "demo_app/models.py")
    assert user.columns == (
        Column("id", "INTEGER", False, True, "Integer()"),
        Column("name", "VARCHAR(80)", False, False, "String(80)"),
        Column("email", "VARCHAR(120)", False, False, "String(120)"),
    )

    (first,) = found.migrations.revisions
    assert (first.id, first.message, first.parents) == (FIRST, "Create user table", ())
    assert (first.tracked, first.committed, first.applied) == (True, True, True)
    assert (found.migrations.heads, found.migrations.current) == ((FIRST,), (FIRST,))

    assert (found.database.url, found.database.version) == ("instance/app.db", FIRST)
    (table,) = found.database.tables
    assert (table.name, table.rows) == ("user", 3)
    assert [(c.name, c.type, c.nullable) for c in table.columns][1] == (
        "name",
        "VARCHAR(80)",
        False,
    )
    assert found.disagreements == ()
    assert State.from_dict(json.loads(json.dumps(found.to_dict()))) == found


# Nothing is written, nothing is run here, nothing gets out


def trace(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file and folder under `folder`, with its time of change and content."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in (folder, *folder.rglob("*"))
    }


def test_nothing_is_written(project: Project):
    # An app that fills its database while it loads, and a database in write-ahead mode.
    line = "    app.register_blueprint(pages)\n"
    project.edit(
        "demo_app/__init__.py",
        line,
        line + "    with app.app_context():\n        db.create_all()\n",
    )
    project.add_to_model(
        "\n\nclass Post(db.Model):\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    project.sql("PRAGMA journal_mode = WAL")
    # Git would take the chance to write a fresher index when a file's time has changed.
    (project.path / "demo_app/pages.py").touch()
    before, loaded = trace(project.path), set(sys.modules)
    found = project.read()
    assert trace(project.path) == before
    assert [table.name for table in found.database.tables] == ["user"]
    assert [each.name for each in found.differences] == ["post"]
    assert not any(name.startswith("demo_app") for name in set(sys.modules) - loaded)


def test_no_database_and_no_folder_are_made(project: Project):
    (project.path / "instance/app.db").unlink()
    (project.path / "instance").rmdir()
    found = project.read()
    assert not (project.path / "instance").exists()
    assert (found.database.exists, found.verdict.kind) == (False, "pending")


def test_the_probe_itself_leaves_no_bytecode(project: Project):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, PROBE]
    done = subprocess.run(command, cwd=project.path, env=env, capture_output=True, text=True)
    assert json.loads(done.stdout)["found"]
    assert not list(project.path.rglob("__pycache__"))


def test_the_learner_may_have_modules_of_the_same_names_as_the_probe(project: Project):
    names = [file.stem for file in PROBE.parent.glob("*.py") if file.stem != "__init__"]
    for name in names:
        project.write(f"{name}.py", "MINE = True\n")
    mine = "".join(f"import {name}\nassert {name}.MINE\n" for name in names)
    project.edit("demo_app/__init__.py", "from flask import", f"{mine}from flask import")
    found = project.read()
    assert (found.model.error, len(names)) == (None, 4)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_is_opened_to_read_only(project: Project, mode: str):
    project.sql(f"PRAGMA journal_mode = {mode}")
    uri = sqlite_uri(project.path / "instance/app.db")
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM user").fetchone() == (3,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM user")


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite+pysqlite:///other.db", True),
        ("sqlite:///other.db?timeout=5", True),
        ("sqlite:///{0}/instance/other.db", True),
        ("sqlite:///../instance/other.db", True),
        ("sqlite:///../other.db", False),  # no command of the course makes one there
    ],
)
def test_another_database_is_the_file_that_its_settings_name(
    project: Project, url: str, seen: bool
):
    for place in ("other.db", "../other.db"):
        project.sql("CREATE TABLE user (id INTEGER)", place)
    project.write("other.env", f"DATABASE_URL={url.format(project.path)}\n")
    found = [(other.env_file, other.url) for other in project.read().elsewhere]
    assert found == [("other.env", "instance/other.db")] * seen


def test_migration_scripts_are_not_run(project: Project):
    script(project, SECOND, FIRST, ADD)
    ran = project.path / "ran"
    file = project.path / f"migrations/versions/{SECOND}_change.py"
    file.write_text(file.read_text() + f"\nopen({str(ran)!r}, 'w')\n")
    assert [each.adds for each in without_app(project).migrations.pending] == [("user.age",)]
    assert not ran.exists()


def test_no_password_gets_out(project: Project):
    project.write(
        "production.env", "DATABASE_URL=postgresql+nodriver://ada:s3cr:et@h@127.0.0.1/x\n"
    )
    project.edit(
        "demo_app/__init__.py",
        "    db.init_app(app)\n",
        '    raise RuntimeError("cannot reach " + os.environ["DATABASE_URL"])\n',
    )
    found = project.read("production.env")
    assert "cannot reach postgresql+nodriver://ada@127.0.0.1/x" in found.model.error
    assert "s3cr" not in json.dumps(found.to_dict()) and "et@h" not in json.dumps(found.to_dict())


def test_an_app_that_ends_python_is_a_state(project: Project):
    project.edit("demo_app/__init__.py", "import os\n", "import os\nos._exit(3)\n")
    found = project.read()
    assert found.model.error.startswith("The app could not be loaded")
    assert found.verdict.kind == "model_error"


def test_a_file_or_a_folder_that_is_not_there(project: Project, tmp_path: Path):
    with pytest.raises(RoundtripError, match=r"no file nope\.env"):
        project.read("nope.env")
    with pytest.raises(RoundtripError, match="no folder"):
        state.read(tmp_path / "nowhere", project.capture)


# Git


def test_git_lists_every_kind_of_change(project: Project):
    for name in ("ein Blatt ä.txt", "new folder/one.txt", "new folder/two.txt"):
        project.write(name, "1\n")
    project.edit("demo_app/pages.py", "Show the", "Show a")
    project.git("mv", ".gitignore", "old ignore")
    project.write("new.txt", "2\n")
    project.git("add", "new.txt")
    (project.path / ".flaskenv").unlink()
    git = without_app(project).git
    assert set(git.untracked) == {
        "ein Blatt ä.txt",
        "new folder/one.txt",
        "new folder/two.txt",
        "instance/app.db",  # nothing ignores it any longer
    }
    assert set(git.modified) == {"demo_app/pages.py", ".flaskenv"}
    assert set(git.staged) == {".gitignore", "old ignore", "new.txt"}
    assert set(git.deleted) == {".gitignore", ".flaskenv"}
    assert {"new.txt", "old ignore"} == set(git.added)


def test_git_without_a_branch_or_with_a_stash(project: Project):
    project.write("notes.txt", "1\n")
    project.edit("demo_app/pages.py", "Show the", "Show a")
    project.git("stash", "-u")
    project.git("checkout", "-q", "--detach")
    git = without_app(project).git
    assert git.branch is None and git.repository
    assert set(git.stashed) == {"notes.txt", "demo_app/pages.py"}


def test_a_repository_that_is_broken(project: Project):
    (project.path / ".git/HEAD").unlink()
    found = without_app(project)
    assert not found.git.repository
    assert found.verdict.kind == "git_error"
    assert "not a git repository" in found.verdict.found
    for said in (board.text(found), board.strip_text([("01", found)])):
        assert "Git cannot read it" in said
        assert "o repository yet" not in said
    assert "not a git repository" in board.text(found).partition("MODEL")[0]


# Scripts


@pytest.mark.parametrize(
    ("upgrade", "adds", "drops"),
    [
        (CREATE, ("user",), ()),
        ("op.drop_table('post')", (), ("post",)),
        (ADD, ("user.age",), ()),
        (
            "op.add_column(table_name='user', column=sa.Column('age', sa.Integer()))",
            ("user.age",),
            (),
        ),
        ("op.drop_column('user', 'age')", (), ("user.age",)),
        (
            "with op.batch_alter_table('user', schema=None) as batch_op:\n"
            "        batch_op.add_column(sa.Column('age', sa.Integer()))\n"
            "        batch_op.drop_column('email')\n"
            "        batch_op.alter_column('name', new_column_name='full_name')",
            ("user.age", "user.full_name"),
            ("user.email", "user.name"),
        ),
        ("op.alter_column('user', 'name', new_column_name='n')", ("user.n",), ("user.name",)),
        ("op.alter_column('user', 'name', nullable=True)", (), ()),
        ("op.rename_table('user', 'person')", ("person",), ("user",)),
        ("op.create_table(NAME)", (), ()),
        ("op.drop_table('user', schema='other')", (), ()),
    ],
)
def test_what_a_script_adds_and_drops(project: Project, upgrade: str, adds, drops):
    script(project, SECOND, FIRST, upgrade)
    second = without_app(project).migrations.revisions[-1]
    assert (second.adds, second.drops) == (adds, drops)


def test_a_merge_has_two_parents_and_comes_last(project: Project):
    script(project, "000000000000", ("cccccccccccc", SECOND), "pass", "Merge heads\n\n    and more")
    script(project, SECOND, FIRST, ADD)
    script(project, "cccccccccccc", FIRST, "op.add_column('user', sa.Column('city', sa.Text()))")
    project.sql(f"UPDATE alembic_version SET version_num = '{SECOND}'")
    found = without_app(project).migrations
    assert found.revisions[0].id == FIRST
    last = found.revisions[-1]
    assert (last.message, last.parents) == ("Merge heads", ("cccccccccccc", SECOND))
    assert found.heads == (last.id,)
    assert {each.id for each in found.revisions if each.applied} == {FIRST, SECOND}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("revision = = 'x'", "line 1: SyntaxError"),
        ("x = 1", "no line that says revision"),
        (f"revision = '{FIRST}'", f"say that they are {FIRST}"),
        ("revision = 'x'\ndown_revision = 'y'", "follows revision y"),
    ],
)
def test_a_script_that_cannot_be_read_is_a_state(project: Project, text: str, words: str):
    project.write("migrations/versions/zz.py", text)
    found = without_app(project)
    assert words in found.migrations.error
    assert found.verdict.kind == "script_error"
    assert found.migrations.revisions[0].id == FIRST


# Databases


def test_a_locked_database_is_a_state(project: Project):
    file = project.path / "instance/app.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        locked = without_app(project)
    assert (locked.database.problem, locked.database.exists) == ("locked", True)
    assert (locked.verdict.kind, locked.verdict.headline) == (
        "database_problem",
        "The database is locked.",
    )
    # Nobody can say what a database has run that does not answer.
    assert locked.migrations.pending == ()
    assert "perhaps applied" in board.text(locked)
    assert "pending" not in board.text(locked)
    assert without_app(project).database.problem == ""


def test_a_file_that_is_no_database_is_a_state(project: Project):
    (project.path / "instance/app.db").write_bytes(b"no database at all" * 100)
    found = without_app(project)
    assert found.database.problem == "garbage"
    assert found.verdict.kind == "database_problem"
