"""Draws lines of commits and revisions, and words in a row."""

from __future__ import annotations

from collections.abc import Sequence

from .fitting import Style, pill_width, shorten, width_of, wrap
from .parts import Node, Word
from .svg import Canvas
from .theme import (
    BODY,
    CARD,
    CODE,
    INK,
    LINE,
    NAME,
    NAME_GROUND,
    NEWS,
    NEWS_GROUND,
    PAPER,
    QUIET,
    SMALL,
    TONES,
    small,
)

Ends = dict[str, tuple[float, float]]
"""Where an arrow to a revision may end, by its id."""


def draw_nodes(
    canvas: Canvas, nodes: Sequence[Node], x: float, width: float, y: float, ends: Ends
) -> float:
    """Draw a line of nodes; `ends` gets, for each revision, where an arrow to it may end."""
    left = x + 28 + 18 * max(node.column for node in nodes)
    dots, texts = [], Canvas()
    for node in nodes:
        dots.append((x + 9 + 18 * node.column, y + 10))
        y = _node(texts, node, left, width - (left - x), y, ends) + 15
    for node, (from_x, from_y) in zip(nodes, dots, strict=True):
        for link in node.links:
            to_x, to_y = dots[link]
            bend = f"V{to_y - 26:g}C{from_x} {to_y - 8:g} {to_x} {to_y - 20:g} {to_x} {to_y:g}"
            line = f"V{to_y:g}" if from_x == to_x else bend
            solid = node.shape in ("commit", "applied", "fold")
            canvas.path(f"M{from_x} {from_y:g}{line}", LINE, 2, dashed=not solid)
    for node, (dot_x, dot_y) in zip(nodes, dots, strict=True):
        draw_dot(canvas, node.shape, dot_x, dot_y)
    canvas.parts += texts.parts
    return y


def _node(canvas: Canvas, node: Node, x: float, width: float, y: float, ends: Ends) -> float:
    quiet = node.shape == "fold"
    tone = {"loose": "wait", "missing": "bad"}.get(node.shape)
    style = SMALL if quiet else Style(13.5, TONES[tone].ink, bold=True) if tone else BODY
    room = pill_width(node.new) + 6 if node.new else 0
    lines = wrap(node.title, width - room, style, 2)
    if node.new:
        canvas.pill(x + width - room + 6, y + 14, node.new, NEWS_GROUND, NEWS)
    full = node.title if lines[-1].endswith("…") and not quiet else ""
    canvas.lines(x, y + 15, lines, style, 18, full)
    y += 18 * len(lines)
    if node.words:
        baseline, end = flow(canvas, node.words, x, y + 14, width)
        y = baseline + 3
        if node.id:
            ends[node.id] = (end + 8, baseline - 4)
    for group in node.files:
        canvas.text(x, y + 15, group.heading, small("wait"))
        y += 18
        for name in group.names:
            canvas.fit(x + 10, y + 14, name, width - 10, CODE, file_name)
            y += 17
        if group.more:
            canvas.text(x + 10, y + 14, f"… {group.more} more", SMALL)
            y += 17
    return y


def file_name(path: str, width: float, style: Style) -> str:
    """The path, or its last part behind an ellipsis, or as much of that as fits."""
    if width_of(path, style) <= width:
        return path
    return shorten(f"…/{path.rpartition('/')[2]}" if "/" in path else path, width, style)


def draw_dot(canvas: Canvas, shape: str, x: float, y: float) -> None:
    """Draw the mark of a node: its shape tells what it is, also without colour."""
    wait, bad = TONES["wait"], TONES["bad"]
    if shape == "loose":
        canvas.circle(x, y, 6.5, CARD, wait.ink, dashed=True)
    elif shape == "commit":
        canvas.circle(x, y, 6.5, INK, INK)
    elif shape == "applied":
        canvas.circle(x, y, 8, "#047857", "#047857")
        canvas.path(f"M{x - 3.5:g} {y:g}l2.5 2.8l4.8-5.4", PAPER, 2)
    elif shape == "pending":
        canvas.circle(x, y, 7.5, PAPER, "#b45309")
    elif shape == "unknown":
        canvas.circle(x, y, 7.5, PAPER, QUIET, dashed=True)
    elif shape == "missing":
        canvas.circle(x, y, 8, bad.ground, bad.edge, dashed=True)
        canvas.path(f"M{x - 3:g} {y - 3:g}l6 6m0-6l-6 6", bad.edge, 2)
    else:
        for step in (-5, 0, 5):
            canvas.circle(x, y + step, 0.8, QUIET, QUIET)


def flow(
    canvas: Canvas, words: Sequence[Word], x: float, y: float, width: float
) -> tuple[float, float]:
    """Write words one behind the other, in as many lines as they need.

    Returns the baseline of the last line and where it ends.
    """
    line: list[tuple[str, Style]] = []
    used, gap = 0.0, 6
    for word in words:
        style = CODE if word.mono else small(word.tone, bold=word.tone == "bad")
        text = word.text
        if line and used + gap + width_of(f"· {text}", style) > width:
            canvas.run(x, y, line, gap=gap)
            line, used, y = [], 0.0, y + 17
        if word.tone == "name":
            end = canvas.run(x, y, line, gap=gap) if line else x - 8
            return y, canvas.pill(end + 8, y, text, NAME_GROUND, NAME)
        text = f"· {text}" if line else text
        shown = shorten(text, width, style)
        used += width_of(shown, style) + (gap if line else 0)
        line.append((shown, style))
    return y, canvas.run(x, y, line, gap=gap)
