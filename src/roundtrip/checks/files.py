"""Goals about the files of the project."""

from __future__ import annotations

from pathlib import Path

from ..course import find_course
from ..facts import State
from .commit_causes import why_changed
from .finding import Cure, Finding, met, unmet


def has_file(state: State, project: Path, file: str) -> Finding:
    """The project has this file."""
    if (project / file).is_file():
        return met(f"{file} is there")
    if file in state.git.deleted:
        return unmet(f"no file {file}", why_changed(state, file))
    return unmet(f"no file {file}", Cure("It was not written yet.", f"%%writefile {file}"))


def same_files(state: State, project: Path, folder: str) -> Finding:
    """The files in this folder are those of the course's folder of that name, byte for byte."""
    ours, theirs = _files(find_course().folder / folder), _files(project / folder)
    different = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
    if not different:
        return met(f"{folder} is as the course has it")
    first = different[0]
    what = "differs" if first in ours and first in theirs else "is missing"
    what = what if first in ours else "is one too many"
    cause = "A cell that writes this file did not run, or the file was changed afterwards."
    following = "git status" if first in theirs else f"%%writefile {folder}/{first}"
    if first in theirs and not state.git.repository:
        following = f"%show {folder}/{first}"
    return unmet(f"{folder}/{first} {what}", Cure(cause, following))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
