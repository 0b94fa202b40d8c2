"""A class: learners who make the trip at once on this machine, plain and with helpers.

Kernels that share a folder for temporary files share a helper, as those of one user do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import cells
import psutil
from measure import Cost, Row, Settings, compare, cost, in_turn, megabytes
from places import PLAIN, folder, kernel

_SEATS = (1, 5, 20)
_WAYS = {"own": "a helper each", "shared": "one helper for all"}
"""Where each learner has an account, and where all are in one."""
_ASKED = "%%flask_shell\nUser.query.count()"
_TABLE = (
    *("!git init", "!flask db init", "!flask db migrate -m users", "!flask db upgrade", _ASKED),
    *("!git add .", "!git commit -m users"),
)
_COLUMN = (
    *("!flask db migrate -m age", "!flask db upgrade", "!flask db current", _ASKED),
    *("!flask db downgrade", "!git reset --hard"),
)


@dataclass
class _Found:
    """What each round gave: the cost, and megabytes a learner at rest."""

    costs: list[Cost] = field(default_factory=list)
    rest: list[float] = field(default_factory=list)


def rows(settings: Settings) -> Iterator[Row]:
    """For each size of class, both ways with helpers against the plain one: seconds, memory."""
    for seats in _SEATS[:1] if settings.quick else _SEATS:
        ways = {way: words for way, words in _WAYS.items() if way == "own" or seats > 1}
        found = {way: _Found() for way in ("plain", *ways)}
        for _, way in in_turn(list(found), settings.runs):
            _hold(seats, way, found[way])
        plain = found["plain"]
        who = "1 learner" if seats == 1 else f"{seats} learners at once"
        for way, words in ways.items():
            here, what = found[way], f"{who}, {words}"
            yield compare(what, here.costs, "plain", plain.costs, among=seats)
            yield megabytes(f"{what}, memory of each at rest", here.rest, "plain", plain.rest)


def _hold(seats: int, way: str, found: _Found) -> None:
    """Hold one class: all kernels ready, then all trips at once, then a look at the memory."""
    with ExitStack() as held:
        common = held.enter_context(folder())
        homes = [held.enter_context(folder()) for _ in range(seats)]
        gate = Barrier(seats + 1)
        pool = held.enter_context(ThreadPoolExecutor(seats))
        learners = [
            pool.submit(_learn, home, _settings(way, home if way == "own" else common), gate)
            for home in homes
        ]
        with suppress(BrokenBarrierError):  # the learner says why, below
            gate.wait()
            found.costs.append(cost(gate.wait))
            found.rest.append(_proportional() / seats / 1e6)
            gate.wait()
        errors = [learner.exception() for learner in learners]
        for error in errors:
            if error and not isinstance(error, BrokenBarrierError):
                raise error


def _settings(way: str, temporary: Path) -> Mapping[str, str]:
    return {"TMPDIR": str(temporary)} | (PLAIN if way == "plain" else {})


def _learn(home: Path, environ: Mapping[str, str], gate: Barrier) -> None:
    """Be one learner: open a notebook, wait for the others, make the trip, wait for them again.

    The trip writes the app of lesson 01, makes and undoes the column of lesson 02, and is nine
    `flask` commands long.
    """
    app, column = (
        [f"%%writefile {file}\n{text}" for file, text in cells.files(number).items()]
        for number in (1, 2)
    )
    try:
        with kernel(home, **environ) as run:
            gate.wait()
            for cell in ("%lesson 1", *app, *_TABLE, *column, *_COLUMN):
                run(cell)
            gate.wait()
            gate.wait()  # the memory is looked at
    except BaseException:
        gate.abort()
        raise


def _proportional() -> int:
    """Memory of all kernels and helpers; what several share is divided among them (Linux's PSS)."""
    children = psutil.Process().children(recursive=True)
    return sum(child.memory_full_info().pss for child in children)
