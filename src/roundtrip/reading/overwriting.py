"""Finds the files of a project that a way to another commit would overwrite, or that forbid it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..git_facts import GitState
from .git import Run, git_lines


def refused(project: Path, run: Run, git: GitState, commit: str) -> tuple[str, ...]:
    """The files that are in no commit, and in the way of `git checkout` of this one.

    Git refuses to overwrite them, but for those that it ignores.
    """
    differs = git_lines(run, "diff", "--name-only", "-z", "HEAD", commit, "--")
    changed = {*git.staged, *git.modified}
    return tuple(sorted(_meeting(changed, differs) | _loose(project, run, git, commit)))


def overwritten(project: Path, run: Run, git: GitState, commit: str) -> tuple[str, ...]:
    """The files that no commit has, and that `git reset --hard` to this one would overwrite.

    Where the commit has the same content, nothing is lost.
    """
    loose = sorted(_loose(project, run, git, commit))
    return tuple(f for f in loose if not _is_same(run, f, f"{commit}:{f}"))


def _loose(project: Path, run: Run, git: GitState, commit: str) -> set[str]:
    """The files outside Git in places where a commit has one of its own; ignored ones, too."""
    brought = ("diff", "--name-only", "-z", "--diff-filter=A", "HEAD", commit, "--")
    new = {*git_lines(run, *brought)} - {*git.added}
    return {file for file in new if (project / file).is_file()} | _meeting(git.untracked, new)


def _meeting(files: Iterable[str], others: Iterable[str]) -> set[str]:
    """Those files that are among the others, or where one of these has a folder, or under one."""
    places = {*others}
    folders = {"/".join(parts[:n]) for parts in _split(places) for n in range(1, len(parts))}
    return {
        "/".join(parts)
        for parts in _split(files)
        if any("/".join(parts[:n]) in places for n in range(1, len(parts) + 1))
        or "/".join(parts) in folders
    }


def _split(files: Iterable[str]) -> list[list[str]]:
    return [file.split("/") for file in files]


def _is_same(run: Run, file: str, blob: str) -> bool:
    """Whether a file has the content that Git has there."""
    found = git_lines(run, "hash-object", "--", file)
    return bool(found) and found == git_lines(run, "rev-parse", "-q", "--verify", blob)
