"""Turns that hands take in a project, for the tests of the verdict."""

from __future__ import annotations

import re
from pathlib import Path

from states import Project

MODELS, PAGES = "demo_app/models.py", "demo_app/pages.py"
CITY = "    city: Mapped[str | None] = mapped_column(String(80))\n"
NICK = "    nick: Mapped[str | None] = mapped_column(String(20))\n"
PHONE = "    phone: Mapped[str | None] = mapped_column(String(20))\n"
POST = """

class Post(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
"""


def added(project: Project, line: str, message: str) -> str:
    """A line in the model, its script made and run; the script's path."""
    project.add_to_model(line)
    project.db("migrate", "-m", message)
    project.db("upgrade")
    return project.script_file(message.lower().replace(" ", "_"))


def committed(project: Project, line: str, message: str) -> str:
    """The same, and a commit of all of it."""
    script = added(project, line, message)
    project.commit(message)
    return script


def fill(script: Path, body: str) -> None:
    """Write this into the upgrade() of an empty script."""
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("    pass", f"    {body}", 1), encoding="utf-8")


def with_script(project: Project, body: str, then: str = "", name: str = "change") -> str:
    """A migration of the model's change, with `body` after its first step; the file's path.

    `then`: what takes the place of its whole upgrade().
    """
    project.db("migrate", "-m", name)
    file = project.script_file(name)
    text = (project.path / file).read_text(encoding="utf-8")
    start, upgrade, end = re.split(r"(def upgrade\(\):\n.*?)(?=\n\ndef )", text, flags=re.DOTALL)
    upgrade = f"def upgrade():\n    {then}\n" if then else f"{upgrade}\n    {body}\n"
    project.write(file, start + upgrade + end)
    return file


def fails(project: Project, *arguments: str) -> None:
    """`flask db` with these arguments, which must not succeed."""
    assert project.capture(["flask", "db", *arguments]).returncode == 1


def with_production(project: Project) -> None:
    """`production.env` names a database, which is not there yet."""
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")


def on_production(project: Project, *arguments: str) -> None:
    """`flask db` on that database."""
    project.run("flask", "--env-file", "production.env", "db", *arguments)
