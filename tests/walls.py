"""A command that must pass, plain Git beside it, and what a folder holds byte by byte."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from pathlib import Path

from roundtrip import terminal

EXECUTABLE = stat.S_IRWXU


def run(command: str, project: Path, cwd: Path | None = None) -> str:
    """Run it, expect it to pass, return what it printed."""
    pieces: list[str] = []
    code = terminal.stream(command, project, cwd or project, pieces.append)
    assert code == 0, "".join(pieces)
    return "".join(pieces)


def outside_git(folder: Path, *arguments: str) -> str:
    """Plain git, with an environment of this test's own."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def fingerprint(folder: Path, without: Path | None = None) -> dict[str, str]:
    """Every path below a folder, with its content and mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if without and (path == without or path.is_relative_to(without)):
            continue
        data = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (
            f"{path.stat().st_mode} " + hashlib.sha256(data).hexdigest()
        )
    return found
