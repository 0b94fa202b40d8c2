"""The verdict on what is to be unique, while two rows have the same value."""

from __future__ import annotations

import pytest
from states import Project
from turns import MODELS, fails

NAME = "name: Mapped[str] = mapped_column(String(80))"
KINDS = {"unique=True": "unique constraint", "index=True, unique=True": "unique index"}


@pytest.fixture
def project(project: Project) -> Project:
    """The first lesson's end, with two users of one name."""
    project.sql("UPDATE user SET name = 'Ada' WHERE id = 2")
    return project


@pytest.mark.parametrize("options", KINDS)
def test_two_rows_of_the_same_value_are_told_before_the_upgrade_fails(
    project: Project, options: str
):
    project.edit(MODELS, NAME, NAME.replace("(80)", f"(80), {options}"))
    told = f"user gets a {KINDS[options]} on name, and two rows have the same value there"
    verdict = project.read().verdict
    assert (verdict.kind, told in verdict.why) == ("model_ahead", True)
    assert verdict.next == "%%flask_shell"
    project.db("migrate", "-m", "Unique names")
    verdict = project.read().verdict
    assert verdict.headline == "A migration is waiting, and it would fail."
    assert (verdict.found, verdict.next) == (f"{told}.", "%%flask_shell")
    before = (project.path / "instance/app.db").read_bytes()
    fails(project, "upgrade")
    (project.path / "instance/app.db").write_bytes(before)
    project.sql("UPDATE user SET name = 'Grace' WHERE id = 2")
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "script_not_committed"


def test_rows_that_differ_or_are_empty_stand_in_no_way(project: Project):
    """Of a new column no row has a value, and NULL is not the same as NULL."""
    project.add_to_model("    city: Mapped[str | None] = mapped_column(String(80), unique=True)\n")
    assert project.read().verdict.next.startswith("flask db migrate")
    project.db("migrate", "-m", "Add city")
    project.follow("pending", "flask db upgrade")
    assert project.sql("SELECT count(*), count(city) FROM user") == [(3, 0)]
    project.edit(MODELS, NAME, NAME.replace("str]", "str | None]"))
    project.db("migrate", "-m", "Name may be empty")
    project.db("upgrade")
    project.sql("UPDATE user SET name = NULL")
    project.edit(MODELS, "(String(80))\n    email", "(String(80), unique=True)\n    email")
    project.db("migrate", "-m", "Unique names")
    project.follow("pending", "flask db upgrade")
