"""The command `roundtrip`, from outside."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from test_doctor import foreign_kernel

TOP = Path(__file__).resolve().parents[1]
TYPED = "python3 start.py" if Path(sys.prefix).name == ".venv" else "roundtrip"
NEWS = "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that `roundtrip lab` has opened, and the folders it was given."""

    process: psutil.Process
    url: str
    home: Path
    user: Path

    def get(self, address: str) -> bytes:
        """What the server answers; raises unless the status is 200."""
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.read()

    def ask(self, path: str) -> dict:
        """An answer of the server's API."""
        origin, _, token = re.match(r"(http://[^/]+)/(.*)\?(.*)", self.url).groups()
        return json.loads(self.get(f"{origin}/{path}?{token}"))


def roundtrip(*words: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "roundtrip", *words],
        cwd=folder,
        env=clean() | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def clean() -> dict[str, str]:
    """Our environment without what the test run has put there: Jupyter's folders, a helper."""
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("JUPYTER") and key not in ("IPYTHONDIR", "ROUNDTRIP_PRELOAD")
    }


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """`roundtrip lab` as a learner with another kernel named python3 would call it."""
    root = tmp_path_factory.mktemp("a lab")
    home, user, other = root / "home", root / "user", root / "other"
    user.mkdir()
    foreign_kernel(other)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    said = root / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "roundtrip", "lab", "--no-browser", "--port", port],
            cwd=user,
            env=clean()
            | {"ROUNDTRIP_HOME": str(home), "HOME": str(user), "JUPYTER_PATH": str(other)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        url = _printed_url(process, said, port)
        yield Lab(psutil.Process(process.pid), url, home, user)
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(timeout=30)
        for child in children:
            child.wait(timeout=10)


def _printed_url(process: subprocess.Popen, said: Path, port: str) -> str:
    """The address, once it answers: Jupyter Server prints it right before it listens."""
    for _ in range(300):
        if found := re.search(rf"http://localhost:{port}/\S+", said.read_text()):
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
                return found.group()
        if process.poll() is not None:
            break
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(said.read_text())


def test_the_printed_address_opens_the_first_notebook(lab: Lab) -> None:
    assert "/lab/tree/notebooks/00_welcome.ipynb?token=" in lab.url
    assert b"JupyterLab" in lab.get(lab.url)
    assert lab.ask("api/contents/notebooks/00_welcome.ipynb")["type"] == "notebook"


def test_the_kernel_is_that_of_the_course(lab: Lab) -> None:
    specs = lab.ask("api/kernelspecs")
    assert specs["default"] == "python3"
    assert specs["kernelspecs"]["python3"]["spec"]["display_name"] != "Other"


@pytest.mark.skipif(sys.platform != "linux", reason="the helper is for Linux")
def test_its_notebooks_share_a_helper(lab: Lab) -> None:
    """Which ends with it: the fixture waits for that."""
    (helper,) = [p for p in lab.process.children() if "server.py" in " ".join(p.cmdline())]
    folder = Path(lab.process.environ()["ROUNDTRIP_PRELOAD"])
    assert int((folder / "helper").read_text()) == helper.pid


def test_nothing_is_left_in_the_users_own_folder(lab: Lab) -> None:
    assert list(lab.user.iterdir()) == []
    assert (lab.home / ".roundtrip" / "jupyter" / "runtime").is_dir()


def test_news_and_update_checks_are_off(lab: Lab) -> None:
    settings = json.loads((lab.home / ".roundtrip" / "jupyter" / NEWS).read_text())
    assert settings == {"fetchNews": "false", "checkForUpdates": False}
    served = lab.ask("lab/api/settings/@jupyterlab/apputils-extension:notification")
    assert json.loads(served["raw"]) == settings


def test_the_suite_runs_in_the_course_folder_wherever_it_is_called(tmp_path: Path) -> None:
    words = ["test", "--collect-only", "-q", "tests/test_dependencies.py", "-k", "slows"]
    done = roundtrip(*words, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_the_package_that_slows_jupyterlab_down_is_left_out" in done.stdout


def test_the_suite_includes_the_notebooks(tmp_path: Path) -> None:
    done = roundtrip("test", "--collect-only", "-q", "notebooks/00_welcome.ipynb", folder=tmp_path)
    assert "00_welcome.ipynb::Cell 0" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a folder that somebody is in")
def test_a_terminal_in_a_folder_that_is_gone_can_call_it(tmp_path: Path) -> None:
    command = f"cd '{tmp_path}' && mkdir x && cd x && rmdir ../x && "
    command += f"exec '{sys.executable}' -m roundtrip attic"
    env = clean() | {"ROUNDTRIP_HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("The attic is empty.\n", 0), done.stderr


def test_the_doctor_says_what_is_wrong_and_ends_with_1(tmp_path: Path) -> None:
    done = roundtrip("doctor", folder=tmp_path, PATH=str(tmp_path), ROUNDTRIP_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "PROBLEM  Git 2.32 or newer: Git was not found.\n" in done.stdout
    assert "Install a newer Git" in done.stdout
    assert done.stdout.count("PROBLEM") == 1


def test_the_doctor_leaves_nothing_in_the_users_own_folder(tmp_path: Path) -> None:
    user = tmp_path / "user"
    user.mkdir()
    settings = {"HOME": str(user), "ROUNDTRIP_HOME": str(tmp_path / "home")}
    done = roundtrip("doctor", folder=tmp_path, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(user.iterdir()) == []


def test_the_doctor_leaves_nothing_where_no_home_can_be_used(tmp_path: Path) -> None:
    """Neither the user's nor one for the work: IPython would make a folder, and say so."""
    (tmp_path / "a file").write_text("")
    (tmp_path / "temporary").mkdir()
    bad = str(tmp_path / "a file" / "below")
    settings = {"HOME": bad, "ROUNDTRIP_HOME": bad, "TMPDIR": str(tmp_path / "temporary")}
    done = roundtrip("doctor", folder=tmp_path, **settings)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("PROBLEM") == 1
    assert "ok       Notebooks run in the Python of the course" in done.stdout
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_board_does_not_follow_a_workspace_that_is_a_link(tmp_path: Path) -> None:
    """What it leads to may be another project, whose app would be run."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "app.py").write_text("open('was run', 'w')\n")
    (tmp_path / ".roundtrip").mkdir()
    (tmp_path / "workspace").symlink_to("other")
    done = roundtrip("board", folder=tmp_path, ROUNDTRIP_HOME=str(tmp_path))
    assert done.returncode == 1 and "The workspace is a link to another folder" in done.stderr
    assert [file.name for file in (tmp_path / "other").iterdir()] == ["app.py"]


def test_ends_are_not_made_over_those_of_a_learner(tmp_path: Path) -> None:
    kept = tmp_path / ".roundtrip" / "snapshots" / "lesson-02" / "workspace"
    kept.mkdir(parents=True)
    (kept / "mine.txt").write_text("mine")
    done = roundtrip("make", "1", "2", folder=tmp_path, ROUNDTRIP_HOME=str(tmp_path))
    assert done.returncode == 1 and "is a learner's" in done.stderr
    assert (kept / "mine.txt").exists() and not (tmp_path / "workspace").exists()


@pytest.mark.parametrize("place", ["missing/x.svg", "a file/x.svg"])
def test_a_picture_that_cannot_be_written_is_named_in_a_sentence(tmp_path, place) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "a file").write_text("")
    done = roundtrip("board", "--svg", place, folder=tmp_path, ROUNDTRIP_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: The picture could not be written to {place} (")
    assert done.stderr.count("\n") == 1


def test_an_error_is_one_sentence(tmp_path: Path) -> None:
    done = roundtrip("attic", "restore", "nothing", folder=tmp_path, ROUNDTRIP_HOME=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: The attic holds nothing named nothing; `{TYPED} attic` lists it.\n"
    )


def test_the_attic_gives_back_what_it_holds(tmp_path: Path) -> None:
    held = tmp_path / "attic" / "2026-01-01_10-00-00_lesson-03"
    held.mkdir(parents=True)
    (held / "mine.txt").write_text("kept")
    home = {"ROUNDTRIP_HOME": str(tmp_path)}
    assert roundtrip("attic", folder=tmp_path, **home).stdout == f"{held.name}\n"
    done = roundtrip("attic", "restore", held.name, folder=tmp_path, **home)
    told = "In the notebook of lesson 03, go on with %lesson 3 --continue\n"
    assert done.stdout.endswith(told), "without it, a cell would replace it"
    assert (tmp_path / "workspace" / "mine.txt").read_text() == "kept"
    assert (held / "mine.txt").read_text() == "kept"


def test_a_file_where_the_course_keeps_a_folder_is_named(tmp_path):
    place = tmp_path / ".roundtrip/made"
    place.parent.mkdir()
    place.write_text("somebody's")
    done = roundtrip(
        "restart", "2", folder=TOP, ROUNDTRIP_HOME=str(tmp_path), ROUNDTRIP_SNAPSHOTS=""
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: The course cannot work with {place} (File exists)")
    assert place.read_text() == "somebody's"
