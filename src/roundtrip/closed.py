"""A kernel in which the course could not begin runs nothing: IPython would run it in the clone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from . import environment
from .errors import Refused, RoundtripError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def close(shell: InteractiveShell, problem: Exception) -> None:
    """Refuse each `!command` and each magic of this kernel from now on, `%lesson` included.

    `problem` is why the course could not begin. What Python itself starts finds no repository. The
    kernel stays like this until it is restarted: only then can it have another ROUNDTRIP_HOME.
    """
    why = (
        f"{problem} Then start JupyterLab again."
        if isinstance(problem, RoundtripError)
        else f"The course could not begin here ({type(problem).__name__}: {problem}); in a "
        "terminal, `python3 start.py doctor` or `roundtrip doctor` says more."
    )

    def refuse(*_: object, **__: object) -> NoReturn:
        raise Refused(
            f"Nothing was run: there is no workspace, and the course's own files lie here. {why}"
        )

    # All that is not Python comes this way: `!` and `x = !`, then `%…`, `!!`, `?` and `%%…`.
    for way in ("system", "getoutput", "run_line_magic", "run_cell_magic"):
        setattr(shell, way, refuse)
    environment.shield(Path(os.devnull))  # where Git finds no repository and can make none
