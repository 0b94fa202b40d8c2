"""Measures sides of a comparison in turn, and says what came out as rows of the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import psutil

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Settings:
    """How much is measured. `quick` takes the smallest sizes, to see whether it runs at all."""

    runs: int = 5
    quick: bool = False


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and seconds that the machine's processors were busy meanwhile."""

    wall: float
    cpu: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


NOTHING = Cost(0, 0)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, against what, and their ratio."""

    what: str
    value: str
    against: str = ""
    base: str = ""
    ratio: str = ""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: what is timed, and what is done before it, untimed."""

    run: Callable[[], object]
    prepare: Callable[[], object] = lambda: None


def cost(run: Callable[[], object]) -> Cost:
    """What a call costs.

    The processors' time is that of the whole machine, so nothing else may run on it: commands of a
    helper are children of nobody who waits for them, so `resource` knows nothing of what they used.
    """
    busy, begin = _busy(), time.perf_counter()
    run()
    wall = time.perf_counter() - begin
    return Cost(wall, _busy() - busy)


def in_turn(names: Sequence[Key], runs: int) -> Iterator[tuple[int, Key]]:
    """Rounds in which each name comes once, forwards in one and backwards in the next."""
    for number in range(runs):
        for name in names if number % 2 == 0 else reversed(names):
            yield number, name


def alternate(sides: Mapping[Key, Side], runs: int, warm: bool = True) -> dict[Key, list[Cost]]:
    """Measure all sides, one after the other, `runs` times; before that, each once for nothing."""
    found: dict[Key, list[Cost]] = {name: [] for name in sides}
    for number, name in in_turn(list(sides), runs + warm):
        sides[name].prepare()
        spent = cost(sides[name].run)
        if number >= warm:
            found[name].append(spent)
    return found


def compare(
    what: str, costs: Sequence[Cost], against: str, base: Sequence[Cost], among: int = 1
) -> Row:
    """A row of seconds. The processors' seconds are shared out `among` so many."""
    walls = [each.wall for each in costs], [each.wall for each in base]
    return Row(what, _seconds(costs, among), against, _seconds(base, among), ratio(*walls))


def megabytes(what: str, values: Sequence[float], against: str, base: Sequence[float]) -> Row:
    """A row of megabytes."""
    here, there = (f"{digits(statistics.median(each))} MB" for each in (values, base))
    return Row(what, here, against, there, ratio(values, base))


def ratio(values: Sequence[float], base: Sequence[float]) -> str:
    """The ratio of the medians, and the least and the greatest that one round gave.

    A round in which the other took nothing has none, such as memory that the machine did not miss.
    """
    each = [one / other for one, other in zip(values, base, strict=True) if other]
    if not each or not statistics.median(base):
        return "-"
    middle = statistics.median(values) / statistics.median(base)
    if len(each) == 1:
        return f"**{middle:.2f}**"
    return f"**{middle:.2f}** ({min(each):.2f} to {max(each):.2f})"


def _seconds(costs: Sequence[Cost], among: int) -> str:
    wall = statistics.median(each.wall for each in costs)
    cpu = statistics.median(each.cpu for each in costs) / among
    return f"{digits(wall)} s ({digits(cpu)})"


def digits(number: float) -> str:
    """A number as exact as it deserves: three digits, at most two behind the point."""
    return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2}f}"


def _busy() -> float:
    """Seconds that all processors together have worked since the machine started."""
    times = psutil.cpu_times()
    idle = ("idle", "iowait", "steal", "guest", "guest_nice")  # guests are counted as users too
    return sum(value for name, value in times._asdict().items() if name not in idle)
