"""Files that are written, and folders that are copied, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import RoundtripError


def read_json(path: Path) -> Any:
    """What a JSON file of the course holds; None when it is missing or cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file, as `write_text` does."""
    write_text(path, json.dumps(value, indent=1))


def write_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old or the new one, never half of it.

    Makes its folder. Raises `RoundtripError` where it cannot be written; the old one then stays.
    """
    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            shutil.copymode(path, fresh)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise RoundtripError(
            f"{path.name} could not be written ({first_reason(error)}), so it is as it was; make "
            "sure that there is room and that the folder can be written, then try again."
        ) from None


def copy(source: Path, target: Path) -> None:
    """Copy a project tree to a path that does not exist yet; all or nothing.

    What is neither a file nor a folder (a pipe, a socket) is left out. Raises `RoundtripError` when
    the rest cannot be copied whole (no room, no permission).
    """
    half = target.with_name(target.name + ".half")
    remove(half)
    try:
        half.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, half, symlinks=True, ignore=_neither_files_nor_folders)
        half.rename(target)
    except (OSError, shutil.Error) as error:
        remove(half)
        reason = first_reason(error)
        full = says_disk_is_full(reason)
        cure = "make room on the disk" if full else f"check whether {source} can be read whole"
        raise RoundtripError(
            f"A copy of the project could not be written ({reason}); {cure}, then try again."
        ) from None


def remove(folder: Path) -> None:
    """Take a folder away with all in it, also where some of it may not be written."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        if folder.is_dir() and not folder.is_symlink():
            folder.chmod(0o700)
            for place, names, _ in os.walk(folder):  # from above: each can be looked into then
                for child in (Path(place, name) for name in names):
                    if not child.is_symlink():
                        child.chmod(0o700)
            shutil.rmtree(folder, ignore_errors=True)


def _neither_files_nor_folders(folder: str, names: list[str]) -> list[str]:
    """Those of the names in a folder that only a running program gives a content."""
    paths = {name: Path(folder, name) for name in names}
    return [n for n, p in paths.items() if not (p.is_symlink() or p.is_file() or p.is_dir())]


def free_place(folder: Path, label: str) -> Path:
    """A name in the folder that is not taken: the time, then the label."""
    stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    count = 1
    place = folder / f"{stamp}_{label}"
    while os.path.lexists(place):
        count += 1
        place = folder / f"{stamp}_{label}_{count}"
    return place


def first_reason(error: Exception) -> str:
    """Why it failed, in a few words; of a copy that failed in many files, the first."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        said = str(error.args[0][0][-1])
        return said.removeprefix("[Errno ").partition("] ")[2].partition(": ")[0] or said
    return getattr(error, "strerror", None) or str(error)


def says_disk_is_full(text: str) -> bool:
    """Whether an error, in the words of the system, is that there is no room on the disk."""
    return any(os.strerror(number) in text for number in (errno.ENOSPC, errno.EDQUOT))
