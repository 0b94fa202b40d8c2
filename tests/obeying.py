"""Obeys the board to its end, for the tests of the verdict."""

from __future__ import annotations

import re
import shlex

from states import Project


def statement(why: str) -> str:
    """The SQL that a sentence tells to run."""
    return re.search(r'db\.text\("([^"]*)"\)', why)[1]


def obey(project: Project, most: int = 12) -> list[str]:
    """The commands of the board until all four agree and production has run all; they succeed."""
    told: list[str] = []
    for _ in range(most):
        verdict = project.read().verdict
        if verdict.next.startswith("%board"):
            verdict = project.read("production.env").verdict
        if verdict.kind == "agree":
            return told
        told.append(verdict.next)
        if verdict.next == "%%flask_shell":
            project.sql(statement(verdict.why))
        elif verdict.next.startswith("DATABASE_URL"):
            project.run("sh", "-c", verdict.next)
            project.db("stamp", "head")
        else:
            assert verdict.next.startswith(("git", "flask")), verdict
            project.run(*shlex.split(verdict.next))
    raise AssertionError(told)


def runs_anywhere(project: Project) -> None:
    """A database that is made by the scripts alone is as the model."""
    project.run("env", "DATABASE_URL=sqlite:///fresh.db", "flask", "db", "upgrade")
    project.run("env", "DATABASE_URL=sqlite:///fresh.db", "flask", "db", "check")
