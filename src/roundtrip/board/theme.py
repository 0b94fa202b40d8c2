"""The board's colours and text styles. Each text has AA contrast on every ground it is put on."""

from __future__ import annotations

from dataclasses import dataclass

from .fitting import Style

CARD, EDGE = "#fbfbfd", "#cbd0da"
PAPER, HAIR, LINE = "#ffffff", "#e5e7eb", "#9ca3af"
INK, QUIET = "#1f2937", "#4b5563"
GOOD, WAIT, BAD, NAME, NEWS = "#065f46", "#92400e", "#991b1b", "#3730a3", "#1e40af"
NEWS_GROUND, NAME_GROUND = "#dbeafe", "#e0e7ff"


@dataclass(frozen=True)
class Tone:
    """How something of one kind is painted: its text, the ground below it, the line around it."""

    ink: str
    ground: str
    edge: str


TONES = {
    "good": Tone(GOOD, "#ecfdf5", "#10b981"),
    "wait": Tone(WAIT, "#fffbeb", "#f59e0b"),
    "bad": Tone(BAD, "#fef2f2", "#dc2626"),
    "quiet": Tone(QUIET, PAPER, LINE),
    "name": Tone(NAME, NAME_GROUND, NAME_GROUND),
}
MARKED = "#fef3c7"

TITLE = Style(17, INK, bold=True)
ABOUT = Style(12.5, QUIET)
SOURCE = Style(12, INK, mono=True)
BODY = Style(13.5, INK)
SMALL = Style(12, QUIET)
CODE = Style(12, QUIET, mono=True)


def small(tone: str, bold: bool = False) -> Style:
    """A small text in the colour of a tone."""
    return Style(12, TONES[tone].ink, bold)
