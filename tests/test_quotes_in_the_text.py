"""What the lessons quote stands where they quote it from, and what they count is as many."""

from __future__ import annotations

import re

from pages import CELLS, MARKDOWN, PLACEHOLDERS, Cell, command, fenced, in_tables, spans

ELSEWHERE = {
    # what Git, Flask, SQLAlchemy, SQLite and Flask-Migrate say where a lesson does not go
    "fatal: not a git repository (or any of the parent directories): .git": "outside the course",
    "No such command 'db'": "where Flask-Migrate is missing",
    "Could not locate a Flask application": "where python-dotenv is missing",
    "No module named 'demo_app'": "where pytest.ini is missing, outside the course",
    "database is locked": "tests/lessons/test_claims.py",
    "_alembic_tmp_user": "tests/lessons/test_claims.py",
    "exit()": "in a terminal",
    "No changes in schema detected.": "where the model did not change",
    "This operation cannot proceed in --sql mode": "tests/lessons/test_claims.py",
    "'User' object has no attribute 'age'": "from a model behind the database",
    "'age' is an invalid keyword argument for User": "from a model behind the database",
    "column user.age does not exist": "of PostgreSQL",
    'relation "user" does not exist': "of PostgreSQL",
    "no such table: user": "from an empty database",
    "NOT NULL constraint failed: user.age": "from a column that may not be empty",
    "Can't locate revision identified by '…'": "after a reset that came too early",
    "PROBLEM": "from %doctor, where something is wrong",
    "HEAD~1": "another name of a commit, in tests/lessons/test_wrong_answers.py",
    "pip install Flask-SQLAlchemy Flask-Migrate python-dotenv": "outside the course",
    # code that is wrong, or for another project or another day
    "age = db.Integer": "a mistake",
    "age: Mapped[int]": "what the three users forbid",
    "DATABASE_URI=": "a typo",
    "op.execute('UPDATE \"user\" SET age = 0 WHERE age IS NULL')": "tests/lessons/test_claims.py",
    "check()": "tests/lessons/test_claims.py",
    'result = db.session.execute(db.text("DELETE FROM user WHERE id IN (4, 5)"))': "after a slip",
    "op.drop_column('user', 'city')": "tests/lessons/test_claims.py",
    'op.execute("PRAGMA foreign_keys=OFF")': "tests/lessons/test_claims.py",
    "Multiple head revisions are present": "tests/lessons/test_claims.py",
    'mapped_column(server_default="0")': "tests/lessons/test_claims.py",
    "default=0": "tests/lessons/test_claims.py",
    'op.execute("UPDATE …")': "what a script by hand may hold",
    "db.session.get(User, 1)": "for a certain row",
    "password_hash": "a column of another project",
    '"user"': "of PostgreSQL",
    '__tablename__ = "users"': "for another project",
    "notebooks": "the folder of the lessons",
    "db.create_all()": "what many tutorials do",
    "alter_column": "for a rename",
    "new_column_name": "for a rename",
    'os.environ["DATABASE_URL"]': "in production",
    "pg_dump": "of PostgreSQL",
    "lock_timeout": "of PostgreSQL",
    "PRAGMA foreign_keys = ON": "of SQLite",
    "CHECK": "of SQL",
    "ON DELETE CASCADE": "of SQL; tests/lessons/test_claims.py",
    "VARCHAR(20)": "of SQL",
    'db.select(User).filter_by(name="Ada")': "for another user",
    "print(User.query.first().age)": "two lines of lesson 06 in one",
    "shutil.copy(source, target)": "with the names to fill in; the answer fills them in",
    "backup": "of Python's sqlite3",
    "pip install pytest": "for another project",
    "Tip:": "of flask, where python-dotenv is missing",
}
"""Code that the lessons name and that stands in no cell, answer or output, and where it is from."""

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def on_the_pages() -> str:
    """All that cells and folded answers say, and all that the cells have printed."""
    parts = [block for cell in CELLS if not cell.is_code for block in fenced(cell.source)]
    for cell in CELLS:
        if cell.is_code:
            parts += [cell.source, *(words for _, words in cell.shown())]
    return "\n".join(parts)


def quoted(span: str) -> str:
    """A pattern for a code as whole words; `…` in it stands for others."""
    words = ".*?".join(re.escape(part) for part in span.split("…"))
    first, last = (r"\b" if re.match(r"\w", span[end]) else "" for end in (0, -1))
    return f"{first}{words}{last}"


def test_code_in_the_text_stands_in_a_cell_or_in_an_output():
    pages, used, seen, wrong = on_the_pages(), set(), 0, []
    for text in (*MARKDOWN, *in_tables()):
        for span in spans(text.words):
            if command(text.where, span) or span in PLACEHOLDERS or re.match(r"--?[a-z]", span):
                continue  # tests/test_commands_in_the_text.py
            seen += 1
            if span in ELSEWHERE:
                used.add(span)
            elif not re.search(quoted(span), pages):
                wrong.append(f"{text.where}: `{span}`")
    assert not wrong, "\n".join(["on no page, and not in ELSEWHERE:", *wrong])
    assert {*ELSEWHERE} - used == set()
    assert seen >= 250


def before(where: str) -> list[Cell]:
    """The code cells of a lesson above this cell, the nearest first."""
    lesson, number = int(where[:2]), int(where[3:-1])
    return [
        cell
        for cell in reversed(CELLS)
        if cell.is_code and cell.lesson == lesson and cell.number < number
    ]


def test_what_is_counted_is_there_as_often():
    """Such as “one `ALTER TABLE`”: in the nearest output above that has it."""
    seen = 0
    for text in MARKDOWN:
        for word, code in re.findall(r"\b(one|two|three|four|five) `(.+?)`", text.words, re.I):
            counts = [
                n
                for cell in before(text.where)
                for _, said in cell.shown()
                if (n := said.count(code))
            ]
            assert counts, f"{text.where}: {code} is in no output above"
            assert counts[0] == NUMBERS[word.lower()], f"{text.where}: {word} {code}"
            seen += 1
    assert seen >= 4


def test_users_are_counted_as_the_cell_above_shows_them():
    seen = 0
    for text in MARKDOWN:
        (nearest, *_) = before(text.where) or [None]
        if nearest is None or nearest.number != int(text.where[3:-1]) - 1:
            continue
        shown = [len(re.findall(r"^ +\d+ +[A-Z]\w+ ", said, re.M)) for _, said in nearest.shown()]
        for word in re.findall(r"\b(one|two|three|four|five) (?:users|rows)\b", text.words, re.I):
            if rows := max(shown, default=0):
                assert NUMBERS[word.lower()] == rows, f"{text.where}: {word}, not {rows}"
                seen += 1
    assert seen >= 4
