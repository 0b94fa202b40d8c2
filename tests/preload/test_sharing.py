"""Whose helper a process uses: that of another of the same user, where one serves both."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from preloaded import (
    Ended,
    apart,
    begin,
    finish,
    is_over,
    libraries_loaded_before,
    ready_helper,
    wait_for,
)

from roundtrip import preload
from roundtrip.environment import environment

START = """
import os, pathlib, sys
from roundtrip import preload
from roundtrip.environment import environment
project = pathlib.Path(sys.argv[1])
preload.start(environment(project) | dict(word.split("=") for word in sys.argv[2:]))
preload.wait(10)
print(os.environ["ROUNDTRIP_PRELOAD"], flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Learner:
    """A process that has asked for a helper, as a notebook's kernel does."""

    process: subprocess.Popen[str]
    folder: Path

    @property
    def helper(self) -> int:
        return int((self.folder / "helper").read_text())

    def leave(self) -> None:
        """End at once, without a word to anybody."""
        self.process.kill()
        self.process.communicate()


Ask = Callable[..., Learner]


@pytest.fixture
def ask(tmp_path: Path, alone: Path) -> Iterator[Ask]:
    """Start a process that asks for a helper, each for a project of its own."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*settings: str, before: str = "") -> subprocess.Popen[str]:
        project = tmp_path / f"home {len(processes)}" / "workspace"
        words = [sys.executable, "-c", before + START, str(project), *settings]
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
        )
        processes.append(process)
        return process

    def ask(*settings: str, before: str = "", at_once: int = 0) -> Learner | list[Learner]:
        begun = [begin(*settings, before=before) for _ in range(at_once or 1)]
        found = [Learner(each, Path(each.stdout.readline().strip())) for each in begun]
        return found if at_once else found[0]

    yield ask
    for process in processes:
        process.kill()
        process.communicate()
    wait_for(lambda: not list(alone.iterdir()))


def test_the_second_uses_the_helper_of_the_first_which_ends_with_the_last(ask, strange):
    first, second = ask(), ask()
    helper, folder = first.helper, first.folder
    assert second.folder == folder
    first.leave()
    assert libraries_loaded_before(strange, str(folder)) and not is_over(helper)
    third = ask()
    assert third.folder == folder
    third.leave()
    second.leave()
    wait_for(lambda: is_over(helper))
    assert not folder.exists()


def test_of_many_that_begin_at_once_one_starts_it(ask, alone):
    learners = ask(at_once=8)
    assert len({learner.folder for learner in learners}) == 1
    assert [folder.name for folder in alone.iterdir()] == [learners[0].folder.name]


FEWER_FILES = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512))\n"


@pytest.mark.parametrize(
    ("settings", "before"),
    [
        (["PYTHONHASHSEED=3"], ""),
        (["LC_ALL=C"], ""),
        ([], FEWER_FILES),
        ([], "import os; os.nice(1)\n"),
        ([], "with open('/proc/self/oom_score_adj', 'w') as file: file.write('7')\n"),
    ],
)
def test_one_that_it_would_not_serve_has_its_own(ask, settings, before):
    first, second = ask(), ask(*settings, before=before)
    assert second.folder != first.folder
    assert ask(*settings, before=before).folder == second.folder


def test_what_its_starter_does_with_signals_is_not_for_others(ask, strange):
    first = ask(
        before="import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})\n"
    )
    code = "import signal; print(signal.getsignal(10).name, signal.pthread_sigmask(0, ()))"
    command = begin(f"flask do {shlex.quote(code)}", strange, str(first.folder))
    assert finish(command) == Ended(0, "SIG_DFL set()\n", "")


def test_the_name_by_which_its_starter_calls_python_is_not_for_others(ask, strange, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(Path(sys.executable).with_name("python3")))
        first = ask()
    code = "'import sys; print(sys.executable)'"
    line = f"python -c {code}; flask do {code}"
    plain = finish(begin(line, strange, None))
    assert finish(begin(line, strange, str(first.folder))) == plain


@pytest.mark.parametrize(
    "harm", ["others could look in", "it is for others", "it has ended", "it was stopped"]
)
def test_a_folder_that_is_not_to_be_trusted_is_left_alone(ask, harm):
    first = ask()
    match harm:
        case "others could look in":
            first.folder.chmod(0o750)
        case "it is for others":
            (first.folder / "alike").unlink()
        case "it has ended":
            os.kill(first.helper, signal.SIGKILL)
            wait_for(lambda: is_over(first.helper))
        case "it was stopped":
            os.kill(first.helper, signal.SIGSTOP)
    second = ask()
    if harm == "it was stopped":
        os.kill(first.helper, signal.SIGCONT)
    first.folder.chmod(0o700)
    assert second.folder != first.folder
    first.leave()
    ask()


def test_a_folder_of_another_user_is_left_alone(alone, monkeypatch):
    """Whoever made it could see what the commands do."""
    with monkeypatch.context() as patch:
        first = ready_helper()
        folder = Path(os.environ.pop("ROUNDTRIP_PRELOAD"))
        patch.setattr(os, "getuid", lambda: 4711)
        second = preload.start(environment(Path("/nowhere/workspace")))
        assert second, f"it has joined {folder}"
        preload.stop(second)
    preload.stop(first)


def test_a_helper_that_never_came_is_not_waited_for(ask, alone):
    """Its process was killed before it could start one; the pipe is there, and nobody reads.

    What there is of it is taken away.
    """
    first = ask()
    left = alone / "roundtrip-left"
    shutil.copytree(first.folder, left, symlinks=True, ignore=shutil.ignore_patterns("*"))
    os.mkfifo(left / "hold")
    (left / "alike").symlink_to((first.folder / "alike").readlink())
    os.utime(left / "alike", (0, 0), follow_symlinks=False)
    first.leave()
    wait_for(lambda: not first.folder.exists())
    assert ask().folder != left
    assert not left.exists()


def test_one_that_is_told_to_end_leaves_its_folder_to_those_that_use_it(ask, strange):
    """Where a library has changed, everybody's next command tells it so, one after the other.

    Another command may begin just then, and reads `flask` and the client there.
    """
    first, second = ask(), ask()
    wait_for(lambda: os.kill(first.helper, signal.SIGTERM) or is_over(first.helper))
    assert not libraries_loaded_before(strange, str(first.folder))
    third = ask()
    assert third.folder != first.folder
    assert (first.folder / "client.pyc").exists()
    first.leave()
    second.leave()
    wait_for(lambda: not first.folder.exists())


def test_the_folder_of_one_that_was_killed_stays_until_it_is_not_used(ask, alone):
    """Another command may begin just then, and reads `flask` and the client there."""
    first, second = ask(), ask()
    os.kill(first.helper, signal.SIGKILL)
    wait_for(lambda: is_over(first.helper))
    first.leave()
    third = ask()
    assert third.folder != first.folder
    assert (first.folder / "client.pyc").exists()
    second.leave()
    assert ask().folder == third.folder
    assert list(alone.iterdir()) == [third.folder]


def test_a_command_keeps_the_folder_of_a_helper_that_was_killed(ask, strange):
    """By what stands there its kernel finds, and ends, what the command has left running."""
    first = ask()
    code = "import time; print(1, flush=True); time.sleep(2)"
    command = begin(f"flask do {shlex.quote(code)}", strange, str(first.folder))
    command.stdout.readline()
    os.kill(first.helper, signal.SIGKILL)
    wait_for(lambda: is_over(first.helper))
    first.leave()
    ask()
    assert len(list((first.folder / "running").iterdir())) == 1
    assert finish(command).code == 0
    wait_for(lambda: ask() and not first.folder.exists())


def test_who_comes_as_the_last_one_goes_still_has_it(ask, strange):
    first = ask()
    os.kill(first.helper, signal.SIGSTOP)
    first.leave()
    hold = os.open(first.folder / "hold", os.O_WRONLY | os.O_NONBLOCK)
    os.kill(first.helper, signal.SIGCONT)
    assert libraries_loaded_before(strange, str(first.folder))
    os.close(hold)
    wait_for(lambda: not first.folder.exists())


def test_the_helper_of_a_test_run_is_its_own(request):
    """A learner's notebook that joined it would have plain commands when the run has ended."""
    if helper := os.environ.get("ROUNDTRIP_PRELOAD"):
        assert Path(helper).parent == Path(os.environ["ROUNDTRIP_TEST_ROOT"])
    with apart() as folder:
        process = ready_helper()
        assert Path(os.environ["ROUNDTRIP_PRELOAD"]).parent == folder
        preload.stop(process)
