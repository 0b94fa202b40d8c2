"""An upgrade that makes other values of those that are there comes after a copy."""

from __future__ import annotations

import shlex
import shutil

from states import Project
from turns import MODELS, NICK, PHONE, committed, on_production


def test_a_copy_comes_before_an_upgrade_that_makes_numbers_of_names(both: Project):
    both.edit(MODELS, "name: Mapped[str] = mapped_column(String(80))", "name: Mapped[int]")
    both.db("migrate", "-m", "Change user table")
    names = both.sql("SELECT id, name FROM user")
    verdict = both.read().verdict
    assert verdict.next.startswith("python -c") and verdict.back == "flask db upgrade"
    both.run(*shlex.split(verdict.next))
    both.follow("pending", "flask db upgrade")
    (copy,) = (both.path / "instance").glob("before-*.db")
    assert both.sql("SELECT id, name FROM user") != names
    assert both.sql("SELECT id, name FROM user", copy.name) == names
    there = both.read("production.env").verdict
    assert "'instance/production.db'" in there.next, "production needs a copy of its own"


def test_no_copy_comes_before_texts_that_are_numbers_already(both: Project):
    both.edit(MODELS, "name: Mapped[str] = mapped_column(String(80))", "name: Mapped[int]")
    both.db("migrate", "-m", "Change user table")
    both.sql("UPDATE user SET name = id")
    assert both.read().verdict.next == "flask db upgrade"


def test_an_upgrade_that_may_lose_values_beside_a_copy_names_what_it_loses_or_nothing(
    both: Project,
):
    both.edit(MODELS, "String(80)", "String(40)")
    both.db("migrate", "-m", "Shorten names")
    both.commit("Shorten names")
    instance = both.path / "instance"
    shutil.copy(instance / "production.db", instance / "before.db")
    said = both.read("production.env").verdict
    assert said.next == "flask --env-file production.env db upgrade"
    assert said.why == (
        "The upgrade changes a column; values may be lost. A copy of the database lies beside it."
    )
    both.edit(MODELS, "name: Mapped[str] = mapped_column(String(40))", "name: Mapped[int]")
    both.edit(both.script_file("shorten"), "type_=sa.String(length=40)", "type_=sa.Integer()")
    said = both.read("production.env").verdict
    assert "changes a column, and loses values of user.name. A copy" in said.why


def test_a_copy_of_production_comes_before_each_of_its_upgrades(both: Project):
    committed(both, PHONE, "Add phone column to user model")
    first = "Make a copy of instance/production.db first, under a name of its own"
    verdict = both.read("production.env").verdict
    assert verdict.next == "flask --env-file production.env db upgrade" and first in verdict.why
    instance = both.path / "instance"
    shutil.copy(instance / "app.db", instance / "of-the-wrong-one.db")
    assert first in both.read("production.env").verdict.why
    shutil.copy(instance / "production.db", instance / "before-phone.db")
    assert first not in both.read("production.env").verdict.why
    on_production(both, "upgrade")
    both.sql("UPDATE user SET phone = '1'", "production.db")
    committed(both, NICK, "Add nick column to user model")
    assert first in both.read("production.env").verdict.why, "no copy has the phones"
    shutil.copy(instance / "production.db", instance / "before-nick.db")
    assert first not in both.read("production.env").verdict.why
    both.sql("CREATE TABLE note (text)", "production.db")
    both.sql("INSERT INTO note VALUES ('of nobody')", "production.db")
    assert first in both.read("production.env").verdict.why, "no copy has the notes"
    both.db("downgrade")
    assert "copy" not in both.read().verdict.why, "development is there to be tried out"


def test_a_copy_that_was_made_after_the_upgrade_is_none_for_the_next_one(both: Project):
    """It has all values, and it is not what there was right before."""
    committed(both, PHONE, "Add phone column to user model")
    on_production(both, "upgrade")
    instance = both.path / "instance"
    shutil.copy(instance / "production.db", instance / "late.db")
    on_production(both, "downgrade")
    assert "Make a copy of instance/production.db first" in both.read("production.env").verdict.why
