"""What the board says, as plain values: the picture and the words are made from the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from .tables import Box


@dataclass(frozen=True)
class Word:
    """A short piece of a line. `tone`: quiet, good, wait, bad or name."""

    text: str
    tone: str = "quiet"
    mono: bool = False


@dataclass(frozen=True)
class Files:
    """Files that share a fate, such as `2 modified`: the first names and how many more."""

    heading: str
    names: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class Node:
    """A point on a line of commits or revisions.

    `shape`: loose, commit, applied, pending, missing, unknown or fold. `links`: the indexes of its
    parents among the lane's nodes. `id` is a revision's, for the arrow.
    """

    shape: str
    title: str
    words: tuple[Word, ...] = ()
    files: tuple[Files, ...] = ()
    new: str = ""
    id: str = ""
    column: int = 0
    links: tuple[int, ...] = ()
    pointed: bool = False


@dataclass(frozen=True)
class Note:
    """A paragraph in a lane. `tone`: quiet (there is nothing yet), wait or bad."""

    title: str
    text: str = ""
    tone: str = "quiet"


@dataclass(frozen=True)
class Lane:
    """A lane from top to bottom. `look`: the verdict is about this place."""

    name: str
    about: str
    source: str = ""
    summary: tuple[Word, ...] = ()
    notes: tuple[Note, ...] = ()
    nodes: tuple[Node, ...] = ()
    boxes: tuple[Box | None, ...] = ()
    look: bool = False


@dataclass(frozen=True)
class Verdict:
    """The sentences under the lanes. `tone`: good, wait or bad."""

    tone: str
    headline: str
    text: str
    next: str = ""
    back: str = ""
    also: str = ""


@dataclass(frozen=True)
class Board:
    """All that the board says. `versions` is what `alembic_version` holds."""

    lanes: tuple[Lane, ...]
    verdict: Verdict
    versions: tuple[str, ...] = ()
    news: str = ""
