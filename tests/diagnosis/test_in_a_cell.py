"""The two lines as a cell shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from kernels import Kernel, kernel
from states import DEMO_APP


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("learner")) as started:
        assert started.run("%load_ext roundtrip\n%lesson 1").error is None
        yield started


LINES = (
    "means: `flask` does not know which app to load: no `.flaskenv` says so.\n"
    "do:    Write the line `FLASK_APP=demo_app` into the file `.flaskenv`, or name the app each "
    "time:\n       `flask --app demo_app …`.\n"
)


def test_a_cell_shows_the_two_lines_once_under_the_output(notebook):
    answer = notebook.run("!flask db upgrade\nprint('never')")
    assert answer.text.startswith("Error: Could not locate a Flask application.")
    assert answer.text.endswith(f"\nError: No such command 'db'.\n{LINES}")
    assert answer.text.count("means: ") == 1
    assert answer.traceback == [
        "CommandFailed: `flask db upgrade` ended with exit code 2; the lines above say why."
    ]


def test_a_list_and_the_shell_show_them_too(notebook):
    answer = notebook.run("lines = !flask db upgrade")
    assert answer.text.endswith(f"\nError: No such command 'db'.\n{LINES}")
    assert answer.value.endswith("exit code 2; the lines above say why.")
    answer = notebook.run("%%flask_shell\n1")
    assert answer.text.endswith(f"in the current directory.\n{LINES}")
    assert answer.text.count("means: ") == 1
    assert "did not start" in answer.value


def test_git_is_explained_before_there_is_a_repository(notebook):
    answer = notebook.run('!git commit -m "flask: Error: Ambiguous walk"')
    assert "\nmeans: Git finds no repository of this project" in answer.text
    assert answer.text.count("means: ") == 1


def test_other_commands_and_unknown_errors_have_no_lines(notebook):
    for cell in (
        '!git comit -m "flask: Error: Ambiguous walk"',
        "!echo 'Error: Ambiguous walk'; exit 1",
        "!echo flask; exit 3",
    ):
        answer = notebook.run(cell)
        assert answer.error == "CommandFailed"
        assert "means: " not in answer.text
        assert "read the first error, then the last line." in answer.value


def test_a_page_that_fails_is_explained_for_its_database(notebook):
    app = f"""import pathlib, shutil, sqlite3
_ = shutil.copytree({str(DEMO_APP)!r}, "demo_app")
_ = pathlib.Path(".flaskenv").write_text("FLASK_APP=demo_app")
_ = pathlib.Path("production.env").write_text("DATABASE_URL=sqlite:///production.db")
pathlib.Path("instance").mkdir()
for name in "app", "production":
    with sqlite3.connect(f"instance/{{name}}.db") as connection:
        _ = connection.execute("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)")
"""
    assert notebook.run(app).error is None
    for options, command in (
        ("", "`flask db upgrade`"),
        ("--env-file production.env ", "`flask --env-file production.env db upgrade`"),
    ):
        answer = notebook.run(f"%page {options}/")
        status, means, do = re.sub("\n {7}", " ", answer.text).splitlines()
        assert status.startswith("GET / → 500 ")
        assert means.startswith("means: The statement asks for `user.email`, a column that ")
        assert do.startswith("do:    ") and command in do
        assert answer.value.startswith("The page could not be made: ")


def test_a_command_without_its_mark_is_told_apart_from_python(notebook):
    another = 'DATABASE_URL=sqlite:// flask db migrate -m "…"'
    for cell in ("git diff", "x = 1\nflask db upgrade", "pytest -q", "git add .", another):
        answer = notebook.run(cell)
        line = cell.splitlines()[-1]
        means, do = re.sub("\n {7}", " ", answer.text).strip().splitlines()
        assert means == f"means: `{line}` is a command for the terminal, and a cell takes Python."
        assert do == f"do:    Put `!` before it: `!{line}`."
    answer = notebook.run("db.session.commit()")
    assert answer.text == (
        "means: `db` is known in the Flask shell, and this cell is plain Python.\n"
        "do:    Begin the cell with `%%flask_shell`.\n"
    )
    answer = notebook.run("VACUUM INTO 'instance/x.db'")
    assert "`VACUUM` begins a statement of SQL, and a cell takes Python." in answer.text
    assert 'with `%%flask_shell`, and write `db.session.execute(db.text("…"))`.' in answer.text
    assert "`import csv` above" in notebook.run("csv.reader(3)").text
    for cell in ("def f(:", "git = ", "flask(1", "print('git diff'", "flask = 1", "git", "nope -q"):
        assert notebook.run(cell).text == ""


@pytest.mark.parametrize("before", ["# a copy\n", " "])
def test_a_magic_that_is_not_the_first_is_told_so(notebook, before):
    answer = notebook.run(f"{before}%%flask_shell --env-file production.env\n1")
    said = " ".join(answer.text.split())
    assert "means: `%%flask_shell --env-file production.env` has to be the very first" in said
    assert "do: Take away the line above it, or the space before it." in said
    for cell in ("%%flask_shell\n1\n%%flask_shell", "%%bash\nexit 1\n%%bash"):
        assert "the very first" not in notebook.run(cell).text


@pytest.mark.parametrize(
    "cell", ["%%flask_shell", "%%flask_shell --env-file production.env\n", "%%writefile a.txt"]
)
def test_a_magic_with_nothing_below_it_is_told_so(notebook, cell):
    """The board tells the first line alone."""
    answer = notebook.run(cell)
    assert answer.text.startswith(f"means: `{cell.strip()}` is for the lines below it,")
    assert "means: " not in notebook.run("%%nope").text


@pytest.mark.parametrize("cell", ["%flask db upgrade", "x = 1\n%git status", "%%pytest -q\n"])
def test_a_command_with_the_mark_of_the_notebook_is_told_the_other_mark(notebook, cell):
    line = cell.strip().splitlines()[-1]
    means, do, _ = notebook.run(cell).text.splitlines()
    assert (
        means
        == f"means: `{line}` is a command for the terminal, and `%` begins one to the notebook."
    )
    assert do == f"do:    Put `!` in the place of the `%`: `!{line.lstrip('%')}`."
    for other in ("%nope -q", "%git"):
        assert "means: " not in notebook.run(other).text


@pytest.mark.parametrize("cell", ["!%board", "x = !%board", "!%board ", "if True:\n    !%board"])
def test_the_mark_of_a_command_before_that_of_the_notebook_is_too_much(notebook, cell):
    answer = notebook.run(cell)
    said = "`%board` is a command to the notebook, not for the terminal: leave out the `!`."
    assert (answer.text, answer.value) == ("", said)


def test_output_of_a_command_that_is_not_there_is_told(notebook):
    cell = "found = !git log --format=%H --grep=tabel\nprevious = found[0]"
    answer = notebook.run(f"!git init -q && git commit -q --allow-empty -m table\n{cell}")
    assert answer.error == "IndexError"
    assert "means: `found` is a list of the lines that a command printed" in answer.text
    assert "do:    Run `!git log --format=%H --grep=tabel` by itself" in answer.text
    assert notebook.run("[][0]").text == ""


def test_a_file_that_is_in_the_folder_of_databases_is_told_to_be_there(notebook):
    made = "import pathlib, shutil\npathlib.Path('instance').mkdir(exist_ok=True)\n"
    assert notebook.run(f"{made}pathlib.Path('instance/old.db').touch()").error is None
    answer = notebook.run("shutil.copy('old.db', 'instance/app.db')")
    assert answer.error == "FileNotFoundError"
    assert answer.text == (
        "means: There is no `old.db`; a file of that name is in `instance/`.\n"
        "do:    Write `instance/old.db`.\n"
    )
    answer = notebook.run("shutil.copy('../instance/old.db', 'instance/app.db')")
    assert answer.text.endswith("do:    Write `instance/old.db`.\n")
    assert notebook.run("shutil.copy('older.db', 'instance/app.db')").text == ""
