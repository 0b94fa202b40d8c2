"""One step back, where the plain command would be refused: at a merge, and at two heads."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import CITY, committed, on_production, with_production


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


def test_no_way_back_is_told_while_production_has_lost_its_script(both: Project):
    """One reset too many would take the script of a second one away."""
    committed(both, CITY, "Add city")
    on_production(both, "upgrade")
    for _ in range(2):
        both.db("downgrade")
    both.git("reset", "-q", "--hard", "HEAD~1")
    verdict = both.read().verdict
    assert (verdict.next, verdict.back) == ("flask db upgrade", "")
    assert "production.db has run a script that is not here" in verdict.why


def test_what_a_way_back_would_drop_is_told_before_it_is_gone(both: Project):
    """The reset went one commit too far, and came too early."""
    committed(both, CITY, "Add city")
    first = both.read().migrations.revisions[0].id
    both.git("reset", "-q", "--hard", "HEAD~2")
    verdict = both.read().verdict
    assert verdict.next == "git reset --hard ORIG_HEAD"
    assert f"(flask db downgrade {first} drops user.age and user.city with all" in verdict.then
