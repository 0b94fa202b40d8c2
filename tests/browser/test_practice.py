"""What a learner does in the page: a question answered with the keyboard, an exercise solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from browsing import Desk

if TYPE_CHECKING:  # it need not be installed
    from playwright.sync_api import Locator


def expect(locator: Locator) -> Any:
    """Playwright's own, that waits until what is expected is so."""
    from playwright.sync_api import expect

    return expect(locator)


def place(desk: Desk, source: str) -> int:
    """The number of the cell that begins like this, Markdown cells counted too."""
    sources = desk.do(
        "() => jupyterapp.shell.currentWidget.content.widgets.map(w => w.model.sharedModel.source)"
    )
    return next(n for n, text in enumerate(sources) if text.startswith(source))


def run(desk: Desk, *sources: str) -> Locator:
    """Run the cells that begin like these; what the last one gives at its end."""
    for source in sources:
        outputs = desk.run_cell(place(desk, source))
    return outputs.last


@pytest.fixture
def third_lesson(desk: Desk) -> Desk:
    desk.open("03_create_the_migration.ipynb")
    desk.command("notebook:clear-all-cell-outputs")
    run(desk, "%load_ext roundtrip", "%ask where-is-age")
    return desk


def answers_of(desk: Desk) -> Locator:
    answers = desk.page.locator(".widget-radio-box input[type=radio]")
    expect(answers).to_have_count(3)
    return answers


def tab_to(desk: Desk, answer: Locator) -> None:
    """Press Tab until the answer has the focus."""
    for _ in range(12):
        desk.page.keyboard.press("Tab")
        if answer.evaluate("answer => answer === document.activeElement"):
            return
    pytest.fail("Tab does not come to the answer")


@pytest.mark.parametrize(
    ("chosen", "told"), [(1, "✔ b) In the model and in a script. Right."), (2, "✘ c)")]
)
def test_a_question_is_answered_with_the_keyboard(third_lesson: Desk, chosen: int, told: str):
    """From its cell on with Tab; chosen with the space bar, and chosen anew."""
    desk, answers = third_lesson, answers_of(third_lesson)
    desk.select_cell(place(desk, "%ask where-is-age"))
    for number in (0, chosen):
        tab_to(desk, answers.nth(number))
        desk.page.keyboard.press("Space")
        expect(answers.nth(number)).to_be_checked()
    expect(answers.first).not_to_be_checked()
    noted = desk.page.locator("[role=status]", has_text="Noted: ")
    expect(noted).to_have_text(f"Noted: {'abc'[chosen]}. Go on; the answer comes below.")
    desk.page.keyboard.press("Tab")  # and away from it again
    expect(run(desk, "!flask db migrate", "%answer where-is-age")).to_contain_text(told)


def test_an_exercise_is_solved(desk: Desk):
    desk.open("02_add_the_age_column.ipynb")
    desk.restart_and_run_all()
    exercise = place(desk, "# one command")
    check = desk.outputs(place(desk, "%check")).last
    expect(check).to_contain_text("Not done yet; %hint says more.")
    desk.select_cell(exercise)
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("ControlOrMeta+A")
    desk.page.keyboard.type("!git restore demo_app/models.py")
    desk.page.keyboard.press("Shift+Enter")
    expect(run(desk, "%check take-it-back")).to_contain_text("Done.")
