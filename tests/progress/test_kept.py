"""Progress is kept whole whatever goes wrong, and in the way of nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from sittings import GOALS, LESSONS, NONE_YET, begin, end, file_of, rows, table

from roundtrip import progress
from roundtrip.home import Home
from roundtrip.progress import Record

DAMAGED = {
    "half of it": '{"layout": 1, "lessons": {"1": {"met": 5, "goa',
    "empty": "",
    "nothing but zeros": "\0" * 200,
    "a list": "[1, 2]",
    "null": "null",
    "lessons in a list": '{"layout": 1, "lessons": [{"met": 5}]}',
    "no lessons": '{"layout": 1}',
    "a row that is a number": '{"layout": 1, "lessons": {"1": 5}}',
    "a lesson without a number": '{"layout": 1, "lessons": {"one": {}, "²": {}, "-1": {}}}',
    "a number without an end": '{"layout": 1, "lessons": {"%s": {}}}' % ("9" * 6000),
    "brackets without an end": "[" * 100_000,
    "not UTF-8": b'{"layout": 1, "lessons": {}, "\xff": 1}',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_what_cannot_be_read_is_set_aside_and_a_new_file_begun(home, content):
    data = content.encode() if isinstance(content, str) else content
    file_of(home).write_bytes(data)
    assert NONE_YET in table(home)[-1]
    assert file_of(home).read_bytes() == data, "looking changes nothing"
    said = begin(home, 2).remark
    (aside,) = file_of(home).parent.glob("*_progress.json")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_progress\.json", aside.name)
    assert said == f"What could not be read of it is now in .roundtrip/{aside.name}."
    assert aside.read_bytes() == data
    assert list(rows(home)) == ["2"]
    assert end(home, 2, 1).remark == "", "it is said once"


def test_a_directory_in_its_place_goes_aside_with_all_that_is_in_it(home):
    file_of(home).mkdir()
    (file_of(home) / "mine.txt").write_text("mine")
    assert NONE_YET in table(home)[-1]
    begin(home, 2)
    (aside,) = file_of(home).parent.glob("*_progress.json")
    assert (aside / "mine.txt").read_text() == "mine"
    assert list(rows(home)) == ["2"]


def test_two_damaged_files_within_a_second_get_two_names(home):
    for text in ("first", "second", "third"):
        file_of(home).write_text(text)
        begin(home, 2)
    aside = [p for p in file_of(home).parent.iterdir() if p.name[:2] == "20"]
    assert sorted(p.read_text() for p in aside) == ["first", "second", "third"]


def test_a_file_of_another_layout_gives_what_can_be_understood_and_is_kept(home):
    begin(home, 1)
    end(home, 1, 20)
    content = json.loads(file_of(home).read_text())
    content |= {"layout": 2, "learner": {"name": "Ada"}}
    content["lessons"]["1"]["mood"] = "good"
    content["lessons"]["2"] = {"met": "three", "seconds": -600, "first_started": "yesterday"}
    content["lessons"]["3"] = {"met": 2, "goals": GOALS[3], "last_started": "0001-01-01T00:00:00"}
    file_of(home).write_text(json.dumps(content))
    assert f"1 of {LESSONS} lessons done, {GOALS[1] + 2} of " in table(home)[-1]
    assert "20 minutes. A part of it cannot be read." in table(home)[-1]
    end(home, 3, 30, 1)
    assert f"1 of {LESSONS} lessons done, {GOALS[1] + 2} of " in table(home)[-1]
    assert table(home)[-1].endswith("20 minutes.")
    (aside,) = file_of(home).parent.glob("*_progress.json")
    assert json.loads(aside.read_text()) == content


def test_a_file_from_before_there_were_layouts_keeps_its_rows(home):
    begin(home, 1)
    end(home, 1, 20)
    file_of(home).write_text(json.dumps({"lessons": rows(home)}))
    begin(home, 2)
    assert rows(home)["1"]["seconds"] == 1200
    assert sorted(rows(home)) == ["1", "2"]


_WRITER = """
import sys
from pathlib import Path
from roundtrip import progress
from roundtrip.course import Lesson
from roundtrip.home import Home
home, first, last = Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
progress.PATIENCE = 60
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, last):
    lesson = Lesson(number, "", Path())
    for noted in progress.started(home, lesson), progress.finished(home, lesson, 1, 1):
        assert not noted.remark, noted.remark
"""


def writer(home: Home, first: int, last: int) -> subprocess.Popen[str]:
    """A process that is ready to begin and to finish lessons `first` to `last`, as fast as can be.

    It starts at the first line that it gets.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(home.root), str(first), str(last)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_that_write_at_once_lose_nothing(home):
    """Three write, each of lessons of its own, while a fourth one looks."""
    writers = [writer(home, first, first + 30) for first in (100, 200, 300)]
    for process in writers:
        process.stdin.write("\n")
        process.stdin.flush()
    while any(process.poll() is None for process in writers):
        assert progress.read(home).remark == ""
    for process in writers:
        _, said = process.communicate()
        assert (process.returncode, said) == (0, "")
    wanted = {str(first + number) for first in (100, 200, 300) for number in range(30)}
    assert rows(home).keys() == wanted
    assert all(row["met"] == 1 and row["completed"] for row in rows(home).values())
    assert {p.name for p in home.private.iterdir()} == {"progress.json", "progress.lock"}


def test_killed_at_any_moment_the_file_is_whole(home):
    begin(home, 5)
    count = 1
    for wait in (0.02, 0.05, 0.11):
        process = writer(home, 100, 9999)
        process.stdin.write("\n")
        process.stdin.flush()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(wait)
        process.kill()
        process.communicate()
        assert rows(home)["5"]["first_started"]
        assert len(rows(home)) >= count
        count = len(rows(home))
        assert begin(home, 5).remark == "", "and nobody holds it"
    assert count > 1


def test_a_lock_that_another_holds_stops_nobody(home, monkeypatch):
    begin(home, 1)
    monkeypatch.setattr(progress, "PATIENCE", 0.1)
    with FileLock(home.private / "progress.lock"):
        noted = end(home, 1, 5)
    assert noted.remark == "It could not be kept: another notebook is writing it."
    assert noted.lessons[1].first_started, "what is there is shown all the same"
    assert rows(home)["1"]["seconds"] == 0


def test_a_full_disk_stops_nobody_and_moves_nothing(home, monkeypatch):
    """Neither when the file is good nor when a damaged one is in the way."""
    begin(home, 1)
    good = file_of(home).read_bytes()
    for content in (good, b"{"):
        file_of(home).write_bytes(content)
        monkeypatch.setattr(Path, "open", _no_room)
        remark = begin(home, 2).remark
        monkeypatch.undo()
        assert remark.startswith("It could not be kept: progress.json could not be written (No ")
        assert file_of(home).read_bytes() == content
        names = {p.name for p in home.private.iterdir()}
        assert names == {"progress.json", "progress.lock"}


def _no_room(path: Path, mode: str = "r", *rest: object, **named: object) -> object:
    """Opens files for reading, and none for writing, as on a disk that is full."""
    if mode == "x":
        raise OSError(28, "No space left on device")
    return open(path, mode, *rest, **named)  # noqa: PTH123


@pytest.fixture
def read_only() -> Iterator[Home]:
    """A home that can be read and not written, as a user that is not root finds it."""
    common = Path(os.environ["ROUNDTRIP_TEST_ROOT"]).parent  # another user can read nothing below
    root = Path(tempfile.mkdtemp(prefix="roundtrip-read-only-", dir=common))
    home = Home(root)
    begin(home, 1)
    root.chmod(0o755)
    places = [home.private / "progress.lock", home.private / "progress.json", home.private]
    for place in places:
        place.chmod(0o555)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    yield home
    if is_root:
        os.seteuid(0)
    for place in reversed(places):
        place.chmod(0o755)
    shutil.rmtree(root)


@pytest.mark.skipif(sys.platform == "win32", reason="users are another thing there")
def test_a_home_that_is_read_only_stops_nobody(read_only):
    noted = end(read_only, 1, 5)
    assert noted.remark == "It could not be kept: Permission denied."
    assert noted.lessons[1].first_started
    assert progress.read(read_only) == Record(noted.lessons)


def test_a_home_that_cannot_be_made_stops_nobody():
    noted = begin(Home(Path("/proc/nobody")), 1)
    assert noted.lessons == {}
    assert noted.remark.startswith("It could not be kept: ")
