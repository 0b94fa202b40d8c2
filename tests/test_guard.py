"""A kernel that has not run a lesson's first cell reaches nothing: neither clone nor workspace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from kernels import kernel

from roundtrip import guard
from roundtrip.course import find_course

CELLS = (
    "!git reset --hard",
    "!git clean -fdx",
    "!git add -A",
    "kept = !git stash -u",
    "%%writefile ../README.md\nnothing",
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that looks like a clone of the course, with work in it that is not committed."""
    folder = tmp_path / "a clone"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "course.toml").write_text("")
    (folder / "README.md").write_text("committed\n")
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.com"]
    git += ["-c", "maintenance.auto=false"]  # it would go on in the background
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Clone"]):
        subprocess.run([*git, *arguments], check=True)
    (folder / "README.md").write_text("changed\n")
    (folder / "notes.txt").write_text("new\n")
    return folder


def test_a_restarted_kernel_refuses_until_a_lesson_is_started(clone: Path, tmp_path: Path):
    with kernel(tmp_path / "home", cwd=clone / "notebooks") as fresh:
        before = _everything(clone)
        answers = [fresh.run(cell) for cell in CELLS]
        assert [answer.error for answer in answers] == ["Refused"] * len(CELLS)
        assert all("first cell" in answer.value for answer in answers)
        assert _everything(clone) == before
        assert fresh.run("%load_ext roundtrip\n%lesson 1\n!git init").error is None
    assert _everything(clone) == before
    assert (tmp_path / "home" / "workspace" / ".git").is_dir()


def test_a_notebook_of_another_clone_is_told_where_its_kernel_works(clone: Path, tmp_path: Path):
    with kernel(tmp_path / "home", cwd=clone / "notebooks") as kernel_of_ours:
        said = kernel_of_ours.run("%load_ext roundtrip\n%lesson 1").text
    assert f"this notebook is in {clone}, and its kernel works in {tmp_path / 'home'}." in said
    with kernel(tmp_path / "home", cwd=find_course().folder / "notebooks") as kernel_of_ours:
        assert "Careful" not in kernel_of_ours.run("%load_ext roundtrip\n%lesson 1").text


def test_settings_of_ones_own_do_not_take_the_guard_away(clone: Path, tmp_path: Path, monkeypatch):
    """Either of these keeps one of the two ways from being gone."""
    before = _everything(clone)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    profile = tmp_path / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    for file, text in {
        "ipython_config.py": "get_config().InteractiveShellApp.extensions = ['autoreload']",
        "startup/0.py": "raise OSError",
    }.items():
        (profile / file).write_text(text)
        with kernel(tmp_path / "home", cwd=clone / "notebooks") as own:
            assert own.run("!git reset --hard").error == "Refused", file
        (profile / file).unlink()
    assert _everything(clone) == before


def test_a_kernel_of_the_course_is_refused_wherever_it_starts(clone: Path, tmp_path: Path):
    """As when an editor starts it in the folder of another project."""
    (clone / "notebooks" / "course.toml").unlink()
    before = _everything(clone)
    with kernel(tmp_path / "home", cwd=clone) as other:
        assert other.run("!git add -A && git stash").error == "Refused"
    assert _everything(clone) == before


DANGEROUS = (
    *CELLS,
    "!git add . && git reset --hard HEAD~1",
    "!!git stash -u",
    "%sx git stash -u",
    "%system git stash -u",
    "%rm notes.txt",
    "%alias away git clean -fdx\n%away",
    "%%bash\ngit add -A; rm ../README.md",
    "%%script sh\nrm ../README.md",
    "%%file new.txt\nnothing",
    "%save new.py 1",
    "%logstart new.py",
    "%lesson 1",
    "%lesson 10 --continue",
    "%load_ext roundtrip",
    "%reload_ext roundtrip",
)


def test_a_kernel_without_a_home_runs_no_cell_of_a_lesson(clone: Path):
    """Its cells would be IPython's own, and would reach the clone.

    `tests/test_workspace.py` has the homes that cannot be used, each with its sentence.
    """
    lessons = [find_course().lessons[place].notebook for place in (1, -1)]
    cells = [
        "".join(cell["source"])
        for lesson in lessons
        for cell in json.loads(lesson.read_text())["cells"]
        if cell["cell_type"] == "code" and not "".join(cell["source"]).startswith("#")
    ]
    git = ["git", "-C", str(clone), "-c", "user.name=A", "-c", "user.email=a@example.com"]
    git += ["-c", "maintenance.auto=false"]
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Second"], check=True)
    before = _everything(clone)
    with kernel(clone / "README.md" / "x", cwd=clone / "notebooks") as closed:
        for cell in (*cells, *DANGEROUS):
            answer = closed.run(cell)
            assert answer.error == "Refused", (cell, answer)
            assert answer.traceback == [f"Refused: {answer.value}"]
            assert "ROUNDTRIP_HOME" in answer.value or "another folder" in answer.value
            assert "start JupyterLab again" in answer.value
            assert "\n" not in answer.value
        run = "import subprocess; print(subprocess.run(['git', {}]).returncode)"
        for arguments in ("'reset', '--hard'", "'init', '.'", "'add', '-A'", "'clean', '-fdx'"):
            assert closed.run(run.format(arguments)).text.splitlines()[-1] != "0"
        assert closed.run("print(1)").text == "1\n"
    assert _everything(clone) == before


def test_load_ext_closes_a_kernel_that_has_no_guard(clone: Path):
    before = _everything(clone)
    cells = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "for cell in ('%load_ext roundtrip', '!git add -A', 'x = !git reset --hard'):\n"
        "    shell.run_cell(cell)"
    )
    env = os.environ | {"ROUNDTRIP_HOME": str(clone / "README.md" / "x")}
    run = [sys.executable, "-c", cells]
    said = subprocess.run(run, cwd=clone, env=env, capture_output=True, text=True, check=True)
    kinds = [line.partition(":")[0] for line in said.stdout.splitlines()]
    assert kinds == ["RoundtripError", "Refused", "Refused"]
    assert _everything(clone) == before


@pytest.mark.parametrize(
    ("prefix", "folder", "guarded"),
    [
        ("conda/envs/mine", "elsewhere", False),
        ("conda/envs/mine", "course/notebooks", True),
        ("course/.venv", "elsewhere", True),
    ],
)
def test_it_guards_the_course_and_nothing_else(tmp_path, monkeypatch, prefix, folder, guarded):
    for each in ("conda/envs/mine", "elsewhere", "course/notebooks", "course/.venv"):
        (tmp_path / each).mkdir(parents=True)
    (tmp_path / "course" / "notebooks" / "course.toml").touch()
    loaded: list[object] = []
    monkeypatch.setattr("roundtrip.magics.load", loaded.append)
    monkeypatch.setattr("sys.prefix", str(tmp_path / prefix))
    monkeypatch.chdir(tmp_path / folder)
    guard.load_ipython_extension("the shell")
    assert loaded == (["the shell"] if guarded else [])


def _everything(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes, those of the repository included."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_kernel_starts_without_a_word_in_the_terminal(tmp_path: Path) -> None:
    """Its warning that nothing is encrypted would frighten whoever reads the terminal."""
    said = tmp_path / "said"
    with said.open("w") as terminal:
        manager, client = start_new_kernel(kernel_name="python3", stderr=terminal, stdout=terminal)
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert said.read_text() == ""
