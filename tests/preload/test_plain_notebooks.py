"""The notebooks without the helper: the same outputs, as every system without it has them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_notebooks_are_the_same_with_plain_commands():
    own = {name: value for name, value in os.environ.items() if "ROUNDTRIP" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "notebooks", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=own | {"ROUNDTRIP_PRELOAD": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert re.search(r"^1\d\d passed in", done.stdout, re.MULTILINE)
