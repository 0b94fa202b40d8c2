"""The exercises: not met as they are shipped, met with their answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from exercises import answers, at_its_end, cells_of, is_exercise, with_answers
from kernels import Kernel

from roundtrip.course import Lesson, find_course

COURSE = find_course()
WITH_EXERCISES = [lesson for lesson in COURSE.lessons if lesson.exercises]


def test_the_lessons_that_should_have_one_do():
    assert [lesson.number for lesson in WITH_EXERCISES] == [
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        COURSE.lessons[-1].number,
    ]


@pytest.mark.parametrize("lesson", WITH_EXERCISES, ids=lambda lesson: lesson.name)
def test_as_shipped_it_is_empty_and_not_met_and_says_what_to_do(lesson: Lesson):
    cells = cells_of(lesson)
    for cell in filter(is_exercise, cells):
        assert all(line.startswith("#") for line in cell.source.splitlines())
    checked = [cell for cell in cells if cell.source.startswith("%check")]
    assert [cell.source.split()[1] for cell in checked] == [e.name for e in lesson.exercises]
    for cell in checked:
        (output,) = cell.outputs  # what nbval compares with a run
        assert output.output_type == "stream"
        assert "✘ not met" in output.text
        assert output.text.count("why:") == output.text.count("✘")
        waiting = output.text.count("why:  See first “")  # for the one that has the hint
        assert output.text.count("hint:") == output.text.count("✘") - waiting
        assert output.text.endswith("Not done yet; %hint says more.\n")


@pytest.mark.parametrize("lesson", WITH_EXERCISES, ids=lambda lesson: lesson.name)
def test_with_its_answers_it_is_met(lesson: Lesson, notebook: Kernel, home: Path, end_of: Callable):
    """Those of the last are the lesson; all others come after its `%finish`."""
    solved = answers(lesson)
    if lesson == COURSE.lessons[-1]:
        said = with_answers(notebook, lesson, solved)
        assert "is complete" in said.pop("%finish")
    else:
        said = at_its_end(notebook, lesson, end_of(lesson.number), home / "workspace", solved)
    assert list(said) == [f"%check {exercise.name}" for exercise in lesson.exercises]
    for text in said.values():
        assert "✘" not in text and "Done." in text, text


def test_an_answer_stands_only_once():
    for lesson in WITH_EXERCISES:
        cells = [cell.source for cell in cells_of(lesson)]
        for answer in answers(lesson):
            assert sum(f"```\n{answer}\n```" in cell for cell in cells) == 1, answer
            assert answer not in cells
