"""What a failed command means: every row against the error as real commands make it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import states
from kernels import Kernel, kernel
from states import AGE, Project

from roundtrip import diagnosis, flask_shell, terminal

APP, MODELS = "demo_app/__init__.py", "demo_app/models.py"
NAME = "    name: Mapped[str] = mapped_column(String(80))\n"
POST = """

class Post(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
"""
TWICE = """

class User(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
"""
KEYS_ON = """

from sqlalchemy import Engine, event


@event.listens_for(Engine, "connect")
def enforce_foreign_keys(connection, record):
    connection.execute("PRAGMA foreign_keys=ON")
"""


@dataclass(frozen=True)
class Case:
    """A command (`>>> ` before it: a statement in `flask shell`) that must end with a known error.

    `prepare` makes what goes wrong; `start` names the project that it is made of.
    """

    row: str
    command: str
    prepare: Callable[[Project], object] = lambda project: None
    start: str = "applied"


# --- hands ---------------------------------------------------------------------------------------


def edited(file: str, old: str, new: str) -> Callable[[Project], None]:
    return lambda project: project.edit(file, old, new)


def deleted(part: str) -> Callable[[Project], None]:
    return lambda project: (project.path / part).unlink()


def own_command(project: Project) -> None:
    """A command of the learner's own that raises."""
    code = "    @app.cli.command()\n    def boom():\n        1 / 0\n\n    return app\n"
    project.edit(APP, "    return app\n", code)


def with_line(line: str) -> Callable[[Project], None]:
    return lambda project: project.add_to_model(line)


def migrated(*changes: Callable[[Project], object]) -> Callable[[Project], None]:
    """The changes made, and a script of them."""

    def prepare(project: Project) -> None:
        for change in changes:
            change(project)
        project.db("migrate", "-m", "change")

    return prepare


def script(body: str, name: str = "mine") -> Callable[[Project], None]:
    """A script whose `upgrade()` has this body."""

    def prepare(project: Project) -> None:
        project.db("revision", "-m", name)
        file = f"migrations/versions/{project.script(f'_{name}').name}"
        text = (project.path / file).read_text(encoding="utf-8")
        project.write(file, text.replace("    pass", f"    {body}", 1))

    return prepare


def both(*steps: Callable[[Project], object]) -> Callable[[Project], None]:
    return lambda project: [step(project) for step in steps] and None


def failed_upgrade(project: Project) -> None:
    assert project.capture(["flask", "db", "upgrade"]).returncode == 1


def damaged(project: Project) -> None:
    """The database's first page, which says what there is, and nonsense behind it."""
    file = project.path / "instance/app.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))


def sql(statement: str) -> Callable[[Project], object]:
    return lambda project: project.sql(statement)


def database(url: str) -> Callable[[Project], None]:
    return lambda project: project.write(".flaskenv", f"FLASK_APP=demo_app\nDATABASE_URL={url}\n")


def unnamed(project: Project) -> None:
    """The models without a naming convention."""
    text = (project.path / MODELS).read_text(encoding="utf-8")
    before, rest = text.split("class Base(DeclarativeBase):\n")
    _, after = rest.split("\n\n\ndb = ")
    project.write(MODELS, f"{before}class Base(DeclarativeBase):\n    pass\n\n\ndb = {after}")


def with_post(key: str) -> Callable[[Project], None]:
    """A second model with a foreign key."""
    more = POST.replace("user.id", key)
    return both(edited(MODELS, "import MetaData", "import ForeignKey, MetaData"), with_line(more))


def keys_on(project: Project) -> None:
    """SQLite enforces foreign keys, and a row points to a user."""
    project.sql("CREATE TABLE post (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user(id))")
    project.sql("INSERT INTO post VALUES (1, 1)")
    project.add_to_model(KEYS_ON)


def two_heads(project: Project) -> None:
    (head, *_) = project.db("heads").split()
    project.db("revision", "-m", "one")
    project.db("revision", "-m", "two", "--head", head, "--splice")


def merged(project: Project) -> None:
    two_heads(project)
    project.db("merge", "heads", "-m", "both")
    project.db("upgrade")


def copied(project: Project) -> None:
    file = project.script("_create_user_table")
    shutil.copy(file, file.with_name(f"copy_of_{file.name}"))


def middle_gone(project: Project) -> None:
    project.db("revision", "-m", "one")
    project.db("revision", "-m", "two")
    project.script("_one").unlink()


def lost(project: Project) -> None:
    """The reset before the downgrade."""
    project.add_to_model()
    project.db("migrate", "-m", "Add age")
    project.db("upgrade")
    project.commit("Add age")
    project.git("reset", "--hard", "HEAD^")


def waiting(project: Project) -> None:
    project.add_to_model()
    project.db("migrate", "-m", "Add age")


def made_by_hand(project: Project) -> None:
    """All tables by `db.create_all()`, before the first upgrade."""
    (project.path / "instance/app.db").unlink()
    make = "from demo_app import create_app, db\nwith create_app().app_context(): db.create_all()"
    project.run("python", "-c", make)


def stamped_back(project: Project) -> None:
    """`age` in the database, which does not know that its script has run."""
    waiting(project)
    project.db("upgrade")
    project.db("stamp", project.script("_create_user_table").name.partition("_")[0])


def dropped_by_hand(project: Project) -> None:
    waiting(project)
    project.db("upgrade")
    project.sql("ALTER TABLE user DROP COLUMN age")


def not_null_by_hand(project: Project) -> None:
    """The database requires a value for `age`, the model has none."""
    project.sql("ALTER TABLE user ADD COLUMN age INTEGER NOT NULL DEFAULT 0")
    project.sql("CREATE TABLE copy (id INTEGER PRIMARY KEY, name, email, age INTEGER NOT NULL)")
    project.sql("DROP TABLE user")
    project.sql("ALTER TABLE copy RENAME TO user")


REQUIRED_AGE = migrated(with_line("    age: Mapped[int]\n"))
RENAMED = migrated(edited(MODELS, "    name: ", "    full_name: "))
UNIQUE_NAME = edited(MODELS, NAME, NAME.replace("(80)", "(80), unique=True"))
DOUBLE = sql("UPDATE user SET name = 'Ada'")
NULLABLE = 'with op.batch_alter_table("user") as b: b.alter_column("name", nullable=True)'
IMPORT = "from demo_app.models import User"
ADD_ADA = "db.session.add(User(name='x', email='ada@example.com')); db.session.commit()"
NO_MIGRATE = edited(APP, "    migrate.init_app(app, db)\n", "")
BROKEN_HEAD = both(
    script("pass"),
    lambda project: project.edit(
        f"migrations/versions/{project.script('_mine').name}", "down_revision =", "down ="
    ),
)
NAMELESS_HEAD = both(
    script("pass"),
    lambda project: project.edit(
        f"migrations/versions/{project.script('_mine').name}", "\nrevision =", "\nname ="
    ),
)


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


CASES = [
    # what was typed
    Case("message without -m", "flask db revision 'Fill in the ages'"),
    Case("extra argument", "flask db migrate -m add age"),
    Case("extra argument", "flask db migrate -m add age column"),
    Case("option of flask", "flask db upgrade --env-file production.env"),
    Case("option of flask", "flask db upgrade --app demo_app"),
    Case("steps as an option", "flask db downgrade -2"),
    Case("unknown option", "flask db migrate --mesage age"),
    Case("unknown option", "flask -m age db migrate"),
    Case("option without a value", "flask db migrate -m"),
    Case("missing env file", "flask --env-file missing.env db current"),
    Case("missing env file", "flask --env-file missing.env shell"),
    Case("command of db", "flask migrate -m age"),
    Case("no Flask-Migrate", "flask db upgrade", NO_MIGRATE),
    Case("unknown command", "flask db upgrde"),
    Case("unknown command", "flask databse"),
    # the app
    Case("no app named", "flask db upgrade", deleted(".flaskenv")),
    Case("no app named", "flask routes", deleted(".flaskenv")),
    Case("app not found", "flask --app nope db upgrade"),
    Case("app not found", "cd instance && flask db upgrade"),
    Case("app not found", "flask --app nope shell"),
    Case("no app inside", "flask db upgrade", edited(APP, "    return app\n", "")),
    Case("no app inside", "flask --app demo_app.models db upgrade"),
    Case("not an app", "flask --app demo_app:nope db upgrade"),
    Case("not an app", "flask --app demo_app.models:db db upgrade"),
    Case("factory with arguments", "flask db upgrade", edited(APP, "settings=None", "settings")),
    Case("circular import", "flask db upgrade", with_line("\nfrom . import migrate\n")),
    Case("missing module", "flask db upgrade", edited(APP, "from .models", "from .modls")),
    Case("missing module", "flask routes", edited(APP, "import os", "import os, no_package")),
    Case("missing module", "flask db upgrade", with_line("\nimport no_package\n")),
    Case("annotation", "flask db upgrade", with_line("    age: int\n")),
    Case("annotation", "flask db check", with_line("    age: int = mapped_column()\n")),
    Case("no primary key", "flask db check", edited(MODELS, "primary_key=True", "")),
    Case("table twice", "flask db check", with_line(TWICE)),
    Case("foreign key to no table", "flask db migrate", with_post("users.id")),
    Case("foreign key to no table", "flask db check", with_post("User.id")),
    Case("foreign key to no column", "flask db migrate", with_post("user.uid")),
    Case("db without app", "flask db upgrade", edited(APP, "    db.init_app(app)\n", "")),
    Case(
        "db without app",
        f">>> {IMPORT}; User.query.all()",
        edited(APP, "    db.init_app(app)\n", ""),
    ),
    Case("unknown kind of database", "flask db current", database("postgres://ada@localhost/x")),
    Case("address of the database", "flask db current", database("app.db")),
    Case("address of the database", "flask db current", database("")),
    # the scripts
    Case("no migrations folder", "flask db migrate -m one", start="new"),
    Case("no migrations folder", "flask db upgrade", start="new"),
    Case("init twice", "flask db init"),
    Case("missing machinery", "flask db current", deleted("migrations/env.py")),
    Case("missing machinery", "flask db current", deleted("migrations/alembic.ini")),
    Case(
        "missing machinery",
        "flask db migrate",
        both(with_line(AGE), deleted("migrations/script.py.mako")),
    ),
    Case("copied script", "flask db upgrade", copied),
    Case("missing link", "flask db upgrade", middle_gone),
    Case("missing link", "flask db history", middle_gone),
    Case("head of a script", "flask db current", BROKEN_HEAD),
    Case("head of a script", "flask db upgrade", NAMELESS_HEAD),
    *(
        Case("lost revision", f"flask db {command}", lost)
        for command in ("current", "migrate", "upgrade", "downgrade", "check", "stamp head")
    ),
    Case("unknown revision", "flask db upgrade nope"),
    Case("unknown revision", "flask db show nope"),
    Case("not up to date", "flask db migrate -m again", waiting),
    Case("not up to date", "flask db check", waiting),
    Case("check finds a loss", "flask db check", edited(MODELS, NAME, "")),
    Case("check finds a loss", "flask db check", sql("CREATE TABLE other (id INTEGER)")),
    Case("check finds a difference", "flask db check", with_line(AGE)),
    Case("several heads", "flask db upgrade", two_heads),
    Case("several heads", "flask db stamp head", two_heads),
    Case("several heads", "flask db revision -m three", two_heads),
    Case("ambiguous walk", "flask db downgrade", merged),
    Case("too many steps", "flask db downgrade -- -2"),
    Case("too many steps", "flask db downgrade", lambda project: project.db("downgrade")),
    Case("too many steps", "flask db upgrade +1"),
    Case("not a step back", "flask db downgrade head", lambda project: project.db("downgrade")),
    Case("copy needed for --sql", "flask db downgrade --sql", waiting),
    Case("range without --sql", "flask db upgrade base:head"),
    Case("--sql without a range", "flask db downgrade base --sql"),
    Case("constraint without a name", "flask db upgrade", migrated(unnamed, UNIQUE_NAME)),
    Case(
        "batch needed", "flask db upgrade", script('op.alter_column("user", "name", nullable=True)')
    ),
    Case(
        "batch needed",
        "flask db upgrade",
        script('op.create_unique_constraint("uq_user_name", "user", ["name"])'),
    ),
    # the database
    Case("cannot be opened", "flask db upgrade", database("sqlite:///instance/app.db")),
    Case(
        "not a database",
        "flask db current",
        lambda project: project.write("instance/app.db", "x" * 9999),
    ),
    Case("damaged", ">>> User.query.all()", damaged),
    Case(
        "no room",
        ">>> few = db.session.execute(db.text('PRAGMA max_page_count = 6'))\n"
        "much = db.session.execute(db.text('CREATE TABLE big AS SELECT zeroblob(99999) AS x'))",
    ),
    Case(
        "a copy that is there",
        ">>> result = db.session.execute(db.text(\"VACUUM INTO 'instance/copy.db'\"))",
        lambda project: project.sql(f"VACUUM INTO '{project.path}/instance/copy.db'"),
    ),
    Case("value for a new column", "flask db upgrade", REQUIRED_AGE),
    Case("value in the copy", "flask db upgrade", RENAMED),
    Case("twice in the copy", "flask db upgrade", both(DOUBLE, migrated(UNIQUE_NAME))),
    Case("half-made copy", "flask db upgrade", both(RENAMED, failed_upgrade)),
    Case("others point to the table", "flask db upgrade", both(keys_on, script(NULLABLE))),
    Case("table exists", "flask db upgrade", made_by_hand),
    Case(
        "table exists",
        "flask db upgrade",
        both(
            sql("CREATE INDEX ix_user_name ON user (name)"),
            script('op.create_index("ix_user_name", "user", ["name"])'),
        ),
    ),
    Case("column exists", "flask db upgrade", stamped_back),
    Case("column in use", "flask db upgrade", script('op.drop_column("user", "email")')),
    Case(
        "column in use",
        "flask db upgrade",
        both(
            sql("CREATE INDEX ix_user_name ON user (name)"),
            script('op.drop_column("user", "name")'),
        ),
    ),
    Case(
        "column in use",
        "flask db upgrade",
        both(
            sql("CREATE TABLE other (id INTEGER PRIMARY KEY, code TEXT UNIQUE)"),
            script('op.drop_column("other", "code")'),
        ),
    ),
    Case(
        "model in a script",
        "flask db upgrade",
        both(script(f"{IMPORT}; User.query.all()"), with_line(AGE)),
    ),
    Case("script without its object", "flask db downgrade", dropped_by_hand),
    *(
        Case("script without its object", "flask db upgrade", script(body))
        for body in (
            'op.drop_column("user", "nope")',
            'op.drop_table("nope")',
            'op.drop_index("nope")',
            'op.execute("UPDATE user SET nope = 1")',
        )
    ),
    Case("no such column", ">>> User.query.first()", with_line(AGE)),
    Case("no such column", f">>> {ADD_ADA}", with_line(AGE)),
    Case("no such table", ">>> User.query.first()", lambda project: project.db("downgrade")),
    Case("no value", ">>> db.session.add(User(name='x')); db.session.commit()"),
    Case("no value", f">>> {ADD_ADA}", not_null_by_hand),
    Case("same value", f">>> {ADD_ADA}"),
    Case(
        "row points to nothing",
        ">>> db.session.execute(db.text('INSERT INTO post VALUES (2, 99)'))",
        keys_on,
    ),
    Case("SQL syntax", ">>> db.session.execute(db.text('SELCT 1'))"),
    Case("SQL syntax", "flask db upgrade", script('op.execute("UPDATE user SE name = 1")')),
    Case("plain text as SQL", ">>> db.session.execute('SELECT 1')"),
    Case("no such attribute", ">>> User(age=36)"),
    # any other
    Case("script stopped", "flask db upgrade", script("op.nope()")),
    Case("script cannot be read", "flask db upgrade", script("op.nope(")),
    Case("script cannot be read", "flask db history", script("pass\n\nnope")),
    Case("app cannot be loaded", "flask db upgrade", with_line("    age: Mapped[int\n")),
    Case("app cannot be loaded", "flask routes", with_line("   age: Mapped[int]\n")),
    Case("app cannot be loaded", "flask db check", with_line("    age: Mapped[nope]\n")),
    Case("app cannot be loaded", "flask db check", edited(APP, "import db", "import dbx")),
    Case("app cannot be loaded", "flask db check", edited(APP, "db.init_app", "db.init_ap")),
    Case(
        "app cannot be loaded",
        "flask db check",
        edited(APP, '"SQLALCHEMY_DATABASE_URI"', '"SQLALCHEMY_DATABSE_URI"'),
    ),
    Case("app cannot be loaded", ">>> 1", with_line("    age: Mapped[nope]\n")),
    Case("command of the app stopped", "flask boom", own_command),
]


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Project]:
    folder = tmp_path_factory.mktemp("starts")
    return {
        "new": states.new(folder / "new"),
        "applied": states.first_lesson(folder / "applied"),
    }


@pytest.fixture
def applied(starts: dict[str, Project], tmp_path: Path) -> Project:
    return starts["applied"].copy(tmp_path / "my home" / "workspace")


def outcome(project: Project, command: str) -> tuple[bool, str]:
    """Whether a command fails, and what a cell would show of it."""
    shown = diagnosis.Tail(lambda text: None)
    if command.startswith(">>> "):
        source = command.removeprefix(">>> ")
        ended = flask_shell.converse(source, [], project.path, project.path, shown)
        return bool(ended.failed or not ended.started), shown.text
    code = terminal.stream(command, project.path, project.path, shown)
    return code != 0, shown.text


def row_of(output: str) -> str | None:
    found = diagnosis.find(output)
    return found and found[0].name


GIT_AND_PYTEST = {
    "name without a value": "git reset --hard {previous_commit_hash}",
    "file in no such commit": "git show HEAD:tests/test_user.py",
    "no such commit": "git reset --hard abcdef",
    "no such file": "git restore demo_app/model.py",
    "another repository": "git clone . ../copy",
    "nothing to commit": "git commit -m again",
    "another app": "pytest -q tests -o pythonpath=.",
    "no tests": "pytest -q instance",
}


@pytest.mark.parametrize("name", GIT_AND_PYTEST)
def test_an_error_of_git_or_pytest_is_known(applied: Project, name: str):
    applied.write(
        "tests/test_user.py",
        "from demo_app.models import User\n\n\ndef test_it():\n    User(age=36)\n",
    )
    _, shown = outcome(applied, GIT_AND_PYTEST[name])
    (row,) = [row for table in diagnosis.TOOLS.values() for row in table if row.name == name]
    means, do = diagnosis.lines(GIT_AND_PYTEST[name], shown).strip().splitlines()
    match = row.pattern.search(shown)
    assert (means, do) == (
        f"means: {row.fill(row.means, match)}",
        f"do:    {row.fill(row.do, match)}",
    )


def test_every_row_of_git_and_pytest_has_a_test():
    names = [row.name for table in diagnosis.TOOLS.values() for row in table]
    assert sorted(names) == sorted(GIT_AND_PYTEST)


# --- the rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}: {case.command}")
def test_the_error_of_a_real_command_is_known(case: Case, starts, tmp_path):
    project = starts[case.start].copy(tmp_path / "my home" / "workspace")
    case.prepare(project)
    failed, shown = outcome(project, case.command)
    assert failed
    assert row_of(shown) == case.row, shown
    row, match = diagnosis.find(shown)
    assert all(match[group] for group in re.findall(r"{(\w+)}", row.means + row.do))
    for line in diagnosis.diagnose(shown):
        assert re.fullmatch(r"[^{}\n]{20,230}\.", line)


def test_a_locked_database_is_known(applied):
    """Its own test, for another program has to hold the database meanwhile."""
    applied.write(".flaskenv", "FLASK_APP=demo_app\nDATABASE_URL=sqlite:///app.db?timeout=0\n")
    with closing(sqlite3.connect(applied.path / "instance/app.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        for command in ("flask db upgrade", ">>> User.query.first()"):
            failed, shown = outcome(applied, command)
            assert failed
            assert row_of(shown) == "locked"


def test_every_row_has_a_name_and_a_test():
    names = [row.name for row in diagnosis.ROWS]
    assert len(set(names)) == len(names)
    assert {case.row for case in CASES} | {"locked"} == set(names)


def test_the_words_are_calm():
    for row in diagnosis.ROWS:
        words = f"{row.means} {row.do}".lower().split()
        assert not {"simply", "just", "easily", "obviously"} & set(words), row.name


def test_what_was_found_stands_in_the_lines(applied):
    rename = edited(MODELS, "    name: ", "    full_name: ")
    migrated(rename)(applied)
    means, do = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    assert "`user`" in means and "`full_name`" in means
    assert "`DROP TABLE _alembic_tmp_user`" in do
    applied.edit(MODELS, "full_name: Mapped[str]", "full_name: Mapped[nope]")
    means, _ = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    assert means.endswith("Python stops in line 26 of `demo_app/models.py`: NameError.")


# --- what is no error, and what is not ours to explain -----------------------------------------


HEALTHY = [
    *(
        "flask db --help",
        "flask routes",
        "flask db current -v",
        "flask db history",
        "flask db check",
    ),
    *("flask db heads", "flask db show", "flask db upgrade", "flask db migrate -m nothing"),
    *("flask db upgrade --sql", "flask db downgrade", "flask db upgrade", "flask db stamp head"),
    ">>> User.query.count()",
    ">>> print('Error: no such column: user.age')",
]


def test_healthy_outputs_match_no_row(starts, tmp_path):
    project = starts["new"].copy(tmp_path / "workspace")
    first = ("flask db init", "flask db migrate -m one", "flask db upgrade")
    for command in (*first, *HEALTHY):
        failed, shown = outcome(project, command)
        assert not failed, shown
        assert row_of(shown) is None, shown
    project.add_to_model()
    for command in ("flask db migrate -m two", "flask db upgrade", *HEALTHY):
        assert row_of(outcome(project, command)[1]) is None, command


@pytest.mark.parametrize(
    "command",
    [">>> nope", ">>> x =", ">>> User.query.first().nope", ">>> import nope", ">>> 1/0"],
)
def test_mistakes_in_plain_python_are_left_to_python(applied, command):
    failed, shown = outcome(applied, command)
    assert failed
    assert diagnosis.diagnose(shown) is None


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


def test_an_error_that_was_printed_earlier_is_not_the_one(applied):
    typed = ">>> print('Error: Ambiguous walk')\nprint('database is locked')\nnope"
    failed, shown = outcome(applied, typed)
    assert failed
    assert diagnosis.diagnose(shown) is None


def test_only_lines_that_run_flask_are_explained():
    error = "Error: No such command 'upgrde'.\n"
    for line in (
        "flask db upgrade",
        "  flask --env-file production.env db upgrade",
        "cd demo_app && flask routes",
        "git status; flask db current",
        "FLASK_APP=demo_app flask db upgrade",
        "python -m flask db upgrade",
        "/usr/bin/python3.11 -m flask db upgrade",
    ):
        assert diagnosis.lines(line, error).startswith("means: "), line
    for line in ('git commit -m "Add flask"', "git add flask", "python flask.py", "pip show flask"):
        assert diagnosis.lines(line, error) == "", line
    assert diagnosis.lines("flask upgrde", error[:-1]).startswith("\nmeans: ")
    assert diagnosis.lines("flask upgrde", "all is well\n") == ""


def test_a_long_output_keeps_its_end():
    pieces: list[str] = []
    tail = diagnosis.Tail(pieces.append)
    for n in range(9999):
        tail(f"{n}\n")
    assert len(pieces) == 9999
    assert len(tail.text) == 20_000
    assert tail.text.endswith("9998\n")


# --- what is advised works ----------------------------------------------------------------------


def test_the_half_made_copy_goes_as_advised(applied):
    both(RENAMED, failed_upgrade)(applied)
    _, do = diagnosis.diagnose(outcome(applied, "flask db upgrade")[1])
    statement = do.split("`")[-2]
    assert outcome(applied, f">>> {statement}")[0] is False
    file = f"migrations/versions/{applied.script('_change').name}"
    applied.edit(
        file,
        "batch_op.add_column(sa.Column('full_name', sa.String(length=80), nullable=False))\n"
        "        batch_op.drop_column('name')",
        "batch_op.alter_column('name', new_column_name='full_name')",
    )
    applied.db("upgrade")
    assert applied.sql("SELECT full_name FROM user WHERE id = 1") == [("Ada",)]


@pytest.mark.parametrize("prepare", [made_by_hand, stamped_back])
def test_what_exists_is_noted_as_advised(applied, prepare):
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
    file = f"migrations/versions/{applied.script('_change').name}"
    applied.edit(file, "nullable=False", "nullable=False, server_default='0'")
    applied.db("upgrade")
    assert applied.sql("SELECT age FROM user") == [(0,), (0,), (0,)]


def test_a_script_that_reads_goes_as_advised(applied):
    script('print(op.get_bind().execute(sa.text("SELECT id, name FROM user")).all())')(applied)
    applied.add_to_model()
    assert "(1, 'Ada')" in applied.db("upgrade")


def test_steps_back_and_merges_go_as_advised(applied):
    two_heads(applied)
    applied.run("flask", "db", "merge", "heads", "-m", "Merge heads")
    applied.db("upgrade")
    applied.db("downgrade", applied.script("_one").name.partition("_")[0])
    applied.db("upgrade")
    applied.db("downgrade", applied.script("_create").name.partition("_")[0])
    applied.db("upgrade")
    applied.db("downgrade", "base")
    applied.db("upgrade", "+1")


# --- in a cell -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("learner")) as started:
        assert started.run("%load_ext roundtrip\n%lesson 1").error is None
        yield started


LINES = (
    "means: `flask` does not know which app to load: no `.flaskenv` says it.\n"
    "do:    Write the line `FLASK_APP=demo_app` into the file `.flaskenv`, or name the app each "
    "time: `flask --app demo_app …`.\n"
)


def test_a_cell_shows_the_two_lines_once_under_the_output(notebook):
    answer = notebook.run("!flask db upgrade\nprint('never')")
    assert answer.text.startswith("Error: Could not locate a Flask application.")
    assert answer.text.endswith(f"\nError: No such command 'db'.\n{LINES}")
    assert answer.text.count("means: ") == 1
    assert answer.traceback == [
        "CommandFailed: `flask db upgrade` ended with exit code 2; the lines above say why."
    ]


def test_a_list_and_the_shell_show_them_too(notebook):
    answer = notebook.run("lines = !flask db upgrade")
    assert answer.text.endswith(f"\nError: No such command 'db'.\n{LINES}")
    assert answer.value.endswith("exit code 2; the lines above say why.")
    answer = notebook.run("%%flask_shell\n1")
    assert answer.text.endswith(f"in the current directory.\n{LINES}")
    assert answer.text.count("means: ") == 1
    assert "did not start" in answer.value


def test_other_commands_and_unknown_errors_have_no_lines(notebook):
    for cell in (
        '!git commit -m "flask: Error: Ambiguous walk"',
        "!echo 'Error: Ambiguous walk'; exit 1",
        "!echo flask; exit 3",
    ):
        answer = notebook.run(cell)
        assert answer.error == "CommandFailed"
        assert "means: " not in answer.text
        assert "read the first error, then the last line." in answer.value
