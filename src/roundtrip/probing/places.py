"""Where the database of an app lies, and the way in that writes nothing.

Imported by the course too, so it loads nothing heavy by itself.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

connect = sqlite3.connect
"""As it is before the probe puts another in its place."""


def sqlite_uri(file: Path) -> str:
    """The URI to open an SQLite file read-only, so that not even a helper file is written.

    In write-ahead mode (bytes 18 and 19 of the file, https://sqlite.org/fileformat.html) a reader
    makes helper files unless it says that nobody writes; with no `-wal` file, nobody does.
    """
    with suppress(OSError), file.open("rb") as stream:
        wal = Path(f"{file}-wal")
        if stream.read(20)[18:20] == b"\x02\x02" and not (wal.exists() and wal.stat().st_size):
            return f"file:{quote(file.as_posix())}?mode=ro&immutable=1"
    return f"file:{quote(file.as_posix())}?mode=ro"


def relative(file: str | Path) -> str:
    """The path as seen from the project; files of the installed packages stay as they are."""
    path = Path(file)
    inside = path.is_relative_to(Path.cwd()) and "site-packages" not in path.parts
    return path.relative_to(Path.cwd()).as_posix() if inside else str(file)


def url_and_file(url: Any) -> tuple[str, str | None]:
    """The URL as it may be shown, and the path of the SQLite file behind it, if there is one."""
    if url.get_backend_name() != "sqlite":
        return url.set(password=None, query={}).render_as_string(), None
    name = url.database or ""
    if name in ("", ":memory:") or "mode=memory" in name:
        return "sqlite in memory", None
    if name.startswith("file:"):
        name = name.removeprefix("file:").partition("?")[0]
    file = Path(name).absolute()
    return relative(file), str(file)


def read_only(file: Path | None) -> Any:
    """An engine of SQLAlchemy that reads this file; an empty database where there is none."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    uri = sqlite_uri(file) if file and file.exists() else "file::memory:"
    return create_engine(
        "sqlite://", poolclass=NullPool, creator=lambda: connect(uri, uri=True, timeout=0.5)
    )
