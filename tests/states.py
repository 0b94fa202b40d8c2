"""Builds projects as a learner's hands would, with the real commands, for tests of the state."""

from __future__ import annotations

import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from typed import typed

from roundtrip import checks, terminal
from roundtrip.course import Goal
from roundtrip.reading.reader import Reader
from roundtrip.state import State

DEMO_APP = Path(__file__).resolve().parents[1] / "demo_app"
AGE = "    age: Mapped[int | None]\n"
USERS = [("Ada", "ada@example.com"), ("Grace", "grace@example.com"), ("Linus", "linus@example.com")]


_readers: dict[Path, Reader] = {}


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A learner's project, and the hands that work on it. Every command must succeed."""

    path: Path

    def capture(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command, whatever its exit code."""
        return terminal.capture(arguments, self.path)

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed; return what it printed."""
        done = self.capture(arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def git(self, *arguments: str) -> str:
        """Run `git`."""
        return self.run("git", *arguments)

    def db(self, *arguments: str) -> str:
        """Run `flask db`."""
        return self.run("flask", "db", *arguments)

    def ask(self, *options: str) -> tuple[Answer, Answer]:
        """What `flask OPTIONS db check` and `flask OPTIONS db current` say."""
        check, current = (
            self.capture(["flask", *options, "db", word]) for word in ("check", "current")
        )
        return tuple(Answer(d.returncode, d.stdout, d.stderr) for d in (check, current))

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", ".")
        self.git("commit", "-m", message)

    def write(self, file: str, text: str) -> None:
        """Write a file of the project."""
        place = self.path / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that the file must hold."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert old in text
        self.write(file, text.replace(old, new))

    def add_to_model(self, line: str = AGE) -> None:
        """Put a line at the end of `class User`."""
        file = self.path / "demo_app/models.py"
        self.write("demo_app/models.py", file.read_text(encoding="utf-8") + line)

    def sql(self, statement: str, database: str = "app.db") -> list[tuple]:
        """Run SQL on a database of the project, behind everyone's back."""
        with closing(sqlite3.connect(self.path / "instance" / database)) as connection:
            rows = connection.execute(statement).fetchall()
            connection.commit()
            return rows

    def script(self, part: str) -> Path:
        """The one migration script whose name holds `part`."""
        (found,) = (self.path / "migrations/versions").glob(f"*{part}*.py")
        return found

    def script_file(self, part: str) -> str:
        """The path of that script, as Git and the verdict name it."""
        return f"migrations/versions/{self.script(part).name}"

    def script_id(self, part: str) -> str:
        """The revision id of that script."""
        return self.script(part).name.partition("_")[0]

    def read(self, env_file: str | None = None) -> State:
        """The state, as the course reads it: not again while nothing has changed."""
        reader = _readers.setdefault(self.path, Reader(self.path))
        return typed(reader.read(env_file))

    def follow(self, kind: str, command: str) -> str:
        """The verdict is of this kind and tells this command, which is run; what it says besides.

        Every command must succeed.
        """
        verdict = self.read().verdict
        assert (verdict.kind, verdict.next) == (kind, command)
        self.run(*shlex.split(command))
        return verdict.why

    def copy(self, place: Path) -> Project:
        """The same project at another place."""
        return Project(shutil.copytree(self.path, place))


def new(place: Path) -> Project:
    """The app, not yet a repository."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(DEMO_APP, place / "demo_app", ignore=ignore)
    project = Project(place)
    project.write(".flaskenv", "FLASK_APP=demo_app\n")
    project.write(".gitignore", "instance/\n__pycache__/\n.pytest_cache/\nproduction.env\n")
    return project


def first_lesson(place: Path) -> Project:
    """The end of lesson 01: one revision, applied; three users; all of it committed."""
    project = new(place)
    project.git("init")
    project.db("init")
    project.db("migrate", "-m", "Create user table")
    project.db("upgrade")
    add_users(project)
    project.commit("Create user table")
    return project


def add_users(project: Project) -> None:
    """Three rows in the table `user`."""
    for name, email in USERS:
        project.sql(f"INSERT INTO user (name, email) VALUES ('{name}', '{email}')")


def with_age(base: Project, place: Path) -> Project:
    """`age` in the model and in a script, the database upgraded, nothing of it committed."""
    project = base.copy(place)
    project.add_to_model()
    project.db("migrate", "-m", "Add age column to user model")
    project.db("upgrade")
    project.sql("UPDATE user SET age = 36 WHERE id = 1")
    return project


def find(project: Project, check: str, **arguments: object) -> checks.Finding:
    """What a goal finds in a project now."""
    return checks.check(Goal("", check, arguments), project.read(), project.path).finding
