"""The README says what is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = tomllib.loads((ROOT / "notebooks" / "course.toml").read_text(encoding="utf-8"))["lesson"]


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
