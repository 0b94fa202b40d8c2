"""The state is read again when something has changed, whatever and however it was."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from kernels import make_project

from roundtrip.facts import DatabaseState, Elsewhere, ModelState
from roundtrip.git_facts import GitState
from roundtrip.reading import state
from roundtrip.reading.reader import Reader
from roundtrip.state import State


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = make_project(tmp_path / "a project")
    (folder / "instance").mkdir()
    with closing(sqlite3.connect(folder / "instance" / "app.db")) as database, database:
        database.execute("CREATE TABLE user (name VARCHAR(80))")
        database.execute("INSERT INTO user VALUES ('a')")
    return folder


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[State]:
    """Every real reading, in order; what is read is made up and says which reading it is."""
    done: list[State] = []

    def read(project: Path, run: object, env_file: str | None) -> State:
        done.append(_made_up("instance/app.db", len(done)))
        return done[-1]

    monkeypatch.setattr(state, "read", read)
    return done


def test_nothing_changed_nothing_read(project: Path, readings: list[State]):
    reader = Reader(project)
    assert reader.read() is reader.read()
    assert len(readings) == 1


def _touch_back(project: Path) -> None:
    """Change a file without a new size or a new time of change."""
    file = project / "demo_app" / "models.py"
    before = file.stat()
    file.write_text(file.read_text().replace("email", "eMail"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _insert(project: Path) -> None:
    with closing(sqlite3.connect(project / "instance" / "app.db")) as database, database:
        database.execute("UPDATE user SET name = 'b'")


@pytest.mark.parametrize(
    "change",
    [
        _touch_back,
        _insert,
        lambda project: (project / "new.txt").touch(),
        lambda project: (project / ".flaskenv").unlink(),
        lambda project: (project / "demo_app").rename(project / "other_app"),
    ],
)
def test_a_change_is_seen(project: Path, readings: list[State], change):
    reader = Reader(project)
    first = reader.read()
    change(project)
    assert reader.read() is not first
    assert len(readings) == 2


def test_a_link_that_leads_in_a_circle_keeps_nothing_from_being_read(project: Path, readings):
    (project / "circle").symlink_to("circle")
    reader = Reader(project)
    assert reader.read() is reader.read()
    assert len(readings) == 1


def test_another_database_is_read_each_time_and_not_kept(project: Path, readings: list[State]):
    reader = Reader(project)
    first = reader.read()
    reader.read("production.env")
    reader.read("production.env")
    assert len(readings) == 3
    assert reader.read() is first


@pytest.mark.parametrize("url", ["postgresql://app@db.example.com/app", "/srv/app.db"])
def test_a_database_elsewhere_is_read_each_time(project: Path, monkeypatch, url: str):
    readings = iter(range(3))
    monkeypatch.setattr(state, "read", lambda *_: _made_up(url, next(readings)))
    reader = Reader(project)
    assert reader.read() != reader.read()


@pytest.mark.parametrize(
    "trouble",
    [
        {"database": DatabaseState("instance/app.db", error="locked", problem="locked")},
        {"model": ModelState(error="ModuleNotFoundError: no module", found=True)},
        {"git": GitState(error="not readable")},
        {"elsewhere": (Elsewhere("production.env", "instance/production.db", problem="locked"),)},
    ],
)
def test_what_could_not_be_read_is_read_again(project: Path, monkeypatch, trouble):
    """What is in the way may lie outside the project, and go without a trace in it."""
    readings = iter([State(**trouble), _made_up("instance/app.db", 1)])
    monkeypatch.setattr(state, "read", lambda *_: next(readings))
    reader = Reader(project)
    assert reader.read() != reader.read()


def test_a_database_behind_a_link_is_read_each_time(project: Path, readings: list[State]):
    (project / "instance").rename(project.with_name("elsewhere"))
    (project / "instance").symlink_to(project.with_name("elsewhere"))
    reader = Reader(project)
    assert reader.read() is not reader.read()


def test_a_file_or_folder_that_goes_meanwhile(
    project: Path, readings: list[State], monkeypatch: pytest.MonkeyPatch
):
    (project / "demo_app" / "models.py.lock").touch()
    (project / "old").mkdir()
    scandir = os.scandir

    def looked(folder: Path):
        found = list(scandir(folder))
        for path in (project / "demo_app/models.py.lock", project / "old"):
            if path.exists():
                path.rename(project.with_name(path.name))
        return found

    monkeypatch.setattr(os, "scandir", looked)
    assert Reader(project).read() is readings[0]


def test_a_folder_that_cannot_be_read(
    project: Path, readings: list[State], monkeypatch: pytest.MonkeyPatch
):
    """Such as that of a database server in a container, which is another user's."""
    (project / "pgdata").mkdir()
    scandir = os.scandir

    def looked(folder: Path):
        if Path(folder).name == "pgdata":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", looked)
    assert Reader(project).read() is readings[0]


def _made_up(url: str, number: int) -> State:
    return State(database=DatabaseState(url=url, versions=(str(number),)))
