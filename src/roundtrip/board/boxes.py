"""Draws the tables of the model and of the database, each pair row for row at the same height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .fitting import Style, pill_width, shorten_middle, width_of, wrap
from .svg import Canvas
from .tables import Box, Row
from .theme import BODY, CODE, HAIR, INK, LINE, MARKED, NEWS, NEWS_GROUND, PAPER, SMALL, TONES, WAIT

_WORD = Style(11.5, WAIT)
_INDENT = 26
_TYPE = Style(11.5, CODE.fill, mono=True)

Place = tuple[float, float]


def draw_pairs(
    canvas: Canvas,
    left: Sequence[Box | None],
    right: Sequence[Box | None],
    places: tuple[Place, Place],
    y: float,
) -> float:
    """Draw the boxes of two lanes; those of a pair start at the same height. Returns the end."""
    for boxes in zip(left, right, strict=True):
        rows = _rows(boxes)
        names = _names_width(boxes, min(width for _, width in places))
        low = y
        for n, (box, (x, width)) in enumerate(zip(boxes, places, strict=True)):
            if box is None:
                continue
            heights = [max(_row_lines(r, width, names).height for r in row) for row in rows]
            with canvas.lane("Database" if n else "Model", x, width):
                low = max(low, _box(canvas, box, x, width, y, heights, names))
        y = low + 16
    return y


def _rows(boxes: Sequence[Box | None]) -> list[tuple[Row, ...]]:
    longest = max(len(box.rows) for box in boxes if box)
    return [
        tuple(box.rows[n] for box in boxes if box and n < len(box.rows)) for n in range(longest)
    ]


def _names_width(boxes: Sequence[Box | None], width: float) -> float:
    """How wide the column of names is: as needed, but leave the types their room."""
    rows = [row for box in boxes if box for row in box.rows if row.name]
    room = width - _INDENT - 18
    names = max((width_of(row.name, BODY) for row in rows), default=0)
    types = max((width_of(row.type, _TYPE) for row in rows), default=0)
    return max(min(names, room - min(types, 88)), min(names, room * 0.4), 60)


def _below(row: Row, names: float) -> bool:
    """Whether the name is so long that the type goes below it."""
    return bool(row.type) and width_of(row.name, _name_style(row)) > names


def _name_style(row: Row) -> Style:
    marked = row.mark and row.mark != "ghost"
    return Style(13.5, WAIT if row.mark else INK, bold=bool(marked))


@dataclass(frozen=True)
class _Lines:
    """The lines under a row's name."""

    words: list[str]
    pill_alone: bool
    height: float


def _row_lines(row: Row, width: float, names: float) -> _Lines:
    room = width - _INDENT - 10
    if row.mark == "fold":
        return _Lines([row.word], False, 24)
    words = wrap(row.word, room, _WORD, 3) if row.word else []
    pill = pill_width(row.new) + 6 if row.new else 0
    alone = bool(words) and pill + width_of(words[0], _WORD) > room
    count = len(words) + (1 if row.new and (alone or not words) else 0)
    named = 24 if row.name or not row.word else 6
    named += 17 if _below(row, names) else 0
    return _Lines(words, alone, named + 16 * count + (4 if count else 0))


def _box(
    canvas: Canvas,
    box: Box,
    x: float,
    width: float,
    y: float,
    heights: Sequence[float],
    names: float,
) -> float:
    """Draw one box with its rows. Returns its lower edge."""
    words = wrap(box.word, width - _INDENT - 10, _WORD, 2) if box.word else []
    head = 32 + 16 * len(words)
    foot = 26 if box.foot else 0
    folded = box.title.startswith("…")
    shown = list(zip(box.rows, heights, strict=False))
    body = sum(height for _, height in shown)
    total = head + body + foot + (6 if body else 0)
    if box.ghost:
        canvas.rect(x, y, width, total, PAPER, TONES["wait"].edge, dashed=True)
    else:
        canvas.rect(x, y, width, total, PAPER, LINE, dashed=folded)
    if box.mark:
        canvas.rect(x + 1, y + 1, width - 2, head - 2, MARKED, radius=5)
        canvas.text(x + 9, y + 21, box.mark, Style(14, WAIT, bold=True))
    pill = pill_width(box.new) + 6 if box.new else 0
    style = Style(13.5, WAIT if box.ghost or box.mark else INK, bold=not box.ghost)
    at = x + (_INDENT if box.mark else 12)
    canvas.fit(at, y + 21, box.title, x + width - at - 8 - pill, style, shorten_middle)
    if box.new:
        canvas.pill(x + width - pill + 4, y + 20, box.new, NEWS_GROUND, NEWS)
    canvas.lines(at, y + 37, words, _WORD, 16)
    if body:
        canvas.path(f"M{x} {y + head:g}h{width}", HAIR, 1)
    at = y + head + 3
    for row, height in shown:
        _row(canvas, row, x, width, at, height, names)
        at += height
    if foot:
        if body:
            at += 3
            canvas.path(f"M{x} {at:g}h{width}", HAIR, 1)
        canvas.fit(x + 12, at + (17 if body else 8), box.foot, width - 24, SMALL)
    return y + total


def _row(
    canvas: Canvas, row: Row, x: float, width: float, y: float, height: float, names: float
) -> None:
    if not row.name and not row.word:
        return
    lines = _row_lines(row, width, names)
    if row.mark == "fold":
        canvas.text(x + _INDENT, y + 16, row.word, SMALL, row.hint)
        return
    if row.mark == "ghost":
        canvas.rect(x + 6, y + 2, width - 12, height - 4, PAPER, TONES["wait"].edge, 4, dashed=True)
    elif row.mark:
        canvas.rect(x + 1, y + 1, width - 2, height - 2, MARKED, radius=0)
        canvas.rect(x + 1, y + 1, 4, height - 2, TONES["wait"].edge, radius=0)
        canvas.text(x + 9, y + 17, row.mark, Style(13.5, WAIT, bold=True))
    elif row.new:
        canvas.rect(x + 1, y + 1, width - 2, height - 2, "#eff6ff", radius=0)
    at = y
    if row.name:
        style = _name_style(row)
        below = _below(row, names)
        room = width - _INDENT - 8
        name = shorten_middle(row.name, room if below or not row.type else names, style)
        canvas.text(x + _INDENT, y + 17, name, style, row.hint or row.name)
        at += 17 if below else 0
        left = x + _INDENT + (0 if below else names + 8)
        if row.type:
            canvas.fit(left, at + 17, row.type, x + width - 8 - left, _TYPE)
        at += 18
    pill_end = x + _INDENT
    if row.new:
        pill_end = canvas.pill(x + _INDENT, at + 16, row.new, NEWS_GROUND, NEWS) + 6
    for n, word in enumerate(lines.words):
        if lines.pill_alone or n:
            at += 16
        start = pill_end if n == 0 and not lines.pill_alone else x + _INDENT
        canvas.text(start, at + 14, word, _WORD, row.word if n == 0 else "")
