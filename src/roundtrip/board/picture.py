"""Draws a board as SVG: four lanes, the arrow between two of them, the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from . import boxes
from .banner import draw_verdict
from .fitting import Style, pill_width, shorten, shorten_middle, width_of, wrap
from .lines import Ends, draw_nodes, file_name, flow
from .parts import Board, Lane, Note
from .svg import Canvas, document
from .theme import ABOUT, CARD, EDGE, HAIR, NEWS, SOURCE, TITLE, TONES

WIDTH = 1040
LANES = ((24, 208), (260, 216), (504, 268), (800, 216))
"""Left edge and width of each lane."""
_TOP = 150
_SUMMARY = 124
_CHIP = 26


def draw(board: Board) -> str:
    """The board as an SVG document."""
    inside = Canvas()
    said = any(lane.source or lane.summary for lane in board.lanes)
    top = _TOP + _CHIP * max(0, len(board.versions) - 1) if said or board.versions else 100
    starts: list[float] = []
    ends: Ends = {}
    for lane, (x, width) in zip(board.lanes, LANES, strict=True):
        with inside.lane(lane.name, x, width):
            _head(inside, lane, x, width)
            y = _notes(inside, lane.notes, x, width, top)
            if lane.nodes:
                y = draw_nodes(inside, lane.nodes, x, width, y, ends)
            if lane.name == "Database":
                _versions(inside, board, x, width)
        starts.append(y)
    _arrows(inside, board, ends)
    model, database = board.lanes[1], board.lanes[3]
    aligned = any(model.boxes) and any(database.boxes)
    start = max(starts[1], starts[3]) if aligned else starts[3 if any(database.boxes) else 1]
    places = (LANES[1], LANES[3])
    low = boxes.draw_pairs(inside, model.boxes, database.boxes, places, start)
    y = max([*starts, low, top + 60]) + 8
    y = _news(inside, board.news, y)
    y = draw_verdict(inside, board.verdict, 24, WIDTH - 48, y)
    card = Canvas()
    card.rect(0.5, 0.5, WIDTH - 1, y + 23, CARD, EDGE, radius=12)
    title = f"The four places: {board.verdict.headline}"
    return document(WIDTH, y + 24, title, _description(board), [*card.parts, *inside.parts])


def _head(canvas: Canvas, lane: Lane, x: float, width: float) -> None:
    canvas.text(x, 42, lane.name, TITLE)
    canvas.fit(x, 62, lane.about, width, ABOUT)
    if lane.look:
        tone = TONES["wait"]
        canvas.pill(x + width - pill_width("look here"), 41, "look here", "#fde68a", tone.ink)
    canvas.path(f"M{x} 75h{width}", TONES["wait"].edge if lane.look else HAIR, 2.5)
    if lane.source:
        cut = shorten_middle if "://" in lane.source else file_name
        canvas.fit(x, 99, lane.source, width, SOURCE, cut)
    if lane.summary:
        flow(canvas, lane.summary, x, _SUMMARY, width)


def _notes(canvas: Canvas, notes: Sequence[Note], x: float, width: float, y: float) -> float:
    for note in notes:
        tone = TONES[note.tone]
        heading = Style(13, tone.ink, bold=True)
        plain = Style(12.5, tone.ink)
        titles = wrap(note.title, width - 24, heading, 2)
        lines = wrap(note.text, width - 24, plain, 7) if note.text else []
        height = 18 + 18 * len(titles) + 17 * len(lines)
        canvas.rect(x, y, width, height, tone.ground, tone.edge, dashed=note.tone == "quiet")
        at = canvas.lines(x + 12, y + 23, titles, heading, 18)
        for n, line in enumerate(lines):
            canvas.text(x + 12, at, line, plain, note.text if n == 0 else "")
            at += 17
        y += height + 14
    return y


def _versions(canvas: Canvas, board: Board, x: float, width: float) -> None:
    missing = _ghosts(board)
    for n, version in enumerate(board.versions):
        tone = TONES["bad" if version in missing else "good"]
        y = _SUMMARY + _CHIP * n
        canvas.rect(x, y - 15, width, 22, tone.ground, tone.edge)
        name = Style(11.5, tone.ink)
        code = Style(12, tone.ink, bold=True, mono=True)
        room = width - 22 - width_of("alembic_version", name)
        canvas.run(x + 8, y, [("alembic_version", name), (shorten(version, room, code), code)])


def _arrows(canvas: Canvas, board: Board, ends: Ends) -> None:
    x = LANES[3][0]
    missing = _ghosts(board)
    for n, version in enumerate(board.versions):
        if version not in ends:
            continue
        end, low = ends[version]
        high = _SUMMARY - 4 + _CHIP * n
        turn = x - 14 + 5 * n
        colour = TONES["bad"].edge if version in missing else "#047857"
        canvas.path(
            f"M{x} {high}H{turn + 6}Q{turn} {high} {turn} {high + 6}V{low - 6:g}"
            f"Q{turn} {low:g} {turn - 6:g} {low:g}H{end + 3:g}",
            colour,
            1.8,
            dashed=version in missing,
        )
        canvas.path(f"M{end:g} {low:g}l8 -4.5v9z", colour, 1, fill=colour)


def _ghosts(board: Board) -> set[str]:
    return {node.id for node in board.lanes[2].nodes if node.shape == "missing"}


def _news(canvas: Canvas, news: str, y: float) -> float:
    style = Style(12.5, NEWS)
    return canvas.lines(24, y + 12, wrap(news, WIDTH - 48, style), style, 18) if news else y


def _description(board: Board) -> str:
    """A sentence for each place, for those who hear the picture."""
    said = [board.verdict.text]
    for lane in board.lanes:
        parts = [lane.source, *(word.text for word in lane.summary)]
        parts += [f"{note.title}" for note in lane.notes]
        parts += [" ".join([node.title, *(w.text for w in node.words)]) for node in lane.nodes]
        parts += [box.title for box in lane.boxes if box]
        said.append(f"{lane.name}: {', '.join(part for part in parts if part)}.")
    if board.verdict.next:
        said.append(f"Next: {board.verdict.next}")
    return " ".join(said)
