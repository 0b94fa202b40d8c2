"""The exercises: not met as they are shipped, met with their answers, and wrong answers named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import nbformat
import pytest
from kernels import Kernel, kernel

from roundtrip.course import Lesson, find_course

COURSE = find_course()
WITH_EXERCISES = [lesson for lesson in COURSE.lessons if lesson.exercises]
YOUR_TURN = COURSE.lesson(10)


def cells_of(lesson: Lesson) -> list[nbformat.NotebookNode]:
    return nbformat.read(lesson.notebook, as_version=4).cells


def is_exercise(cell: nbformat.NotebookNode) -> bool:
    return "exercise" in cell.metadata.get("tags", ())


def answers(lesson: Lesson) -> list[str]:
    """What is folded under each exercise, once and right below it."""
    cells = cells_of(lesson)
    found = []
    for place, cell in enumerate(cells):
        if is_exercise(cell):
            folded = cells[place + 1].source
            pattern = r"<details><summary>Answer</summary>\n\n```\n(.*)\n```\n</details>"
            found.append(re.fullmatch(pattern, folded, re.DOTALL)[1])
    return found


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for all: each lesson begins by making its workspace anew."""
    with kernel(tmp_path_factory.mktemp("exercises") / "home") as notebook:
        yield notebook


def with_answers(
    notebook: Kernel, lesson: Lesson, solved: Sequence[str], last: str = ""
) -> dict[str, str]:
    """Run the lesson, up to the cell `last`, with these in the exercise cells.

    What each `%check` and `%finish` said.
    """
    waiting = iter(solved)
    said: dict[str, str] = {}
    for cell in cells_of(lesson):
        if cell.cell_type != "code":
            continue
        source = next(waiting) if is_exercise(cell) else cell.source
        text = run(notebook, source, "raises-exception" in cell.metadata.get("tags", ()))
        if cell.source.startswith(("%check", "%finish")):
            said[cell.source] = text
        if cell.source == last:
            break
    return said


def run(notebook: Kernel, source: str, may_fail: bool) -> str:
    answer = notebook.run(source)
    assert may_fail or answer.error is None, f"{source}\n{answer.text}\n{answer.value}"
    return answer.text


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


# --- lesson 10: wrong answers, and what is said to them -------------------------------------------

RIGHT = answers(YOUR_TURN)
PHONE, SCRIPT, DATABASES, COMMIT, BACK, POST, POSTS, ADA, LAST = range(9)
WRONG = {
    "the type is forgotten": (
        {PHONE: RIGHT[PHONE].replace("mapped_column(String(20))", "mapped_column(String(200))")},
        "%check there",
        "It should be VARCHAR(20) and may be empty",
    ),
    "it must not be empty": (
        {
            PHONE: RIGHT[PHONE].replace("phone: Mapped[str | None]", "phone: Mapped[str]"),
            DATABASES: "",
        },
        "%check there",
        "as VARCHAR(20) NOT NULL",
    ),
    "a type that is no column": (
        {
            PHONE: re.sub(r"phone: .*", "phone = db.String(20)", RIGHT[PHONE]),
            SCRIPT: "!flask db migrate -m phone",
            COMMIT: "",
        },
        "%check there",
        "User.phone is a type, not a column.",
    ),
    "no script was made": (
        {SCRIPT: "", COMMIT: ""},
        "%check there",
        "The migration script was not made yet.",
    ),
    "the upgrade is forgotten": (
        {DATABASES: ""},
        "%check there",
        "The upgrade has not run on app.db.",
    ),
    "production is forgotten": (
        {DATABASES: "!flask db upgrade"},
        "%check there",
        "It ran on the wrong database, or on one only: app.db has user.phone.",
    ),
    "only the script is committed": (
        {COMMIT: "!git add migrations\n!git commit -m 'Add phone column to user model'"},
        "%check there",
        "not committed: demo_app/models.py",
    ),
    "the script is not committed": (
        {COMMIT: "!git commit -am 'Add phone column to user model'"},
        "%check there",
        "The script is not committed: a reset would take the model and leave it behind.",
    ),
    "reset before downgrade": (
        {BACK: "!git reset --hard HEAD~1"},
        "%check and-back",
        "whose file is gone, deleted or reset too early.",
    ),
    "production did not go back": (
        {BACK: "!flask db downgrade\n!git reset --hard HEAD~1"},
        "%check and-back",
        "production.db: table user has id, name, email, city, phone",
    ),
    "one reset too far": (
        {BACK: RIGHT[BACK].replace("HEAD~1", "HEAD~2")},
        "%check and-back",
        "“Add city column to user model” is on no branch any more, but Git remembers it.",
    ),
    "the code did not go back": (
        {BACK: "\n".join(RIGHT[BACK].splitlines()[:2])},
        "%check and-back",
        "“Add city column to user model” is",
    ),
    "a title may be empty": (
        {POST: RIGHT[POST].replace("title: Mapped[str]", "title: Mapped[str | None]")},
        "%finish",
        "It should be VARCHAR(200) and must not be empty",
    ),
    "no foreign key": (
        {POST: RIGHT[POST].replace('mapped_column(ForeignKey("user.id"))', "mapped_column()")},
        "%finish",
        'The column is plain: the model has it without ForeignKey("user.id").',
    ),
    "a post of somebody else": (
        {ADA: RIGHT[ADA].replace("user_id=1", "user_id=2")},
        "%finish",
        "app.db: no row in post with user_id 1",
    ),
    "no commit in the shell": (
        {ADA: "\n".join(RIGHT[ADA].splitlines()[:-1])},
        "%finish",
        "db.session.commit() did not follow",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_answer_is_named(mistake: str, notebook: Kernel):
    wrong, command, diagnosis = WRONG[mistake]
    parts = {"%check there": BACK, "%check and-back": POST, "%finish": len(RIGHT)}
    begin = POST if command == "%finish" else 0  # part three does not need the others
    solved = [
        wrong.get(place, answer) if begin <= place < parts[command] else ""
        for place, answer in enumerate(RIGHT)
    ]
    said = with_answers(notebook, YOUR_TURN, solved, command)
    assert diagnosis in said[command], said[command]
    assert "✘" in said[command]
