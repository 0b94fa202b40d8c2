"""What JupyterLab is told when it is started."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from roundtrip import jupyter
from roundtrip.course import Course, find_course
from roundtrip.home import Home


@pytest.mark.skipif(os.name == "nt", reason="on Windows a terminal opens where it is asked to")
@pytest.mark.parametrize(
    ("where", "opens"), [("course", "home/workspace"), ("course/notebooks", "course/notebooks")]
)
def test_a_terminal_opens_in_the_workspace_and_not_in_the_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, opens: str
):
    """There `git reset --hard` would take the learner's notebooks back."""
    shell = tmp_path / "shell"
    shell.write_text("#!/bin/sh\npwd; echo $1\n")
    shell.chmod(0o755)
    monkeypatch.setenv("SHELL", str(shell))
    for name in ("course/notebooks", "home/workspace"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "course/notebooks/course.toml").write_bytes(
        (find_course().folder / "notebooks/course.toml").read_bytes()
    )
    course, home = Course(tmp_path / "course"), Home(tmp_path / "home")
    (told,) = (each for each in jupyter.arguments(course, home) if "terminado" in each)
    command = ast.literal_eval(told.partition("=")[2])["shell_command"]
    run = {"capture_output": True, "text": True, "check": True}
    said = subprocess.run(command, cwd=tmp_path / where, **run).stdout
    assert said == f"{tmp_path / opens}\n-l\n"
    home.project.rmdir()  # no lesson was started yet
    said = subprocess.run(command, cwd=course.folder, **run).stdout
    assert said == f"{course.folder}\n-l\n"


@pytest.mark.skipif(os.name == "nt", reason="on Windows a terminal opens where it is asked to")
def test_jupyter_server_reads_it_as_it_is_meant(tmp_path: Path):
    """Its own parser of command lines, with a quote in the path."""
    course = find_course()
    home = Home(tmp_path / "it's mine")
    code = (
        "import sys; from jupyter_server.serverapp import ServerApp; app = ServerApp();"
        "app.parse_command_line(sys.argv[1:]); app.update_config(app.cli_config);"
        "print(app.terminado_settings['shell_command'][5])"
    )
    told = [each for each in jupyter.arguments(course, home) if "terminado" in each]
    done = subprocess.run(
        [sys.executable, "-c", code, *told], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{home.project}\n"
