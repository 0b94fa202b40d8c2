"""Reads the four places of the workspace, and not again while nothing in it has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .. import terminal
from ..state import State
from . import state

_Trace = tuple[tuple[str, int, int, int], ...]


class Reader:
    """Reads one project. Keeps the last reading: `%finish` after `%board` costs no second one."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._trace: _Trace = ()
        self._last: State | None = None

    def read(self, env_file: str | None = None) -> State:
        """The four places now. `env_file` names another database, as `flask --env-file` does."""
        before = tuple(_traces(self._project))
        if env_file is None and self._last is not None and before == self._trace:
            return self._last
        try:
            found = state.read(
                self._project, lambda words: terminal.capture(words, self._project), env_file
            )
        except KeyboardInterrupt:
            terminal.end_captured()
            raise
        here = _is_inside(self._project, found.database.url)
        if env_file is None and here and not _has_trouble(found):
            # A file that changed while it was read leaves another trace than the one kept here.
            self._trace, self._last = before, found
        return found


def _traces(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """What changes about a file when it is written: a time in nanoseconds, its size, its number.

    The time is that of the last status change (`st_ctime_ns`), which cannot be set back, unlike
    that of the last change.
    """
    with suppress(FileNotFoundError, PermissionError):  # it has gone since, or is another's
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            with suppress(OSError):  # others write here too; or a link leads in a circle
                about = entry.stat(follow_symlinks=entry.is_file())
                yield entry.path, about.st_ctime_ns, about.st_size, about.st_ino
            if entry.is_dir(follow_symlinks=False):
                yield from _traces(Path(entry.path))


def _has_trouble(found: State) -> bool:
    """Whether something could not be read: what is in the way may lie outside the project."""
    parts = (found.git, found.model, found.migrations, found.database)
    locked = any(other.problem == "locked" for other in found.elsewhere)
    return any(part.error for part in parts) or bool(found.database.problem) or locked


def _is_inside(project: Path, url: str) -> bool:
    """Whether a database is a file of the project. Of others no trace can be seen here."""
    file = (project / url).resolve()
    return "://" not in url and file.is_relative_to(project.resolve())
