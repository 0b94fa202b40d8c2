"""A command's output is the same on every machine: paths, line ends and tracebacks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from pages import CELLS
from sqlalchemy import make_url
from streamed import python, run

from roundtrip.polish import Polish

OTHER_PYTHONS = [
    p for v in ("3.12", "3.13", "3.14") if (p := shutil.which(f"python{v}")) and "shims" not in p
]


def polished(text: str, project: Path, size: int = 10_000) -> str:
    polish = Polish(project)
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    return "".join([polish.feed(piece) for piece in pieces] + [polish.finish()])


def test_windows_line_ends_become_plain_ones_also_when_cut(project):
    polish = Polish(project)
    assert polish.feed("a\r") + polish.feed("") + polish.feed("\nb\r\n") == "a\nb\n"


def test_the_projects_folder_is_shortened_however_it_is_written(project):
    text = f"{project}\n{project}/a.py\n'{project}/b'\nsqlite:///{project}/i.db\nin {project}.\n"
    assert polished(text, project) == (
        "workspace\nworkspace/a.py\n'workspace/b'\nsqlite:///workspace/i.db\nin workspace.\n"
    )


def test_names_that_only_begin_alike_are_not_shortened(project):
    for other in (f"{project}2/a", f"{project}-old/a", f"/x{project}/a"):
        assert polished(other + "\n", project) == other + "\n"


def test_a_link_on_the_way_is_shortened_too(project, tmp_path):
    """As /var on macOS, which is /private/var: programs print the one or the other."""
    (tmp_path / "var").symlink_to(project.parent)
    seen = tmp_path / "var" / "workspace"
    assert polished(f"{seen}/a {project}/b\n", seen) == "workspace/a workspace/b\n"


def test_a_quote_in_the_path_as_pythons_repr_writes_it(tmp_path):
    folder = tmp_path / 'o\'clock "x"' / "workspace"
    assert polished(f"Creating directory {str(folder / 'm')!r}\n", folder) == (
        "Creating directory 'workspace/m'\n"
    )


def test_a_url_of_a_path_with_signs_in_it(tmp_path):
    """SQLAlchemy's way (`flask db current -v`), and that of file: URLs."""
    folder = tmp_path / "o'clock ü 100%" / "workspace"
    url = make_url("sqlite://").set(database=str(folder / "a.db")).render_as_string()
    assert "%25" in url
    assert polished(f"{url}\n{(folder / 'a.db').as_uri()}\n", folder) == (
        "sqlite:///workspace/a.db\nfile://workspace/a.db\n"
    )


def test_a_path_cut_by_a_pause_is_shortened(project):
    polish, text = Polish(project), f"in {project}/a\n"
    shown = "".join(polish.feed(sign) + polish.feed("") for sign in text)
    assert shown + polish.finish() == "in workspace/a\n"


def test_library_folders_lose_their_place(project):
    libraries, standard = sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")
    text = f"{libraries}/flask/app.py:3: Warning\n{standard}/ast.py:5: Warning\n"
    assert (
        polished(text, project)
        == "site-packages/flask/app.py:3: Warning\npython/ast.py:5: Warning\n"
    )
    assert run("python -m no_such_module", project) == (
        1,
        "python: No module named no_such_module\n",
    )


def test_alembic_prints_long_paths_whole(tmp_path):
    folder = tmp_path / ("a long-named folder " * 6).strip() / "workspace"
    folder.mkdir(parents=True)
    code, text = run("alembic init the-migrations", folder.resolve())
    assert code == 0
    assert "Creating directory workspace/the-migrations ...  done\n" in text.replace("'", "")
    assert "long-named" not in text


_FAILING = """
import json

class Own(Exception):
    pass

def inner(text):
    return json.loads(
        text,
        strict=True,
    )

def middle():
    try:
        inner("{")
    except ValueError as error:
        raise Own("first line\\n  second: 3 rows\\nTypes: INTEGER") from error

middle()
"""


def test_tracebacks_keep_own_frames_and_fold_libraries(project):
    (project / "failing.py").write_text(_FAILING)
    code, text = run("python failing.py", project)
    assert code == 1
    assert text == (
        "Traceback (most recent call last):\n"
        '  File "workspace/failing.py", line 15, in middle\n'
        '    inner("{")\n'
        '  File "workspace/failing.py", line 8, in inner\n'
        "    return json.loads(\n"
        "  ... calls inside libraries ...\n"
        "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1)\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        "Traceback (most recent call last):\n"
        '  File "workspace/failing.py", line 19, in <module>\n'
        "    middle()\n"
        '  File "workspace/failing.py", line 17, in middle\n'
        '    raise Own("first line\\n  second: 3 rows\\nTypes: INTEGER") from error\n'
        "Own: first line\n  second: 3 rows\nTypes: INTEGER\n"
    )


def test_a_failing_test_with_the_lessons_settings_shows_the_learners_own_lines(project):
    (cell,) = (c for c in CELLS if c.source.startswith("%%writefile pytest.ini\n"))
    (project / "pytest.ini").write_text(cell.source.partition("\n")[2])
    (project / "tests").mkdir()
    body = _FAILING.rpartition("middle()")[0] + "def test_it():\n    middle()\n"
    (project / "tests" / "test_own.py").write_text(body)
    code, text = run("pytest -q", project)
    assert code == 1
    shown = text.partition(" test_it ")[2].partition("\n")[2]
    assert shown.startswith(
        "tests/test_own.py:15: in middle\n"
        '    inner("{")\n'
        "tests/test_own.py:8: in inner\n"
        "    return json.loads(\n"
        "  ... calls inside libraries ...\n"
        "E   json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: "
        "line 1 column 2 (char 1)\n\n"
        "The above exception was the direct cause of the following exception:\n"
        "tests/test_own.py:20: in test_it\n"
        "    middle()\n"
        "tests/test_own.py:17: in middle\n"
        '    raise Own("first line\\n  second: 3 rows\\nTypes: INTEGER") from error\n'
        "E   test_own.Own: first line\n"
    )


def test_the_mark_of_a_syntax_error_stays(project):
    (project / "models.py").write_text("age = 1 +\n")
    (project / "app.py").write_text("import models\n")
    code, text = run("python app.py", project)
    assert code == 1
    assert text == (
        'Traceback (most recent call last):\n  File "workspace/app.py", line 1, in <module>\n'
        '    import models\n  File "workspace/models.py", line 1\n'
        "    age = 1 +\n             ^\nSyntaxError: invalid syntax\n"
    )


def test_a_question_before_a_traceback_does_not_hide_that_it_is_one(project):
    text = run(python("import getpass; getpass.fallback_getpass('Name: ')"), project)[1]
    assert (
        'Name: Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n'
        "  ... calls inside libraries ...\nEOFError\n"
    ) in text


def test_no_line_that_is_not_a_librarys_is_ever_hidden(project):
    library = sysconfig.get_path("purelib")
    text = (
        "Traceback (most recent call last):\n"
        f'  File "{library}/x.py", line 3, in f\n'
        "    return g()\n"
        "           ^^^\n"
        "ValueError: bad\n"
        "    id INTEGER\n  age INTEGER\n 3 rows\nTraceback (most recent call last):\n"
        "   1  Ada\n\n    2  Grace\n"
    )
    for size in (1, 7, 1000):
        assert polished(text, project, size) == (
            "Traceback (most recent call last):\n  ... calls inside libraries ...\n"
            "ValueError: bad\n    id INTEGER\n  age INTEGER\n 3 rows\n"
            "Traceback (most recent call last):\n   1  Ada\n\n    2  Grace\n"
        )


def test_the_newest_python_writes_tracebacks_as_the_oldest_when_polished(project):
    """The text that Python 3.13 prints for `_FAILING` and for `python -c`, colours and all."""
    (project / "failing.py").write_text(_FAILING)
    here = run("python failing.py", project)[1]
    lines = here.splitlines(keepends=True)
    marked = {
        '    inner("{")\n': '    \x1b[31minner\x1b[0m\x1b[1;31m("{")\x1b[0m\n    ~~~~~^^^^^\n',
        "    return json.loads(\n": (
            "    return json.loads(\n        text,\n        strict=True,\n    )\n"
        ),
        "    middle()\n": "    middle()\n    ~~~~~~^^\n",
        "  ... calls inside libraries ...\n": (
            f'  File "{sysconfig.get_path("stdlib")}/json/__init__.py", line 346, in loads\n'
            "    return _default_decoder.decode(s)\n           ~~~~~~~~~~~~~~~~~~~~~~~^^^\n"
        ),
    }
    newer = "".join(marked.get(line, line) for line in lines)
    assert newer != here
    newer = newer.replace("workspace/", f"{project}/")
    assert polished(newer, project) == here
    coloured = re.sub(
        r'File ("[^"]+"), line (\d+)', "File \x1b[35m\\1\x1b[0m, line \x1b[35m\\2\x1b[0m", newer
    )
    assert coloured != newer
    assert polished(coloured, project) == here


@pytest.mark.parametrize("other", OTHER_PYTHONS or [sys.executable])
def test_another_python_gives_the_same_text(project, other):
    (project / "failing.py").write_text(_FAILING)
    env = {**os.environ, "FORCE_COLOR": "1"} if other != sys.executable else None
    there = subprocess.run(
        [other, "failing.py"], cwd=project, capture_output=True, text=True, env=env, check=False
    ).stderr
    folders = subprocess.run(
        [other, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    there = there.replace(folders, sysconfig.get_path("stdlib"))
    assert polished(there, project) == run("python failing.py", project)[1]
