"""The table in README.md: written anew for the sections that were measured, kept for the others."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psutil
from measure import Row

README = Path(__file__).with_name("README.md")
_BEGIN, _END = "<!-- the table begins: run.py writes it -->", "<!-- the table ends -->"
_HEAD = ("section", "what", "takes", "against", "takes", "ratio", "measured")
_NAMED = ("flask", "flask-migrate", "sqlalchemy", "alembic", "ipykernel", "jupyterlab", "nbval")


def line(section: str, row: Row, runs: int) -> str:
    """A row as Markdown."""
    when = f"{date.today().isoformat()}, {runs} {'run' if runs == 1 else 'runs'}"
    texts = section, row.what, row.value, row.against, row.base, row.ratio, when
    escaped = (text.replace("|", r"\|") for text in texts)
    return f"| {' | '.join(escaped)} |"


def write(section: str, lines: Sequence[str], order: Sequence[str]) -> None:
    """Put these lines in the place of a section's; sections stand in this order."""
    before, rest = README.read_text(encoding="utf-8").split(_BEGIN)
    old, after = rest.split(_END)
    kept = {name: re.findall(rf"(?m)^\| {name} \|.*", old) for name in order}
    kept[section] = list(lines)
    rows = [text for name in order for text in kept[name]]
    machines = dict(re.findall(r"(?m)^- (\d{4}-\d\d-\d\d): (.+)", old))
    machines[date.today().isoformat()] = _machine()
    table = [
        *(f"- {day}: {what}" for day, what in sorted(machines.items()) if day in "".join(rows)),
        "",
        f"| {' | '.join(_HEAD)} |",
        "|---|---|--:|---|--:|---|---|",
        *rows,
    ]
    text = "\n".join((before + _BEGIN, "", *table, "", _END + after))
    README.write_text(text, encoding="utf-8", newline="\n")


def _machine() -> str:
    """The machine and the versions, in general terms."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in _NAMED)
    return (
        f"{psutil.cpu_count()} processor cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}; {versions}"
    )
