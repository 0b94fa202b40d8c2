"""The home: which folder everything of a learner is kept in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from roundtrip import home, workspace
from roundtrip.errors import RoundtripError
from roundtrip.home import find_home


def test_home_is_the_course_folder(tmp_path):
    found = find_home(tmp_path, {})
    assert found.root == tmp_path.resolve()
    assert found.project == tmp_path.resolve() / "workspace"


def test_a_relative_roundtrip_home_is_one_folder_for_all_notebooks(tmp_path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent)
    found = find_home(tmp_path, {"ROUNDTRIP_HOME": "learner"})
    assert found.root == (tmp_path / "learner").resolve()


def test_a_course_folder_that_cannot_be_written_gives_a_folder_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(home, "_writable", lambda folder: False)
    found = find_home(tmp_path / "course", {})
    assert found.root == (tmp_path / "data" / "roundtrip").resolve()
    said = home.notice(found, tmp_path / "course", {})
    assert f"your work is kept in {found.root}. Notebooks cannot be saved" in said
    assert home.notice(found, tmp_path / "course", {"ROUNDTRIP_HOME": "x"}) is None
    assert home.notice(found, found.root, {}) is None
    assert found.private.is_dir()


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_somebody_elses_workspace_is_left_alone(tmp_path, what):
    (tmp_path / "other").mkdir()
    place = tmp_path / "other" / "workspace"
    if what == "folder":
        place.mkdir()
        (place / "thesis.tex").write_text("mine")
    elif what == "file":
        place.write_text("mine")
    else:
        place.symlink_to(tmp_path)
    with pytest.raises(RoundtripError, match="workspace` already, which the course did not make"):
        find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / "other")})
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["workspace"]


def test_a_workspace_of_ours_is_known_again(tmp_path):
    named = {"ROUNDTRIP_HOME": str(tmp_path / "mine")}
    (find_home(tmp_path, named).project / "app").mkdir(parents=True)
    assert find_home(tmp_path, named).root == (tmp_path / "mine").resolve()


def test_a_course_folder_that_cannot_be_written_now_keeps_what_is_in_it(tmp_path, monkeypatch):
    """A disk without room, say: the work is there, and another home would seem to have lost it."""
    (tmp_path / "course" / ".roundtrip").mkdir(parents=True)
    monkeypatch.setattr(home, "_writable", lambda _: False)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "other"))
    assert find_home(tmp_path / "course", {}).root == (tmp_path / "course").resolve()
    (tmp_path / "course" / ".roundtrip").rmdir()
    assert find_home(tmp_path / "course", {}).root == (tmp_path / "other").resolve()


def test_writable_tells_the_truth(tmp_path):
    """/proc cannot be written even by root."""
    assert home._writable(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not home._writable(tmp_path / "missing")
    assert not home._writable(Path("/proc"))


@pytest.mark.parametrize(
    "name",
    [
        *("a file", "a file/below", os.pathsep.join("ab"), "/proc/mine", "a\udcff"),
        *("workspace", "workspace/instance"),
    ],
)
def test_a_home_that_cannot_be_used_is_named_in_a_sentence(tmp_path, name):
    (tmp_path / "a file").write_text("")
    (tmp_path / ".roundtrip").mkdir()
    with pytest.raises(RoundtripError, match=r"ROUNDTRIP_HOME|another folder") as said:
        find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / name)})
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("name", ["with space", "mit Umläut", "o'clock", 'the "best"', "$HOME"])
def test_roundtrip_home_moves_it_whatever_its_name(tmp_path, name):
    found = find_home(tmp_path / "course", {"ROUNDTRIP_HOME": str(tmp_path / name)})
    assert found.root == (tmp_path / name).resolve()
    workspace.replace(found, None, "x")
    assert (tmp_path / name / "workspace").is_dir()
