"""What makes a command fail, as a learner's hands would do it, and how the command then ends."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from states import Project

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


def with_marks(file: str, after: str) -> Callable[[Project], None]:
    """What Git leaves in a file after a line, where another side changed it, too."""
    marks = "<<<<<<< HEAD\n    x = 1\n=======\n    x = 2\n>>>>>>> other\n"
    return edited(file, after, f"{after}{marks}")


def script(body: str, name: str = "mine") -> Callable[[Project], None]:
    """A script whose `upgrade()` has this body."""

    def prepare(project: Project) -> None:
        project.db("revision", "-m", name)
        file = project.script_file(f"_{name}")
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


def mistyped_link(project: Project) -> None:
    """A script with a slip in the number of the one that it follows."""
    script("pass")(project)
    head = project.script_id("_create_user_table")
    project.edit(project.script_file("_mine"), f"down_revision = '{head}'", "down_revision = 'abc'")


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
    project.db("stamp", project.script_id("_create_user_table"))


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
    lambda project: project.edit(project.script_file("_mine"), "down_revision =", "down ="),
)
NAMELESS_HEAD = both(
    script("pass"),
    lambda project: project.edit(project.script_file("_mine"), "\nrevision =", "\nname ="),
)


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
