"""`%lesson N --continue` waits for whoever works there, and says whose the workspace is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels import Kernel, kernel
from preloaded import wait_for

from roundtrip import attic, holding, workspace
from roundtrip.errors import RoundtripError
from roundtrip.home import Home


@pytest.fixture
def notebook(home: Home) -> Iterator[Kernel]:
    with kernel(home.root) as started:
        assert started.run("%load_ext roundtrip").error is None
        yield started


def test_it_waits_for_a_command_of_another_notebook(notebook, home):
    assert notebook.run("%lesson 1").error is None
    assert notebook.run("%%writefile app.py\n1").error is None
    with kernel(home.root) as other:
        assert other.run("%load_ext roundtrip").error is None
        running = notebook.client.execute("!touch begun; sleep 1.5; touch ended")
        wait_for((home.project / "begun").exists)
        assert other.run("%lesson 1 --continue").error is None
        assert (home.project / "ended").exists()
    assert notebook.wait(running).error is None
    assert "taken the workspace" in notebook.run("!git status").value


def test_what_was_begun_afresh_is_begun_so_again(notebook, home):
    """An own end of the lesson before can be what is wrong."""
    for cell in ("%lesson 1", "!git init", "%finish --anyway"):
        assert notebook.run(cell).error is None
    assert "as you left it" in (said := notebook.run("%lesson 2").text)
    assert "some of its goals are not met yet. `%restart --fresh` takes" in said
    assert "as you left it" in notebook.run("%restart").text
    assert "leaves it" in notebook.run("%lesson 2 --fresh").text
    assert "leaves it" in notebook.run("%restart").text
    notebook.manager.restart_kernel(now=True)
    assert notebook.client.wait_for_ready(timeout=30) is None
    notebook.run("%load_ext roundtrip\n%lesson 2 --continue")
    assert "leaves it" in notebook.run("%restart").text
    assert "as you left it" in notebook.run("%lesson 2").text
    holding.take(home, "another notebook", 3, fresh=True)
    notebook.run("%lesson 2 --continue")
    assert "as you left it" in notebook.run("%restart").text


def test_it_gives_up_after_a_while_and_takes_nothing(notebook, home):
    assert notebook.run("%lesson 1").error is None
    before = (home.private / "owner.json").read_bytes()
    with workspace.lock(home):
        notebook.run("from roundtrip import workspace\nworkspace.PATIENCE = 0.3")
        began = time.monotonic()
        answer = notebook.run("%lesson 0 --continue")
    assert time.monotonic() - began < 10
    assert (answer.error, answer.displays) == ("Refused", [])
    assert "A command of another notebook is running" in answer.value
    assert (home.private / "owner.json").read_bytes() == before


def test_it_says_whose_the_workspace_is_and_how_to_get_ones_own_back(notebook, home):
    for cell in ("%lesson 1", "%%writefile a.txt\nmine", "%lesson 0", "%%writefile b.txt\nother"):
        assert notebook.run(cell).error is None
    answer = notebook.run("%lesson 1 --continue")
    name = attic.newest(home, 1).name
    said = re.search(
        r"It is the one of lesson 00, which is not finished\. Yours is in attic/(\S+); `(.*)`",
        answer.text,
    )
    assert said and said[1] == name
    assert said[2].endswith(f" attic restore {name}")
    assert (home.project / "b.txt").exists(), "it has only told"
    assert "It is the one of lesson" not in notebook.run("%lesson 1 --continue").text, "it is now"
    _roundtrip(home, "attic", "restore", name)
    answer = notebook.run("%lesson 1 --continue")
    assert (answer.error, "It is the one of lesson" in answer.text) == (None, False)
    assert notebook.run("!cat a.txt").text == "mine\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no folder in which a terminal is open")
def test_a_terminal_that_went_along_to_the_attic_is_named(notebook, home, tmp_path):
    def begin_again() -> str:
        assert notebook.run("%%writefile a.txt\nmine").error is None
        return notebook.run("%lesson 1").text

    assert notebook.run("%lesson 1").error is None
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(["bash"], cwd=tmp_path, **pipes):
        assert "A terminal" not in begin_again()
    with subprocess.Popen(["bash"], cwd=home.project, **pipes) as terminal:
        assert "A terminal that is open there went along" in begin_again()
        said, _ = terminal.communicate("/bin/pwd -P\ncd .\n/bin/pwd -P\n")
    before, after = map(Path, said.splitlines())
    assert (before.parent, after) == (home.attic, home.project)


def test_a_copy_of_another_lesson_that_is_put_back_is_not_judged_by_this_one(notebook, home):
    for cell in ("%lesson 1", "%%writefile a.txt\nmine", "%lesson 0"):
        assert notebook.run(cell).error is None
    _roundtrip(home, "attic", "restore", attic.newest(home, 1).name)
    for cell in ("!git status", "%finish"):
        value = notebook.run(cell).value
        assert "lesson 01's" in value and "`%lesson 1 --continue`" in value
        assert "%lesson 0 --continue" not in value
    assert notebook.run("%lesson 1 --continue\n!cat a.txt").text.endswith("mine\n")


def test_it_says_no_more_where_there_is_nothing_of_ones_own(notebook):
    assert notebook.run("%lesson 1").error is None
    lines = notebook.run("%lesson 2 --continue").text.splitlines()
    assert lines[-1] == "It is the one of lesson 01, which is not finished."


def test_a_copy_that_is_put_back_belongs_to_its_lesson(home):
    home.project.mkdir()
    for lesson in (4, 5, 3):
        holding.take(home, "me", lesson)
        (home.project / "whose.txt").write_text(f"{lesson}")
        workspace.replace(home, None, attic.label(home))
    (home.attic / "2099-01-01_10-00-00_unknown").mkdir()
    assert attic.newest(home, 7) is None
    for lesson in (5, 4):
        attic.restore(home, attic.newest(home, lesson).name)
        holder = holding.owner(home)
        assert (holder.token, holder.lesson) == ("me", lesson)
        assert (home.project / "whose.txt").read_text() == str(lesson)
    kept = attic.restore(home, "2099-01-01_10-00-00_unknown")
    assert kept == attic.newest(home, 4) and (kept / "whose.txt").read_text() == "4"
    assert holding.owner(home) is None
    for name in ("nothing", "..", "../home"):
        with pytest.raises(RoundtripError, match="The attic holds nothing named"):
            attic.restore(home, name)


def _roundtrip(home: Home, *words: str) -> None:
    env = os.environ | {"ROUNDTRIP_HOME": str(home.root)}
    subprocess.run([sys.executable, "-m", "roundtrip", *words], env=env, check=True)
