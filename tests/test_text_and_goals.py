"""An exercise asks for what its goals check, and a goal says what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pages import CELLS, LESSONS, goals

WORDS = ["no", "one", "two", "three", "four", "five"]
ORDER = ["", "first", "second", "third", "fourth"]
EXERCISES = [
    pytest.param(row, exercise, id=f"{row['number']:02d}-{exercise['name']}")
    for row in LESSONS
    for exercise in row.get("exercise", ())
]
Goal = Mapping[str, Any]


def statement(lesson: int, last: str) -> tuple[str, str]:
    """What is asked for above the cell `last`: where the text begins, and the text.

    It begins at the heading above; the folded answers are no part of it.
    """
    cells = [cell for cell in CELLS if cell.lesson == lesson]
    (end,) = [cell.number for cell in cells if cell.is_code and cell.source == last]
    texts = [cell for cell in cells[:end] if not cell.is_code]
    begin = max(cell.number for cell in texts if re.match("## (Your turn|Part)", cell.source))
    asked = [c.source for c in texts if c.number >= begin and "<details>" not in c.source]
    return cells[begin].where, "\n".join(asked)


def literals(goal: Goal) -> Iterator[tuple[str, str]]:
    """What a goal holds a learner to that nobody could guess: how it is called, how it is said.

    A column of a model, its length, whether it may be empty; the message of a script; the values of
    a row; the name of a file or of a database. What cells before the exercise have made is not
    asked for: a commit's message, the rows that are to stay.
    """
    given = goal.get("with", {})
    if goal["check"] == "model_has":
        table, column = given["column"].split(".")
        yield "column", rf"\b{column}\b"
        if table != "user":
            yield "table", rf"\b{table}\b"
        if length := re.search(r"\((\d+)\)", given.get("type", "")):
            yield "length", rf"at most {length[1]} characters"
        if "type" in given:
            yield "nullable", "may be empty" if given.get("nullable", True) else "must be there"
    if goal["check"] == "references":
        yield "column", rf"\b{given['column'].split('.')[1]}\b"
        yield "target", rf"points to the {given['target']}\b"
    if "message" in given:
        yield "message", f"`{re.escape(given['message'])}`"
    for name, value in given.get("row", {}).items():
        yield name, rf"\b{value}\b"
    for key in ("database", "source", "file"):
        if key in given:
            usual = given[key] == "production.db"
            yield key, "production database|both databases" if usual else re.escape(given[key])
    if goal["check"] in ("pending_changes", "committed_migration") and len(given["adds"]) > 1:
        yield "adds", "both columns"


def missing(asked: str, goal: Goal) -> list[str]:
    """What a goal checks and the text does not ask for."""
    return [f"{name}: {how}" for name, how in literals(goal) if not re.search(how, asked, re.I)]


@pytest.mark.parametrize(("row", "exercise"), EXERCISES)
def test_an_exercise_asks_for_what_its_goals_check(row, exercise):
    where, asked = statement(row["number"], f"%check {exercise['name']}")
    for goal in exercise["goal"]:
        lacks = missing(asked, goal)
        assert not lacks, f"{where} does not say what the goal “{goal['text']}” checks: {lacks}"


def test_so_does_the_last_lesson_whose_end_is_the_learner_s():
    where, asked = statement(LESSONS[-1]["number"], "%finish")
    _, and_back = statement(LESSONS[-1]["number"], "%check and-back")
    for goal in LESSONS[-1]["goal"]:
        gone = goal.get("with", {}).get("present") is False
        lacks = missing(and_back if gone else asked, goal)
        assert not lacks, f"{where} does not say what the goal “{goal['text']}” checks: {lacks}"


def test_there_is_something_to_be_said_in_most_exercises():
    said = [*map(literals, (g for e in EXERCISES for g in e.values[1]["goal"]))]
    assert sum(len([*each]) for each in said) >= 15


def numbers(goal: Goal) -> set[str]:
    """The numbers that a goal's arguments count, as words and in order."""
    given = goal.get("with", {})
    count, applied = given.get("count", 0), given.get("applied", 0)
    counts = {count, applied, count - applied, len(given.get("values", ()))} - {0}
    return {names[n] for names in (WORDS, ORDER) for n in counts}


def flat(value: Any) -> Iterator[Any]:
    """The values in a value."""
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list):
        yield value
        return
    for each in value:
        yield from flat(each)


WITH_GOALS = [pytest.param(row, id=row["title"]) for row in LESSONS if row.get("goal")]


@pytest.mark.parametrize("row", WITH_GOALS)
def test_a_goal_says_the_numbers_and_names_that_it_checks(row):
    words = "|".join([*WORDS[1:], *ORDER[1:]])
    for goal in goals(row):
        values, text = [*flat(goal.get("with", {}))], goal["text"]
        if known := numbers(goal):
            said = {word.lower() for word in re.findall(rf"\b(?:{words})\b", text, re.I)}
            assert said <= known, text
        digits = {digit for value in values for digit in re.findall(r"\d+", str(value))}
        assert {*re.findall(r"\d+", text)} <= digits, text
        names = re.findall(r"“(.+?)”|\b((?:user|post)\.\w+)", text)
        assert [name for pair in names for name in pair if name and name not in values] == [], text


def test_a_downgrade_that_stands_twice_in_a_lesson_is_warned_of_right_above():
    """Whoever leaves out the upgrade between them drops the table with its rows."""
    warned = 0
    for row in LESSONS:
        cells = [cell for cell in CELLS if cell.lesson == row["number"]]
        down = [cell for cell in cells if cell.is_code and cell.source == "!flask db downgrade"]
        for cell in down[1:]:
            above = [each.source for each in cells[: cell.number] if not each.is_code][-1]
            assert "second" in above and "drops the table" in above, cell.where
            warned += 1
    assert warned


def test_an_exercise_that_names_two_lines_does_not_ask_for_one_command():
    asked = [cell for cell in CELLS if cell.is_code and cell.source == "# one command"]
    assert asked
    for cell in asked:
        text = next(c.source for c in reversed(CELLS[: CELLS.index(cell)]) if not c.is_code)
        assert "`import " not in text, cell.where


@pytest.mark.parametrize(
    ("lesson", "shown", "word"),
    [
        (1, "op.f('pk_user')", "finished name"),
        (1, "%(column_0_name)s", "for that of the column"),
        (4, "schema=None", "no *schema*"),
        (4, "batch_alter_table", "how Alembic changes tables"),
        (LESSONS[-1]["number"], "PRAGMA foreign_keys = ON", "a setting of SQLite"),
    ],
)
def test_a_word_of_the_tools_is_explained_where_it_is_first_met(lesson: int, shown: str, word: str):
    cells = [cell for cell in CELLS if cell.lesson == lesson]
    texts = ((cell, [cell.source, *(words for _, words in cell.shown())]) for cell in cells)
    met = next(cell.number for cell, said in texts if any(shown in each for each in said))
    near = [cell.source for cell in cells[met : met + 3] if not cell.is_code]
    assert any(re.search(rf"`{re.escape(shown)}`.*{re.escape(word)}", text) for text in near)
