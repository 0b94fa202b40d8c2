"""The suite can fail: every kind of lie in a notebook, told in a copy, turns nbval red.

Each copy runs as the notebooks of this checkout do: the same settings, the same sanitiser, the same
start state. `red` holds the code cells that failed, counted from 0 as nbval counts them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from roundtrip import lesson, snapshots
from roundtrip.course import find_course
from roundtrip.home import find_home

ROOT = Path(__file__).parents[2]
Notebook = nbformat.NotebookNode
Run = Callable[[int, Notebook], set[int]]


@pytest.fixture
def start_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    """`start_states(5)`: the project that lesson 5 will start from, to be changed at will."""
    course = find_course()
    home = find_home(course.folder)

    def prepare(number: int) -> Path:
        before = course.lesson(number - 1)
        _, place = lesson.end_state(course, home, before)
        monkeypatch.setenv("ROUNDTRIP_SNAPSHOTS", str(tmp_path / "made"))
        target = snapshots.made(home, course, before)
        shutil.copytree(place, target, symlinks=True)
        return snapshots.project_in(target)

    return prepare


@pytest.fixture
def red(tmp_path: Path) -> Run:
    """`red(5, notebook)` runs a changed notebook of lesson 5: the code cells that failed."""
    for name in ("conftest.py", "pyproject.toml", "tests/sanitize.cfg", "tests/early_kernels.py"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, target)

    def run(number: int, notebook: Notebook) -> set[int]:
        file = tmp_path / "notebooks" / find_course().lesson(number).notebook.name
        file.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, file)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "--nbval",
                "-q",
                "-rfE",
                "-p",
                "no:cacheprovider",
                file,
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        failed = {
            int(n)
            for n in re.findall(r"^(?:FAILED|ERROR) .*::Cell (\d+)", done.stdout, re.MULTILINE)
        }
        assert bool(failed) == bool(done.returncode), done.stdout
        return failed

    return run


def test_changed_outputs_are_seen_and_nothing_else_is(start_states: Callable, red: Run):
    start_states(5)
    notebook = _read(5)
    lies = {
        _change(notebook, "%show instance/app.db", "age INTEGER", "aged INTEGER"),
        _change(notebook, "!flask db upgrade", "Add age column", "Add page column"),
        _change(notebook, "!flask --env-file production.env db upgrade", "upgrade ", "downgrade "),
        _change(notebook, "%show instance/production.db", "VARCHAR(80)", "VARCHAR(81)"),
        _change(notebook, "!git commit", "2 files changed", "3 files changed"),
        _drop_line(notebook, "%page /", "Linus"),
    }
    assert len(lies) == 6
    assert red(5, notebook) == lies


def test_an_exit_code_that_turned_is_seen(red: Run):
    notebook = _read(0)
    fails = _cell(notebook, "!git status")
    succeeds = _cell(notebook, "%finish")
    code = _code(notebook)
    code[fails].source = "!git --version"
    code[succeeds].source = '!python -c "raise SystemExit(3)"'
    assert red(0, notebook) >= {fails, succeeds}


def test_a_step_that_was_left_out_is_seen(start_states: Callable, red: Run):
    start_states(3)
    notebook = _read(3)
    notebook.cells.remove(_code(notebook)[_cell(notebook, "!flask db migrate")])
    status, history = _cell(notebook, "!git status"), _cell(notebook, "!flask db history")
    assert red(3, notebook) >= {status, history}


def test_a_migration_that_does_nothing_is_seen(start_states: Callable, red: Run):
    project = start_states(5)
    (script,) = (project / "migrations" / "versions").glob("*_add_age_column_*.py")
    text = script.read_text(encoding="utf-8")
    lazy = re.sub(r"(?m)^        batch_op\.(add|drop)_column\(.*$", "        pass", text)
    assert lazy != text
    script.write_text(lazy, encoding="utf-8")
    notebook = _read(5)
    assert _cell(notebook, "%show instance/app.db", last=True) in red(5, notebook)


def test_a_cell_that_was_never_executed_is_seen(red: Run):
    """And none but that: what nobody has changed passes."""
    notebook = _read(0)
    place = _cell(notebook, "%doctor")
    cell = _code(notebook)[place]
    cell.execution_count, cell.outputs = None, []
    assert red(0, notebook) == {place}


def _read(number: int) -> Notebook:
    return nbformat.read(find_course().lesson(number).notebook, as_version=4)


def _code(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _cell(notebook: Notebook, begins: str, last: bool = False) -> int:
    """The place of the first (or last) code cell whose source begins like this."""
    found = [n for n, cell in enumerate(_code(notebook)) if cell.source.startswith(begins)]
    return found[-1 if last else 0]


def _change(notebook: Notebook, begins: str, old: str, new: str) -> int:
    """Replace words in the outputs of the last such cell that has them; return its place."""
    for place in reversed(range(len(_code(notebook)))):
        cell = _code(notebook)[place]
        if cell.source.startswith(begins) and old in str(cell.outputs):
            cell.outputs = [
                _mapped(output, lambda t: t.replace(old, new)) for output in cell.outputs
            ]
            return place
    raise AssertionError(f"no cell {begins} has an output with {old!r}")


def _drop_line(notebook: Notebook, begins: str, word: str) -> int:
    place = _cell(notebook, begins)
    cell = _code(notebook)[place]
    assert word in str(cell.outputs)
    cell.outputs = [
        _mapped(output, lambda t: "\n".join(x for x in t.split("\n") if word not in x))
        for output in cell.outputs
    ]
    return place


def _mapped(output: Notebook, change: Callable[[str], str]) -> Notebook:
    if "text" in output:
        output.text = change(output.text)
    for kind, value in output.get("data", {}).items():
        output.data[kind] = change(value)
    return output
