"""start.py, from outside: a small stand-in for the course, whose one package lies in a folder."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
START = TOP / "start.py"
NO_INDEX = "http://127.0.0.1:9/"  # the port of the discard service: nobody answers

PROJECT = """\
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"
[project]
name = "roundtrip"
version = "1"
description = "A stand-in"
[tool.ruff]
line-length = 100
"""
COMMAND = "import json, sys\nprint(json.dumps([sys.argv[1:], sys.prefix]))\n"

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the flit_core that is installed here: all that the stand-in needs."""
    installed = importlib.metadata.distribution("flit_core")
    name = f"flit_core-{installed.version}-py3-none-any.whl"
    place = tmp_path_factory.mktemp("wheels") / name
    with zipfile.ZipFile(place, "w") as archive:
        for file in installed.files or ():
            if file.suffix != ".pyc" and ".." not in file.parts:
                archive.write(installed.locate_file(file), file.as_posix())
    return place


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The stand-in for a fresh clone, in a path with a space and an umlaut."""
    return make_clone(tmp_path_factory.mktemp("a path") / "with ä space" / "clone", wheel)


@pytest.fixture
def untouched(tmp_path: Path, wheel: Path) -> Path:
    """Another fresh clone, for a start that comes to nothing."""
    return make_clone(tmp_path / "clone", wheel)


def make_clone(folder: Path, wheel: Path) -> Path:
    package = folder / "src" / "roundtrip"
    package.mkdir(parents=True)
    shutil.copy(START, folder)
    (folder / "pyproject.toml").write_text(PROJECT)
    (package / "__init__.py").write_text('"""A stand-in."""\n')
    (package / "__main__.py").write_text(COMMAND)
    version = wheel.name.split("-")[1]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = f"flit-core=={version} \\\n    --hash=sha256:{digest}\n"
    (folder / "requirements.lock").write_text(lock)
    return folder


def begin(clone: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    """Start start.py in another folder than its own; what it prints is one stream."""
    return subprocess.Popen(
        [sys.executable, str(clone / "start.py"), *words],
        cwd=clone.parent,
        env=os.environ
        | {"HOME": str(clone.parent), "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "1"}
        | {"PYTHONDONTWRITEBYTECODE": "1", "PIP_USER": "1", "PYTHONUNBUFFERED": "1"}
        | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def start(clone: Path, *words: str, **settings: str) -> tuple[int, str]:
    """Exit code and output of `start.py WORDS`."""
    process = begin(clone, *words, **settings)
    said, _ = process.communicate(timeout=120)
    assert "Traceback" not in said
    return process.returncode, said


def offline(wheel: Path) -> dict[str, str]:
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheel.parent.as_uri()}


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert any(text in line for line in process.stdout), f"it never said {text}"


def questions(clone: Path):
    """The start.py of a clone as a module, to ask it whether the environment is complete."""
    spec = importlib.util.spec_from_file_location("start_of_a_clone", clone / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no such name")
@pytest.mark.parametrize("odd", ['"', "$", "`", "\\", os.pathsep])
def test_a_name_with_which_pips_commands_do_not_start(tmp_path: Path, wheel: Path, odd) -> None:
    clone = make_clone(tmp_path / f"my {odd} folder" / "clone", wheel)
    code, said = start(clone, **offline(wheel))
    assert code == 1
    assert f"has the character {odd} in its name" in said
    assert not (clone / ".venv").exists()


# The story of one clone, in the order of the tests


def test_1_without_a_network_it_says_so_and_loses_nothing(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / "precious.txt").write_text("other work")
    code, said = start(clone, PIP_INDEX_URL=NO_INDEX)
    assert code == 1
    assert "index was not reached: check the network" in said.splitlines()[-1]
    assert "Connection refused" in (clone / ".roundtrip" / "install.log").read_text()
    assert ".roundtrip/install.log" in said.replace(os.sep, "/")
    aside = re.search(r"it is now in (\S+)", said).group(1)
    assert (clone / aside / "precious.txt").read_text() == "other work"
    assert not (clone / ".venv").exists()


@posix_only
def test_2_ctrl_c_ends_it_in_one_line(clone: Path, wheel: Path) -> None:
    process = begin(clone, **offline(wheel))
    wait_for(process, "1 of 4")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert said == "\nStopped. Run the same command to start again.\n"
    assert process.returncode == 130


@posix_only
def test_3_killed_then_started_twice_at_once_it_is_made_once(clone: Path, wheel: Path) -> None:
    killed = begin(clone, **offline(wheel))
    wait_for(killed, "1 of 4")
    while not (clone / ".venv" / "pyvenv.cfg").exists():  # its child has begun, too
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    killed.stdout.close()
    both = [begin(clone, name, **offline(wheel)) for name in ("one", "two")]
    said = [process.communicate(timeout=120)[0] for process in both]
    # for each other, and before that for what the killed one has left running
    assert all("waiting for it to end" in text for text in said)
    assert [process.returncode for process in both] == [0, 0], said
    answers = [json.loads(text.splitlines()[-1]) for text in said]
    assert answers == [[["one"], str(clone / ".venv")], [["two"], str(clone / ".venv")]]
    made = [text for text in said if "Making the environment" in text]
    assert len(made) == 1 and "unfinished" in made[0]


@pytest.fixture
def complete(clone: Path, wheel: Path) -> Path:
    """The clone with its environment made."""
    code, said = start(clone, "doctor", **offline(wheel))
    assert code == 0, said
    return clone


def test_4_it_opens_the_lab_and_installs_nothing_again(complete: Path) -> None:
    before = set(everything_in(complete))
    code, said = start(complete, PIP_INDEX_URL=NO_INDEX)
    assert (code, json.loads(said)) == (0, [["lab"], str(complete / ".venv")])
    assert set(everything_in(complete)) == before


def test_5_words_and_options_are_passed_on(complete: Path) -> None:
    words = ["lab", "--no-browser", "--port", "8899", "a b"]
    assert json.loads(start(complete, *words)[1])[0] == words


def test_6_packages_are_compiled_whatever_the_shell_says(complete: Path) -> None:
    modules = list((complete / ".venv").rglob("site-packages/flit_core/vendor/**/*.py"))
    assert len(modules) > 2  # which nothing has imported, and compiled by that
    assert all(Path(importlib.util.cache_from_source(str(m))).is_file() for m in modules)


def test_7_the_shell_cannot_lead_it_elsewhere(complete: Path, tmp_path: Path) -> None:
    other = tmp_path / "roundtrip"
    other.mkdir()
    (other / "__main__.py").write_text("print('the wrong one')")
    _, said = start(complete, PYTHONPATH=str(tmp_path))
    assert json.loads(said)[0] == ["lab"]


def test_7_an_old_locale_does_not_keep_it_from_starting(complete: Path) -> None:
    code, said = start(complete, LC_ALL="C")
    assert code == 0, said


def test_8_it_knows_when_an_environment_no_longer_fits(complete: Path, tmp_path: Path) -> None:
    assert questions(complete).is_complete()
    copy = tmp_path / "moved"
    shutil.copytree(complete, copy, symlinks=True)
    assert not questions(copy).is_complete()
    project, lock = complete / "pyproject.toml", complete / "requirements.lock"
    python = complete / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    with changed(project, PROJECT.replace("line-length = 100", "line-length = 88")):
        assert questions(complete).is_complete()
    with changed(project, PROJECT.replace('version = "1"', 'version = "2"')):
        assert not questions(complete).is_complete()
    with changed(lock, lock.read_text() + "# changed\n"):
        assert not questions(complete).is_complete()
    beside = complete / "data" / "etc" / "config.py"
    beside.parent.mkdir(parents=True)
    beside.write_text("c = 1\n")
    assert not questions(complete).is_complete()
    shutil.rmtree(complete / "data")
    python.rename(python.with_name("gone"))
    assert not questions(complete).is_complete()
    python.with_name("gone").rename(python)
    assert questions(complete).is_complete()


@pytest.mark.parametrize("gone", ["flit_core", "roundtrip.pth", "flit_core-*.dist-info"])
def test_8_it_knows_when_something_of_it_has_gone(complete: Path, gone: str) -> None:
    (part,) = (complete / ".venv").rglob(f"site-packages/{gone}")
    (part.with_name("added")).touch()
    assert questions(complete).is_complete()
    part.rename(part.with_name("elsewhere"))
    assert not questions(complete).is_complete()
    part.with_name("elsewhere").rename(part)
    assert questions(complete).is_complete()


class changed:  # noqa: N801 - reads as a word
    """Give a file another text for a while."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text, self.before = file, text, file.read_text()

    def __enter__(self) -> None:
        self.file.write_text(self.text)

    def __exit__(self, *_: object) -> None:
        self.file.write_text(self.before)


def everything_in(folder: Path) -> Iterator[tuple[str, int]]:
    for path in folder.rglob("*"):
        yield str(path), path.lstat().st_mtime_ns


# One sentence for each thing that is missing; nothing is made


@pytest.mark.parametrize(
    ("pretended", "expected"),
    [
        ("sys.modules['ensurepip'] = None", "sudo apt install python3-venv"),
        ("sys.modules['venv'] = None", "sudo apt install python3-venv"),
        (
            "import shutil; shutil.disk_usage = lambda p: shutil._ntuple_diskusage(0, 0, 10**8)",
            "make 600 MB free",
        ),
        ("sys.version_info = (3, 9, 18)", "needs Python 3.11 or newer, and this is Python 3.9"),
    ],
)
def test_it_says_what_is_missing(
    untouched: Path, tmp_path: Path, pretended: str, expected: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys; {pretended}\n")
    code, said = start(untouched, PYTHONPATH=str(tmp_path))
    assert code == 1
    assert expected in said and said.count("\n") == 1
    assert not (untouched / ".venv").exists()


def test_it_says_that_git_is_missing(untouched: Path, tmp_path: Path) -> None:
    code, said = start(untouched, PATH=str(tmp_path))
    assert code == 1
    assert said.startswith("Git was not found") and said.count("\n") == 1


def test_it_says_that_the_folder_cannot_be_written(untouched: Path) -> None:
    (untouched / ".roundtrip").write_text("in the way; root may write to a read-only folder")
    code, said = start(untouched)
    assert code == 1
    assert said.startswith("The folder of the course cannot be written (") and said.count("\n") == 1


def test_it_says_that_a_file_of_the_clone_is_missing(untouched: Path) -> None:
    (untouched / "requirements.lock").unlink()
    code, said = start(untouched)
    assert code == 1
    assert "git restore pyproject.toml requirements.lock" in said and said.count("\n") == 1


def test_an_older_python_can_read_it() -> None:
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 7))
