"""Cells in real kernels, as learners run them: what they see, and what cannot happen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kernels import ROOT, Answer, Kernel, kernel


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("learner") / "my höme"


@pytest.fixture(scope="module")
def shared(home: Path) -> Iterator[Kernel]:
    """One kernel for all tests that leave it as they found it, with a shell full of traps."""
    traps = {
        "DATABASE_URL": "postgresql://production",
        "FLASK_APP": "theirs",
        "GIT_DIR": str(ROOT / ".git"),
        "PYTHONPATH": str(home),
    }
    with kernel(home, **traps) as started:
        assert "No lesson has been started" in must_fail(
            started, "%load_ext roundtrip\n!git status", "Refused"
        )
        yield started


@pytest.fixture
def notebook(shared: Kernel) -> Kernel:
    """A notebook at the start of lesson 1, with one commit."""
    for cell in ("%lesson 1", "%%writefile a.txt\none", "!git init && git add -A"):
        assert shared.run(cell).error is None
    assert shared.run("!git commit -m one").error is None
    return shared


def must_pass(kernel: Kernel, cell: str) -> Answer:
    answer = kernel.run(cell)
    assert answer.error is None, (answer.value, answer.text)
    return answer


def must_fail(kernel: Kernel, cell: str, kind: str) -> str:
    """The one line that a failing cell shows; there must be no Python traceback."""
    answer = kernel.run(cell)
    assert answer.error == kind, (answer.error, answer.value, answer.text)
    assert answer.traceback == [f"{kind}: {answer.value}"]
    assert "\n" not in answer.value
    return answer.value


def _in_attic(text: str, home: Path) -> Path:
    """Where the workspace before went, as the first cell of a lesson tells."""
    return home / "attic" / text.partition("is now in attic/")[2].partition(";")[0]


def test_a_cell_shows_what_the_command_prints_in_order(notebook):
    answer = must_pass(
        notebook, "print('before')\nname = 'a.txt'\n!git log --format=%s -- {name}\nprint('after')"
    )
    assert answer.text == "before\none\nafter\n"


def test_a_number_of_the_reflog_is_gits_and_not_python(notebook):
    must_pass(notebook, "!git commit -q --allow-empty -m two")
    must_pass(notebook, "name = '@{0}'")
    for place in ("HEAD@{1}", "HEAD@{{1}}", "@{1}"):
        assert must_pass(notebook, f"!git log -1 --format=%s {place}").text == "one\n"
    assert must_pass(notebook, "!git log -1 --format=%s HEAD{name}").text == "two\n"
    assert must_pass(notebook, "x = !git log --format=%s HEAD@{1}\nprint(x)").text == "['one']\n"
    must_pass(notebook, "!git reset -q --hard HEAD@{1}")
    assert must_pass(notebook, "!git log --format=%s").text == "one\n"


def test_lesson_says_where_the_old_workspace_went(notebook, home):
    text = must_pass(notebook, "%lesson 1").text
    assert text.startswith("Lesson 01 · Build the demo app\nStart: an empty folder.\n")
    assert (_in_attic(text, home) / "a.txt").read_text() == "one\n"
    assert list((home / "workspace").iterdir()) == []


def test_a_cell_of_bash_is_a_command_as_well(notebook, home):
    """Its output comes as it is made, its last exit code counts, and it keeps the workspace."""
    code = "%%bash\nfor name in x y; do\n  git tag $name\ndone\ngit tag; echo {home} >&2"
    assert must_pass(notebook, code).text == "x\ny\n{home}\n"
    value = must_fail(notebook, "%%bash\ngit log --format=%s\nflask db curent", "CommandFailed")
    assert value.startswith("`%%bash` ended with exit code 2;")
    assert "does not take `--bg`" in must_fail(notebook, "%%bash --bg\ngit log", "RoundtripError")
    nap = f"2.{os.getpid()}"
    identity = notebook.client.execute(f"%%bash\nsleep {nap}\ngit tag late")
    assert _until(lambda: _sleeping(nap))
    with kernel(home) as other:
        started = must_pass(other, "%load_ext roundtrip\n%lesson 1")
    assert notebook.wait(identity).error is None
    assert (_in_attic(started.text, home) / ".git" / "refs" / "tags" / "late").is_file()
    must_pass(notebook, "%lesson 1 --continue")


def test_a_failing_command_fails_the_cell_with_one_line(notebook):
    value = must_fail(notebook, "!git no-such-command\nprint('never')", "CommandFailed")
    assert "`git no-such-command` ended with exit code 1." in value
    assert "exit code 7" in must_fail(notebook, '!python -c "exit(7)"', "CommandFailed")
    assert "never" not in notebook.run("1").text


def test_output_of_a_command_as_a_list(notebook):
    answer = must_pass(notebook, "found = !git log --format=%s%n%an\nprint(list(found))")
    assert answer.text == "['one', 'Roundtrip Learner']\n"
    value = must_fail(notebook, "x = !git log nowhere", "CommandFailed")
    assert "exit code 128" in value


def test_the_learners_shell_does_not_reach_a_command(notebook):
    code = (
        "import os; print([os.environ.get(n) for n in ('DATABASE_URL', 'FLASK_APP', 'PYTHONPATH')])"
    )
    assert must_pass(notebook, f'!python -c "{code}"').text == "[None, None, None]\n"
    assert must_pass(notebook, "!git log --format=%s").text == "one\n"


def test_a_command_that_asks_ends_at_once(notebook):
    begin = time.monotonic()
    answer = notebook.run('!python -c "input()"')
    assert answer.error == "CommandFailed"
    assert "The command asked for something to be typed in" in answer.text
    answer = notebook.run("!git commit --allow-empty")
    assert answer.error == "CommandFailed"
    assert "wanted to open an editor" in answer.text
    answer = notebook.run("!vi a.txt")
    assert "wanted to open an editor" in answer.text
    assert time.monotonic() - begin < 5


def test_git_works_nowhere_else_inside_a_command(notebook):
    said = must_fail(notebook, "!cd .. && git log --format=%s", "CommandFailed")
    assert "ended with exit code 128" in said
    assert must_pass(notebook, "!git log --format=%s").text == "one\n"


def test_a_notebook_that_has_left_the_workspace_is_refused_and_comes_back(notebook):
    must_pass(notebook, "%cd -q ..")
    for cell in ("!git reset --hard", "x = !git stash -u", "%show a.txt", "%%flask_shell\n1"):
        value = must_fail(notebook, cell, "Refused")
        assert "has left the workspace" in value
        assert "run `%lesson 1 --continue`" in value
    must_pass(notebook, "%lesson 1 --continue")
    assert must_pass(notebook, "!git log --format=%s").text == "one\n"
    must_pass(notebook, "%mkdir sub\n%cd -q sub")
    assert must_pass(notebook, "!git log --format=%s").text == "one\n"


def test_a_deleted_workspace_is_said_and_made_again(notebook, home):
    shutil.rmtree(home / "workspace")
    value = must_fail(notebook, "!git reset --hard", "Refused")
    assert "The workspace is gone" in value
    assert "Run `%lesson 1`" in value
    must_pass(notebook, "%lesson 1")
    assert "Initialized" in must_pass(notebook, "!git init").text


def test_a_workspace_that_is_a_link_is_said_and_nothing_runs_where_it_leads(notebook, home):
    elsewhere = (home / "workspace").rename(home / "another project")
    (home / "workspace").symlink_to(elsewhere)
    (elsewhere / "a.txt").write_text("precious")
    for cell in ("!git reset --hard", "%lesson 1 --continue"):
        assert "is a link to another folder" in must_fail(notebook, cell, "Refused")
    assert (_in_attic(must_pass(notebook, "%lesson 1").text, home)).is_symlink()
    assert (elsewhere / "a.txt").read_text() == "precious"
    assert "Initialized" in must_pass(notebook, "!git init").text


def test_a_workspace_whose_repository_is_gone_reaches_no_other(notebook, home):
    shutil.rmtree(home / "workspace" / ".git")
    answer = notebook.run("!git reset --hard")
    assert answer.error == "CommandFailed"
    assert "not a git repository: 'workspace/.git'" in answer.text


def test_show_and_shell_fail_with_one_line(notebook):
    assert "outside the workspace" in must_fail(notebook, "%show ../secret", "RoundtripError")
    assert "did not start" in must_fail(notebook, "%%flask_shell\n1 + 1", "CommandFailed")
    (shown,) = must_pass(notebook, "%show a.txt").displays
    assert shown["text/plain"] == "── a.txt ──\none"
    assert shown["text/markdown"].startswith("**a.txt**")


def test_a_look_loads_no_library_of_the_app_into_the_kernel(notebook):
    """SQLAlchemy alone would take as long as the rest of a board."""
    must_pass(notebook, "%%writefile production.env\nDATABASE_URL=sqlite:///production.db")
    must_pass(notebook, "%board")
    names = "('sqlalchemy', 'alembic', 'flask', 'demo_app')"
    found = must_pass(notebook, f"import sys\nprint([n for n in {names} if n in sys.modules])")
    assert found.text == "[]\n"


def test_output_comes_while_the_command_runs(notebook):
    code = "import time; print('first', flush=True); time.sleep(1.2); print('last')"
    begin = time.monotonic()
    identity = notebook.client.execute(f'!python -c "{code}"')
    while "first" not in notebook.client.get_iopub_msg(timeout=10)["content"].get("text", ""):
        pass
    first = time.monotonic()
    assert notebook.wait(identity).text == "last\n"
    assert time.monotonic() - first > 0.8
    assert first - begin < 1.0


_NAP = f"95.{os.getpid()}"  # seconds that no other process on this machine sleeps


def _sleeping(seconds: str) -> bool:
    for process in psutil.process_iter():
        try:
            if seconds in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except psutil.Error:
            pass
    return False


def _until(condition, seconds: float = 8) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_interrupting_the_kernel_stops_the_command_and_all_it_started(notebook):
    identity = notebook.client.execute(f"!sleep {_NAP} & sleep {_NAP}; git tag never")
    assert _until(lambda: _sleeping(_NAP))
    notebook.manager.interrupt_kernel()
    answer = notebook.wait(identity, 10)
    assert answer.error == "Interrupted"
    assert answer.traceback == [
        "Interrupted: the command was stopped, with everything that it had started."
    ]
    assert not _sleeping(_NAP)
    assert must_pass(notebook, "!git tag").text == ""


def test_interrupting_a_look_says_so_in_one_line(notebook):
    must_pass(notebook, "%mkdir demo_app")
    must_pass(notebook, "%%writefile .flaskenv\nFLASK_APP=demo_app")
    nap = f"import subprocess; subprocess.run(['sleep', '{_NAP}'])"
    must_pass(notebook, f"%%writefile demo_app/__init__.py\n{nap}")
    identity = notebook.client.execute("%board")
    assert _until(lambda: _sleeping(_NAP))
    notebook.manager.interrupt_kernel()
    answer = notebook.wait(identity, 30)
    assert answer.traceback == [f"Interrupted: {answer.value}"]
    assert "stopped before its end" in answer.value


def test_a_command_keeps_the_workspace_to_its_end(notebook, home):
    """Another notebook's `%lesson` waits for it, and finds what it has done."""
    nap = f"3.{os.getpid()}"
    identity = notebook.client.execute(f"!sleep {nap} && git tag late")
    assert _until(lambda: _sleeping(nap))
    with kernel(home) as other:
        started = must_pass(other, "%load_ext roundtrip\n%lesson 1")
        assert must_pass(other, "!git init").error is None
    assert notebook.wait(identity).error is None
    assert (_in_attic(started.text, home) / ".git" / "refs" / "tags" / "late").is_file()
    assert not (home / "workspace" / ".git" / "refs" / "tags" / "late").exists()


def test_python_does_not_follow_a_workspace_into_the_attic(notebook, home):
    """It was replaced from a terminal, and the notebook still has it."""
    must_pass(notebook, "%lesson 1\n%lesson 1")
    must_pass(notebook, "%%writefile a.txt\none")
    must_pass(notebook, "%lesson 1")
    place = max((home / "attic").iterdir())
    assert (place / "a.txt").read_text() == "one\n"
    for words in (("attic", "restore", place.name), ("restart", "1")):
        must_pass(notebook, "%%writefile b.txt\ntwo")
        command = [sys.executable, "-m", "roundtrip", *words]
        env = os.environ | {"ROUNDTRIP_HOME": str(home)}
        subprocess.run(command, env=env, check=True, capture_output=True)
        notebook.run("open('stray.txt', 'w').close()")
        strays = {each.parent for each in home.rglob("stray.txt")}
        assert strays <= {home / "workspace", home / ".roundtrip" / "nowhere"}, words
        must_pass(notebook, "%lesson 1 --continue")


def test_the_notebook_whose_workspace_was_taken_refuses(notebook, home, tmp_path):
    """The second kernel is started as VS Code does, in some other folder."""
    with kernel(home, cwd=tmp_path) as other:
        must_pass(other, "%load_ext roundtrip")
        must_pass(other, "%lesson 1 --continue")
        assert must_pass(other, "!git log --format=%s").text == "one\n"
        for cell in (
            "!git reset --hard",
            "%%bash\ngit reset --hard",
            "%%writefile a.txt\ntheirs",
            "%board",
            "%finish",
        ):
            value = must_fail(notebook, cell, "Refused")
            assert "Another notebook has taken the workspace, for lesson 01" in value
            assert "`%lesson 1 --continue`" in value
        # what runs without asking the course finds neither the repository nor the project
        for line in ("git reset --hard HEAD^", "git rm -q a.txt", "rm a.txt"):
            assert notebook.run(f"%%script sh\n{line}").error is not None
        notebook.run("import subprocess; subprocess.run(['git', 'rm', '-q', 'a.txt'])")
        assert (home / "workspace" / "a.txt").read_text() == "one\n"
        must_pass(notebook, "%lesson 1 --continue")
        assert "has taken the workspace" in must_fail(other, "!git status", "Refused")
        # a restart in the middle of a command leaves nothing running, and the work where it was
        must_pass(other, "%lesson 1 --continue")
        other.client.execute(f"!sleep {_NAP}; git tag never")
        assert _until(lambda: _sleeping(_NAP))
        other.manager.restart_kernel(now=False)
        other.client.wait_for_ready(timeout=60)
        assert _until(lambda: not _sleeping(_NAP))
        must_pass(other, "%load_ext roundtrip\n%lesson 1 --continue")
        assert must_pass(other, "!git log --format=%s; git tag").text == "one\n"
    assert os.listdir(tmp_path) == []  # noqa: PTH208
