"""The helper that runs pre-loaded commands: its signals, its ends, what it refuses and leaves."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
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
    same,
    wait_for,
)

from roundtrip import preload, terminal
from roundtrip.environment import environment


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
        "print('here', flush=True)\ntime.sleep(30)"
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


# --- when there is no helper, or none that fits ---------------------------------------------------


def libraries_loaded_before(project: Path, folder: str) -> bool:
    """Whether a command finds Alembic loaded, of which this app makes no use."""
    code = "import sys; print('alembic' in sys.modules)"
    ended = finish(begin(f"flask do {shlex.quote(code)}", project, folder))
    assert ended.code == 0
    return ended.out == "True\n"


def test_it_is_a_helper_that_runs_the_commands(helper, strange):
    assert libraries_loaded_before(strange, helper)


UNUSUAL = {
    "a limit": "ulimit -n 512; {}",
    "a higher priority": "nice -n -3 {}",
    "one processor": "taskset -c 0 {}",
    "no new rights": "setpriv --no-new-privs {}",
    "a stream more": "{} 3</dev/null",
    "a module of the learner's own": "touch code.py; {}",
    "a Python setting": "PYTHONHASHSEED=3 {}",
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_it_could_not_give_is_run_plain(helper, strange, name):
    flask = "flask do \"import sys; print('alembic' in sys.modules)\""
    assert finish(begin(UNUSUAL[name].format(flask), strange, helper)).out == "False\n"
    (strange / "code.py").unlink(missing_ok=True)
    assert finish(begin(flask, strange, helper)).out == "True\n"


def test_no_second_one_takes_its_folder(helper):
    server = Path(preload.__file__).with_name("server.py")
    done = subprocess.run([sys.executable, server, helper, "flask", "probe"], capture_output=True)
    assert b"A helper lives there already" in done.stderr
    assert Path(helper, "socket").exists()


def test_the_development_server_starts_itself_anew(helper, strange, monkeypatch):
    """With `--debug` it calls what Python says it was started with, to load the app again."""
    monkeypatch.setenv("ROUNDTRIP_PRELOAD", helper)
    seen: list[str] = []
    began = time.monotonic()

    def write(text: str) -> None:
        seen.append(text)
        if "Debugger is active" in "".join(seen) or time.monotonic() - began > 20:
            raise KeyboardInterrupt

    with pytest.raises(terminal.Interrupted):
        terminal.stream("flask run --debug --port 0", strange, strange, write)
    assert "Restarting with" in "".join(seen)
    assert "Debugger is active" in "".join(seen)
    assert Path(helper, "socket").exists()
    wait_for(lambda: commands_run(helper) == 0)


def test_a_helper_that_was_killed(on_its_own, strange):
    folder = os.environ["ROUNDTRIP_PRELOAD"]
    on_its_own.kill()
    on_its_own.wait()
    assert not libraries_loaded_before(strange, folder)


def test_a_helper_that_is_not_ready(on_its_own, strange):
    folder = os.environ["ROUNDTRIP_PRELOAD"]
    Path(folder, "socket").unlink()
    assert not libraries_loaded_before(strange, folder)


def test_a_helper_that_does_not_answer_is_no_reason_to_wait_for_ever(on_its_own, strange):
    """It takes no part in a command that has begun, so stopping it does no harm there."""
    wait = "import time; print('here', flush=True); time.sleep(1)"
    process = begin(
        f"flask do {shlex.quote(wait)}", strange, folder := os.environ["ROUNDTRIP_PRELOAD"]
    )
    assert process.stdout.readline() == b"here\n"
    on_its_own.send_signal(signal.SIGSTOP)
    assert finish(process).code == 0
    began = time.monotonic()
    assert not libraries_loaded_before(strange, folder)
    assert time.monotonic() - began < 10
    assert not list(Path(folder, "running").iterdir())
    on_its_own.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("change", ["a file", "a package"])
def test_a_helper_whose_libraries_have_changed(tmp_path, strange, monkeypatch, change):
    """In an environment of its own, whose packages are those of this one."""
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
    library = tmp_path / "library"
    library.mkdir()
    (library / "dotenv.py").write_text("load_dotenv = find_dotenv = lambda *a, **k: None\n")
    env = environment(strange) | {"PYTHONPATH": str(library)}
    process = preload.start(env)
    folder = os.environ["ROUNDTRIP_PRELOAD"]
    try:
        wait_for(lambda: Path(folder, "socket").exists())
        code = "import sys; print('alembic' in sys.modules)"

        def loaded() -> bool:
            line = f"PYTHONPATH={shlex.quote(str(library))} flask do {shlex.quote(code)}"
            return finish(begin(line, strange, folder)).out == "True\n"

        assert loaded()
        if change == "a file":
            (library / "dotenv.py").write_text("load_dotenv = lambda *a, **k: None  # changed\n")
        else:
            (library / "another_package").mkdir()
        assert not loaded()
        process.wait(timeout=2)
        assert not Path(folder).exists()
        another = preload.start(env)
        assert another, "whoever asks next has a new one"
        preload.stop(another)
    finally:
        preload.stop(process)


def test_it_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("ROUNDTRIP_PRELOAD", "0")
    assert preload.start(environment(Path("/nowhere"))) is None
    assert preload.search_path() == ()


def test_a_folder_that_is_gone_or_anothers_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("ROUNDTRIP_PRELOAD", str(tmp_path / "gone"))
    assert preload.search_path() == ()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("ROUNDTRIP_PRELOAD", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert preload.search_path() == ()


def test_no_room_for_its_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert preload.start(environment(Path("/nowhere"))) is None
    assert "ROUNDTRIP_PRELOAD" not in os.environ


def test_no_room_in_its_folder(on_its_own, strange):
    """The note of a command cannot be written, so the plain one runs."""
    folder = Path(os.environ["ROUNDTRIP_PRELOAD"])
    (folder / "running").rename(folder / "elsewhere")
    assert not libraries_loaded_before(strange, str(folder))
    (folder / "elsewhere").rename(folder / "running")


# --- safe -----------------------------------------------------------------------------------------


def test_its_folder_is_private(helper):
    assert Path(helper).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["flask", "module", "probe", "python", ""])
def test_a_request_that_it_was_not_built_for_is_not_answered(helper, strange, kind):
    client = Path(preload.__file__).with_name("client.py")
    words = [sys.executable, "-I", "-S", str(client), helper, kind, "/bin/echo", "plain"]
    plain = [] if kind == "flask" else ["plain"]
    process = begin(shlex.join(words), strange, helper)
    ended = finish(process)
    # As `flask` the words are arguments of flask: the program is the helper's own, not the named.
    assert ended.out.split() == plain
    assert ("No such command 'plain'" in ended.err) == (kind == "flask")


def test_a_request_of_nonsense_does_it_no_harm(helper, strange):
    for data in (b"", b"x", b"\xff" * 100, b"\0" * 8, b"\x05" + b"\0" * 7 + b"a\0b\0c"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"{helper}/socket")
            assert connection.recv(1) == b"."
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(8) == b""
    assert libraries_loaded_before(strange, helper)


@pytest.mark.parametrize("word", [b"", b"."])
def test_a_command_waits_for_the_last_word_of_its_client(helper, strange, monkeypatch, word):
    """Until then, what the helper has read of the client could be another process's."""
    monkeypatch.chdir(strange)
    env = [f"{k}={v}" for k, v in environment(strange).items()]
    code = "open('begun', 'w').close()"
    request = "\0".join(["flask", "3", "flask", "do", code, *env]).encode()
    with socket.socket(socket.AF_UNIX) as connection, Path(os.devnull).open("r+b") as null:
        connection.connect(f"{helper}/socket")
        assert connection.recv(1) == b"."
        socket.send_fds(connection, [struct.pack("q", len(request))], [null.fileno()] * 3)
        connection.sendall(request)
        (pid,) = struct.unpack("q", connection.recv(8))
        connection.sendall(word)
        connection.shutdown(socket.SHUT_WR) if not word else connection.recv(8)
        wait_for(lambda: is_over(pid))
    assert Path("begun").exists() == bool(word)


# --- ends with whoever started it -----------------------------------------------------------------

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
def test_it_ends_with_the_process_that_started_it(monkeypatch, end):
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
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


def test_it_stays_when_that_process_becomes_another_program(monkeypatch):
    """As `roundtrip lab` becomes JupyterLab."""
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
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


def test_what_was_left_by_a_helper_that_was_killed_is_taken_away(monkeypatch, tmp_path):
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first = ready_helper()
    left = Path(os.environ.pop("ROUNDTRIP_PRELOAD"))
    first.kill()
    first.wait()
    first.stdin.close()
    second = ready_helper()
    assert not left.exists()
    preload.stop(second)
    assert not list(tmp_path.iterdir())


# --- in a notebook --------------------------------------------------------------------------------


def test_a_kernel_starts_it_before_its_first_cell_and_takes_it_along(monkeypatch, tmp_path):
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
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


def test_a_restart_during_a_command_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
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
