"""What may be wrong with a change of the model is told before a script is made for it."""

from __future__ import annotations

import pytest
from states import AGE, Project
from turns import (
    CITY,
    MODELS,
    fails,
)


def test_a_required_column_is_warned_of_before_it_fails(project: Project):
    project.add_to_model("    age: Mapped[int]\n")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "3 rows would have no value" in verdict.why


def test_a_column_that_must_not_be_empty_leads_to_the_model(project: Project):
    """And not from the model to a script, from the script to its deletion, and so on."""
    project.add_to_model("    city: Mapped[str] = mapped_column(String(80))\n")
    why = project.follow("model_ahead", f"git diff {MODELS}")
    assert "NOT NULL" in why and "fix the model first" in why
    project.db("migrate", "-m", "Add city")
    script = project.script_file("add_city")
    project.follow("pending", f"git clean -f {script}")
    project.follow("model_ahead", f"git diff {MODELS}")
    project.edit(MODELS, "city: Mapped[str]", "city: Mapped[str | None]")
    assert project.read().verdict.next.startswith("flask db migrate")


def test_a_column_that_is_to_be_not_null_over_rows_without_a_value(aged: Project):
    aged.edit(MODELS, AGE, "    age: Mapped[int]\n")
    verdict = aged.read().verdict
    assert verdict.kind == "model_ahead"
    assert "user.age becomes NOT NULL, and some rows have no value" in verdict.why
    aged.db("migrate", "-m", "age is required")
    fails(aged, "upgrade")


def test_a_column_that_is_to_be_not_null_and_has_all_values(aged: Project):
    aged.sql("UPDATE user SET age = 36")
    aged.edit(MODELS, AGE, "    age: Mapped[int]\n")
    assert "Careful" not in aged.read().verdict.why
    aged.db("migrate", "-m", "age is required")
    aged.db("upgrade")


def test_another_type_is_warned_of_before_and_after_the_script(city: Project):
    city.edit(MODELS, CITY, "    city: Mapped[int | None]\n")
    verdict = city.read().verdict
    assert verdict.kind == "model_ahead"
    assert (
        "user.city gets another type, and values that do not fit may be lost, or stop"
        in verdict.why
    )
    city.db("migrate", "-m", "type")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.back) == ("pending", "flask db upgrade")
    assert "city has values that are no numbers" in verdict.why and "copy" in verdict.next
    city.sql("UPDATE user SET city = 36 WHERE city IS NOT NULL")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")
    assert "values may be lost. Copy the database first." in verdict.why


@pytest.mark.parametrize(("length", "careful"), [(90, False), (9, True)])
def test_a_text_that_gets_longer_fits(city: Project, length: int, careful: bool):
    city.edit(MODELS, CITY, CITY.replace("(80)", f"({length})"))
    verdict = city.read().verdict
    assert verdict.kind == "model_ahead"
    assert ("do not fit" in verdict.why) is careful


def test_a_required_column_with_a_default_of_python_is_told_which_default_helps(project: Project):
    project.add_to_model("    points: Mapped[int] = mapped_column(default=0)\n")
    assert "server_default= gives those that are there a value" in project.read().verdict.why


def test_a_name_that_is_almost_the_old_one_may_be_a_typo(aged: Project):
    aged.edit(MODELS, "age:", "agee:")
    why = aged.follow("model_ahead", f"git diff {MODELS}")
    assert "user.age is gone from the model, and user.agee is new. A typo?" in why
    assert "go on with flask db migrate; the script must use alter_column" in why
    aged.edit(MODELS, "agee:", "years:")
    verdict = aged.read().verdict
    assert verdict.next == 'flask db migrate -m "Say what changes"'
    assert "A typo?" not in verdict.why and "the script must use alter_column" in verdict.why
