"""What grows with a learner's work: the course again and again, revisions, rows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import cells
from measure import NOTHING, Cost, Row, Settings, alternate, compare, cost, in_turn, megabytes
from places import ROOT, execute, folder, shell
from projects import build, fill, lengthen, put_back
from trio import SIDES, Trio, against_shell, trio

_TIMES, _REVISIONS, _USERS = (1, 2, 4, 8), (10, 100, 1_000), (10**3, 10**5, 10**7)


def again(settings: Settings) -> Iterator[Row]:
    """The course made more and more often in one home."""
    shorter = _shorter(settings)
    return _repeated(settings.runs, _TIMES[shorter], cells.CORE[shorter])


def revisions(settings: Settings) -> Iterator[Row]:
    """Commands and boards in projects with more and more revisions."""
    return _revisions(settings.runs, _REVISIONS[_shorter(settings)])


def users(settings: Settings) -> Iterator[Row]:
    """Upgrade and downgrade of a table with more and more rows."""
    return _users(settings.runs, _USERS[_shorter(settings)])


def _shorter(settings: Settings) -> slice:
    return slice(2 if settings.quick else None)


def _repeated(runs: int, times: Sequence[int], lessons: Sequence[int]) -> Iterator[Row]:
    """The notebooks by nbclient, again and again in one home: seconds, and its size on the way."""
    spent: dict[int, list[Cost]] = {count: [] for count in times}
    sizes: dict[int, list[float]] = {count: [] for count in times}
    for _ in range(runs):
        with folder() as home:
            total = NOTHING
            for count in range(1, times[-1] + 1):
                total += cost(partial(_course, lessons, home))
                if count in times:
                    spent[count].append(total)
                    sizes[count].append(_size(home))
    for count in times[1:]:
        yield compare(f"the course {count} times in one home", spent[count], "once", spent[1])
    last, first = sizes[times[-1]], sizes[1]
    yield megabytes(f"the home after {times[-1]} times", last, "after once", first)


def _revisions(runs: int, sizes: Sequence[int]) -> Iterator[Row]:
    """`db upgrade` by one step, and `%board`, in projects with more and more revisions."""
    with ExitStack() as held:
        projects = {size: held.enter_context(_project(size, users=3)) for size in sizes}
        for line, cell in (("flask db upgrade", ""), ("flask db current", "%board")):
            sides = {
                (size, name): side
                for size, (three, state) in projects.items()
                for name, side in three.sides(line, cell, partial(put_back, state)).items()
            }
            found = alternate(sides, runs)
            base = f"`{line}` in the shell" if cell else "the same in the shell"
            yield from _grown(f"`{cell or line}`", "revisions", base, sizes, found)


def _users(runs: int, sizes: Sequence[int]) -> Iterator[Row]:
    """`db upgrade` and `db downgrade` of one column, in tables with more and more users."""
    words = ("upgrade", "downgrade")
    with ExitStack() as held:
        projects = {size: held.enter_context(_project(2, users=size)) for size in sizes}
        sides = {
            (word, size, name): side
            for size, (three, _) in projects.items()
            for word in words
            for name, side in three.sides(f"flask db {word}").items()
        }
        found: dict[str, dict[tuple[int, str], list[Cost]]] = {word: {} for word in words}
        for number, key in in_turn([key[1:] for key in sides if key[0] == "upgrade"], runs + 1):
            for word in words:
                spent = cost(sides[word, *key].run)
                if number:
                    found[word].setdefault(key, []).append(spent)
    for word in words:
        yield from _grown(f"`flask db {word}`", "rows", "the same in the shell", sizes, found[word])


def _grown(
    what: str,
    unit: str,
    base: str,
    sizes: Sequence[int],
    found: Mapping[tuple[int, str], list[Cost]],
) -> Iterator[Row]:
    """Rows for each size, cell against shell, then the largest against the least."""
    for size in sizes:
        here = {name: costs for (at, name), costs in found.items() if at == size}
        yield from against_shell(f"{what} with {size:,} {unit}", base, here)
    most, least = sizes[-1], sizes[0]
    for side, words in (("shell", "in the shell"), ("helped", SIDES["helped"])):
        if side == "helped" or "%" not in what:  # the shell has no board
            more = f"{what} with {most:,} {unit} {words}"
            yield compare(more, found[most, side], f"with {least:,}", found[least, side])


@contextmanager
def _project(revisions: int, users: int) -> Iterator[tuple[Trio, Path]]:
    """Three projects where the last of so many revisions, which adds a column, is not yet applied.

    Gives a fourth as well, where nothing is done.
    """
    with folder() as place:
        project = build(place / "project")
        fill(project, users)
        lengthen(project, revisions - 2)
        shell("flask db migrate -m age", project)
        with trio(project) as three:
            yield three, project


def _course(lessons: Sequence[int], home: Path) -> None:
    notebooks = [str(cells.notebook(number)) for number in lessons]
    nbclient = [sys.executable, "-c", "from nbclient.cli import main; main()"]
    execute([*nbclient, *notebooks], ROOT, os.environ | {"ROUNDTRIP_HOME": str(home)})


def _size(home: Path) -> float:
    """Megabytes that the files in a home hold."""
    return sum(path.lstat().st_size for path in home.rglob("*")) / 1e6
