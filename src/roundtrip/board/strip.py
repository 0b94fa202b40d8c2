"""Draws the trip as a strip of small boards, one for each step, in rows."""

from __future__ import annotations

from collections.abc import Sequence

from ..plural import counted
from .banner import draw_sign
from .fitting import Style, shorten, width_of, wrap
from .lines import draw_dot
from .steps import EMPTY, Chip, Line, Step
from .svg import Canvas, document
from .theme import CARD, EDGE, HAIR, INK, LINE, MARKED, NEWS, PAPER, QUIET, SMALL, TONES, WAIT

_WIDTH, _SIDE, _GAP, _PER_ROW = 1040, 24, 16, 3
_CARD = (_WIDTH - 2 * _SIDE - (_PER_ROW - 1) * _GAP) / _PER_ROW
_LABEL = 96
_CHIP = Style(11.5, INK)
_ROOM = _CARD - 16 - _LABEL - 12


def draw(steps: Sequence[Step]) -> str:
    """The cards, in rows of three; those of a row are equally high."""
    canvas = Canvas()
    y = float(_SIDE)
    if not steps:
        canvas.text(_SIDE, y + 14, EMPTY, SMALL)
        y += 40
    for first in range(0, len(steps), _PER_ROW):
        row = steps[first : first + _PER_ROW]
        heights = [max(_height(step.lines[n]) for step in row) for n in range(4)]
        foot = max(len(_headline(step)) for step in row)
        total = 46 + sum(heights) + 22 + 17 * foot
        for n, step in enumerate(row):
            x = _SIDE + n * (_CARD + _GAP)
            with canvas.lane("Step", x, _CARD):
                _card(canvas, step, x, y, heights, total)
            if first + n + 1 < len(steps) and n + 1 < len(row):
                _onward(canvas, x + _CARD, y + 23)
        y += total + _GAP
    y += _SIDE - _GAP
    ground = Canvas()
    ground.rect(0.5, 0.5, _WIDTH - 1, y - 1, CARD, EDGE, radius=12)
    names = "; ".join(f"{step.title}: {step.headline}" for step in steps)
    title = f"The trip in {counted(len(steps), 'step')}"
    return document(_WIDTH, y, title, names or EMPTY, [*ground.parts, *canvas.parts])


def _places(chips: Sequence[Chip]) -> list[tuple[float, float, float]]:
    """Where each chip goes: x, y and width, from the top left of its line."""
    found, x, y = [], 0.0, 0.0
    for chip in chips:
        width = min(width_of(_sign(chip), _CHIP) + 12, _ROOM)
        if x and x + width > _ROOM:
            x, y = 0.0, y + 23
        found.append((x, y, width))
        x += width + 5
    return found


def _sign(chip: Chip) -> str:
    return f"{chip.mark} {chip.name}" if chip.mark in ("+", "-", "≠") else chip.name


def _height(line: Line) -> float:
    chips = _places(line.chips)
    picture = chips[-1][1] + 23 if chips else 20 if line.dots else 0
    words = 16 * len(wrap(line.words, _ROOM, SMALL, 2)) if line.words else 0
    return max(picture + words + 12, 42)


def _headline(step: Step) -> list[str]:
    style = Style(12.5, TONES[step.tone].ink, bold=True)
    return wrap(step.headline, _CARD - 60, style, 2)


def _card(
    canvas: Canvas, step: Step, x: float, y: float, heights: Sequence[float], total: float
) -> None:
    tone = TONES[step.tone]
    canvas.rect(x, y, _CARD, total, PAPER, EDGE, radius=10)
    style = Style(14, INK, bold=True)
    canvas.fit(x + 16, y + 28, step.title, _CARD - 32, style)
    at = y + 46
    for line, height in zip(step.lines, heights, strict=True):
        _line(canvas, line, x, at, height)
        at += height
    lines = _headline(step)
    bottom = y + total - at
    canvas.rect(x + 6, at + 2, _CARD - 12, bottom - 8, tone.ground, radius=7)
    middle = at + 2 + (bottom - 8) / 2
    with canvas.group(f'transform="translate({x + 27:g} {middle:g}) scale(.7)"'):
        draw_sign(canvas, step.tone, 0, 0)
    highest = middle + 4.5 - 8.5 * (len(lines) - 1)
    canvas.lines(x + 46, highest, lines, Style(12.5, tone.ink, bold=True), 17)


def _line(canvas: Canvas, line: Line, x: float, y: float, height: float) -> None:
    canvas.path(f"M{x + 16:g} {y:g}h{_CARD - 32:g}", HAIR, 1)
    ink = NEWS if line.changed else QUIET
    if line.changed:
        canvas.rect(x + 1, y + 3, 4, height - 6, "#2563eb", radius=0)
        canvas.text(x + 16, y + 34, "changed", Style(11, NEWS))
    canvas.text(x + 16, y + 19, line.place, Style(12, ink, bold=True))
    left = x + 16 + _LABEL
    at = y + 6
    for n in range(1, len(line.dots)):
        canvas.path(f"M{left + 24 * n - 14:g} {at + 8:g}h14", LINE, 2)
    for n, shape in enumerate(line.dots):
        where = f"translate({left + 7 + 24 * n:g} {at + 8:g}) scale(.85)"
        with canvas.group(f'transform="{where}"'):
            draw_dot(canvas, shape, 0, 0)
    at += 20 if line.dots else 0
    places = _places(line.chips)
    for chip, (dx, dy, width) in zip(line.chips, places, strict=True):
        _chip(canvas, chip, left + dx, at + dy, width)
    at += places[-1][1] + 23 if places else 0
    for text in wrap(line.words, _ROOM, SMALL, 2) if line.words else []:
        canvas.text(left, at + 13, text, SMALL, line.words if text.endswith("…") else "")
        at += 16


def _chip(canvas: Canvas, chip: Chip, x: float, y: float, width: float) -> None:
    ink, ground, edge = INK, "#f3f4f6", "#d1d5db"
    if chip.mark == "ghost":
        ink, ground, edge = WAIT, PAPER, TONES["wait"].edge
    elif chip.mark:
        ink, ground, edge = WAIT, MARKED, TONES["wait"].edge
    canvas.rect(x, y, width, 19, ground, edge, radius=5, dashed=chip.mark == "ghost")
    style = Style(11.5, ink)
    name = shorten(_sign(chip), width - 12, style)
    canvas.text(x + 6, y + 13.5, name, style, chip.name if name != _sign(chip) else "")


def _onward(canvas: Canvas, x: float, y: float) -> None:
    canvas.path(f"M{x + 5:g} {y - 5:g}l6 5l-6 5", LINE, 2)
