"""The README says what is so, and so do CONTRIBUTING and the first page."""

from __future__ import annotations

import re
import tomllib

import yaml
from pages import BESIDE, CELLS, LESSONS, MARKDOWN, ROOT, spans

from roundtrip import doctor

README = BESIDE[0].words
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
START = (ROOT / "start.py").read_text(encoding="utf-8")
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def test_its_table_lists_the_lessons_with_their_minutes():
    rows = re.findall(r"^\| (\d\d) \| \[(.+?)\]\((.+?)\) \| (\d+) \|", README, re.MULTILINE)
    assert rows == [
        (f"{row['number']:02d}", row["title"], f"notebooks/{row['notebook']}", str(row["minutes"]))
        for row in LESSONS
    ]


def test_it_says_how_long_the_shortest_and_the_longest_lesson_take():
    minutes = [row["minutes"] for row in LESSONS]
    said = re.findall(r"A lesson takes (\d+) to (\d+) minutes\.", README)
    assert said == [(str(min(minutes)), str(max(minutes)))]


def test_every_link_to_a_file_leads_to_one():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    missing = [link for link in links if not (ROOT / link).exists()]
    assert links
    assert missing == []


def test_its_picture_says_in_words_what_it_shows():
    (words,) = re.findall(r"!\[(.+?)\]\(docs/board\.svg\)", README)
    picture = (ROOT / "docs" / "board.svg").read_text(encoding="utf-8")
    assert "One migration is waiting" in picture
    assert "one migration is waiting" in words
    assert "flask db upgrade" in picture
    assert "flask db upgrade" in words


def test_its_picture_is_the_board_of_lesson_03():
    """But for the ids: those on the page may be of a later run."""
    (board,) = (cell for cell in CELLS if cell.lesson == 3 and cell.source == "%board")
    (drawn,) = (output.data["image/svg+xml"] for output in board.outputs if "data" in output)
    picture = (ROOT / "docs" / "board.svg").read_text(encoding="utf-8")
    one, other = (
        re.sub(
            r"(?<![0-9a-z])[0-9a-f]{7,12}(?![0-9a-z])",
            "id",
            " ".join(re.findall(r">([^<>]+)<", svg)),
        )
        for svg in (picture, drawn)
    )
    assert one.split() == other.split()


def test_every_file_that_it_names_is_there():
    """In the clone or in the package; `NN_its_name` is to be filled in, three are made."""
    made = {".venv", "workspace/", "attic/"}
    places = (ROOT, ROOT / "src" / "roundtrip", ROOT / "notebooks")
    named = [
        (text.where, span)
        for text in BESIDE
        for span in spans(text.words)
        if re.fullmatch(r"[\w./-]*(?:/|\.(?:py|toml|md|yml|cfg|lock|ipynb))", span)
    ]
    missing = [
        (where, span)
        for where, span in named
        if span not in made and "NN_" not in span
        if not any((place / span).exists() for place in places)
    ]
    assert len(named) >= 25
    assert not missing, missing


def test_python_and_git_are_as_old_as_the_doctor_allows():
    python, git = (".".join(map(str, v)) for v in (doctor.OLDEST_PYTHON, doctor.OLDEST_GIT))
    said = re.findall(r"(Python|Git) (\d+\.\d+) or newer", README)
    assert {*said} == {("Python", python), ("Git", git)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={python}"
    assert f"git>={git}" in yaml.safe_load(ENVIRONMENT)["dependencies"]


def test_the_environment_of_conda_has_one_name():
    named = re.findall(r"conda activate ([\w-]+)", README + ENVIRONMENT)
    assert named == [yaml.safe_load(ENVIRONMENT)["name"]] * 2


def test_every_variable_of_the_environment_is_one_that_the_course_reads():
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py"))
    read = {*re.findall(r'"(ROUNDTRIP_[A-Z]+)"', source)}
    named = {
        (text.where, name)
        for text in (*BESIDE, *MARKDOWN)
        for name in re.findall(r"ROUNDTRIP_\w+", text.words)
    }
    assert len(named) >= 3
    unread = [each for each in sorted(named) if each[1] not in read]
    assert not unread, unread


def test_restart_makes_every_start_with_the_last_lesson():
    assert re.findall(r"restart (\d+)", README) == [str(LESSONS[-1]["number"])]


def test_it_says_how_long_the_course_takes():
    hours = NUMBERS[round(sum(row["minutes"] for row in LESSONS) / 60)]
    assert re.findall(r"The whole course takes about (\w+) hours\.", README) == [hours]


def test_it_says_how_much_room_the_course_takes():
    ((room, taken),) = re.findall(r"^ROOM = (\d+)  # MB: (\d+) when installed", START, re.MULTILINE)
    assert re.findall(r"about (\d+) MB", README) == [taken]
    assert int(taken) < int(room)


def test_the_lessons_with_an_exercise_are_those_that_the_pages_name():
    """The last lesson is all exercise, and says so itself."""
    having = [row["number"] for row in LESSONS[:-1] if row.get("exercise")]
    named = [
        (text.where, (int(first), int(last)))
        for text in (*BESIDE, *MARKDOWN)
        for first, last in re.findall(r"Lessons (\d\d) to (\d\d) end with", text.words)
    ]
    assert having == [*range(having[0], having[-1] + 1)]
    assert named == [(where, (having[0], having[-1])) for where in ("README.md", "00[15]")]
