"""One step back, where the plain command would be refused: at a merge, and at two heads."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import on_production, with_production


@pytest.fixture
def project(project: Project) -> Project:
    """Two scripts that follow the first one, and production beside the usual database."""
    (first,) = project.read().migrations.current
    for name in ("one", "two"):
        project.db("revision", "-m", name, "--head", first, "--splice")
    with_production(project)
    project.git("add", ".")
    project.git("commit", "-qm", "Two heads")
    return project


def back_on_production(project: Project) -> str:
    """What is told of production, which is ahead; it is run, and must succeed."""
    (said,) = (d for d in project.read().disagreements if d.kind == "elsewhere")
    assert said.headline == "instance/production.db is ahead of this database."
    project.run(*shlex.split(said.next))
    return said.next.removeprefix("flask --env-file production.env db downgrade").strip()


def at(project: Project) -> set[str]:
    rows = project.sql("SELECT version_num FROM alembic_version", "production.db")
    return {version for (version,) in rows}


def test_production_is_at_a_merge(project: Project):
    one, two = project.read().migrations.heads
    project.db("merge", "heads", "-m", "join")
    on_production(project, "upgrade")
    assert back_on_production(project) in (one, two)
    assert at(project) == {one, two}


def test_production_is_at_two_heads(project: Project):
    heads = project.read().migrations.heads
    on_production(project, "upgrade", "heads")
    taken = back_on_production(project).removesuffix("@-1")
    assert at(project) == {*heads} - {taken}
