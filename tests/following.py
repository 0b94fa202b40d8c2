"""Follows the goals of a lesson in a project, and holds the board against them at each step."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from states import Project
from turns import on_production, with_production

from roundtrip import checks, messages
from roundtrip.course import Goal


def with_two_in_production(project: Project) -> Project:
    """The database that the lessons call production, and its users."""
    with_production(project)
    on_production(project, "upgrade")
    for name in ("Katherine", "Dorothy"):
        row = f"('{name}', '{name.lower()}@example.com')"
        project.sql(f"INSERT INTO user (name, email) VALUES {row}", "production.db")
    return project


def copy_production(project: Project) -> None:
    """What is done before production changes."""
    place = project.path / "instance/before-phone.db"
    project.sql(f"VACUUM INTO '{place}'", "production.db")


def follow(
    project: Project, goals: Sequence[Goal], apart: tuple[str, ...] = (), most: int = 12
) -> list[str]:
    """Run what the first open goal tells, which is what the board tells; the commands.

    A command that only looks is the last. Where the board has two ways, the goal takes one.
    `apart`: how commands begin that the board cannot tell, as it does not know where to go back to.
    """
    told: list[str] = []
    for _ in range(most):
        state = project.read()
        said = messages.practised([checks.check(goal, state, project.path) for goal in goals])
        found = re.search(r"next: (.*)", said)
        if not found:
            assert "Done." in said, said
            return told
        told.append(found[1])
        board = state.verdict
        known = board.kind not in ("agree", "elsewhere")  # there the goals know more
        if known and not found[1].startswith(apart):
            assert found[1] in (board.next, board.back), f"{board}\n{said}"
        if not found[1].startswith(("git", "flask")):
            return told
        project.run(*shlex.split(found[1]))
    raise AssertionError(told)


def write_into_the_script(project: Project, upgrade: str, downgrade: str) -> None:
    """One line for each way, in the place of what the script that waits says."""
    (waiting,) = project.read().migrations.pending
    text = (project.path / waiting.file).read_text(encoding="utf-8")
    bodies = f"def upgrade():\n    {upgrade}\n\n\ndef downgrade():\n    {downgrade}\n"
    project.write(waiting.file, text.partition("def upgrade")[0] + bodies)
