"""Draws the verdict: a sign, the sentences, the next command."""

from __future__ import annotations

from .fitting import Style, width_of, wrap
from .parts import Verdict
from .svg import Canvas
from .theme import INK, PAPER, TONES
from .words import the_other_way


def draw_verdict(canvas: Canvas, verdict: Verdict, left: float, width: float, y: float) -> float:
    """Draw the banner. Returns its lower edge."""
    tone = TONES[verdict.tone]
    inner = Canvas()
    heading, plain = Style(16, tone.ink, bold=True), Style(13.5, tone.ink)
    x, room, at = left + 54, width - 54 - 20, y + 31
    at = inner.lines(x, at, wrap(verdict.headline, room, heading, 2), heading, 22)
    at = inner.lines(x, at, wrap(verdict.text, room, plain, 5), plain, 19, verdict.text)
    commands = (("Next", verdict.next), (the_other_way(verdict), verdict.back))
    indent = 76 if verdict.back else 52
    for word, command in commands:
        if command:
            at = _command(inner, word, command, x, at, indent, room - indent, tone.edge) + 8
    if verdict.also:
        at = inner.lines(x, at + 4, wrap(f"Also: {verdict.also}", room, plain, 3), plain, 19)
    height = at - 3 - y
    with canvas.lane("Verdict", left, width):
        canvas.rect(left, y, width, height, tone.ground, tone.edge, radius=10)
        draw_sign(canvas, verdict.tone, left + 27, y + 26)
        canvas.parts += inner.parts
    return y + height


def _command(
    canvas: Canvas,
    word: str,
    command: str,
    x: float,
    y: float,
    indent: float,
    room: float,
    edge: str,
) -> float:
    """Write a command in a frame, whole: it is there to be copied. Returns the next line.

    A line that goes on in the next ends as the shell wants it: its first part may be a command too.
    """
    code = Style(13, INK, bold=True, mono=True)
    *first, last = wrap(command, room - 24 - width_of(" \\", code), code)
    lines = [*(f"{line} \\" for line in first), last]
    widest = max(width_of(line, code) for line in lines)
    canvas.text(x, y + 13, word, Style(13, TONES["quiet"].ink, bold=True))
    canvas.rect(x + indent, y - 6, widest + 24, 10 + 18 * len(lines), PAPER, edge)
    for n, line in enumerate(lines):
        canvas.text(x + indent + 12, y + 13 + 18 * n, line, code)
    return y + 18 * len(lines) + 13


def draw_sign(canvas: Canvas, tone: str, x: float, y: float) -> None:
    """Draw the sign of a tone: a tick, a triangle or an octagon."""
    colour = TONES[tone].ink
    if tone == "good":
        canvas.circle(x, y, 11, colour, colour)
        canvas.path(f"M{x - 5} {y}l3.6 4l6.6-7.6", PAPER, 2.4)
    elif tone == "wait":
        canvas.path(f"M{x} {y - 11}l12 21h-24z", colour, 2, fill=colour)
        canvas.path(f"M{x} {y - 3}v6m0 4v.1", PAPER, 2.4)
    else:
        canvas.path(f"M{x - 5} {y - 12}h10l7 7v10l-7 7h-10l-7-7v-10z", colour, 1, fill=colour)
        canvas.path(f"M{x - 4} {y - 4}l8 8m0-8l-8 8", PAPER, 2.4)
