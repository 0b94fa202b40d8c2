"""Measures what the course costs, each time against something else in the same run.

    python benchmarks/run.py                      everything; takes hours
    python benchmarks/run.py commands course      these sections; the others keep their rows
    python benchmarks/run.py --quick commands     a small try; nothing is written

The table goes to README.md beside this file, as long as each figure is of five runs or more. The
machine must have nothing else to do. For Linux.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import NoReturn

import classroom
import clone
import commands
import course
import growth
import lessons
import psutil
import table
from measure import Row, Settings
from places import settled

SECTIONS: dict[str, Callable[[Settings], Iterator[Row]]] = {
    "commands": commands.rows,
    "course": course.rows,
    "again": growth.again,
    "revisions": growth.revisions,
    "users": growth.users,
    "classroom": classroom.rows,
    "clone": clone.rows,
    "lessons": lessons.rows,
}
_ENOUGH = 5


def main(words: list[str]) -> NoReturn:
    """Measure the sections that these words name, and write each as soon as it is complete."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--runs", type=int, default=_ENOUGH, help="measurements of each figure")
    parser.add_argument("--quick", action="store_true", help="one run, smallest sizes")
    chosen = parser.parse_args(words)
    if unknown := set(chosen.sections) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    settings = Settings(1 if chosen.quick else chosen.runs, chosen.quick)
    if (busy := psutil.cpu_percent(interval=2)) > 10:
        print(f"The machine is busy ({busy:.0f} %): trust no figure.", file=sys.stderr)
    failed = 0
    with settled():
        for name in chosen.sections or SECTIONS:
            try:
                _measure(name, settings)
            except Exception:  # hours of other sections may lie ahead
                traceback.print_exc()
                failed = 1
    sys.exit(failed)


def _measure(name: str, settings: Settings) -> None:
    lines = []
    for row in SECTIONS[name](settings):
        lines.append(table.line(name, row, settings.runs))
        print(lines[-1], flush=True)
    if settings.runs >= _ENOUGH:
        table.write(name, lines, list(SECTIONS))


if __name__ == "__main__":
    main(sys.argv[1:])
