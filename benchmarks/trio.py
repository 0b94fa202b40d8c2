"""One project three times over: for a shell, for plain cells, and for cells with a helper."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from measure import Cost, Row, Side, compare
from places import PLAIN, Run, folder, kernel, shell
from projects import inhabit

SIDES = {"plain": "in a cell, plain", "helped": "in a cell, pre-loaded"}
"""The two ways of a cell, and how the table names them."""


@dataclass(frozen=True)
class Trio:
    """The three projects, by side, and the kernels of the two that are worked on in cells."""

    projects: dict[str, Path]
    kernels: dict[str, Run]

    def sides(
        self, line: str, cell: str = "", prepare: Callable[[Path], None] = lambda project: None
    ) -> dict[str, Side]:
        """What to measure: the line in the shell; the cell (`!line` if none is given) in kernels.

        `prepare` is called with the project before each, untimed.
        """
        runs: dict[str, Callable[[], object]] = {
            "shell": partial(shell, line, self.projects["shell"])
        }
        for name, each in self.kernels.items():
            runs[name] = partial(each, cell or f"!{line}")
        return {
            name: Side(run, partial(prepare, self.projects[name])) for name, run in runs.items()
        }


@contextmanager
def trio(project: Path) -> Iterator[Trio]:
    """Three copies of a project, with the kernels that work on two of them."""
    with ExitStack() as held:
        place = held.enter_context(folder())
        projects = {"shell": place / "project"}
        shutil.copytree(project, projects["shell"])
        kernels = {}
        for name, environ in (("plain", PLAIN), ("helped", {})):
            with kernel(place / name, **environ) as run:
                run("%lesson 1")
            inhabit(place / name, project)
            projects[name] = place / name / "workspace"
            kernels[name] = held.enter_context(kernel(place / name, **environ))
            kernels[name]("%lesson 1 --continue")
        yield Trio(projects, kernels)


def against_shell(what: str, base: str, found: dict[str, list[Cost]]) -> Iterator[Row]:
    """Two rows: in a cell, plain and pre-loaded, each against the shell."""
    for side, words in SIDES.items():
        yield compare(f"{what} {words}", found[side], base, found["shell"])
