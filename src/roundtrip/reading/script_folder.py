"""Reads the folder of the migrations: its scripts, in their order, and what is wrong with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from ..facts import MigrationState, Revision
from ..git_facts import GitState
from .scripts import read_script


def read_scripts(
    project: Path, folder: str, git: GitState, tracked: frozenset[str]
) -> MigrationState:
    """The scripts as they lie in `folder`, oldest first; nothing of the database yet.

    `tracked`: the files in Git's index. What cannot be read is the state's `error`.
    """
    if not (project / folder).is_dir():
        return MigrationState(folder=folder)
    found: dict[str, Revision] = {}
    problems = list(_setup_problems(project, folder))
    for path in sorted((project / folder / "versions").glob("*.py")):
        if path.name.startswith((".#", "__init__")):  # as Alembic does
            continue
        inside = path.is_relative_to(project)
        file = path.relative_to(project).as_posix() if inside else path.as_posix()
        try:
            revision = read_script(ast.parse(path.read_bytes()), file)
        except (OSError, SyntaxError, ValueError) as error:
            problems.append((_said(file, error), file, ""))
            continue
        if revision.id in found:
            other = found[revision.id].file
            problem = f"Both {other} and {file} say that they are {revision.id}."
            copied = max((other, file), key=lambda each: _newness(project, each, git, tracked))
            problems.append((problem, copied, "same id"))
        found[revision.id] = replace(
            revision,
            tracked=file in tracked,
            committed=file in tracked and file not in git.added,
            ignored=git.repository and file not in tracked and file not in git.untracked,
        )
    in_line = list(_oldest_first(found))
    ids = {revision.id for revision in in_line}
    beside = [revision for revision in found.values() if revision.id not in ids]
    problems += _order_problems(found, beside, git)
    parents = {parent for revision in found.values() for parent in revision.parents}
    error, error_file, error_kind = problems[0] if problems else (None, "", "")
    return MigrationState(
        exists=True,
        revisions=(*in_line, *beside),
        heads=tuple(sorted(found.keys() - parents)),
        error=error,
        error_file=error_file,
        error_kind=error_kind,
        folder=folder,
    )


def _newness(
    project: Path, file: str, git: GitState, tracked: frozenset[str]
) -> tuple[bool, bool, int, int]:
    """What is greater for a copy of a script: not in Git, in no commit, younger, a longer name."""
    written = (project / file).stat().st_mtime_ns
    return file not in tracked, file in git.added, written, len(file)


_Problem = tuple[str, str, str]
"""What is wrong, in which file, and of which kind: as in `MigrationState`."""


def _setup_problems(project: Path, folder: str) -> Iterator[_Problem]:
    """What keeps Alembic from starting, before it looks at any script."""
    for name in ("alembic.ini", "env.py"):
        file = f"{folder}/{name}"
        try:
            source = (project / file).read_bytes()
            if name == "env.py":
                ast.parse(source)
        except SyntaxError as error:
            yield _said(file, error), file, ""
        except (OSError, ValueError):
            yield f"There is no readable {file}.", file, ""


def _said(file: str, error: Exception) -> str:
    """Why a file of Python cannot be read."""
    if isinstance(error, SyntaxError):
        return f"{file}, line {error.lineno}: SyntaxError: {error.msg}."
    return f"{file}: {error}."


def _order_problems(
    found: Mapping[str, Revision], beside: list[Revision], git: GitState
) -> Iterator[_Problem]:
    """Scripts that follow what no file has; those `beside` the line, which have no first one."""
    for revision in found.values():
        for parent in revision.parents:
            if parent not in found:
                problem = f"{revision.file} follows revision {parent}, which no file has."
                yield problem, revision.file, "no parent"
    if ring := _ring(beside):
        files = [revision.file for revision in ring]
        problem = f"{' and '.join(files)} follow one another, so there is no first one."
        if len(files) == 1:
            problem = f"{files[0]} follows itself, so there is no first one."
        edited = [file for file in files if file in git.modified]
        yield problem, (edited or files)[0], ""


def _ring(revisions: list[Revision]) -> list[Revision]:
    """Those that follow one another in a ring, without those that only follow the ring."""
    while revisions:
        parents = {parent for revision in revisions for parent in revision.parents}
        followed = [revision for revision in revisions if revision.id in parents]
        if len(followed) == len(revisions):
            break
        revisions = followed
    return revisions


def _oldest_first(found: Mapping[str, Revision]) -> Iterator[Revision]:
    """Without those that follow one another in a ring, and what follows these."""
    order = TopologicalSorter({r.id: [p for p in r.parents if p in found] for r in found.values()})
    with suppress(CycleError):  # what no ring holds up comes all the same
        order.prepare()
    place = {each: number for number, each in enumerate(found)}
    while ready := sorted(order.get_ready(), key=place.__getitem__):
        yield from (found[each] for each in ready)
        order.done(*ready)
