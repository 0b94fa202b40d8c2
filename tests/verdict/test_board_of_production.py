"""What the board of production says, where the usual database is the one to mend."""

from __future__ import annotations

import re

import pytest
from states import Project
from turns import PHONE, fails, fill, on_production, with_production


@pytest.fixture
def both(aged: Project) -> Project:
    """With production, at the same revision."""
    with_production(aged)
    on_production(aged, "upgrade")
    return aged


def test_a_script_that_stopped_halfway_in_the_usual_database_is_not_left_over(both: Project):
    both.add_to_model(PHONE)
    both.db("revision", "-m", "Two steps")
    step = 'op.add_column("{}", sa.Column("phone", sa.String(20)))'
    fill(both.script("two_steps"), f"{step.format('user')}; {step.format('nowhere')}")
    fails(both, "upgrade")
    there = both.read("production.env").verdict
    assert there.headline == "Another database may need a migration that waits here."
    assert there.next == "%board"
    here = both.read().verdict
    assert (here.headline, here.next) == ("A migration has run halfway.", "%%flask_shell")
    both.sql(re.search(r'db\.text\("([^"]*)"\)', here.why)[1])
    both.git("clean", "-f", both.script_file("two_steps"))
    both.follow("model_ahead", 'flask db migrate -m "Add phone column to user model"')
    both.follow("pending", "flask db upgrade")
    assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
