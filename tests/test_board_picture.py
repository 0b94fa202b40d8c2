"""How the board is drawn: as XML, readable, within its lanes, the same on every machine."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import board_states as states
import pytest
from board_states import PICTURES, SECOND
from svg_texts import SVG, in_the_dark, ratio, texts

from roundtrip import board
from roundtrip.board import dark
from roundtrip.board.fitting import Style, shorten, shorten_middle, width_of, wrap
from roundtrip.state import State

every_picture = pytest.mark.parametrize("name", PICTURES)


@every_picture
def test_picture_is_xml_that_fills_its_column_and_has_a_name(name: str) -> None:
    root = ET.fromstring(PICTURES[name])
    assert root.get("width") == "100%"
    assert "height" not in root.attrib
    assert root.get("viewBox").startswith("0 0 1040 ")
    assert root.get("role") == "img"
    ids = {e.get("id"): e for e in root.iter() if "id" in e.attrib}
    assert root.get("aria-labelledby").split() == list(ids)
    assert [e.tag for e in ids.values()] == [f"{SVG}title", f"{SVG}desc"]
    assert all((e.text or "").strip() for e in ids.values())


@every_picture
@pytest.mark.parametrize("seen", [str, in_the_dark])
def test_contrast_is_aa(name: str, seen: Callable[[str], str]) -> None:
    for drawn in texts(seen(PICTURES[name])):
        for fill in drawn.fills:
            assert ratio(fill, drawn.box[4]) >= 4.5, drawn


@every_picture
def test_a_dark_board_is_dark_and_its_marks_can_be_told_from_its_ground(name: str) -> None:
    """3 to 1: https://www.w3.org/TR/WCAG22/#non-text-contrast. Dots are what has a meaning."""
    root = ET.fromstring(in_the_dark(PICTURES[name]))
    card, *boxes = (rect for rect in root.iter(f"{SVG}rect") if float(rect.get("width")) > 4)
    assert ratio(card.get("fill"), "#000000") < 1.5
    assert all(ratio(box.get("fill"), "#000000") < 3 for box in boxes)
    for dot in root.iter(f"{SVG}circle"):
        assert ratio(dot.get("stroke"), card.get("fill")) >= 3


def test_every_colour_has_one_in_the_dark() -> None:
    drawn = "".join(path.read_text("utf-8") for path in Path(dark.__file__).parent.glob("*.py"))
    light = set(re.findall(r"#[0-9a-f]{6}\b", drawn)) - set(dark.DARK.values())
    assert light == set(dark.DARK)


@every_picture
def test_no_text_leaves_its_box_or_its_lane(name: str) -> None:
    for drawn in texts(PICTURES[name]):
        _, left, right = drawn.lane
        assert left <= drawn.left and drawn.right <= right + 0.5, drawn
        assert drawn.right <= drawn.box[2] + 0.5, drawn


@every_picture
def test_no_text_stands_on_another(name: str) -> None:
    seen = [d for d in texts(PICTURES[name]) if d.words.strip()]
    for n, one in enumerate(seen):
        for other in seen[n + 1 :]:
            apart = one.right <= other.left or other.right <= one.left
            assert apart or abs(one.low - other.low) >= 13, (one, other)


@pytest.mark.parametrize(
    ("text", "plain", "bold", "mono"),
    [  # measured in Chromium with DejaVu Sans, among the widest fonts for screens, at 100 pixels
        ("Add age column to user model", 1537, 1721, 1686),
        ("demo_app/models.py, line 21: NameError: name 'Intger' is not defined.", 3560, 3994, 4154),
        ("WWW MMM @ OQ", 908, 1004, 722),
        ("illicit fjord, tilt: first!", 990, 1169, 1626),
        ("VARCHAR(120) NOT NULL", 1284, 1435, 1264),
        ("0123456789abcdef", 976, 1077, 963),
    ],
)
def test_widths_are_estimated_on_the_safe_side(
    text: str, plain: float, bold: float, mono: float
) -> None:
    for style, real in ((Style(100), plain), (Style(100, bold=True), bold)):
        assert real <= width_of(text, style) <= 1.2 * real
    assert mono <= width_of(text, Style(100, mono=True)) <= 1.05 * mono


SANITISER = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{40}|[0-9a-f]{12}|[0-9a-f]{7})(?![0-9A-Za-z])")


@pytest.mark.parametrize("state", [states.LESSON_03, states.MISSING, states.TWO_HEADS, states.WIDE])
def test_layout_does_not_depend_on_random_ids(state: State) -> None:
    import json

    told = json.dumps(state.to_dict())
    ids = {r.id for r in state.migrations.revisions} | set(state.migrations.missing) | {SECOND}
    hashes = {c.hash for c in state.git.commits}
    for n, id in enumerate(sorted(ids)):
        told = told.replace(id, f"{'ffff1f1f':>08}{n:04x}")
    for n, hash in enumerate(sorted(hashes)):
        told = told.replace(hash, f"{n:01x}ff11ff" + "f" * 33).replace(hash[:7], f"{n:01x}ff11ff")
    other = State.from_dict(json.loads(told))
    assert other != state
    for draw in (board.svg, board.text):
        one, two = (SANITISER.sub("ID", draw(s)) for s in (state, other))
        assert one == two


def test_a_real_difference_survives_the_sanitiser() -> None:
    tables = (replace(states.LESSON_05.database.tables[0], rows=4),)
    other = replace(states.LESSON_05, database=replace(states.LESSON_05.database, tables=tables))
    for draw in (board.svg, board.text):
        one, two = (SANITISER.sub("ID", draw(s)) for s in (states.LESSON_05, other))
        assert one != two
    assert SANITISER.search("1,234,567 rows") is None
    assert "1,234,567 rows" in board.text(states.WIDE)


def test_boards_on_one_page_have_different_names() -> None:
    names = [ET.fromstring(svg).get("aria-labelledby") for svg in PICTURES.values()]
    assert len(set(names)) == len(names)
    assert all(SANITISER.search(name) is None for name in names)


@every_picture
def test_picture_needs_nothing_from_elsewhere(name: str) -> None:
    assert not re.search(r"url\(|href|@import|<script|<image|<!", PICTURES[name])


def test_what_the_learner_wrote_stays_text() -> None:
    root = ET.fromstring(PICTURES["evil"])
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags == {"svg", "title", "desc", "style", "rect", "text", "tspan", "circle", "path", "g"}
    whole = [drawn.words for drawn in texts(PICTURES["evil"])]
    assert any('<script>alert("1" & ' in words for words in whole)


def test_texts_are_cut_but_never_within_an_id() -> None:
    style, code = Style(12), Style(12, mono=True)
    path = f"…/{SECOND}_add_age_column.py"
    for width in range(10, 300, 7):
        for cut in (shorten(path, width, code), shorten_middle(path, width, code)):
            assert SECOND in cut or not re.search("[0-9a-f]{4}", cut)
            assert width_of(cut, code) <= width or cut == "…"
    lines = wrap("one two " * 20 + "x" * 90, 120, style, 99)
    assert all(width_of(line, style) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == "onetwo" * 20 + "x" * 90


def test_pictures_are_the_same_again() -> None:
    assert board.svg(states.WIDE) == PICTURES["wide"]
    assert Path(__file__).parent.as_posix() not in "".join(PICTURES.values())


@pytest.mark.parametrize("name", states.STATES)
def test_the_picture_has_its_words_and_is_the_same_picture(name: str) -> None:
    words = board.text(states.STATES[name])
    found: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(board.html(PICTURES[name], words))
    ((tag, attributes),) = found
    assert (tag, attributes["alt"]) == ("img", words)
    kind, _, address = attributes["src"].partition(",")
    assert kind == "data:image/svg+xml"
    assert unquote(address) == PICTURES[name]
    assert not re.search(r"[#\n]", address)
