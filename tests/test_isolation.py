"""Nothing of the learner's machine reaches a command, and no command leaves the workspace."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from kernels import make_project

from roundtrip import environment, terminal
from roundtrip.errors import Refused, RoundtripError

EXECUTABLE = stat.S_IRWXU


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "my home" / "workspace")


def run(command: str, project: Path, cwd: Path | None = None) -> str:
    """Run it, expect it to pass, return what it printed."""
    pieces: list[str] = []
    code = terminal.stream(command, project, cwd or project, pieces.append)
    assert code == 0, "".join(pieces)
    return "".join(pieces)


def outside_git(folder: Path, *arguments: str) -> str:
    """Plain git, with an environment of this test's own."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def fingerprint(folder: Path, without: Path | None = None) -> dict[str, str]:
    """Every path below a folder, with its content and mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if without and (path == without or path.is_relative_to(without)):
            continue
        data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (
            f"{path.stat().st_mode} " + hashlib.sha256(data).hexdigest()
        )
    return found


# --- variables -----------------------------------------------------------------------------------


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


# --- Git's configuration -------------------------------------------------------------------------


@pytest.fixture
def hostile_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a system whose Git configuration would break or change every command."""
    home = tmp_path / "their home"
    (home / "hooks").mkdir(parents=True)
    (home / "template" / "hooks").mkdir(parents=True)
    for folder in (home / "hooks", home / "template" / "hooks"):
        for name in ("pre-commit", "post-checkout", "commit-msg", "post-commit"):
            (folder / name).write_text(f"#!/bin/sh\ntouch '{home}/hook-ran'\nexit 1\n")
            (folder / name).chmod(EXECUTABLE)
    (home / "template" / "from-template").write_text("")
    settings = (
        "[commit]\ngpgsign = true\ntemplate = /nonexistent\n[tag]\ngpgsign = true\n"
        f"[gpg]\nprogram = '{home}/nonexistent'\n[user]\nname = Somebody\nuseConfigOnly = true\n"
        f"[core]\nhooksPath = '{home}/hooks'\neditor = touch '{home}/editor-ran' #\n"
        f"excludesFile = '{home}/ignore'\nattributesFile = '{home}/attributes'\n"
        f"autocrlf = true\nfsmonitor = true\n[init]\ntemplateDir = '{home}/template'\n"
        "defaultBranch = theirs\n[alias]\nst = status\n[color]\nui = always\n"
        "[log]\ndate = relative\n[status]\nshort = true\n[diff]\nnoprefix = true\n"
    )
    (home / ".gitconfig").write_text(settings)
    (home / "system").write_text(settings)
    (home / "ignore").write_text("*.py\n")
    (home / "attributes").write_text("*.py export-ignore eol=crlf\n")
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("*.html\n")
    (home / ".config" / "git" / "config").write_text(settings)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(home / "system"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "commit.gpgSign")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_DATE", "EMAIL", "GIT_TEMPLATE_DIR", "GIT_EDITOR"):
        monkeypatch.setenv(name, "theirs")
    return home


def test_nobodys_git_configuration_is_read(project, hostile_git):
    before = fingerprint(hostile_git)
    text = run("git init && git add -A && git commit -m one && git tag -a -m tagged v1", project)
    assert "\x1b" not in text
    log = outside_git(project, "log", "--format=%an %ae %cn %ce %G? %s %D")
    who = "Roundtrip Learner learner@example.com"
    assert log == f"{who} {who} N one HEAD -> main, tag: v1\n"
    tracked = outside_git(project, "ls-files").split()
    assert "demo_app/models.py" in tracked
    assert "demo_app/templates/users.html" in tracked
    assert not (project / ".git" / "from-template").exists()
    assert not (project / ".git" / "hooks").exists(), "nor from the machine's own template"
    scopes = {
        line.split("\t")[0] for line in run("git config -l --show-scope", project).split("\n")
    }
    assert scopes == {"local", "command", ""}
    pieces: list[str] = []
    assert terminal.stream("git st", project, project, pieces.append) == 1
    assert "'st' is not a git command" in "".join(pieces)
    assert "nothing to commit, working tree clean" in run("git status", project)
    (project / "demo_app" / "models.py").write_text("changed\n")
    assert "diff --git a/demo_app/models.py b/demo_app/models.py" in run("git diff", project)
    assert fingerprint(hostile_git) == before, "no hook, no editor, nothing written"


def test_a_repository_that_has_come_with_settings_signs_nothing_and_runs_no_hook(project, tmp_path):
    """As in a project that was copied into the workspace from elsewhere."""
    run("git init && git add -A && git commit -m one", project)
    hooks = tmp_path / "hooks"
    for folder in (hooks, project / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        (folder / "pre-commit").write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\nexit 1\n")
        (folder / "pre-commit").chmod(EXECUTABLE)
    for name in ("commit.gpgSign", "tag.gpgSign"):
        outside_git(project, "config", name, "true")
    outside_git(project, "config", "gpg.program", str(tmp_path / "nothing"))
    for path in ("", str(hooks)):
        if path:
            outside_git(project, "config", "core.hooksPath", path)
        text = run("git commit --allow-empty -m two && git tag -a -m tagged -f v1", project)
        assert "two" in text
    assert not (tmp_path / "ran").exists()


def test_a_global_setting_made_in_a_cell_stays_in_the_workspace(project, tmp_path, monkeypatch):
    """It must not reach the learner's own settings, nor (for root) replace the null device."""
    monkeypatch.setenv("HOME", str(tmp_path))
    run("git init && git config --global user.name Ada", project)
    assert not (tmp_path / ".gitconfig").exists()
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116
    assert run("git config --get user.name", project) == "Ada\n"
    assert environment.environment(project)["GIT_CONFIG_GLOBAL"].startswith(str(project))


def test_the_repository_is_an_ordinary_one(project, tmp_path):
    """Usable by anyone's git, from anywhere, also as a copy."""
    run("git init && git add -A && git commit -m one", project)
    assert "worktree" not in (project / ".git" / "config").read_text()
    copied = tmp_path / "a copy"
    shutil.copytree(project, copied)
    assert outside_git(copied, "status", "--porcelain") == ""
    (copied / "new.txt").write_text("")
    assert outside_git(copied, "status", "--porcelain") == "?? new.txt\n"
    assert outside_git(project, "status", "--porcelain") == ""


# --- no other repository -------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The course's own clone, with work in it that was not committed, and a workspace inside."""
    folder = tmp_path / "the clone"
    (folder / "docs").mkdir(parents=True)
    (folder / "README.md").write_text("committed\n")
    (folder / "docs" / "text.md").write_text("committed\n")
    (folder / ".gitignore").write_text("/workspace/\n*.log\n")
    outside_git(folder, "init", "-q")
    outside_git(folder, "config", "user.email", "a@b.c")
    outside_git(folder, "config", "user.name", "A")
    outside_git(folder, "add", "-A")
    outside_git(folder, "commit", "-qm", "first")
    (folder / "README.md").write_text("changed, not committed\n")
    (folder / "docs" / "staged.md").write_text("staged\n")
    outside_git(folder, "add", "docs/staged.md")
    (folder / "untracked.md").write_text("untracked\n")
    (folder / "ignored.log").write_text("ignored\n")
    make_project(folder / "workspace")
    return folder.resolve()


DANGEROUS = [
    "git reset --hard",
    "git clean -fdx",
    "git add -A",
    "git stash -u",
    "git checkout -- .",
    "git commit -am mine",
    "git commit --allow-empty -m mine",
    "git rm -r --cached .",
    "git gc --prune=now",
    "git branch mine",
    "git config user.name Somebody",
    "git config --global user.name Somebody",
    "git clean -fdx ..",
    "git add ..",
    "git -C .. reset --hard",
    "git -C ../docs clean -fdx",
    "cd .. && git reset --hard",
    "cd .. && git clean -fdx",
    "cd .. && git add -A",
    "cd ../docs && git stash -u",
]


@pytest.mark.parametrize("state", ["with a repository", "without", "deleted"])
def test_git_in_the_workspace_leaves_every_byte_of_the_clone(clone, state):
    project = clone / "workspace"
    if state != "without":
        run("git init && git add -A && git commit -m one", project)
    if state == "deleted":
        shutil.rmtree(project / ".git")
    before = fingerprint(clone, without=project)
    status = outside_git(clone, "status", "--porcelain")
    for command in DANGEROUS:
        pieces: list[str] = []
        code = terminal.stream(command, project, project, pieces.append)
        after = fingerprint(clone, without=project)
        assert after == before, f"{command}: {''.join(pieces)}"
        if state != "with a repository":
            assert code != 0, command
    assert outside_git(clone, "status", "--porcelain") == status
    if state != "with a repository":
        assert "Initialized" in run("git init", project)
        assert outside_git(clone, "status", "--porcelain") == status
    assert fingerprint(clone, without=project) == before


def test_git_variables_of_the_learners_shell_lead_nowhere(clone, monkeypatch):
    project = clone / "workspace"
    for name, value in {
        "GIT_DIR": clone / ".git",
        "GIT_WORK_TREE": clone,
        "GIT_INDEX_FILE": clone / ".git" / "index",
        "GIT_OBJECT_DIRECTORY": clone / ".git" / "objects",
        "GIT_NAMESPACE": "x",
        "GIT_COMMON_DIR": clone / ".git",
    }.items():
        monkeypatch.setenv(name, str(value))
    before = fingerprint(clone, without=project)
    run("git init && git add -A && git commit -m one && git reset --hard", project)
    assert fingerprint(clone, without=project) == before
    assert outside_git(project, "log", "--format=%s") == "one\n"


def test_a_cell_that_goes_up_still_sees_the_workspace_only(clone):
    project = clone / "workspace"
    run("git init && git add -A && git commit -m one", project)
    assert run("cd .. && git log --format=%s", project) == "one\n"
    assert "README" not in run("cd .. && git status", project)


def test_a_cell_that_does_not_come_through_the_hook_meets_the_same_walls(clone):
    """`%%script` and `subprocess.run` take the kernel's environment."""
    project = clone / "workspace"
    own = {**os.environ, "GIT_DIR": str(clone / ".git"), "DATABASE_URL": "x", "FLASK_APP": "x"}
    own["GIT_CONFIG_PARAMETERS"] = "'core.editor'='x'"
    environment.shield(project, own)
    assert not {"DATABASE_URL", "FLASK_APP", "GIT_CONFIG_PARAMETERS"} & set(own)
    assert own["PATH"] == os.environ["PATH"]
    before = fingerprint(clone, without=project)
    for command in ("git reset --hard", "git stash -u", "git clean -fdx", "git add -A"):
        done = subprocess.run(command, shell=True, cwd=project, env=own, capture_output=True)
        assert b"not a git repository" in done.stderr, command
    assert fingerprint(clone, without=project) == before


# --- settings of folders above -------------------------------------------------------------------


SAY = "python -c " + shlex.quote(
    "from flask.cli import load_dotenv; load_dotenv(); import os; "
    "print(os.environ.get('DATABASE_URL'), os.environ.get('FLASK_APP'))"
)


def test_settings_of_folders_above_are_never_read(project, tmp_path):
    for name in (".env", ".flaskenv"):
        (tmp_path / name).write_text("DATABASE_URL=postgresql://production\nFLASK_APP=theirs\n")
    assert run(SAY, project) == "None demo_app\n"
    assert run(f"cd .. && {SAY}", project) == "None None\n"
    (project / ".flaskenv").unlink()
    assert run(SAY, project) == "None None\n"
    assert terminal.capture(shlex.split(SAY), project).stdout == "None None\n"
    assert "production" in (tmp_path / ".env").read_text()
    assert sorted(p.name for p in project.parent.iterdir()) == [".env", ".flaskenv", "workspace"]


def test_the_projects_own_settings_are_read(project, tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://production\n")
    (project / ".env").write_text("DATABASE_URL=sqlite:///mine.db\n")
    assert run(SAY, project) == "sqlite:///mine.db demo_app\n"


def test_nothing_is_written_where_no_folder_above_has_settings(project):
    run(SAY, project)
    assert [p.name for p in project.parent.iterdir()] == ["workspace"]


def test_settings_right_beside_the_workspace_are_refused(project):
    theirs = project.parent / ".env"
    theirs.write_text("DATABASE_URL=postgresql://production\n")
    with pytest.raises(Refused, match="rename it"):
        run(SAY, project)
    assert theirs.read_text() == "DATABASE_URL=postgresql://production\n"
    (project / ".env").write_text("")  # the project's own is found first
    assert run(SAY, project) == "None demo_app\n"


def test_settings_that_cannot_be_shut_out_are_named(project, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://production\n")

    def full(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RoundtripError, match="Read-only file system"):
        run(SAY, project)
