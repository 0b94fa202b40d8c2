"""Wrong answers to lesson 10, and each `next:` followed until the goals are met."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from exercises import changes, follow, run, with_answers
from kernels import Kernel

from roundtrip.course import find_course

YOUR_TURN = find_course().lessons[-1]
RIGHT = changes(YOUR_TURN)
PHONE, SCRIPT, DEVELOPMENT, COMMIT, _, _, PRODUCTION = range(7)
COPY, _, _, POST, _, _, ADA, COMMIT2 = range(7, 15)
COPY3 = 16
MEND = """from pathlib import Path
model = Path('demo_app/models.py')
_ = model.write_text(model.read_text().replace({old!r}, {new!r}))"""
RENAME = r"""from pathlib import Path
script = max(Path("migrations/versions").glob("*say_what_changes*"))
text = script.read_text()
before, up, down = text.split("with op.batch_alter_table")
lines = "\n        batch_op.alter_column('{}', new_column_name='{}')\n"
_ = script.write_text(
    f"{before}with op.batch_alter_table('user') as batch_op:{lines.format('telephone', 'phone')}"
    "\n\ndef downgrade():\n    "
    f"with op.batch_alter_table('user') as batch_op:{lines.format('phone', 'telephone')}"
)"""

RENAME_TABLE = r"""from pathlib import Path
script = max(Path("migrations/versions").glob("*say_what_changes*"))
before, _, _ = script.read_text().partition("def upgrade")
up, down = (f"op.rename_table({names})" for names in ("'posts', 'post'", "'post', 'posts'"))
_ = script.write_text(
    f"{before}def upgrade():\n    {up}\n\n\ndef downgrade():\n    {down}\n"
)"""

ANOTHER_NAME = {PHONE: RIGHT[PHONE].replace("phone:", "telephone:")}
THEN_RENAMED = MEND.format(old="telephone", new="phone")

INTO_THE_CITY_SCRIPT = """from pathlib import Path
script = next(Path('migrations/versions').glob('*city*'))
phone = "        batch_op.add_column(sa.Column('phone', sa.String(20), nullable=True))\\n"
text = script.read_text()
before = "        batch_op.add_column(sa.Column('city'"
_ = script.write_text(text.replace(before, phone + before))"""
EMPTIED = """from pathlib import Path
script = next(Path('migrations/versions').glob('*phone*'))
text = script.read_text()
up, down = text.index('def upgrade'), text.index('def downgrade')
_ = script.write_text(text[:up] + 'def upgrade():\\n    pass\\n\\n\\n' + text[down:])"""

MISTAKES = {
    "in the commit of an earlier lesson": (
        {COMMIT: "!git add .\n!git commit -q --amend --no-edit"},
        [],
        "the commit of an earlier lesson, and needs its own.",
    ),
    "in the script of an earlier lesson": (
        {SCRIPT: INTO_THE_CITY_SCRIPT, DEVELOPMENT: "", COMMIT: "", PRODUCTION: ""},
        [],
        "This script is an earlier lesson's, and databases have run it",
    ),
    "a script that was emptied": (
        {SCRIPT: f"{RIGHT[SCRIPT]}\n{EMPTIED}", DEVELOPMENT: "", COMMIT: "", PRODUCTION: ""},
        [],
        "does nothing: its upgrade() is empty. Delete it, make it again.",
    ),
    "a script that was emptied, and has run": (
        {SCRIPT: f"{RIGHT[SCRIPT]}\n{EMPTIED}", DEVELOPMENT: "!flask db upgrade"},
        [],
        "It has run and done nothing, so stamp the database back",
    ),
    "a script that was removed again": (
        {PRODUCTION: "!git rm -q migrations/versions/*phone*\n!git commit -qm 'clean up'"},
        [],
        "whose script was deleted or reset too early",
    ),
    "another name, and a script that renames it": (
        ANOTHER_NAME,
        [
            THEN_RENAMED,
            '!flask db migrate -m "Say what changes"',
            RENAME,
        ],
        "The upgrade has not run on app.db.",
    ),
    "an index": (
        {PHONE: RIGHT[PHONE].replace("String(20))", "String(20), index=True)")},
        [MEND.format(old=", index=True", new="")],
        "The script does more than that: create_index.",
    ),
    "the model is committed before there is a script": (
        {SCRIPT: f"!git commit -qam phone\n{RIGHT[SCRIPT]}", COMMIT: ""},
        [],
        "The commit has the model alone",
    ),
    "another type": (
        {PHONE: RIGHT[PHONE].replace("[str | None] = mapped_column(String(20))", "[int | None]")},
        [MEND.format(old="[int | None]", new="[str | None] = mapped_column(String(20))")],
        "The script makes user.phone INTEGER, and the model has VARCHAR(20).",
    ),
}

FOLLOWED = {"another name, and a script that renames it", "an index", "another type"}
"""Those that production has run: another script follows, and none is taken back."""


def value(database: Path) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT phone, city FROM user WHERE name = 'Ada'").fetchall()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_part_one_can_be_mended(mistake: str, notebook: Kernel, home: Path):
    wrong, cells, told = MISTAKES[mistake]
    solved = [wrong.get(place, RIGHT[place]) for place in range(COPY)]
    with_answers(notebook, YOUR_TURN, solved, "%check there")
    for cell in cells:
        run(notebook, cell, may_fail=False)
    said = run(notebook, "%check there", may_fail=False)
    assert told in " ".join(said.split()), said
    said = follow(notebook, "%check there", said, "git|flask", most=14)
    assert "Done." in said, said
    assert value(home / "workspace/instance/app.db") == [(None, "London")]
    scripts = list((home / "workspace/migrations/versions").glob("*.py"))
    assert len(scripts) == (4 if mistake in FOLLOWED else 3), scripts


def test_what_is_left_in_the_model_is_named(notebook: Kernel):
    """One is mended after the other, each by a script of its own: production has the first."""
    both = "String(20), index=True)\n    fax: Mapped[int | None]"
    solved = [RIGHT[PHONE].replace("String(20))", both), *RIGHT[SCRIPT:COPY]]
    with_answers(notebook, YOUR_TURN, solved, "%check there")
    for mended, told, left in (
        (", index=True", "Model and database differ.", "take user.fax out of it"),
        ("\n    fax: Mapped[int | None]", "make a new migration", "next: %show migrations"),
    ):
        run(notebook, MEND.format(old=mended, new=""), may_fail=False)
        said = run(notebook, "%check there", may_fail=False)
        assert told in " ".join(said.split()), said
        assert "downgrade" not in said, said
        said = follow(notebook, "%check there", said, "flask|git [ac]", most=8)
        assert left in " ".join(said.split()), said
    run(notebook, "!flask db upgrade", may_fail=False)  # as its board says
    said = run(notebook, "%check there", may_fail=False)
    said = follow(notebook, "%check there", said, "flask|git [ac]", most=8)
    assert "Done." in said, said


def test_no_upgrade_is_told_while_the_model_is_wrong(notebook: Kernel):
    """Nor a downgrade yet: what is made again from that model is the same again."""
    solved = [RIGHT[PHONE].replace("[str | None] = mapped_column(String(20))", "[int | None]")]
    with_answers(notebook, YOUR_TURN, [*solved, *RIGHT[SCRIPT:COPY]], "%check there")
    said = run(notebook, "%check there", may_fail=False)
    assert "next: flask" not in said, said
    assert "the model says INTEGER: that comes first" in " ".join(said.split()), said


def test_a_class_in_a_file_of_its_own_is_imported_as_told(notebook: Kernel):
    own = "from sqlalchemy import ForeignKey, String\n"
    own += "from sqlalchemy.orm import Mapped, mapped_column\n\nfrom .models import db\n\n\n"
    own += RIGHT[POST][RIGHT[POST].index("class Post") :]
    solved = ["" for _ in RIGHT]
    solved[POST] = f"%%writefile demo_app/post.py\n{own}"
    said = with_answers(notebook, YOUR_TURN, solved, "%finish")["%finish"]
    line = "from . import post"
    assert f"below the imports of demo_app/__init__.py: {line}" in " ".join(said.split()), said
    last = "from .pages import pages\n"
    mend = MEND.replace("models", "__init__").format(old=last, new=f"{last}{line}\n")
    run(notebook, mend, may_fail=False)
    said = run(notebook, "%finish", may_fail=False)
    assert "✔ met      The model has post.title" in said, said


NULLABLE = "Mapped[int | None] = mapped_column(F"
TABLES = {
    "an index": RIGHT[POST].replace("String(200))", "String(200), index=True)"),
    "another name": RIGHT[POST].replace(
        "class Post(db.Model):", 'class Post(db.Model):\n    __tablename__ = "posts"'
    ),
    "no foreign key": RIGHT[POST].replace(' = mapped_column(ForeignKey("user.id"))', ""),
    "a foreign key that is no column": RIGHT[POST].replace(
        'user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))',
        'user_id = ForeignKey("user.id")',
    ),
    "a post without a user": RIGHT[POST].replace("Mapped[int] = mapped_column(F", NULLABLE),
    "a title that may be empty": RIGHT[POST].replace(
        "title: Mapped[str]", "title: Mapped[str | None]"
    ),
}


@pytest.mark.parametrize("mistake", TABLES)
def test_part_three_can_be_mended(mistake: str, notebook: Kernel, home: Path):
    solved = [answer if place >= POST else "" for place, answer in enumerate(RIGHT)]
    solved[POST] = TABLES[mistake]
    if "foreign key" in mistake:  # seen before the commit
        solved[COMMIT2:] = [""] * len(RIGHT[COMMIT2:])
    if "no column" in mistake:
        solved[ADA] = ""
    with_answers(notebook, YOUR_TURN, solved, "%finish")
    run(notebook, RIGHT[POST], may_fail=False)
    said = run(notebook, "%finish", may_fail=False)
    said = follow(notebook, "%finish", said, "git|flask", most=12)
    if mistake == "another name":  # production has it already, so another script renames it
        assert "next: %show migrations/versions/" in said, said
        run(notebook, RENAME_TABLE, may_fail=False)
        said = run(notebook, "%finish", may_fail=False)
        said = follow(notebook, "%finish", said, "git|flask", most=12)
    assert "Ada has written" in said, said
    run(notebook, RIGHT[ADA], may_fail=False)  # her post has gone with the table
    said = run(notebook, "%finish", may_fail=False)
    if "is complete" not in said:  # production gets the table after that, and a copy before
        run(notebook, RIGHT[COPY3], may_fail=False)
        said = run(notebook, "%finish", may_fail=False)
        said = follow(notebook, "%finish", said, "git|flask", most=12)
    assert "is complete" in said, said
    for name in ("app.db", "production.db"):
        with closing(sqlite3.connect(home / "workspace/instance" / name)) as connection:
            made = "SELECT name FROM sqlite_master WHERE type IN ('table', 'index') AND sql <> ''"
            names = {row[0] for row in connection.execute(made)}
        assert names == {"alembic_version", "user", "post"}
