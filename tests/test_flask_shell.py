"""The conversation with a real `flask shell`, as a terminal would show it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from kernels import make_project

from roundtrip import terminal
from roundtrip.errors import Interrupted
from roundtrip.flask_shell import Conversation, converse


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose database has two users, and whose model is that of the database."""
    project = make_project(tmp_path_factory.mktemp("shell") / "my home" / "workspace")
    code = (
        "from demo_app import create_app, db\nfrom demo_app.models import User\n"
        "with create_app().app_context():\n db.create_all()\n"
        " db.session.add(User(name='Ada', email='ada@example.com'))\n"
        " db.session.add(User(name='Grace', email='grace@example.com'))\n db.session.commit()"
    )
    done = terminal.capture(["python", "-c", code], project)
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(prepared: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "my home" / "workspace"
    shutil.copytree(prepared, folder)
    return folder.resolve()


def talk(source: str, project: Path, options: Sequence[str] = ()) -> tuple[str, Conversation]:
    pieces: list[str] = []
    ended = converse(source, options, project, project, pieces.append)
    return "".join(pieces), ended


def test_a_transcript_as_in_a_terminal(project):
    """Statements, blocks, comments, empty lines, text in several lines, Unicode, no line end."""
    text, ended = talk(
        "user = User.query.first()\n"
        "\n"
        "# a comment\n"
        "print(user.name)\n"
        "user.email\n"
        "for each in User.query.order_by(User.id):\n"
        "    print(each.name)\n"
        "\n"
        "    # inside\n"
        "    each.email\n"
        "if user.id == 7:\n"
        "    print('seven')\n"
        "else:\n"
        "    print('not seven')\n"
        "print(\n"
        "    'in',\n"
        "\n"
        "    'brackets',\n"
        ")\n"
        "# text\n"
        "print('''one\n"
        "\n"
        "two''')\n"
        "print('Grüße 🙂')\n"
        "print('no line end', end='')\n"
        "None\n"
        "a = 1; b = 2\n"
        "a + b\n",
        project,
    )
    assert text == (
        ">>> user = User.query.first()\n"
        ">>> # a comment\n"
        ">>> print(user.name)\n"
        "Ada\n"
        ">>> user.email\n"
        "'ada@example.com'\n"
        ">>> for each in User.query.order_by(User.id):\n"
        "...     print(each.name)\n"
        "...     # inside\n"
        "...     each.email\n"
        "...\n"
        "Ada\n"
        "'ada@example.com'\n"
        "Grace\n"
        "'grace@example.com'\n"
        ">>> if user.id == 7:\n"
        "...     print('seven')\n"
        "... else:\n"
        "...     print('not seven')\n"
        "...\n"
        "not seven\n"
        ">>> print(\n"
        "...     'in',\n"
        "...     'brackets',\n"
        "... )\n"
        "in brackets\n"
        ">>> # text\n"
        ">>> print('''one\n"
        "...\n"
        "... two''')\n"
        "one\n"
        "\n"
        "two\n"
        ">>> print('Grüße 🙂')\n"
        "Grüße 🙂\n"
        ">>> print('no line end', end='')\n"
        "no line end>>> None\n"
        ">>> a = 1; b = 2\n"
        ">>> a + b\n"
        "3\n"
    )
    assert ended == Conversation(started=True, failed=None, unsent=0, code=0)


def test_what_was_written_is_in_the_database(project):
    import sqlite3
    from contextlib import closing

    text, ended = talk(
        "user = User.query.first()\nuser.name = 'Ada Lovelace'\ndb.session.commit()", project
    )
    assert (ended.failed, text.count(">>> ")) == (None, 3)
    with closing(sqlite3.connect(project / "instance" / "app.db")) as connection:
        assert connection.execute("SELECT name FROM user ORDER BY id").fetchall() == [
            ("Ada Lovelace",),
            ("Grace",),
        ]


def test_an_error_in_the_middle_is_shown_folded_and_ends_the_sending(project):
    models = project / "demo_app" / "models.py"
    models.write_text(models.read_text() + "    age: Mapped[int | None]\n")
    text, ended = talk("1 + 1\nuser = User.query.first()\nprint(user.age)\nprint('never')", project)
    assert text.startswith(
        ">>> 1 + 1\n2\n>>> user = User.query.first()\nTraceback (most recent call last):\n"
        "  ... calls inside libraries ...\n"
        "sqlite3.OperationalError: no such column: user.age\n"
    )
    assert (
        'Traceback (most recent call last):\n  File "<console>", line 1, in <module>\n'
        "  ... calls inside libraries ...\n"
        "sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such column: user.age\n"
        "[SQL: SELECT"
    ) in text
    assert "site-packages" not in text
    assert "never" not in text
    assert ended == Conversation(True, "user = User.query.first()", 2, 0)


@pytest.mark.parametrize(
    ("source", "shown", "failed", "unsent"),
    [
        ("x = = 1\nprint('never')", "SyntaxError: invalid syntax", "x = = 1", 1),
        ("print('first')\nprint 'second'", "Missing parentheses", "print 'second'", 0),
        ("for x in 1, 2:\n    print(x)\n    y = = 2\nz", "SyntaxError", None, 1),
        ("# why\n1 / 0\n2", "ZeroDivisionError: division by zero", "# why\n1 / 0", 1),
        ("print('half", "SyntaxError: (unterminated|incomplete)", "print('half", 0),
        ("1\nprint(\n  2", "waits for the rest", "print(\n  2", 0),
    ],
)
def test_errors_are_found(project, source, shown, failed, unsent):
    text, ended = talk(source, project)
    assert re.search(shown, text)
    assert "never" not in text
    failed = failed or source.rpartition("\n")[0]
    assert (ended.started, ended.failed, ended.unsent) == (True, failed, unsent)
    if "first" in source:
        assert ">>> print('first')\nfirst\n>>> print 'second'\n" in text
    if "for" in source:
        assert "\n1\n" not in text, "a block with a mistake in it does not run"
        assert "...     y = = 2\n" in text


def test_a_statement_that_prints_prompts_confuses_nobody(project):
    text, ended = talk(
        r"print('\x1e1!\x1f\x1e', '>>> ', '\x1f')" + "\n'after'\nprint('...')", project
    )
    assert text == (
        r">>> print('\x1e1!\x1f\x1e', '>>> ', '\x1f')" + "\n\x1e1!\x1f\x1e >>>  \x1f\n"
        ">>> 'after'\n'after'\n>>> print('...')\n...\n"
    )
    assert ended.failed is None


@pytest.mark.parametrize(
    ("leave", "code", "failed"),
    [
        ("exit()", 0, None),
        ("exit(3)", 3, "exit(3)"),
        ("import os; os._exit(4)", 4, "import os; os._exit(4)"),
    ],
)
def test_leaving_in_the_middle_is_said(project, leave, code, failed):
    text, ended = talk(f"print('before')\n{leave}\nprint('never')", project)
    assert text.startswith(f">>> print('before')\nbefore\n>>> {leave}\n")
    assert ">>> print('never')" not in text
    assert ended == Conversation(True, failed, 1, code)
    assert ("were not sent" in text) is (failed is None)


def test_ten_thousand_lines_come_through(project):
    text, ended = talk("for n in range(10_000): print('row', n)\n\n'end'", project)
    assert text.endswith("row 9999\n>>> 'end'\n'end'\n")
    assert text.count("row ") == 10_000
    assert ended.failed is None


def test_a_question_gets_no_answer_and_eats_no_statement(project):
    begin = time.monotonic()
    for ask in ("input('Name: ')", "import os; os.system('cat')", "import sys; sys.stdin.read()"):
        text, ended = talk(f"{ask}\n'next'", project)
        if ask.startswith("input"):
            assert "EOFError: EOF when reading a line" in text
            assert (ended.failed, ended.unsent) == (ask, 1)
        else:
            assert text.endswith(">>> 'next'\n'next'\n")
    assert time.monotonic() - begin < 12


def test_a_shell_that_does_not_start_says_why(project):
    (project / "demo_app" / "models.py").write_text("import no_such_module\n")
    text, ended = talk("1 + 1", project)
    assert "No module named 'no_such_module'" in text
    assert ">>>" not in text
    assert (ended.started, ended.failed) == (False, None)
    assert ended.code != 0


def test_what_the_app_says_at_its_start_is_shown_and_the_greeting_is_not(project):
    init = project / "demo_app" / "__init__.py"
    init.write_text("print('the app says: 2 tables')\n" + init.read_text())
    text, _ = talk("1", project)
    assert text == "the app says: 2 tables\n>>> 1\n1\n"


def test_options_reach_flask(project):
    (project / "other.env").write_text("DATABASE_URL=sqlite:///other.db\n")
    text, ended = talk("db.engine.url.database", project, ["--env-file", "other.env"])
    assert text.endswith("workspace/instance/other.db'\n")
    assert ended.failed is None


def test_nothing_to_say_is_no_error(project):
    assert talk("# only a comment\n", project) == ("", Conversation(True, None, 0, 0))


def test_the_learners_python_history_is_not_touched(project, tmp_path, monkeypatch):
    home = tmp_path / "their home"
    home.mkdir()
    (home / ".python_history").write_text("secret = 1\n")
    os.utime(home / ".python_history", (1, 1))
    monkeypatch.setenv("HOME", str(home))
    text, _ = talk("1\nexit()", project)
    # Python 3.13 says goodbye to who has typed that, too
    assert text.removesuffix("now exiting InteractiveConsole...\n") == ">>> 1\n1\n>>> exit()\n"
    assert [p.name for p in home.iterdir()] == [".python_history"]
    assert (home / ".python_history").stat().st_mtime == 1


def test_an_interrupt_ends_the_shell(project):
    seen: list[str] = []

    def write(text: str) -> None:
        seen.append(text)
        if text == "begun\n":
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(Interrupted):
        converse(
            "import time\nprint('begun'); time.sleep(97.531)\n'never'", [], project, project, write
        )
    assert "never" not in "".join(seen)
    mine = psutil.Process().children(recursive=True)
    assert [p for p in mine if p.status() != psutil.STATUS_ZOMBIE and "shell" in p.cmdline()] == []
