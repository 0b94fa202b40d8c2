"""How long the helper lives, its commands, and what it leaves behind: nothing."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from kernels import kernel
from preloaded import (
    STRANGE,
    Ended,
    begin,
    commands_run,
    finish,
    is_over,
    ready_helper,
    wait_for,
)

from roundtrip import preload
from roundtrip.environment import environment

START = """
import os, pathlib, sys, time
from roundtrip import preload
from roundtrip.environment import environment
helper = preload.start(environment(pathlib.Path("/nowhere/workspace")))
while not pathlib.Path(os.environ["ROUNDTRIP_PRELOAD"], "socket").exists():
    time.sleep(0.01)
print(os.environ["ROUNDTRIP_PRELOAD"], helper.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["by itself", "terminated", "killed"])
def test_it_ends_with_the_process_that_started_it(alone, end):
    process = subprocess.Popen(
        [sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    folder, pid = process.stdout.readline().rsplit(maxsplit=1)
    {"by itself": process.stdin.close, "terminated": process.terminate, "killed": process.kill}[
        end
    ]()
    process.wait()
    wait_for(lambda: is_over(int(pid)))
    assert not Path(folder).exists()


def test_it_stays_when_that_process_becomes_another_program(alone):
    """As `roundtrip lab` becomes JupyterLab."""
    more = "os.execv(sys.executable, [sys.executable, '-c', 'input(); input()'])"
    code = START.replace("sys.stdin.read()", more)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    folder, pid = process.stdout.readline().rsplit(maxsplit=1)
    wait_for(lambda: "input()" in " ".join(psutil.Process(process.pid).cmdline()))
    time.sleep(0.2)
    assert psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE and Path(folder).exists()
    process.kill()
    process.communicate()
    wait_for(lambda: is_over(int(pid)))
    assert not Path(folder).exists()


def test_after_one_that_was_killed_there_is_another(on_its_own):
    first = os.environ["ROUNDTRIP_PRELOAD"]
    assert preload.start(environment(Path("/nowhere"))) is None, "one is enough"
    on_its_own.kill()  # and nobody asks how it ended
    wait_for(lambda: psutil.Process(on_its_own.pid).status() == psutil.STATUS_ZOMBIE)
    second = preload.start(environment(Path("/nowhere")))
    assert second and os.environ["ROUNDTRIP_PRELOAD"] != first
    preload.stop(second)


def test_a_command_that_runs_when_the_helper_is_killed_ends_as_it_should(on_its_own, strange):
    line = "flask do 'import time; print(1, flush=True); time.sleep(0.5); print(2); exit(9)'"
    process = begin(line, strange, os.environ["ROUNDTRIP_PRELOAD"])
    process.stdout.readline()
    on_its_own.kill()
    assert finish(process) == Ended(9, "2\n", "")


def test_a_command_does_not_outlive_the_process_that_watches_it(on_its_own, strange):
    line = "flask do 'import os, time; print(os.getpid(), flush=True); time.sleep(30)'"
    for _ in range(5):
        process = begin(line, strange, os.environ["ROUNDTRIP_PRELOAD"])
        pid = int(process.stdout.readline())
        watcher = psutil.Process(pid).parent()
        if watcher.pid != process.pid:
            break
        psutil.Process(pid).kill()  # on a busy machine the helper was too late: it runs plain
        finish(process)
    watcher.kill()
    began = time.monotonic()
    assert finish(process).code in (-signal.SIGKILL, 128 + signal.SIGKILL)
    wait_for(lambda: is_over(pid))
    assert time.monotonic() - began < 2


def test_a_command_does_not_outlive_its_client(helper, strange):
    line = "exec flask do 'import os, time; print(os.getpid(), flush=True); time.sleep(30)'"
    process = begin(line, strange, helper)
    pid = int(process.stdout.readline())
    process.kill()
    wait_for(lambda: is_over(pid))
    process.wait()


def test_what_a_command_has_left_running_ends_some_time_after_a_kernel_that_was_killed(
    helper, strange
):
    code = (
        "import subprocess, time; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); "
        "time.sleep(60)"
    )
    kernel = (
        "import pathlib, sys\nfrom roundtrip import terminal\n"
        "project = pathlib.Path(sys.argv[1])\n"
        "write = lambda text: print(text, end='', flush=True)\n"
        "terminal.stream(sys.argv[2], project, project, write)\n"
    )
    line = f"flask do {shlex.quote(code)}"
    process = subprocess.Popen(
        [sys.executable, "-c", kernel, strange, line],
        env=os.environ | {"ROUNDTRIP_PRELOAD": helper},
        stdout=subprocess.PIPE,
    )
    left = int(process.stdout.readline())
    process.kill()
    process.communicate()
    wait_for(lambda: is_over(left), seconds=20)
    wait_for(lambda: commands_run(helper) == 0)


def test_what_was_left_by_a_helper_that_was_killed_is_taken_away(alone):
    first = ready_helper()
    left = Path(os.environ.pop("ROUNDTRIP_PRELOAD"))
    first.kill()
    first.wait()
    second = ready_helper()
    assert not left.exists()
    preload.stop(second)
    assert second.returncode == 0, "it has ended by itself"
    assert not list(alone.iterdir())


def test_after_one_that_ended_before_it_began_there_is_another(alone, monkeypatch):
    """A full disk did so: without its number it seemed to be about to come, for ever."""

    class Killed(subprocess.Popen):
        def __init__(self, *words, **more):
            super().__init__(*words, **more)
            self.kill()
            self.wait()

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", Killed)
        assert preload.start(environment(Path("/nowhere")))
    second = preload.start(environment(Path("/nowhere")))
    assert second
    assert [str(folder) for folder in alone.iterdir()] == [os.environ["ROUNDTRIP_PRELOAD"]]
    preload.stop(second)


def test_one_whose_folder_was_cleared_away_ends_when_there_is_another(alone):
    first = ready_helper()
    shutil.rmtree(os.environ["ROUNDTRIP_PRELOAD"])
    second = ready_helper()
    wait_for(lambda: is_over(first.pid))
    preload.stop(second)


# --- in a notebook --------------------------------------------------------------------------------


def test_a_kernel_starts_it_before_its_first_cell_and_takes_it_along(alone, tmp_path):
    with kernel(tmp_path / "home") as notebook:
        folder = notebook.run("import os\nprint(os.environ['ROUNDTRIP_PRELOAD'])").text.strip()
        assert "Lesson 01" in notebook.run("%load_ext roundtrip\n%lesson 1").text
        assert notebook.run("print(os.environ['ROUNDTRIP_PRELOAD'])").text.strip() == folder
        wait_for(lambda: Path(folder, "socket").exists())
        helper = int(Path(folder, "helper").read_text())
        notebook.run(f"%%writefile app.py\n{STRANGE}")
        code = "import sys; print('alembic' in sys.modules)"
        assert notebook.run(f"!flask do {shlex.quote(code)} && git status").text.startswith("True")
        path = notebook.run("!flask do \"import os; print(os.environ['PATH'])\"").text
        assert folder not in path
    wait_for(lambda: is_over(helper))
    assert not Path(folder).exists()


def test_a_restart_during_a_command_leaves_nothing(alone, tmp_path):
    with kernel(tmp_path / "home") as notebook:
        notebook.run("%load_ext roundtrip\n%lesson 1")
        folder = notebook.run("import os\nprint(os.environ['ROUNDTRIP_PRELOAD'])").text.strip()
        wait_for(lambda: Path(folder, "socket").exists())
        notebook.run(f"%%writefile app.py\n{STRANGE}")
        code = "import os, time; open('pid', 'w').write(f'{os.getpid()}\\n'); time.sleep(60)"
        notebook.client.execute(f"!flask do {shlex.quote(code)}")
        note = tmp_path / "home" / "workspace" / "pid"
        wait_for(lambda: note.exists() and note.read_text().endswith("\n"))
        command = int(note.read_text())
        began = time.monotonic()
        notebook.manager.restart_kernel()
        wait_for(lambda: is_over(command))
        assert time.monotonic() - began < 8
        wait_for(lambda: not Path(folder).exists())
