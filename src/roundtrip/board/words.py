"""The board in words: for terminals, screen readers and pages that show no pictures."""

from __future__ import annotations

import re

from ..wrapping import filled
from .parts import Board, Lane, Node, Note, Verdict, Word
from .tables import Box, Row

WIDTH = 96
"""Characters of a line of the board, and of the trip, in words."""

_SHAPES = {
    "loose": "◌",
    "commit": "●",
    "applied": "●",
    "pending": "○",
    "missing": "?",
    "unknown": "○",
    "fold": " ",
}


def say(board: Board) -> str:
    """The whole board, lane after lane, and the verdict at the end."""
    lines: list[str] = []
    for lane in board.lanes:
        lines += [*_lane(lane, board), ""]
    if board.news:
        lines += [*_fill(board.news), ""]
    return "\n".join([*lines, *say_verdict(board.verdict)])


def say_verdict(verdict: Verdict) -> list[str]:
    """The verdict as lines. A command stays in one: its first part may be a command of its own."""
    lines = [*_fill(verdict.headline), *_fill(verdict.text)]
    if verdict.next:
        lines.append(f"Next: {' '.join(verdict.next.splitlines())}")
    if verdict.back:
        lines.append(f"{the_other_way(verdict)}: {' '.join(verdict.back.splitlines())}")
    if verdict.also:
        lines += _fill(f"Also: {verdict.also}")
    return lines


def the_other_way(verdict: Verdict) -> str:
    """What comes before the second command: it need not lead back."""
    return "Or" if _GOES_ON_OR_LOOKS.search(verdict.back) else "Or back"


_GOES_ON_OR_LOOKS = re.compile(
    r" db (?:upgrade|migrate|history)\b|^git (?:add|commit|diff|log|reflog|show|status)\b|^%"
)


def _lane(lane: Lane, board: Board) -> list[str]:
    look = "   [look here]" if lane.look else ""
    lines = [f"{lane.name.upper()} · {lane.about}{look}"]
    source = [lane.source] if lane.source else []
    summary = [word.text for word in lane.summary]
    if lane.name == "Database" and board.versions:
        summary.append("alembic_version " + ", ".join(board.versions))
    if source or summary:
        lines += _fill(" · ".join([*source, *summary]), "  ")
    for note in lane.notes:
        lines += _note(note)
    for node in lane.nodes:
        lines += _node(node)
    for box in lane.boxes:
        lines += _box(box) if box else []
    return lines


def _note(note: Note) -> list[str]:
    bang = "" if note.tone == "quiet" else "! "
    return _fill(f"{bang}{note.title}{': ' if note.text else ''}{note.text}", "  ", "    ")


def _node(node: Node) -> list[str]:
    lines = _fill(f"{_SHAPES[node.shape]} {node.title}{_new(node.new)}", "  ", "    ")
    said = _join(node.words)
    if node.pointed:
        said += "   <- alembic_version"
    if said:
        lines += _fill(said, "      ")
    for group in node.files:
        more = f", … {group.more} more" if group.more else ""
        lines += _fill(f"{group.heading}: {', '.join(group.names)}{more}", "      ", "        ")
    return lines


def _join(words: tuple[Word, ...]) -> str:
    return " · ".join(word.text for word in words)


def _box(box: Box) -> list[str]:
    foot = f" ({box.foot})" if box.foot else ""
    word = f": {box.word}" if box.word else ""
    mark = f"{box.mark} " if box.mark else ""
    lines = _fill(f"{mark}{box.title}{foot}{word}{_new(box.new)}", "  ", "    ")
    names = min(max((len(row.name) for row in box.rows), default=0), 40)
    types = min(max((len(row.type) for row in box.rows if row.word or row.new), default=0), 24)
    for row in box.rows:
        lines += _row(row, names, types)
    return lines


def _row(row: Row, names: int, types: int) -> list[str]:
    if not row.name and not row.word:
        return []
    mark = " " if row.mark in ("ghost", "fold") else row.mark
    start = f"  {mark:1} "
    if not row.name:
        return _fill(row.word, start, "    ")
    words = ", ".join(word for word in (row.new, row.word) if word)
    if row.mark == "ghost":
        return _fill(f"{row.name.ljust(names)}  ({row.word})", start, "      ")
    type = row.type.ljust(types) if words else row.type
    return _fill(f"{row.name.ljust(names)}  {type}{f'  {words}' if words else ''}", start, "      ")


def _new(mark: str) -> str:
    return f"   [{mark}]" if mark else ""


def _fill(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most `WIDTH` columns; blanks inside a line that fits stay."""
    one = (first + " ".join(text.splitlines())).rstrip()
    if len(one) <= WIDTH:
        return [one]
    return filled(text, WIDTH, first, first if rest is None else rest)
