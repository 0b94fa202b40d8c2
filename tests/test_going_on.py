"""`%lesson N --continue` waits for whoever works there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels import Kernel, kernel
from preloaded import wait_for

from roundtrip import workspace
from roundtrip.workspace import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return workspace.find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / "home")})


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
