"""The steps of the trip as plain values, and in words: what each place says in one line."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..plural import counted
from ..state import State
from .lanes import lay_out
from .news import compare
from .parts import Board
from .words import WIDTH

EMPTY = "No lesson of the trip is finished yet."
_DOTS = 4
_CHIPS = 12


@dataclass(frozen=True)
class Chip:
    """A column: `mark` as in a board's row."""

    name: str
    mark: str = ""


@dataclass(frozen=True)
class Line:
    """What a place says in one line: dots or chips, and words behind them."""

    place: str
    words: str
    dots: tuple[str, ...] = ()
    chips: tuple[Chip, ...] = ()
    changed: bool = False


@dataclass(frozen=True)
class Step:
    """A small board: a line for each place, and the verdict."""

    title: str
    lines: tuple[Line, ...]
    tone: str
    headline: str


def say(steps: Sequence[Step]) -> str:
    """Six lines for each step."""
    said = []
    for step in steps:
        lines = [step.title]
        for line in step.lines:
            chips = ", ".join(_told(chip) for chip in line.chips)
            words = " · ".join(part for part in (chips, line.words) if part)
            label = f"{line.place}{' (changed)' if line.changed else ''}:"
            lines += _fold(f"  {label:22}", words)
        said.append("\n".join([*lines, *_fold("  ", step.headline)]))
    return "\n\n".join(said) or EMPTY


def _fold(start: str, words: str) -> list[str]:
    lines = textwrap.wrap(words, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
    return lines or [start.rstrip()]


def _told(chip: Chip) -> str:
    if chip.mark == "ghost":
        return f"({chip.name} missing)"
    return f"{chip.mark}{chip.name}"


def read(steps: Sequence[tuple[str, State]]) -> list[Step]:
    """The steps; each knows which places have changed since the one before."""
    result = []
    before = None
    for title, state in steps:
        board = lay_out(state)
        changed = compare(state, before).places
        drawn = (
            _git(state),
            _columns(board, 1, "Model"),
            _migrations(board),
            _columns(board, 3, "Database"),
        )
        lines = tuple(replace(line, changed=line.place.lower() in changed) for line in drawn)
        result.append(Step(title, lines, board.verdict.tone, board.verdict.headline))
        before = state
    return result


def _git(state: State) -> Line:
    git = state.git
    if not git.repository:
        return Line("Git", "Git cannot read it" if git.error else "no repository yet")
    dots = ("commit",) * min(len(git.commits), _DOTS)
    files = "clean"
    if git.uncommitted:
        dots += ("loose",)
        files = f"{len(git.uncommitted)} not committed"
    return Line("Git", f"{counted(len(git.commits), 'commit')}, {files}", dots)


def _migrations(board: Board) -> Line:
    lane = board.lanes[2]
    shapes = [node.shape for node in lane.nodes][::-1]
    words = [note.title for note in lane.notes]
    for shape in ("applied", "pending", "missing", "unknown"):
        if count := shapes.count(shape):
            words.append(f"{count} {'perhaps applied' if shape == 'unknown' else shape}")
    return Line("Migrations", ", ".join(words), tuple(shapes[-_DOTS - 1 :]))


def _columns(board: Board, lane: int, place: str) -> Line:
    """The columns of all tables as chips; where both places have a table, in the same order."""
    found = board.lanes[lane]
    chips: list[Chip] = []
    words = [note.title for note in found.notes]
    boxes = [box for box in found.boxes if box]
    for box in boxes:
        chips += [Chip(row.name, row.mark) for row in box.rows if row.name]
        if box.foot and not box.title.startswith("…"):
            words.append(box.foot)
        if boxes[1:]:
            words.append(box.title)
    if len(chips) > _CHIPS:
        words.append(f"… {len(chips) - _CHIPS} more columns")
    return Line(place, ", ".join(words), chips=tuple(chips[:_CHIPS]))
