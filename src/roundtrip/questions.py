"""Questions with a choice of answers: guesses before a command, and the key concepts at the end.

They are in `notebooks/questions.toml`. The right answer to a guess is not stored: each of its
answers names a check, and what the workspace shows afterwards decides.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import checks
from .course import Course, Goal, goal
from .errors import RoundtripError
from .state import State

WIDGET = "application/vnd.jupyter.widget-view+json"
"""The output that JupyterLab draws with buttons. It lives as long as its kernel."""


@dataclass(frozen=True)
class Answer:
    """One answer to choose. `reason` says why it is right, or why not.

    `goal` holds when the answer is the right one; None where `right` says it.
    """

    letter: str
    text: str
    reason: str
    right: bool
    goal: Goal | None


@dataclass(frozen=True)
class Question:
    """A question. A guess is confirmed or corrected after the command, the others at once.

    `after` has to hold before a guess can be answered.
    """

    name: str
    text: str
    answers: tuple[Answer, ...]
    after: Goal | None = None

    @property
    def is_guess(self) -> bool:
        """Whether the workspace decides which answer is right."""
        return any(answer.goal for answer in self.answers)

    def choose(self, letter: str) -> Answer:
        """The answer with this letter. Raises `RoundtripError` where there is none."""
        for answer in self.answers:
            if answer.letter == letter.strip().lower().rstrip(")"):
                return answer
        letters = ", ".join(answer.letter for answer in self.answers)
        raise RoundtripError(f"The question {self.name} has no answer {letter!r}, only {letters}.")

    @property
    def marked(self) -> Answer:
        """The answer that is marked as right, of a question that is no guess."""
        return next(answer for answer in self.answers if answer.right)

    def right(self, state: State, project: Path) -> Answer:
        """The right answer to a guess: the first whose check is met by the workspace now.

        Raises `RoundtripError` when the workspace fits none of them, or it is no guess.
        """
        if not self.is_guess:
            raise RoundtripError(
                f"The question {self.name} is answered where you choose: `%ask {self.name}`."
            )
        may_be_told = self.after is None or checks.check(self.after, state, project).met
        for answer in self.answers if may_be_told else ():
            if answer.goal and checks.check(answer.goal, state, project).met:
                return answer
        raise RoundtripError(
            "This cannot be answered yet: the command that the question is about has not run, or "
            "something else has. Run the cells above in order, then this one again."
        )

    def words(self) -> str:
        """The question and its answers, as text."""
        lines = (f"  {answer.letter}) {answer.text}" for answer in self.answers)
        return "\n".join((self.text, *lines))

    def markdown(self) -> str:
        """The same for a page."""
        return "\n".join(
            (f"**{self.text}**", "", *(f"- {a.letter}) {a.text}" for a in self.answers))
        )


def find(course: Course, name: str) -> Question:
    """The question with this name. Raises `RoundtripError` where there is none."""
    file = course.folder / "notebooks" / "questions.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["question"]
    for row in rows:
        if row["name"] == name:
            return _question(row)
    known = ", ".join(row["name"] for row in rows)
    raise RoundtripError(f"There is no question {name!r}. There are: {known}.")


def told(question: Question, right: Answer, guess: Answer | None) -> str:
    """What one reads once the answer to a guess is known."""
    if guess is None:
        return f"{question.text}\n  {right.letter}) {right.text}\n     {right.reason}"
    return f"{question.text}\n{said(guess, right)}"


def said(choice: Answer, right: Answer) -> str:
    """Whether a choice was the right one, and why it was or was not."""
    if choice == right:
        return f"✔ {right.letter}) {right.text} Right.\n     {right.reason}"
    lines = [f"✘ {choice.letter}) {choice.text} No."]
    if choice.reason:
        lines.append(f"     {choice.reason}")
    return "\n".join((*lines, f"✔ {right.letter}) {right.text}", f"     {right.reason}"))


def form(question: Question, chosen: Callable[[Answer], str]) -> dict[str, Any]:
    """The question as a display: buttons where the page can draw them, words where it cannot.

    `chosen` is told each choice, and gives the sentence to show for it.
    """
    import ipywidgets

    buttons = ipywidgets.RadioButtons(
        options=[(f"{a.letter}) {a.text}", a.letter) for a in question.answers],
        value=None,
        layout={"width": "max-content", "max_width": "100%"},
    )
    said = ipywidgets.HTML()

    def choose(change: dict[str, Any]) -> None:
        text = chosen(question.choose(change["new"]))
        said.value = f'<p role="status" style="white-space:pre-wrap">{_escaped(text)}</p>'

    buttons.observe(choose, names="value")
    head = ipywidgets.HTML(f"<strong>{_escaped(question.text)}</strong>")
    box = ipywidgets.VBox([head, buttons, said])
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    return {"text/markdown": question.markdown(), WIDGET: view}


def _question(row: dict[str, Any]) -> Question:
    answers = (
        Answer(
            letter,
            answer["text"],
            answer.get("reason", ""),
            answer.get("right", False),
            goal(answer) if "check" in answer else None,
        )
        for letter, answer in zip("abcdef", row["answer"], strict=False)
    )
    after = goal({"text": "", **row["after"]}) if "after" in row else None  # nobody reads it
    return Question(row["name"], row["text"], tuple(answers), after)


def _escaped(text: str) -> str:
    """As HTML, with what is in backquotes as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))
