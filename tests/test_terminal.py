"""Running a command: streaming, order, ends, interruptions, and what is the same everywhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import make_url

from roundtrip import terminal
from roundtrip.errors import Interrupted, RoundtripError
from roundtrip.polish import Polish

OTHER_PYTHONS = [
    p for v in ("3.12", "3.13", "3.14") if (p := shutil.which(f"python{v}")) and "shims" not in p
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my home" / "workspace"
    folder.mkdir(parents=True)
    return folder.resolve()


def run(command: str, project: Path) -> tuple[int, str]:
    pieces: list[str] = []
    code = terminal.stream(command, project, project, pieces.append)
    return code, "".join(pieces)


def python(code: str) -> str:
    return f"python -c {shlex.quote(code)}"


def polished(text: str, project: Path, size: int = 10_000) -> str:
    polish = Polish(project)
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    return "".join([polish.feed(piece) for piece in pieces] + [polish.finish()])


# --- what comes out ------------------------------------------------------------------------------


def test_exit_codes_are_reported(project):
    assert run("true", project) == (0, "")
    assert run("exit 3", project)[0] == 3
    assert run("no-such-command", project)[0] == 127


def test_output_and_errors_come_in_the_order_in_which_they_were_written(project):
    code = "import sys\nfor n in range(50):\n print(n)\n print(-n, file=sys.stderr)"
    assert run(python(code), project)[1].split() == [
        word for n in range(50) for word in (str(n), str(-n))
    ]


def test_output_comes_while_the_command_runs(project):
    seen: list[tuple[float, str]] = []
    terminal.stream(
        "echo one; sleep 0.5; printf 'two, unfinished'; sleep 0.6; echo; echo three",
        project,
        project,
        lambda text: seen.append((time.monotonic(), text)) if text else None,
    )
    moments = {word: t for t, text in seen for word in ("one", "two", "three") if word in text}
    assert moments["two"] - moments["one"] > 0.3
    assert moments["three"] - moments["two"] > 0.2
    assert "".join(text for _, text in seen) == "one\ntwo, unfinished\nthree\n"


def test_a_megabyte_comes_through_whole(project):
    code, text = run(python("for n in range(100_000): print(f'line {n:09}')"), project)
    assert code == 0
    assert text == "".join(f"line {n:09}\n" for n in range(100_000))


def test_bytes_that_are_no_text_do_not_stop_it(project):
    code, text = run(
        python("import sys; sys.stdout.buffer.write(bytes(range(256)) * 9 + b'\\nend')"), project
    )
    assert code == 0
    assert text.endswith("\nend")


def test_a_character_cut_in_two_is_put_together(project):
    code = (
        "import os, time\n"
        "for b in 'ä€🙂'.encode(): os.write(1, bytes([b])); time.sleep(0.06)\n"
        "os.write(1, b'\\n' + '🙂'.encode()[:2])"
    )
    assert run(python(code), project)[1] == "ä€🙂\n\ufffd"


def test_windows_line_ends_become_plain_ones_also_when_cut(project):
    polish = Polish(project)
    assert polish.feed("a\r") + polish.feed("") + polish.feed("\nb\r\n") == "a\nb\n"


def test_colours_are_taken_off(project):
    assert run(r"printf '\033[31mred\033[0m\n'", project)[1] == "red\n"
    run("git init", project)
    assert "\x1b" not in run("git status; git log; git branch", project)[1]


def test_the_width_does_not_depend_on_the_window(project):
    code = "import shutil; print(shutil.get_terminal_size())"
    assert "columns=100, lines=50" in run(python(code), project)[1]


# --- questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "input('Your name: ')",
        "click.confirm('Really?', abort=True)",
        "click.prompt('Your name')",
        "import getpass; getpass.getpass()",
    ],
)
def test_a_question_ends_at_once_with_a_sentence(project, code):
    begin = time.monotonic()
    if "click" in code:  # outside a command, click raises its own exception
        code = "import click\n@click.command()\ndef f():\n " + code + "\nf()"
    status, text = run(python(code), project)
    assert status == 1
    assert "(The command asked for something to be typed in" in text
    assert time.monotonic() - begin < 5


def test_an_editor_is_refused_with_a_sentence(project):
    run("git init && git commit --allow-empty -m one && git commit --allow-empty -m two", project)
    for command in (
        "git commit --allow-empty",
        "git rebase -i --root",
        "git commit --allow-empty --amend",
    ):
        code, text = run(command, project)
        assert code != 0, command
        assert 'as in: git commit -m "Your message"' in text
        assert str(Path(sys.executable).parent) not in text
        run("git rebase --abort", project)
    assert run("git log --format=%s", project)[1] == "two\none\n"


# --- the end of it -------------------------------------------------------------------------------


_NAP = f"98.{os.getpid()}"  # seconds that no other process on this machine sleeps


def _alive(mark: str) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            pass
    return found


def _interrupt_after(seconds: float) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_a_process_left_behind_is_ended(project):
    begin = time.monotonic()
    code, text = run(f"sleep {_NAP} & echo started", project)
    assert code == 0
    assert text == ("started\n(The command had left a process running. Roundtrip has ended it.)\n")
    assert _alive(_NAP) == []
    assert time.monotonic() - begin < 4


def test_a_process_left_behind_that_goes_on_printing_is_ended(project):
    begin = time.monotonic()
    code, text = run("(while true; do echo noise; sleep 0.05; done) & echo started", project)
    assert code == 0
    assert "started" in text
    assert text.endswith("Roundtrip has ended it.)\n")
    assert time.monotonic() - begin < 4


@pytest.mark.parametrize("stubborn", [False, True])
def test_an_interrupt_ends_the_whole_tree(project, stubborn):
    inner = f"sleep {_NAP} & sleep {_NAP}; sleep {_NAP}"
    command = f"trap '' TERM; {inner}" if stubborn else f"sh -c '{inner}' | cat"
    _interrupt_after(0.4)
    begin = time.monotonic()
    with pytest.raises(Interrupted, match="was stopped"):
        run(command, project)
    assert time.monotonic() - begin < 5
    assert _alive(_NAP) == []


def test_an_interrupt_ends_a_captured_program(project):
    _interrupt_after(0.3)
    with pytest.raises(Interrupted):
        terminal.capture(["sleep", _NAP], project)
    assert _alive(_NAP) == []


def test_nothing_to_run_it_with_is_said_in_a_sentence(project):
    with pytest.raises(RoundtripError, match="no-such-program could not be started"):
        terminal.capture(["no-such-program"], project)
    shutil.rmtree(project)
    with pytest.raises(RoundtripError, match="git could not be started"):
        run("git status", project)


def test_capture_keeps_output_and_errors_apart_and_unshortened(project):
    code = "import os, sys; print(os.getcwd()); print('ä', file=sys.stderr); sys.exit(4)"
    done = terminal.capture(["python", "-c", code], project)
    assert (done.returncode, done.stdout, done.stderr) == (4, f"{project}\n", "ä\n")


# --- the same on every machine -------------------------------------------------------------------


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
