"""What the board takes over for an app that does not load."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mishaps import APP, database, edited, outcome, with_line

from roundtrip import diagnosis
from roundtrip.verdict.model_rules import model_error


@pytest.mark.parametrize(
    "prepare",
    [
        edited(APP, "    return app\n", ""),
        edited(APP, "settings=None", "settings"),
        edited(APP, "def create_app", "def create_ap"),
        edited(APP, "    db.init_app(app)\n", ""),
        with_line("    age: int\n"),
        database("postgres://ada@localhost/x"),
    ],
)
def test_an_error_means_the_same_on_the_board_as_under_a_command(applied, prepare):
    prepare(applied)
    told = diagnosis.diagnose(outcome(applied, "flask db check")[1])
    assert told
    assert diagnosis.of_the_app(applied.read().model.error) == told


def test_an_app_that_is_stopped_by_no_known_error_is_not_called_the_models(applied):
    state = applied.read()
    late = "The app did not finish loading within 20 seconds."
    state = replace(state, model=replace(state.model, error=late, error_file=""))
    verdict = model_error(state)
    assert (verdict.found, verdict.why) == (
        late,
        "Fix the app first. Every flask command needs the app.",
    )


def test_a_type_outside_mapped_may_be_a_text(applied):
    with_line("    phone: str | None\n")(applied)
    _, do = diagnosis.of_the_app(applied.read().model.error) or ("", "")
    assert "`phone: Mapped[str | None]` for a text" in do
