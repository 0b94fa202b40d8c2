"""A command run as a cell does, and all that it printed."""

from __future__ import annotations

import shlex
from pathlib import Path

from roundtrip import terminal


def run(command: str, project: Path) -> tuple[int, str]:
    pieces: list[str] = []
    code = terminal.stream(command, project, project, pieces.append)
    return code, "".join(pieces)


def python(code: str) -> str:
    return f"python -c {shlex.quote(code)}"
