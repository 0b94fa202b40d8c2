"""The doctor sees each thing that can be wrong, and says what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from roundtrip import doctor
from roundtrip.course import Course, find_course
from roundtrip.doctor import Finding, report

TOP = Path(__file__).resolve().parents[1]


def finding(about: str) -> Finding:
    (found,) = (found for found in report() if about in found.name)
    return found


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a `git` first on PATH that runs these lines of Python."""

    def put(code: str) -> None:
        script = tmp_path / "git"
        script.write_text(f"#!{shutil.which('env')} python3\n{code}\n")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return put


def test_all_is_well_in_the_environment_that_runs_the_tests() -> None:
    assert [(found.name, found.found) for found in report() if not found.ok] == []


def test_a_name_and_a_cure_show_nothing_of_the_machine() -> None:
    for found in report():
        for private in (str(TOP), sys.prefix, str(Path.home()) + os.sep, sys.version.split()[0]):
            assert private not in found.name + found.cure


def test_it_misses_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = finding("Git")
    assert not found.ok and found.found == "Git was not found."


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for Git is a script with a #! line")
@pytest.mark.parametrize(
    ("code", "ok", "said"),
    [
        ("print('git version 2.31.9')", False, "2.31.9"),
        ("print('git version 2.32.0')", True, "2.32.0"),
        ("print('git version 2.39.5 (Apple Git-154)')", True, "2.39.5"),
        ("print('git version 3.0.1')", True, "3.0.1"),
        ("raise SystemExit(1)", False, "it does not run"),
    ],
)
def test_it_judges_the_version_of_git(
    program: Callable[[str], None], code: str, ok: bool, said: str
) -> None:
    program(code)
    found = finding("Git")
    assert found.ok is ok
    assert said in found.found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\nflask==", "\nflask==99.", "flask is "),
        ("\nflask==", "\nno-such-package==1.0 \\\nflask==", "no-such-package is missing"),
    ],
)
def test_it_sees_a_package_that_is_not_the_locked_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    lock = (TOP / "requirements.lock").read_text()
    assert lock.count(old) == 1
    (tmp_path / "requirements.lock").write_text(lock.replace(old, new))
    monkeypatch.setattr(doctor, "find_course", lambda: Course(tmp_path))
    found = finding("requirements.lock")
    assert not found.ok and said in found.found
    assert "Delete the folder .venv" in found.cure


def test_it_sees_that_the_lock_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_course", lambda: Course(tmp_path))
    assert "cannot be read" in finding("requirements.lock").found


def test_the_lock_is_read_for_this_system_only() -> None:
    names = {each.name for each in doctor.locked(find_course().folder / "requirements.lock")}
    assert "flask" in names
    assert ("pywinpty" in names) == (os.name == "nt")


def test_it_sees_that_packages_are_not_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))  # where no bytecode lies
    found = finding("compiled")
    assert not found.ok and "sqlalchemy" in found.found


def test_bytecode_is_looked_for_as_commands_load_it_whatever_the_learners_shell_says() -> None:
    """With `PYTHONOPTIMIZE`, Python names other files; commands run without it."""
    env = os.environ | {"PYTHONOPTIMIZE": "1"}
    command = [sys.executable, "-m", "roundtrip", "doctor"]
    said = subprocess.run(command, capture_output=True, text=True, env=env).stdout
    assert "ok       Packages compiled" in said


def test_it_sees_a_kernel_of_another_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign_kernel(tmp_path)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert not finding("Notebooks run").ok


def test_it_sees_a_home_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ROUNDTRIP_HOME", str(tmp_path / "file"))
    found = finding("A place for your work")
    assert not found.ok and "set ROUNDTRIP_HOME" in found.found


def test_it_sees_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(TOP)._replace(free=199_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    found = finding("At least 200 MB of room")
    assert not found.ok and found.found == "199 MB are free."


def foreign_kernel(folder: Path) -> None:
    """Write a kernel `python3` that starts the Python of somewhere else."""
    kernel = folder / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": [str(folder / "bin" / "python")], "display_name": "Other", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
