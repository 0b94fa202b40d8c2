"""Wrong answers to lesson 10 are named, and what is told next does no harm."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from exercises import changes, follow, run, with_answers
from kernels import Kernel

from roundtrip.course import find_course

YOUR_TURN = find_course().lessons[-1]
RIGHT = changes(YOUR_TURN)
PHONE, SCRIPT, DEVELOPMENT, COMMIT, _, _, PRODUCTION = range(7)
COPY, _, BACK, POST, POSTS, _, ADA = range(7, 14)
DOWN, PRODUCTION_DOWN = re.findall(r"!flask.*downgrade", RIGHT[BACK])
RESET = "!git reset --hard HEAD~1"
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
            DEVELOPMENT: "",
            PRODUCTION: "",
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
        "The model has user.phon. If you meant that, fix the name.",
    ),
    "another type, and then only the model mended": (
        {
            PHONE: re.sub(r"phone: .*", "phone: Mapped[int | None]", RIGHT[PHONE]),
            COMMIT: f"{RIGHT[COMMIT]}\n{mended('int | None]', 'str | None] = ' + LENGTH)}",
        },
        "%check there",
        "The script makes user.phone INTEGER, and the model has VARCHAR(20).",
    ),
    "no length, and then only the model mended": (
        {
            PHONE: re.sub(r"phone: .*", "phone: Mapped[str | None]", RIGHT[PHONE]),
            COMMIT: f"{RIGHT[COMMIT]}\n{mended('phone: Mapped[str | None]', 'phone: ' + TWENTY)}",
        },
        "%check there",
        "production.db: user.phone is VARCHAR\n",
    ),
    "the line of another column is replaced": (
        {PHONE: re.sub(r"    city: .*\n", "", RIGHT[PHONE])},
        "%check there",
        "has dropped user.city with its values: the model had lost it.",
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
            DEVELOPMENT: "!flask db migrate -m phone",
            PRODUCTION: "",
        },
        "%check there",
        "app.db has user.phone already, and no script here made it",
    ),
    "the databases are committed": (
        {COMMIT: f"!git add -f instance\n{RIGHT[COMMIT]}"},
        "%check there",
        "instance/app.db is in Git, and rows belong to one machine.",
    ),
    "the model has a commit of its own": (
        {SCRIPT: f"!git commit -qam model\n{RIGHT[SCRIPT]}"},
        "%check there",
        "The script is in one commit, and its model in another",
    ),
    "no script was made": (
        {SCRIPT: "", DEVELOPMENT: "", COMMIT: ""},
        "%check there",
        "There is no migration script for it yet.",
    ),
    "the upgrade is forgotten": (
        {DEVELOPMENT: "", PRODUCTION: ""},
        "%check there",
        "The upgrade has not run on app.db.",
    ),
    "production is forgotten": (
        {PRODUCTION: ""},
        "%check there",
        "production.db has not run all that app.db has: each is upgraded on its own.",
    ),
    "only the script is committed": (
        {COMMIT: "!git add migrations\n!git commit -m 'Add phone column to user model'"},
        "%check there",
        "not committed: demo_app/models.py",
    ),
    "the script is not committed": (
        {COMMIT: "!git commit -am 'Add phone column to user model'"},
        "%check there",
        "The commit has the model alone, and whoever has it cannot make its table.",
    ),
    "reset before downgrade": (
        {BACK: "!git reset --hard HEAD~1"},
        "%check and-back",
        "whose script was deleted or reset too early.",
    ),
    "production did not go back": (
        {BACK: "!flask db downgrade\n!git reset --hard HEAD~1"},
        "%check and-back",
        "production.db: table user has id, name, email, city, phone",
    ),
    "one reset too far": (
        {BACK: RIGHT[BACK].replace("{found[0]}", "HEAD~2")},
        "%check and-back",
        "no branch has it any more, but Git remembers it.\n             next: git reset --hard ",
    ),
    "a step too many on each database": (
        {BACK: "\n".join([DOWN, DOWN, PRODUCTION_DOWN, PRODUCTION_DOWN])},
        "%check and-back",
        "with the values.\n             next: flask db upgrade ",
    ),
    "all the way down": (
        {BACK: RIGHT[BACK].replace("downgrade", "downgrade base", 1) + "\n!flask db upgrade"},
        "%check and-back",
        "The rows that the lesson begins with are gone",
    ),
    "a reset that is not hard": (
        {BACK: RIGHT[BACK].replace("--hard ", "")},
        "%check and-back",
        "and changes no file; then reset with --hard.\n             next: git reset ",
    ),
    "the code did not go back": (
        {BACK: f"{DOWN}\n{PRODUCTION_DOWN}"},
        "%check and-back",
        "“Add city column to user model” is",
    ),
    "a title may be empty": (
        {POST: RIGHT[POST].replace("title: Mapped[str]", "title: Mapped[str | None]")},
        "%finish",
        "It should be VARCHAR(200) and must not be empty",
    ),
    "a post without a user": (
        {POST: RIGHT[POST].replace("user_id: Mapped[int]", "user_id: Mapped[int | None]")},
        "%finish",
        "So a post without a user is possible.",
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
        "app.db has post already, and no script here made it",
    ),
    "the other user's post": (
        {ADA: RIGHT[ADA].replace("user_id=1", "user_id=2")},
        "%finish",
        "The rows that are there have user_id 2.",
    ),
    "the post is in production": (
        {
            POSTS: f"{RIGHT[POSTS]}\n!flask --env-file production.env db upgrade",
            ADA: RIGHT[ADA].replace("%%flask_shell", "%%flask_shell --env-file production.env"),
        },
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
        run(notebook, f"%lesson {YOUR_TURN.number} --continue", may_fail=False)
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
    assert flat(diagnosis) in flat(said), said
    assert "✘" in said


def flat(text: str) -> str:
    """Without the line breaks that depend on the room for it."""
    return " ".join(text.split())


def solved_with(wrong: dict[int, str], command: str) -> list[str]:
    """The right answers up to this check, but for the wrong ones."""
    parts = {"%check there": COPY, "%check and-back": POST, "%finish": len(RIGHT)}
    begin = POST if command == "%finish" else 0  # part three does not need the others
    return [
        wrong.get(place, answer) if begin <= place < parts[command] else ""
        for place, answer in enumerate(RIGHT)
    ]


HARMFUL = {
    "a downgrade() that does nothing": f"{EMPTIED}\n!git commit -qam emptied\n{RIGHT[BACK]}\n"
    "!git reset --hard HEAD~1",
    "down twice in production": f"{DOWN}\n{PRODUCTION_DOWN}\n{PRODUCTION_DOWN}\n{RESET}",
    "one reset too far": RIGHT[BACK].replace("{found[0]}", "HEAD~2"),
    "the code first": RESET,
    "a reset that is not hard": RIGHT[BACK].replace("--hard ", ""),
}


@pytest.mark.parametrize("mistake", HARMFUL)
def test_what_is_told_next_takes_no_value_that_is_to_stay(
    mistake: str, notebook: Kernel, way_back: WayBack, home: Path
):
    """Follow each `next:` as far as it goes: Ada still lives in London."""
    said = way_back(HARMFUL[mistake])
    said = follow(notebook, "%check and-back", said, "git re(?!flog)|git c|flask", most=6)
    with closing(sqlite3.connect(home / "workspace/instance/app.db")) as database:
        rows = database.execute("SELECT city FROM user WHERE name = 'Ada'").fetchall()
    assert rows == [("London",)], said
    assert "Done." in said or "next: %restart" in said, said
