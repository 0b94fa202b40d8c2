"""What stands for every command: it begins as fast as Python itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from roundtrip import preload
from roundtrip.environment import environment

CLIENT = Path(preload.__file__).with_name("client.py")


def test_it_imports_nothing_that_takes_long(helper: str, project: Path):
    """`os`, `signal` (for `enum`) and `socket` would take half as long again as all the rest."""
    words = [CLIENT, helper, "flask", "flask", "--version"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", *words],
        cwd=project,
        env=environment(project),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Python ")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "_socket" in loaded
    assert not {"os", "signal", "enum", "socket", "site", "re", "typing"} & loaded
