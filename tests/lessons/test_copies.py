"""Who leaves out a copy of production is told so, whatever copies earlier lessons have left."""

from __future__ import annotations

from pathlib import Path

import pytest
from exercises import cells_of, changes, run, with_answers
from kernels import Kernel

from roundtrip.course import find_course

LONG_AGO = "__import__('os').utime('instance/before-phone.db', (10**9, 10**9))\n"


@pytest.mark.parametrize("made", [False, True])
def test_lesson_09(made: bool, notebook: Kernel, home: Path):
    for cell in cells_of(find_course().lesson(9)):
        copies = "VACUUM INTO" in cell.source or cell.source.startswith("%show instance/before")
        if cell.cell_type == "code" and (made or not copies):
            said = run(notebook, cell.source, "raises-exception" in cell.metadata.get("tags", ()))
        if cell.source == "%finish":
            break
    assert (home / "workspace/instance/before-age.db").is_file(), "it has the same rows"
    said = " ".join(said.split())
    assert ("before-age.db was made for an earlier change." in said) is not made
    assert ("before-city.db: at the revision before that" in said) is made
    assert ("Lesson 09 is complete" in said) is made


@pytest.mark.parametrize("made", [False, True])
def test_part_three_of_lesson_10(made: bool, notebook: Kernel, home: Path):
    lesson = find_course().lessons[-1]
    answers = changes(lesson)
    (back,) = [place for place, answer in enumerate(answers) if "git reset --hard" in answer]
    answers[back] = LONG_AGO + answers[back]
    (copy,) = [place for place, answer in enumerate(answers) if "before-post.db" in answer]
    if not made:
        answers[copy] = ""
    said = " ".join(with_answers(notebook, lesson, answers, "%finish")["%finish"].split())
    assert ("before-phone.db was made for an earlier change." in said) is not made
    assert (home / "workspace/instance/before-phone.db").is_file()
    assert (f"Lesson {lesson.number} is complete" in said) is made
