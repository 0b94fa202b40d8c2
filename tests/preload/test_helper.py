"""The commands that a helper runs: signals, speed, what they leave behind."""

from __future__ import annotations

import shlex
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from preloaded import (
    Ended,
    begin,
    commands_run,
    finish,
    is_over,
    same,
    wait_for,
)

from roundtrip import terminal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGUSR1])
def test_a_signal_ends_it_the_same_way(helper, strange, number):
    wait = "import time; print('here', flush=True); time.sleep(30)"
    found = []
    for where in (None, helper):
        line = f"exec flask do {shlex.quote(wait)}"
        process = begin(line, strange, where)
        assert process.stdout.readline() == b"here\n"
        process.send_signal(number)
        found.append(same(finish(process)))
    assert found[0] == found[1]
    wait_for(lambda: commands_run(helper) == 0)


def test_a_command_that_catches_a_signal_goes_on(helper, strange):
    code = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('caught', flush=True), sys.exit(7)))\n"
        "print('here', flush=True)\n"
        # Python sees a signal between two statements: one long sleep can begin with it unseen.
        "for _ in range(300): time.sleep(0.1)"
    )
    process = begin(f"exec flask do {shlex.quote(code)}", strange, helper)
    assert process.stdout.readline() == b"here\n"
    process.terminate()
    assert finish(process) == Ended(7, "caught\n", "")


def test_eight_at_once(helper, strange):
    with ThreadPoolExecutor(8) as pool:
        lines = [f"flask do 'import time; time.sleep(0.2); print({n})'" for n in range(8)]
        ended = list(pool.map(lambda line: finish(begin(line, strange, helper)), lines))
    assert ended == [Ended(0, f"{n}\n", "") for n in range(8)]
    wait_for(lambda: commands_run(helper) == 0)


def test_it_is_faster_because_nothing_is_imported_anew(helper, app):
    """Not a timing: of the libraries, a command reads no file but those that would be noticed."""
    with (app / "demo_app" / "__init__.py").open("a") as file:
        file.write(
            "\nimport sys\nsys.addaudithook(lambda event, about: event == 'exec' "
            "and print('NEW', about[0].co_filename, file=sys.stderr))\n"
        )
    for line in ("flask db init", "flask db migrate", "flask db upgrade", "flask routes"):
        said = finish(begin(line, app, helper)).err
        new = [Path(word[4:]) for word in said.splitlines() if word.startswith("NEW /")]
        libraries = {file.name for file in new if "workspace" not in file.parts}
        assert libraries <= {"config.py", "handlers.py", "queue.py"}, line  # all of `logging`


# --- through the terminal ------------------------------------------------------------------------


def test_what_stands_for_a_command_is_called_as_it_is(helper, strange, monkeypatch):
    found = []
    for where in ("0", helper):
        monkeypatch.setenv("ROUNDTRIP_PRELOAD", where)
        pieces: list[str] = []
        terminal.stream("command -v flask; command -v python", strange, strange, pieces.append)
        found.append("".join(pieces))
    assert found == ["flask\npython\n"] * 2


def test_a_process_that_a_command_leaves_behind_is_ended_and_told(helper, strange, monkeypatch):
    monkeypatch.setenv("ROUNDTRIP_PRELOAD", helper)
    code = "import subprocess; p = subprocess.Popen(['sleep', '30']); print(p.pid, flush=True)"
    pieces: list[str] = []
    ended = terminal.stream(f"flask do {shlex.quote(code)}", strange, strange, pieces.append)
    assert ended == 0
    pid, told = "".join(pieces).split("\n", 1)
    assert told == "(The command had left a process running. Roundtrip has ended it.)\n"
    wait_for(lambda: is_over(int(pid)))
    assert not list(Path(helper, "running").iterdir())


def test_an_interrupt_ends_a_command_and_all_it_started(helper, strange, monkeypatch):
    monkeypatch.setenv("ROUNDTRIP_PRELOAD", helper)
    code = "import os, time; os.fork(); os.write(1, b'%d\\n' % os.getpid()); time.sleep(30)"
    seen: list[str] = []

    def write(text: str) -> None:
        seen.append(text)
        if "".join(seen).count("\n") == 2:
            raise KeyboardInterrupt

    with pytest.raises(terminal.Interrupted):
        terminal.stream(f"flask do {shlex.quote(code)} && true", strange, strange, write)
    for pid in "".join(seen).split():
        wait_for(lambda pid=pid: is_over(int(pid)))
    assert not list(Path(helper, "running").iterdir())
    wait_for(lambda: commands_run(helper) == 0)
