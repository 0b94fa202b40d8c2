"""How far a learner is: kept whole whatever happens, said on a card, and in the way of nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from filelock import FileLock
from kernels import ROOT, kernel

from roundtrip import card, progress, refresh, workspace
from roundtrip.cli import main
from roundtrip.course import Course, Lesson, find_course
from roundtrip.progress import Entry, Record
from roundtrip.workspace import Home

COURSE = find_course()
ZONE = timezone(timedelta(hours=2))
NINE = datetime(2026, 11, 24, 9, 0, 0, tzinfo=ZONE)
GOALS = {lesson.number: len(lesson.goals) for lesson in COURSE.lessons}
ALL = sum(GOALS.values())
LESSONS = len(COURSE.lessons)
NONE_YET = f"Progress: 0 of {LESSONS} lessons done, 0 of {ALL} goals met, 0 minutes."


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return workspace.find_home(tmp_path, {"ROUNDTRIP_HOME": str(tmp_path / "my höme")})


def file_of(home: Home) -> Path:
    return home.root / ".roundtrip" / "progress.json"


def rows(home: Home) -> dict[str, dict[str, Any]]:
    """What the file holds, read without the course."""
    return json.loads(file_of(home).read_text(encoding="utf-8"))["lessons"]


def begin(home: Home, number: int, minutes: float = 0) -> Record:
    return progress.started(home, COURSE.lesson(number), NINE + timedelta(minutes=minutes))


def end(home: Home, number: int, minutes: float, met: int | None = None) -> Record:
    now = NINE + timedelta(minutes=minutes)
    goals = GOALS[number]
    return progress.finished(home, COURSE.lesson(number), goals if met is None else met, goals, now)


def course_with(folder: Path, goals: dict[int, int]) -> Course:
    """A course whose lessons have so many goals."""
    rows = []
    for number, count in goals.items():
        names = f'title = "Title"\nnotebook = "{number:02d}.ipynb"\nminutes = 5\n'
        rows.append(f"[[lesson]]\nnumber = {number}\n{names}")
        rows += ['[[lesson.goal]]\ntext = "A goal"\ncheck = "clean"\n'] * count
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "course.toml").write_text("\n".join(rows), encoding="utf-8")
    return Course(folder)


def table(home: Home) -> list[str]:
    """What `roundtrip progress` prints."""
    done = CliRunner().invoke(main, ["progress"], env={"ROUNDTRIP_HOME": str(home.root)})
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.splitlines()


# what is noted


def test_a_lesson_from_its_start_to_its_end(home):
    assert begin(home, 3).remark == end(home, 3, 12).remark == ""
    (row,) = rows(home).values()
    assert datetime.fromisoformat(row["first_started"]) == NINE
    assert row["first_started"] == row["last_started"]
    assert datetime.fromisoformat(row["completed"]) == NINE + timedelta(minutes=12)
    assert (row["met"], row["goals"], row["seconds"]) == (GOALS[3], GOALS[3], 12 * 60)
    local = NINE.astimezone().isoformat(timespec="seconds")
    assert row["first_started"] == local, "in the time of this machine"


def test_goals_that_are_not_met_complete_nothing_and_the_best_stays(home):
    begin(home, 3)
    for minute, met in ((1, 0), (2, 2), (3, 1)):
        end(home, 3, minute, met)
    assert (rows(home)["3"]["met"], rows(home)["3"]["completed"]) == (2, None)
    end(home, 3, 4)
    completed = rows(home)["3"]["completed"]
    begin(home, 3, 60)
    end(home, 3, 65, 2)
    end(home, 3, 66)
    end(home, 3, 67, 1)
    row = rows(home)["3"]
    assert (row["met"], row["completed"]) == (GOALS[3], completed), (
        "it is done since the first time"
    )
    assert row["first_started"] < row["last_started"]


def test_sittings_add_up_and_finishing_twice_counts_once(home):
    begin(home, 2)
    end(home, 2, 10, 1)
    end(home, 2, 10, 1)
    assert rows(home)["2"]["seconds"] == 600
    end(home, 2, 14)
    assert rows(home)["2"]["seconds"] == 14 * 60
    begin(home, 2, 100)
    assert rows(home)["2"]["seconds"] == 14 * 60
    end(home, 2, 105)
    assert rows(home)["2"]["seconds"] == 19 * 60


def test_a_night_does_not_count(home):
    begin(home, 2)
    for minute in (170, 600, 700):
        end(home, 2, minute)
    assert rows(home)["2"]["seconds"] == 3 * 60 * 60


def test_a_clock_that_was_put_back_takes_no_time_away(home):
    begin(home, 2)
    end(home, 2, 5)
    end(home, 2, -90)
    begin(home, 2, 10)
    end(home, 2, -90)
    assert rows(home)["2"]["seconds"] == 300


def test_summer_time_takes_no_hour(home):
    lesson = COURSE.lesson(1)
    progress.started(
        home, lesson, datetime(2026, 10, 25, 2, 50, tzinfo=timezone(timedelta(hours=2)))
    )
    after = datetime(2026, 10, 25, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    progress.finished(home, lesson, 1, 1, after)
    assert rows(home)["1"]["seconds"] == 20 * 60


def test_an_end_without_a_start_counts_goals_and_no_time(home):
    end(home, 1, 5)
    assert (rows(home)["1"]["met"], rows(home)["1"]["seconds"]) == (GOALS[1], 0)
    assert rows(home)["1"]["completed"]


def test_a_lesson_whose_goals_have_changed_since(home, tmp_path):
    """A goal more or less in course.toml takes nobody's lesson away, and no sum is too large."""
    before = course_with(tmp_path / "before", {1: 5, 2: 3})
    for lesson, met in zip(before.lessons, (5, 2), strict=True):
        progress.finished(home, lesson, met, len(lesson.goals), NINE)
    after = course_with(tmp_path / "after", {1: 6, 2: 1})
    assert card.table(after, progress.read(home)).splitlines() == [
        "01  Title  done     5 of 6 goals  0 minutes",
        "02  Title  started  1 of 1 goals  0 minutes",
        "",
        "Progress: 1 of 2 lessons done, 6 of 7 goals met, 0 minutes.",
    ]
    progress.finished(home, after.lesson(1), 4, 6, NINE)
    assert (rows(home)["1"]["met"], rows(home)["1"]["goals"]) == (4, 6)
    assert rows(home)["1"]["completed"], "it was done when it was done"


def test_an_entry_of_a_lesson_that_is_gone_is_kept_and_not_counted(home):
    gone = Lesson(99, "Gone", Path("99.ipynb"), 5)
    progress.started(home, gone, NINE)
    progress.finished(home, gone, 0, 0, NINE + timedelta(minutes=7))
    begin(home, 1)
    assert sorted(rows(home)) == ["1", "99"]
    assert table(home)[-1] == NONE_YET


# what goes wrong

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
from roundtrip.workspace import Home
home, first, last = Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
progress.PATIENCE = 60
print("ready", flush=True)
sys.stdin.readline()
for number in range(first, last):
    lesson = Lesson(number, "", Path(), 0)
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
    root = Path(tempfile.mkdtemp(prefix="roundtrip-read-only-"))
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


# what is said


def test_the_sentence_counts_lessons_goals_and_minutes(home):
    assert card.sentence(COURSE, Record()) == NONE_YET
    begin(home, 0)
    end(home, 0, 4.4)
    begin(home, 1)
    end(home, 1, 21.6)
    begin(home, 2)
    noted = end(home, 2, 1, 2)
    assert card.sentence(COURSE, noted) == (
        f"Progress: 2 of {LESSONS} lessons done, {GOALS[1] + 2} of {ALL} goals met, 27 minutes."
    )
    one = Record({2: Entry(met=1, goals=3, seconds=60)})
    assert card.sentence(COURSE, one).endswith("goals met, 1 minute.")


def test_roundtrip_progress_has_a_line_for_each_lesson(home):
    lines = table(home)
    assert len(lines) == LESSONS + 3
    assert all("  not begun  " in line for line in lines[:LESSONS])
    assert lines[-2:] == [
        NONE_YET,
        "Nothing is noted yet; notebooks/00_welcome.ipynb is where the course begins.",
    ]
    assert not file_of(home).exists(), "looking makes no file"
    begin(home, 0)
    end(home, 0, 5)
    begin(home, 2)
    end(home, 2, 1, 1)
    begin(home, 3)
    lines = table(home)
    assert [re.split(r" {2,}", line) for line in lines[:5]] == [
        ["00", "Welcome", "done", "no goals", "5 minutes"],
        ["01", "Build the demo app", "not begun", f"0 of {GOALS[1]} goals", "0 minutes"],
        ["02", "Add the age column", "started", f"1 of {GOALS[2]} goals", "1 minute"],
        ["03", "Create the migration", "started", f"0 of {GOALS[3]} goals", "0 minutes"],
        ["04", "Verify the script", "not begun", f"0 of {GOALS[4]} goals", "0 minutes"],
    ]
    assert len({line.index(" goals") for line in lines[1:5]}) == 1, "it stands in columns"
    assert lines[-1] == card.sentence(COURSE, progress.read(home))


class _Card(HTMLParser):
    """What of a card is text, which elements it has, and whether they are all closed."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text, self.elements, self.open = "", [], []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_card_says_the_sentence_and_its_bar_has_a_name():
    noted = Record({1: Entry("x", "x", "x", 5, 5, 300)}, "<b>&")
    markup = card.card(COURSE, noted)
    read = _Card(markup)
    assert read.open == []
    assert read.text.strip() == card.sentence(COURSE, noted)
    assert [tag for tag, _ in read.elements] == ["div", "progress"]
    assert read.elements[1][1] == {"value": "5", "max": str(ALL), "aria-label": "Goals met"}
    assert "color:" not in markup.replace(" ", ""), "light or dark, as the page is"


def test_what_differs_between_learners_stands_on_one_line_of_the_card():
    one = card.card(COURSE, Record()).splitlines()
    other = card.card(COURSE, Record({1: Entry("x", "x", "x", 5, 5, 300)})).splitlines()
    different = [a for a, b in zip(one, other, strict=True) if a != b]
    assert [line.startswith("Progress: ") for line in different] == [True]


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Callable]]:
    root = tmp_path_factory.mktemp("learner") / "home"
    with kernel(root) as started:
        assert started.run("%load_ext roundtrip").error is None
        yield Home(root), started.run


def test_each_way_to_begin_a_lesson_shows_the_card(learner):
    home, run = learner
    for cell in ("%lesson 1", "%restart", "%lesson 1 --continue"):
        answer = run(cell)
        assert answer.error is None
        assert "Progress" not in answer.text
        (shown,) = answer.displays
        assert shown == {"text/plain": NONE_YET, "text/html": card.card(COURSE, Record())}
    assert list(rows(home)) == ["1"]


def test_finish_notes_what_is_met_and_the_next_card_says_so(learner):
    home, run = learner
    for cell in ("%lesson 1", "%finish", "!git init"):
        answer = run(cell)
        assert answer.error is None
    assert rows(home)["1"]["goals"] == GOALS[1]
    assert rows(home)["1"]["completed"] is None
    assert run("%lesson 0").error is None
    assert "Lesson 00 is complete" in run("%finish").text
    (shown,) = run("%lesson 1").displays
    met = rows(home)["1"]["met"]
    assert shown["text/plain"].startswith(
        f"Progress: 1 of {LESSONS} lessons done, {met} of {ALL} goals met, "
    )
    assert run("%finish --anyway").error is None
    assert rows(home)["1"]["completed"] is None, "going on as it is does not complete it"


def test_a_lesson_goes_on_when_its_progress_cannot_be_kept(learner):
    home, run = learner
    lock = home.private / "progress.lock"
    lock.unlink()
    lock.mkdir()
    answer = run("%lesson 0")
    assert answer.error is None
    (shown,) = answer.displays
    assert "It could not be kept: " in shown["text/plain"]
    answer = run("%finish")
    assert answer.error is None
    assert "Lesson 00 is complete." in answer.text
    assert answer.text.splitlines()[-1].startswith("Progress: It could not be kept: ")
    lock.rmdir()


def test_restart_from_a_terminal_is_no_start(home):
    done = CliRunner().invoke(main, ["restart", "1"], env={"ROUNDTRIP_HOME": str(home.root)})
    assert done.exit_code == 0, done.output
    assert not file_of(home).exists()


def test_a_notebook_holds_the_card_and_nothing_else_of_it(tmp_path, monkeypatch):
    """The record lands in the home; the cells, and what a notebook says of itself, stay."""
    monkeypatch.setenv("ROUNDTRIP_HOME", str(tmp_path / "home"))
    file = ROOT / "notebooks" / "00_welcome.ipynb"
    before = nbformat.read(file, as_version=4)
    node = refresh.run(file)
    kept = ("id", "cell_type", "source", "attachments")
    assert [[c.get(k) for k in kept] for c in node.cells] == [
        [c.get(k) for k in kept] for c in before.cells
    ]
    assert nbformat.read(file, as_version=4).cells == before.cells
    assert not {"roundtrip", "progress"} & {*node.metadata}
    outputs = json.dumps([cell.get("outputs", []) for cell in node.cells])
    assert outputs.count("Progress: ") == 2, "the card, in words and as HTML"
    for private in ("first_started", "progress.json", "counted"):
        assert private not in json.dumps(node)
    assert rows(Home(tmp_path / "home"))["0"]["completed"]
