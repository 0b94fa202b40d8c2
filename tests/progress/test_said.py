"""How far a learner is: said in a terminal and on a card."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from kernels import kernel
from sittings import ALL, COURSE, GOALS, LESSONS, NONE_YET, begin, end, file_of, rows, table

from roundtrip import card, messages, progress
from roundtrip.cli import main
from roundtrip.home import Home
from roundtrip.lesson import Started
from roundtrip.progress import Entry, Record


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


def test_a_cell_has_the_table_too(learner):
    _, run = learner
    assert run("%lesson 0").error is None
    said = run("%progress").text
    assert "00  Welcome  " in said and " lessons done, " in said
    assert "%progress does not take `3`" in str(run("%progress 3").value)


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


def test_a_start_from_an_end_of_ones_own_says_whether_that_was_finished(home):
    here, before = COURSE.lesson(4), COURSE.lesson(3)
    own = messages.started(Started(here, "own", before, None), home)[1]
    assert own == f"Start: as you left it at the end of {before.name}."
    begin(home, 3)
    end(home, 3, 5, met=2)
    told = messages.started(Started(here, "own", before, None), home)[1]
    assert "some of its goals are not met yet. `%restart --fresh` takes" in told
    assert "not met" not in messages.started(Started(here, "made", before, None), home)[1]
    end(home, 3, 9)
    assert messages.started(Started(here, "own", before, None), home)[1] == own
