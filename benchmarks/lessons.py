"""`%lesson N` from nothing, plain and pre-loaded, against the same from a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from measure import Cost, Row, Settings, compare, cost, in_turn
from places import PLAIN, folder, kernel

from roundtrip.course import find_course

_WAYS = {"plain": PLAIN, "helped": {}, "snapshot": {}}


def rows(settings: Settings) -> Iterator[Row]:
    """Two rows for each lesson: from nothing, plain and pre-loaded, against from a snapshot."""
    lessons = [lesson.number for lesson in find_course().lessons]
    with folder() as made:
        for number in lessons[:3] if settings.quick else lessons:
            found: dict[str, list[Cost]] = {way: [] for way in _WAYS}
            _begin(number, "snapshot", made)  # the first makes what the others find
            for _, way in in_turn(list(_WAYS), settings.runs):
                found[way].append(_begin(number, way, made))
            for way, words in (("plain", "plain"), ("helped", "pre-loaded")):
                what = f"`%lesson {number}` from nothing, {words}"
                yield compare(what, found[way], "from a snapshot", found["snapshot"])


def _begin(number: int, way: str, made: Path) -> Cost:
    """Begin a lesson in a new home and a new kernel. What has been made is given, or nothing is."""
    with ExitStack() as held:
        home = held.enter_context(folder())
        snapshots = made if way == "snapshot" else home / "made"
        environ = {**_WAYS[way], "ROUNDTRIP_SNAPSHOTS": str(snapshots)}
        run = held.enter_context(kernel(home, **environ))
        return cost(lambda: run(f"%lesson {number}"))
