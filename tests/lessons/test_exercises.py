"""The exercises: not met as they are shipped, met with their answers."""

from __future__ import annotations

import pytest
from exercises import answers, cells_of, is_exercise, with_answers
from kernels import Kernel

from roundtrip.course import Lesson, find_course

COURSE = find_course()
WITH_EXERCISES = [lesson for lesson in COURSE.lessons if lesson.exercises]


def test_the_lessons_that_should_have_one_do():
    assert [lesson.number for lesson in WITH_EXERCISES] == [2, 3, 4, 5, 6, 7, 8, 10]


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
        assert output.text.count("why:") == output.text.count("hint:") == output.text.count("✘")
        assert output.text.endswith("Not done yet; %hint says more.\n")


@pytest.mark.parametrize("lesson", WITH_EXERCISES, ids=lambda lesson: lesson.name)
def test_with_its_answers_it_is_met(lesson: Lesson, notebook: Kernel):
    said = with_answers(notebook, lesson, answers(lesson))
    assert len(said) == len(lesson.exercises) + 1
    for command, text in said.items():
        assert "✘" not in text, text
        assert ("Done." if command.startswith("%check") else "is complete") in text


def test_an_answer_stands_only_once():
    for lesson in WITH_EXERCISES:
        cells = [cell.source for cell in cells_of(lesson)]
        for answer in answers(lesson):
            assert sum(f"```\n{answer}\n```" in cell for cell in cells) == 1, answer
            assert answer not in cells
