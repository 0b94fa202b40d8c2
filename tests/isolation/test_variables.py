"""No variable of the learner's shell reaches a command."""

from __future__ import annotations

import os
import socket
import sys
import threading

import pytest
from walls import EXECUTABLE, outside_git, run

from roundtrip import environment, terminal


class _Listener:
    """A port of this machine that counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                call = self.socket.accept()[0]
            except OSError:
                return
            self.calls += 1
            call.close()


def test_a_production_url_is_never_contacted(project, monkeypatch):
    listener = _Listener()
    url = f"postgresql+psycopg://admin:secret@127.0.0.1:{listener.port}/production"
    for name in ("DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "FLASK_SQLALCHEMY_DATABASE_URI"):
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(listener.port))
    text = run("flask db init && flask db migrate -m one && flask db upgrade", project)
    assert "Running upgrade  ->" in text
    assert "secret" not in text
    assert (project / "instance" / "app.db").is_file()
    assert listener.calls == 0
    with socket.create_connection(("127.0.0.1", listener.port)) as call:  # it would have been heard
        assert call.recv(1) == b""
    assert listener.calls == 1
    listener.socket.close()


@pytest.mark.parametrize(
    "name",
    [
        *("DATABASE_URL", "FLASK_APP", "FLASK_DEBUG", "FLASK_ENV_FILE", "FLASK_SKIP_DOTENV"),
        *("SQLALCHEMY_WARN_20", "ALEMBIC_CONFIG", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"),
        *("GIT_SSH_COMMAND", "GIT_TRACE", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP"),
        *("PYTHONWARNINGS", "PYTHONINSPECT", "PYTHONOPTIMIZE", "FORCE_COLOR", "CLICOLOR_FORCE"),
        *("VIRTUAL_ENV", "BASH_ENV", "ENV", "SSH_AUTH_SOCK", "PGPASSWORD", "GNUPGHOME"),
        *("HTTP_PROXY", "JPY_PARENT_PID", "ROUNDTRIP_HOME", "MPLBACKEND", "XDG_CONFIG_HOME"),
    ],
)
def test_no_variable_of_the_learners_shell_is_passed_on(project, name):
    base = {"PATH": os.environ["PATH"], "HOME": "/home/ada", name: "theirs"}
    assert environment.environment(project, base).get(name) != "theirs"


@pytest.mark.parametrize("name", ["FLASK_APP", "FLASK_SKIP_DOTENV", "PYTHONPATH"])
def test_a_variable_that_would_break_flask_changes_nothing(project, monkeypatch, tmp_path, name):
    (tmp_path / "flask").mkdir()
    (tmp_path / "flask" / "__init__.py").write_text("raise SystemExit('the wrong flask')")
    value = str(tmp_path) if name == "PYTHONPATH" else "nonsense"
    monkeypatch.setenv(name, value)
    assert "demo_app" in run(
        "flask shell --help && python -c "
        '"import flask; from demo_app import create_app; print(create_app().name)"',
        project,
    )


def test_pythonstartup_is_not_run(project, monkeypatch, tmp_path):
    (tmp_path / "startup.py").write_text("print('their startup')")
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "startup.py"))
    assert "their" not in run("python -i -c 'print(1)'", project)


def test_another_flask_python_and_git_hook_first_on_path_are_not_used(
    project, monkeypatch, tmp_path
):
    wrong = tmp_path / "bin"
    wrong.mkdir()
    for name in ("flask", "python", "pytest"):
        (wrong / name).write_text("#!/bin/sh\necho the wrong one\n")
        (wrong / name).chmod(EXECUTABLE)
    monkeypatch.setenv("PATH", f"{wrong}{os.pathsep}{os.environ['PATH']}")
    text = run(
        "flask --version; python -c 'import sys; print(sys.prefix)'; pytest --version", project
    )
    assert "wrong" not in text
    assert sys.prefix in text
    assert "wrong" not in terminal.capture(["flask", "--version"], project).stdout


def test_a_german_shell_gets_english_and_utf_8(project, monkeypatch):
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.setenv(name, "de_DE.ISO-8859-1")
    env = environment.environment(project)
    assert env["LC_ALL"].endswith("UTF-8")
    assert (env["LANGUAGE"], env.get("LC_MESSAGES")) == ("en", None)
    assert "Initialized empty Git repository in workspace/.git/" in run("git init", project)
    assert run("python -c \"print('ä€'); open('ä.txt', 'w').write('€')\"", project) == "ä€\n"
    assert (project / "ä.txt").read_bytes() == "€".encode()


def test_no_home_at_all(project, monkeypatch):
    for name in ("HOME", "USER", "LOGNAME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    run("git init && git add -A && git commit -m one", project)
    assert "demo_app" in outside_git(project, "ls-files")
    run("flask --version", project)


def test_pytest_has_none_of_the_courses_plugins(project):
    said = run("pytest || true", project)
    assert "no tests ran" in said
    assert "plugins:" not in said
