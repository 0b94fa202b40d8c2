"""The workspace: nothing of it is ever lost, whatever goes wrong while it is replaced."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from roundtrip import holding, safe_files, workspace
from roundtrip.errors import RoundtripError
from roundtrip.home import Home


def _work(home: Home, text: str = "mine") -> None:
    home.project.mkdir(exist_ok=True)
    (home.project / "app.py").write_text(text)


def _everything(folder: Path) -> str:
    return "\n".join(p.read_text("latin-1") for p in folder.rglob("*") if p.is_file())


def test_what_a_new_workspace_replaces_goes_to_the_attic_with_the_time(home, source):
    _work(home)
    before = time.strftime("%Y-%m-%d_%H-%M")
    aside = workspace.replace(home, source, "lesson-03")
    assert aside.parent == home.attic
    assert aside.name[:16] in (before, time.strftime("%Y-%m-%d_%H-%M"))
    assert aside.name.endswith("_lesson-03")
    assert (aside / "app.py").read_text() == "mine"
    assert (home.project / "app.py").read_text() == "new"
    assert (home.project / "instance" / "app.db").read_bytes() == b"\0rows"
    assert home.shown(aside) == f"attic/{aside.name}"


def test_two_within_one_second_get_two_names(home):
    places = []
    for text in ("first", "second", "third"):
        _work(home, text)
        places.append(workspace.replace(home, None, "lesson-01"))
    assert [(place / "app.py").read_text() for place in places] == ["first", "second", "third"]
    assert list(home.project.iterdir()) == []


def test_an_empty_or_missing_workspace_leaves_nothing_in_the_attic(home):
    assert workspace.replace(home, None, "lesson-01") is None
    assert workspace.replace(home, None, "lesson-01") is None
    assert home.project.is_dir()
    assert not home.attic.exists()


def test_a_workspace_that_is_a_file_or_a_link_is_kept_too(home, source, tmp_path):
    home.project.write_text("a file of mine")
    aside = workspace.replace(home, source, "x")
    assert aside.read_text() == "a file of mine"
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("mine")
    workspace.set_aside(home, "x")
    home.project.symlink_to(outside)
    workspace.replace(home, source, "x")
    assert (outside / "precious").read_text() == "mine"
    assert list(outside.iterdir()) == [outside / "precious"]
    assert not home.project.is_symlink()


def test_links_in_a_project_stay_links(home, source):
    (source / "link").symlink_to("app.py")
    workspace.replace(home, source, "x")
    assert (home.project / "link").is_symlink()
    assert (home.project / "link").read_text() == "new"


def test_a_full_disk_leaves_the_old_workspace_where_it_is(home, source, monkeypatch):
    _work(home)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    real = safe_files.shutil.copytree
    monkeypatch.setattr(
        safe_files.shutil, "copytree", lambda a, b, *_, **__: real(a, b, True, None, full)
    )
    with pytest.raises(RoundtripError, match=r"\(No space left on device\); make room"):
        workspace.replace(home, source, "x")
    assert (home.project / "app.py").read_text() == "mine"
    assert not home.attic.exists()
    assert sorted(p.name for p in home.private.iterdir()) == ["lock"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_a_pipe_in_a_project_is_left_out_of_a_copy(home, source):
    os.mkfifo(source / "pipe")
    workspace.replace(home, source, "x")
    assert sorted(p.name for p in home.project.iterdir()) == ["app.py", "instance"]


def test_a_workspace_that_cannot_be_moved_stays(home, source, monkeypatch):
    """As on Windows, when a program has a file of it open."""
    _work(home)
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path == home.project:
            raise PermissionError(13, "Permission denied")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(RoundtripError, match=r"could not be set aside \(Permission denied\)"):
        workspace.replace(home, source, "x")
    assert (home.project / "app.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.EXDEV, "it is moved, which is only possible on one disk: ROUNDTRIP_HOME can"),
        (errno.EBUSY, "it is moved, which is only possible on one disk: ROUNDTRIP_HOME can"),
        (errno.EACCES, "close programs|room" if os.name == "nt" else "its write permission back"),
    ],
)
@pytest.mark.parametrize("step", ["the old one", "the new one"])
def test_the_cure_fits_what_kept_it_from_being_moved(home, source, monkeypatch, step, number, cure):
    _work(home)
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if home.project == (path if step == "the old one" else target) and path.name != "attic":
            raise OSError(number, os.strerror(number))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(RoundtripError, match=cure):
        workspace.replace(home, source, "x")


def test_a_file_in_the_attics_place_is_named(home, source):
    _work(home)
    home.attic.write_text("mine")
    with pytest.raises(RoundtripError, match="rename the file `attic`, where a folder should be"):
        workspace.replace(home, source, "x")
    assert (home.project / "app.py").read_text() == "mine"


def test_a_workspace_comes_back_when_the_new_one_cannot_take_its_place(home, source, monkeypatch):
    _work(home)
    real = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.parent.name.startswith("new-") and target == home.project:
            raise OSError(5, "Input/output error")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(RoundtripError, match="Input/output error"):
        workspace.replace(home, source, "x")
    assert (home.project / "app.py").read_text() == "mine"


@pytest.mark.parametrize("moment", ["before it is moved", "when it is moved", "when it is taken"])
def test_an_interrupt_comes_before_or_after_but_not_between(home, source, monkeypatch, moment):
    _work(home)
    real = {"rename": Path.rename, "mkdtemp": tempfile.mkdtemp}

    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def rename(path: Path, target: Path) -> Path:
        if moment == "when it is moved" and path == home.project:
            interrupt()
        return real["rename"](path, target)

    def mkdtemp(**how: object) -> str:
        if moment == "before it is moved":
            interrupt()
        return real["mkdtemp"](**how)

    def taken() -> None:
        if moment == "when it is taken":
            interrupt()

    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    with pytest.raises(KeyboardInterrupt) as stopped:
        workspace.replace(home, source, "x", taken)
    if moment == "before it is moved":
        assert (home.project / "app.py").read_text() == "mine"
        return
    (aside,) = home.attic.iterdir()
    assert str(stopped.value).endswith(f"what was in it is in attic/{aside.name}.")
    assert (aside / "app.py").read_text() == "mine"
    assert (home.project / "app.py").read_text() == "new"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_workspace_comes_back_when_the_new_one_cannot_be_taken(home, source):
    _work(home)
    note = home.private / "owner.json"
    note.mkdir(parents=True)  # so that the note cannot be written
    with pytest.raises(RoundtripError):
        workspace.replace(home, source, "x", lambda: holding.take(home, "me", 3))
    assert (home.project / "app.py").read_text() == "mine"
    assert not any(home.attic.iterdir())
    note.rmdir()
    aside = workspace.replace(home, source, "x", lambda: holding.take(home, "me", 3))
    assert (aside / "app.py").read_text() == "mine"
    assert (home.project / "app.py").read_text() == "new"


def test_an_attic_that_cannot_be_made_leaves_the_workspace(home, source):
    _work(home)
    home.attic.write_text("somebody's file")
    with pytest.raises(RoundtripError, match="could not be set aside"):
        workspace.replace(home, source, "x")
    assert (home.project / "app.py").read_text() == "mine"
    assert home.attic.read_text() == "somebody's file"


def test_killed_at_any_moment_nothing_is_lost(home, source):
    """A process that replaces the workspace again and again is killed in the middle of it."""
    for number in range(200):
        (source / f"{number}.txt").write_text("x" * 500)
    _work(home, "the learner's own words")
    again = (
        "import sys; from pathlib import Path; from roundtrip import home as h, workspace as w\n"
        "home = h.Home(Path(sys.argv[1])); print('go', flush=True)\n"
        "while True: w.replace(home, Path(sys.argv[2]), 'x')"
    )
    for wait in (0.01, 0.06, 0.13):
        process = subprocess.Popen(
            [sys.executable, "-c", again, str(home.root), str(source)], stdout=subprocess.PIPE
        )
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert "the learner's own words" in _everything(home.root)
        if home.project.exists():
            assert len(list(home.project.glob("*.txt"))) in (0, 200), "a half made workspace"
    workspace.replace(home, source, "x")
    assert (home.project / "app.py").read_text() == "new"
    assert not list(home.private.glob("new-*")), "left-over copies are swept away"


def test_two_at_once_lose_nothing(home, source):
    _work(home, "the learner's own words")
    problems: list[BaseException] = []

    def run() -> None:
        try:
            for _ in range(5):
                workspace.replace(home, source, "x")
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert "the learner's own words" in _everything(home.attic)
    assert len(list(home.attic.iterdir())) == 15
    assert (home.project / "app.py").read_text() == "new"


def test_waits_for_another_notebook_then_says_so(home, monkeypatch):
    _work(home)
    monkeypatch.setattr(workspace, "PATIENCE", 0.2)
    with workspace.lock(home), pytest.raises(RoundtripError, match="command of another notebook"):
        workspace.replace(home, None, "x")
    assert (home.project / "app.py").read_text() == "mine"
