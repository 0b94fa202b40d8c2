"""The exercises: not met as they are shipped, met with their answers, and wrong answers named."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

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
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workspace of all these exercises lies."""
    return tmp_path_factory.mktemp("exercises") / "home"


@pytest.fixture(scope="module")
def notebook(home: Path) -> Iterator[Kernel]:
    """One kernel for all: each lesson begins by making its workspace anew."""
    with kernel(home) as notebook:
        yield notebook


def with_answers(
    notebook: Kernel, lesson: Lesson, solved: Sequence[str], last: str = ""
) -> dict[str, str]:
    """Run the lesson with these in the exercise cells; what each `%check` and `%finish` said.

    With `last`: up to that cell, and of the others only the exercises and the first.
    """
    waiting = iter(solved)
    said: dict[str, str] = {}
    for cell in cells_of(lesson):
        needed = is_exercise(cell) or cell.source == last or cell.source.startswith("%load_ext")
        if cell.cell_type != "code" or (last and not needed):
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
LENGTH = "mapped_column(String(20))"
TWENTY = f"Mapped[str | None] = {LENGTH}"


def mended(old: str, new: str) -> str:
    """Lines of a cell that change the model and commit it, and leave the script as it is."""
    return (
        "from pathlib import Path\nmodel = Path('demo_app/models.py')\n"
        f"_ = model.write_text(model.read_text().replace({old!r}, {new!r}))\n"
        "!git commit -qam mended"
    )


EMPTIED = r"""from pathlib import Path
(script,) = Path("migrations/versions").glob("*phone*")
text = script.read_text()
_ = script.write_text(text[: text.index("def downgrade")] + "def downgrade():\n    pass\n")"""
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
    "another name": (
        {PHONE: RIGHT[PHONE].replace("phone:", "phon:")},
        "%check there",
        "The model has user.phon. If that is to be it, mend the name.",
    ),
    "another type, and then only the model mended": (
        {
            PHONE: re.sub(r"phone: .*", "phone: Mapped[int | None]", RIGHT[PHONE]),
            COMMIT: f"{RIGHT[COMMIT]}\n{mended('int | None]', 'str | None] = ' + LENGTH)}",
        },
        "%check there",
        "app.db: user.phone is INTEGER",
    ),
    "no length, and then only the model mended": (
        {
            PHONE: re.sub(r"phone: .*", "phone: Mapped[str | None]", RIGHT[PHONE]),
            DATABASES: "!flask db upgrade",
            COMMIT: f"{RIGHT[COMMIT]}\n{mended('phone: Mapped[str | None]', 'phone: ' + TWENTY)}\n"
            "!flask --env-file production.env db upgrade",
        },
        "%check there",
        "production.db: user.phone is VARCHAR\n",
    ),
    "the line of another column is replaced": (
        {PHONE: re.sub(r"    city: .*\n", "", RIGHT[PHONE])},
        "%check there",
        "The script also drops user.city: the model has lost it.",
    ),
    "a downgrade() that does nothing": (
        {SCRIPT: f"{RIGHT[SCRIPT]}\n{EMPTIED}"},
        "%check there",
        "Its downgrade() does not undo what its upgrade() does",
    ),
    "made by hand": (
        {
            SCRIPT: "%%flask_shell\nhand = db.text('ALTER TABLE user ADD phone VARCHAR')\n"
            "db.session.execute(hand)\ndb.session.commit()",
            DATABASES: "!flask db migrate -m phone",
        },
        "%check there",
        "The database has user.phone already, and no script made it",
    ),
    "the databases are committed": (
        {COMMIT: f"!git add -f instance\n{RIGHT[COMMIT]}"},
        "%check there",
        "Database files are in Git.",
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
        "The script is not committed: whoever has the model alone cannot make its table.",
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
        "This goes to the commit that the database is at.\n             next: git reset --hard ",
    ),
    "all the way down": (
        {BACK: RIGHT[BACK].replace("downgrade", "downgrade base", 1) + "\n!flask db upgrade"},
        "%check and-back",
        "The rows are gone: one downgrade too many dropped the table",
    ),
    "a reset that is not hard": (
        {BACK: RIGHT[BACK].replace("--hard ", "")},
        "%check and-back",
        "next: git restore demo_app/models.py",
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
    "a foreign key of another type": (
        {POST: RIGHT[POST].replace("column(ForeignKey", "column(String(9), ForeignKey"), ADA: ""},
        "%finish",
        "A foreign key has the type of the column that it points to",
    ),
    "a foreign key to the class": (
        {POST: RIGHT[POST].replace("user.id", "users.id"), POSTS: "", ADA: ""},
        "%finish",
        "A foreign key points to no table.",
    ),
    "a file that nobody imports": (
        {
            POST: "%%writefile demo_app/post.py\nfrom demo_app.models import db\n\n\n"
            "class Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)",
            POSTS: "",
            ADA: "",
        },
        "%finish",
        "demo_app/post.py has the class Post, and the app does not import it.",
    ),
    "the plural": (
        {POST: RIGHT[POST].replace("class Post", "class Posts"), ADA: ""},
        "%finish",
        "The model has a table posts.",
    ),
    "db.create_all()": (
        {POSTS: "%%flask_shell\ndb.create_all()"},
        "%finish",
        "The database has post already, and no script made it",
    ),
    "the other user's post": (
        {ADA: RIGHT[ADA].replace("user_id=1", "user_id=2")},
        "%finish",
        "The rows that are there have user_id 2.",
    ),
    "the post is in production": (
        {ADA: RIGHT[ADA].replace("%%flask_shell", "%%flask_shell --env-file production.env")},
        "%finish",
        "It was added to the wrong database: production.db has it.",
    ),
    "no commit in the shell": (
        {ADA: "\n".join(RIGHT[ADA].splitlines()[:-1])},
        "%finish",
        "db.session.commit() did not follow",
    ),
}


WayBack = Callable[[str], str]


@pytest.fixture(scope="module")
def way_back(home: Path, notebook: Kernel) -> WayBack:
    """`way_back(cell)`: a right part one, then this cell; what the check of part two says."""
    with_answers(notebook, YOUR_TURN, solved_with({}, "%check there"), "%check there")
    part_one = shutil.copytree(home / "workspace", home.with_name("part one"))

    def go(cell: str) -> str:
        shutil.rmtree(home / "workspace")
        shutil.copytree(part_one, home / "workspace")
        run(notebook, "%lesson 10 --continue", may_fail=False)
        run(notebook, cell, may_fail=False)
        return run(notebook, "%check and-back", may_fail=False)

    return go


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_answer_is_named(mistake: str, notebook: Kernel, way_back: WayBack):
    wrong, command, diagnosis = WRONG[mistake]
    if {*wrong} == {BACK}:
        said = way_back(wrong[BACK])
    else:
        said = with_answers(notebook, YOUR_TURN, solved_with(wrong, command), command)[command]
    assert diagnosis in said, said
    assert "✘" in said


def solved_with(wrong: dict[int, str], command: str) -> list[str]:
    """The right answers up to this check, but for the wrong ones."""
    parts = {"%check there": BACK, "%check and-back": POST, "%finish": len(RIGHT)}
    begin = POST if command == "%finish" else 0  # part three does not need the others
    return [
        wrong.get(place, answer) if begin <= place < parts[command] else ""
        for place, answer in enumerate(RIGHT)
    ]


DOWN, PRODUCTION_DOWN, RESET = RIGHT[BACK].splitlines()
HARMFUL = {
    "a downgrade() that does nothing": f"{EMPTIED}\n!git commit -qam emptied\n{RIGHT[BACK]}\n"
    "!git reset --hard HEAD~1",
    "down twice in production": f"{DOWN}\n{PRODUCTION_DOWN}\n{PRODUCTION_DOWN}\n{RESET}",
    "one reset too far": RIGHT[BACK].replace("HEAD~1", "HEAD~2"),
    "the code first": RESET,
    "a reset that is not hard": RIGHT[BACK].replace("--hard ", ""),
}


@pytest.mark.parametrize("mistake", HARMFUL)
def test_what_is_told_next_takes_no_value_that_is_to_stay(
    mistake: str, notebook: Kernel, way_back: WayBack, home: Path
):
    """Follow each `next:` as far as it goes: Ada still lives in London."""
    said = way_back(HARMFUL[mistake])
    for _ in range(6):
        following = re.search(r"next: ((?:git re(?!flog)|git c|flask).*)", said)
        if not following or "Done." in said:
            break
        run(notebook, f"!{following[1]}", may_fail=False)
        said = run(notebook, "%check and-back", may_fail=False)
    with closing(sqlite3.connect(home / "workspace/instance/app.db")) as database:
        rows = database.execute("SELECT city FROM user WHERE name = 'Ada'").fetchall()
    assert rows == [("London",)], said
    assert "Done." in said or "next: %restart" in said, said
