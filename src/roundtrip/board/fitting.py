"""How much room a text takes at most, and what of it fits.

Widths are estimated from the widest common interface fonts (DejaVu Sans, Verdana), so that a text
that fits here fits in every other. Digits and the letters a to f count as equally wide: the layout
must not depend on a random revision id or commit hash.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..wrapping import words

ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{7,40}(?![0-9A-Za-z])")
"""A revision id or a commit hash, which is never cut in two."""

MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True)
class Style:
    """How a text looks: size in pixels, colour, weight, fixed width or not."""

    size: float = 13.5
    fill: str = "#1f2937"
    bold: bool = False
    mono: bool = False

    @property
    def attributes(self) -> str:
        """As SVG attributes."""
        weight = ' font-weight="700"' if self.bold else ""
        family = f' font-family="{MONO}"' if self.mono else ""
        return f'font-size="{self.size:g}" fill="{self.fill}"{weight}{family}'


def width_of(text: str, style: Style) -> float:
    """The most room, in pixels, that the text takes in one line."""
    em = sum(_em(char, style.mono) for char in text)
    return em * style.size * (1.13 if style.bold and not style.mono else 1)


def shorten(text: str, width: float, style: Style) -> str:
    """The text, or as much of its beginning as fits with an ellipsis. Never cuts an id in two."""
    if width_of(text, style) <= width:
        return text
    end = len(text)
    while end and width_of(text[:end] + "…", style) > width:
        end -= 1
    for found in ID.finditer(text):
        if found.start() < end < found.end():
            end = found.start()
    return text[:end].rstrip() + "…"


def shorten_middle(text: str, width: float, style: Style) -> str:
    """As `shorten`, but both ends stay: for names that differ at their end."""
    if width_of(text, style) <= width:
        return text
    ids = [found.span() for found in ID.finditer(text)]
    for dropped in range(1, len(text)):
        start = (len(text) - dropped + 1) // 2
        end = start + dropped
        for low, high in ids:
            if low < end and start < high:
                start, end = min(start, low), max(end, high)
        if width_of(shown := f"{text[:start]}…{text[end:]}", style) <= width:
            return shown
    return "…"


def wrap(text: str, width: float, style: Style, lines: int = 99) -> list[str]:
    """The text in lines that fit; what is over `lines` becomes an ellipsis."""
    done, current = [], ""
    atoms = [atom for word in words(text) for atom in _atoms(word, width, style)]
    for atom in atoms:
        if current and width_of((current + atom).rstrip(), style) > width:
            done.append(current.rstrip())
            current = ""
        current += atom
    done.append(current.rstrip())
    if len(done) > lines:
        rest = " ".join(done[lines - 1 :])
        tail = shorten(rest, width, style)
        done = [*done[: lines - 1], tail if tail.endswith("…") else tail + "…"]
    return [line for line in done if line] or [""]


PILL = Style(11, bold=True)
"""A short word on a rounded ground."""


def pill_width(text: str) -> float:
    """How wide a pill with this word is."""
    return width_of(text, PILL) + 14


def _em(char: str, mono: bool) -> float:
    if unicodedata.combining(char):
        return 0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0x2FFF:
        return 1.25
    if mono:
        return 0.61 if ord(char) < 0x2000 else 0.9
    if char in "0123456789abcdef":
        return 0.637
    if char in "ijlI|.,:' ·":
        return 0.35
    if char in "tr()[]/-!;":
        return 0.42
    if char in 'kosvxyzghnpqu_"?$*“”—':
        return 0.64
    if char.isupper() and char not in "MWQO":
        return 0.78
    return 1.0


def _atoms(word: str, width: float, style: Style) -> list[str]:
    """A word in pieces that each fit in a line; the last one has the blank after it."""
    if width_of(word, style) <= width:
        return [word + " "]
    pieces = []
    for piece in re.findall(r"[0-9A-Za-z]+[^0-9A-Za-z]*|[^0-9A-Za-z]+", word):
        while width_of(piece, style) > width and len(piece) > 1:
            end = len(piece)
            while end > 1 and width_of(piece[:end], style) > width:
                end -= 1
            pieces.append(piece[:end])
            piece = piece[end:]
        pieces.append(piece)
    pieces[-1] += " "
    return pieces
