"""Questions: their table, what is said to a choice, and the buttons."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from inspect import signature

import nbformat
import pytest
from kernels import Kernel, kernel

from roundtrip import checks, questions
from roundtrip.course import find_course
from roundtrip.errors import RoundtripError

COURSE = find_course()
FILE = COURSE.folder / "notebooks" / "questions.toml"
ROWS = tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
NAMES = [row["name"] for row in ROWS]


def commands(word: str) -> list[str]:
    """The names behind `%ask` or `%answer`, in all lessons."""
    found = []
    for lesson in COURSE.lessons:
        for cell in nbformat.read(lesson.notebook, as_version=4).cells:
            if cell.cell_type == "code" and cell.source.startswith(f"%{word} "):
                found.append(cell.source.split()[1])
    return found


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for all: each lesson begins by making its workspace anew."""
    with kernel(tmp_path_factory.mktemp("questions") / "home") as notebook:
        notebook.run("%load_ext roundtrip")
        yield notebook


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_each_is_whole(row):
    question = questions.find(COURSE, row["name"])
    marked = [answer for answer in question.answers if answer.right]
    assert len(question.answers) >= 3
    assert bool(marked) is not question.is_guess
    assert len(marked) == (not question.is_guess)
    for answer in question.answers:
        assert answer.reason.endswith((".", "”."))
        assert len(answer.text) <= 62  # fits a narrow page
        assert "`" not in answer.text  # buttons show plain text
        if answer.goal:
            signature(checks.CHECKS[answer.goal.check]).bind(None, None, **answer.goal.arguments)


def test_each_is_asked_once_and_each_guess_is_answered():
    assert sorted(commands("ask")) == sorted(NAMES)
    guesses = [name for name in NAMES if questions.find(COURSE, name).is_guess]
    assert commands("answer") == guesses


def test_what_is_said_to_a_choice():
    question = questions.find(COURSE, "the-order")
    first, second, _ = question.answers
    assert questions.said(second, second) == (
        "✔ b) Downgrade every database, then reset the code. Right.\n"
        "     As long as the script is there, each database can go back."
    )
    assert questions.said(first, second).splitlines() == [
        "✘ a) Reset the code, then downgrade the databases. No.",
        "     After the reset the script is gone, and with it the way back.",
        "✔ b) Downgrade every database, then reset the code.",
        "     As long as the script is there, each database can go back.",
    ]


def test_a_name_or_a_letter_that_is_not_there():
    with pytest.raises(RoundtripError, match=r"no question 'nonsense'\. There are: where-is"):
        questions.find(COURSE, "nonsense")
    with pytest.raises(RoundtripError, match="has no answer 'z', only a, b, c"):
        questions.find(COURSE, "the-order").choose("z")
    assert questions.find(COURSE, "the-order").choose(" B) ").letter == "b"


def test_in_a_notebook(notebook: Kernel):
    notebook.run("%lesson 3")
    (shown,) = notebook.run("%ask where-is-age").displays
    assert shown["text/plain"].splitlines()[2] == "  b) In the model and in a script."
    assert questions.WIDGET in shown
    # before the command there is no answer
    assert "has not run" in notebook.run("%answer where-is-age").value
    assert "Noted: a." in notebook.run("%ask where-is-age a").text
    notebook.run('!flask db migrate -m "Add age column to user model"')
    told = notebook.run("%answer where-is-age").text
    assert told.splitlines()[1] == "✘ a) In the model, in a script, and in the database. No."
    assert "✔ b) In the model and in a script." in told
    press = (
        "import ipywidgets\n"
        "radio = [w for w in ipywidgets.Widget.widgets.values()\n"
        "         if isinstance(w, ipywidgets.RadioButtons)][-1]\n"
        "radio.value = 'b'\n"
    )
    notebook.run(press)
    assert "✔ b) In the model and in a script. Right." in notebook.run("%answer where-is-age").text
    assert "Right." in notebook.run("%ask pushed c").text
    assert notebook.run("%ask pushed z").value.startswith("The question pushed has no answer")


@pytest.mark.parametrize("name", [n for n in NAMES if questions.find(COURSE, n).is_guess])
def test_no_guess_is_answered_before_its_command(notebook: Kernel, name: str):
    (lesson,) = (
        lesson for lesson in COURSE.lessons if f"%ask {name}" in lesson.notebook.read_text()
    )
    notebook.run(f"%lesson {lesson.number}")
    assert "has not run" in notebook.run(f"%answer {name}").value


def test_a_file_that_was_there_before_the_reset_answers_nothing(notebook: Kernel):
    notebook.run("%lesson 8")
    notebook.run("%%writefile notes.txt\nAge was an experiment.\n")
    assert "has not run" in notebook.run("%answer what-stays").value
    notebook.run("!git reset --hard HEAD~2")
    assert "a) notes.txt" in notebook.run("%answer what-stays").text


def test_no_answer_is_made_up_when_nothing_fits(notebook: Kernel):
    notebook.run("%lesson 4")
    notebook.run("import shutil; shutil.rmtree('migrations')")
    answer = notebook.run("%answer what-is-in-the-script")
    assert answer.error == "RoundtripError"
    assert "This cannot be answered yet" in answer.value
