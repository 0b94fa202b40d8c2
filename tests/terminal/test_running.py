"""Running a command: streaming, order, questions, ends and interruptions."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from streamed import python, run

from roundtrip import terminal
from roundtrip.errors import Interrupted, RoundtripError


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


def test_colours_are_taken_off(project):
    assert run(r"printf '\033[31mred\033[0m\n'", project)[1] == "red\n"
    run("git init", project)
    assert "\x1b" not in run("git status; git log; git branch", project)[1]


def test_the_width_does_not_depend_on_the_window(project):
    code = "import shutil; print(shutil.get_terminal_size())"
    assert "columns=100, lines=50" in run(python(code), project)[1]


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


@pytest.mark.parametrize("own_session", [False, True])
def test_capture_does_not_wait_for_a_process_left_behind(project, own_session):
    """As a model does that starts a program while it is loaded."""
    child = f"subprocess.Popen(['sleep', '{_NAP}'], start_new_session={own_session})"
    begin = time.monotonic()
    try:
        done = terminal.capture(["python", "-c", f"import subprocess; print({child}.pid)"], project)
        assert time.monotonic() - begin < 4
        assert bool(_alive(_NAP)) == own_session  # ended, where it can be found
    finally:
        for process in _alive(_NAP):
            os.kill(process, signal.SIGKILL)
    assert done.stdout.strip().isdigit()


def test_capture_keeps_no_more_than_a_program_of_ours_may_say(project, monkeypatch):
    """As of a model that prints without end while it is loaded."""
    monkeypatch.setattr(terminal, "_KEPT_AT_MOST", 100_000)
    code = "for n in range(100_000): print(f'line {n:09}')"
    done = terminal.capture(["python", "-c", code], project)
    assert done.returncode == 0  # it was read to its end
    assert 100_000 <= len(done.stdout) < 200_000
