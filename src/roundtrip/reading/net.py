"""What one migration script leaves changed, as what it makes for its own work goes again."""

from __future__ import annotations

from collections.abc import Iterable

Change = tuple[str, str, bool]
"""A kind ("add", "drop" or "rename"), a name, and whether rows that are there need a value."""


def net(changes: Iterable[Change]) -> list[Change]:
    """The changes, in their order, without what is made and dropped again in between."""
    left: list[Change] = []
    for change in changes:
        kind, name, _ = change
        if kind == "drop" and (made := [c for c in left if c[:2] == ("add", name)]):
            left = [c for c in left if c not in made and not c[1].startswith(f"{name}.")]
        elif kind != "rename" or ("drop", name, False) in left:
            left.append(change)
    return left


def made_anew(changes: Iterable[Change]) -> set[str]:
    """The names that are dropped, and there again at the end."""
    there = [*changes]
    adds, drops = ({c[1] for c in there if c[0] == kind} for kind in ("add", "drop"))
    return adds & drops
