"""When there is no helper, or none that fits, the plain commands run instead."""

from __future__ import annotations

import errno
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from preloaded import (
    begin,
    commands_run,
    finish,
    libraries_loaded_before,
    wait_for,
)

from roundtrip import preload, terminal
from roundtrip.environment import environment


def test_it_is_a_helper_that_runs_the_commands(helper, strange):
    assert libraries_loaded_before(strange, helper)


UNUSUAL = {
    "a limit": "ulimit -n 512; {}",
    "a higher priority": "nice -n -3 {}",
    "one processor": "taskset -c 0 {}",
    "nothing to lose": "echo 7 > /proc/self/oom_score_adj; {}",
    "no new rights": "setpriv --no-new-privs {}",
    "a stream more": "{} 3</dev/null",
    "a module of the learner's own": "touch code.py; {}",
    "a Python setting": "PYTHONHASHSEED=3 {}",
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_it_could_not_give_is_run_plain(helper, strange, name):
    if name == "a higher priority" and os.geteuid():
        pytest.skip("only root can give one")
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


def test_one_that_was_stopped_is_not_asked_by_a_new_line(on_its_own):
    assert preload.search_path()
    on_its_own.send_signal(signal.SIGSTOP)
    wait_for(lambda: not preload.search_path())
    on_its_own.send_signal(signal.SIGCONT)
    wait_for(lambda: bool(preload.search_path()))


@pytest.mark.parametrize("change", ["a file", "a package"])
def test_a_helper_whose_libraries_have_changed(alone, tmp_path, strange, change):
    """In an environment of its own, whose packages are those of this one.

    A busy machine can take the helper a while to fork, and it is told to end meanwhile.
    """
    library = tmp_path / "library"
    library.mkdir()
    (library / "dotenv.py").write_text(
        "load_dotenv = find_dotenv = lambda *a, **k: None\n"
        "import os, time; os.register_at_fork(after_in_parent=lambda: time.sleep(0.2))\n"
    )
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
    assert preload.search_path() == ()  # the system has cleared up, and left a part of it
    (tmp_path / "client.pyc").touch()
    (tmp_path / "prefix").symlink_to(tmp_path)
    assert preload.search_path() == ()  # of another course, in whose JupyterLab this one runs
    (tmp_path / "prefix").unlink()
    (tmp_path / "prefix").symlink_to(sys.prefix)
    assert preload.search_path() == (str(tmp_path / "bin"),)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert preload.search_path() == ()


def test_no_room_for_its_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("ROUNDTRIP_PRELOAD", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert preload.start(environment(Path("/nowhere"))) is None
    assert "ROUNDTRIP_PRELOAD" not in os.environ


def test_no_locks_on_the_disk(alone, monkeypatch):
    """Some disks of a network have none for folders."""
    import fcntl

    def flock(*_: object) -> None:
        raise OSError(errno.EBADF, "no locks")

    monkeypatch.setattr(fcntl, "flock", flock)
    process = preload.start(environment(Path("/nowhere")))
    assert process
    preload.stop(process)


def test_no_room_in_its_folder(on_its_own, strange):
    """The note of a command cannot be written, so the plain one runs."""
    folder = Path(os.environ["ROUNDTRIP_PRELOAD"])
    (folder / "running").rename(folder / "elsewhere")
    assert not libraries_loaded_before(strange, str(folder))
    (folder / "elsewhere").rename(folder / "running")


# --- safe -----------------------------------------------------------------------------------------
