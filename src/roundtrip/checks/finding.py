"""What a check answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a check saw. `cause` and `next` are empty where the goal is met.

    `detour`: something else comes first, so the goal's own hints do not fit.
    """

    met: bool
    found: str
    cause: str = ""
    next: str = ""
    detour: bool = False


def many(number: int, word: str) -> str:
    """A number of things, in words."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
