"""A disk that becomes full while something is written to it."""

from __future__ import annotations

import os
from pathlib import Path


def half_written(path: Path, *_: object, **__: object) -> None:
    """Opens a file as on a disk that becomes full while it is written."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    raise OSError(28, "No space left on device")
