"""Finds a migration script that is gone, wherever Git may still have it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ..git_facts import GitState
from ..migration_facts import Rescue
from .git import BRANCHES, Run, git_lines, stashed
from .overwriting import overwritten, refused
from .scripts import read_script


def find_script(project: Path, run: Run, missing: str, folder: str, git: GitState) -> Rescue:
    """Look for the file of a missing revision wherever Git may still have it; else "lost"."""
    if not git.repository:
        return Rescue("lost")
    search = _Search(project, run, missing, folder, git)
    return next(filter(None, (look(search) for look in _PLACES)), Rescue("lost"))


def find_maker(run: Run, name: str, folder: str, heads: Collection[str]) -> Rescue | None:
    """Look in all commits, those before a reset too, for a script that made `user.age`, or `user`.

    It is taken for gone: asked for is what no script in the folder makes. One that does not follow
    these `heads` is left out, as it would be a second head.
    """
    versions, quoted = f"{folder}/versions", rf"['\"]{re.escape(name.rpartition('.')[2])}['\"]"
    everywhere = ("log", "--all", "--reflog", "-n9", "--format=%h", "--diff-filter=AM")
    for commit in git_lines(run, *everywhere, "-E", f"-G{quoted}", "--", versions):
        for line in git_lines(run, "grep", "-z", "-l", "-E", quoted, commit, "--", versions):
            file = line.partition(":")[2]
            with suppress(SyntaxError, ValueError):
                script = read_script(ast.parse(run(["git", "show", line]).stdout), file)
                makes = name in (*script.adds, *script.columns)
                if makes and {*script.parents} == {*heads}:
                    return Rescue("commit", commit, file)
    return None


@dataclass(frozen=True)
class _Search:
    """What is looked for: the script of the revision `missing` in `folder`."""

    project: Path
    run: Run
    missing: str
    folder: str
    git: GitState

    def lines(self, *arguments: str) -> list[str]:
        """What a Git command lists."""
        return git_lines(self.run, *arguments)

    def file_in(self, commit: str) -> str:
        """The script's file in a commit; empty where that has none, or is not known to Git."""
        grep = ("grep", "-z", "-l", "-E", self.pattern, commit, "--", self.versions)
        lines = self.lines(*grep)
        return lines[0].partition(":")[2] if lines else ""

    def is_after_head(self, commit: str) -> bool:
        """Whether a reset to this commit would leave none that is there now."""
        return not self.run(["git", "merge-base", "--is-ancestor", "HEAD", commit]).returncode

    @property
    def versions(self) -> str:
        """The folder of the scripts."""
        return f"{self.folder}/versions"

    @property
    def pattern(self) -> str:
        """What the line with the script's own id looks like."""
        return rf"^revision\b.*['\"]{re.escape(self.missing)}['\"]"

    @cached_property
    def branches(self) -> list[str]:
        """The names of all branches."""
        return self.lines(*BRANCHES)

    @cached_property
    def left(self) -> str:
        """The place that HEAD came from, where its last move was to change the branch."""
        moved = "".join(self.lines("log", "-g", "-n1", "--format=%gs"))
        found = re.match(r"checkout: moving from (\S+) to ", moved)
        return found[1] if found else ""

    def on_branch(self, kind: str, branch: str, file: str) -> Rescue:
        """The file on a branch to go to; the file alone, where that is not the way."""
        way = refused(self.project, self.run, self.git, branch)
        return self._reached(kind, branch, file, way, not (self.git.merging or self.git.rebasing))

    def before_reset(self, kind: str, commit: str, file: str) -> Rescue:
        """The file at a commit to go back to; the file alone, where that is not the way."""
        way = overwritten(self.project, self.run, self.git, commit)
        # After a change of branch, it was another branch that was reset.
        is_ahead = not self.left and self.is_after_head(commit)
        return self._reached(kind, commit, file, way, is_ahead)

    def _reached(
        self, kind: str, where: str, file: str, in_the_way: tuple[str, ...], there: bool
    ) -> Rescue:
        # What Git ignores, such as a database, stays where it is.
        if there and {*in_the_way} <= {*self.git.uncommitted}:
            return Rescue(kind, where, file, in_the_way)
        return Rescue("commit", where, file)


def _last_commit(search: _Search) -> Rescue | None:
    file = search.file_in("HEAD")
    return Rescue("worktree", "HEAD", file) if file else None


def _stashes(search: _Search) -> Rescue | None:
    names = search.lines("stash", "list", "--format=%gd") if search.git.stashed else ()
    for number, stash in enumerate(names):
        taken = stashed(search.run, stash)
        for commit in (f"{stash}^3", f"{stash}^2", stash):
            if (file := search.file_in(commit)) and file in taken:
                behind = number == 0 and search.git.stash_behind
                if not behind and not {*taken} & {*search.git.uncommitted}:
                    return Rescue("stash", str(number), file)
                # Git would refuse to bring the whole stash back.
                (short,) = search.lines("rev-parse", "--short", commit)
                return Rescue("commit", short, file)
    return None


def _branch_that_was_left(search: _Search) -> Rescue | None:
    for branch in (search.left, search.git.way_back):
        if branch in search.branches and (file := search.file_in(branch)):
            return search.on_branch("branch", branch, file)
    return None


def _before_a_reset(search: _Search) -> Rescue | None:
    file = search.file_in("ORIG_HEAD")
    if not file:
        return None
    followed = rf"^down_revision\b.*['\"]{re.escape(search.missing)}['\"]"
    grep = ("grep", "-q", "-E", followed, "ORIG_HEAD", "--", search.versions)
    kind, where = "orig_head", "ORIG_HEAD"
    if not search.left and not search.run(["git", *grep]).returncode:
        brought = ("log", "-n1", "--diff-filter=A", "--format=%h", "ORIG_HEAD", "--", file)
        kind, where = "too_far", search.lines(*brought)[0]
    return search.before_reset(kind, where, file)


def _any_branch(search: _Search) -> Rescue | None:
    for branch in search.branches:
        if file := search.file_in(branch):
            if search.lines("log", "-n1", "--format=%h", "HEAD", "--", file):
                return Rescue("commit", branch, file)  # it was here too, and was deleted
            return search.on_branch("another branch", branch, file)
    return None


def _any_commit(search: _Search) -> Rescue | None:
    everywhere = ("log", "--all", "--reflog", "-n1", "--format=%h", "--diff-filter=AM")
    where = ("-E", f"-G{search.pattern}", "--", search.versions)
    found = search.lines(*everywhere, *where)
    for commit in found or search.lines(*everywhere, "-m", "--merges", *where):
        if file := search.file_in(commit):
            # One that was on this branch has been replaced here, as by an amend.
            replaced = search.lines("log", "-g", "--format=%h", search.git.branch or "HEAD")
            named = search.lines(*BRANCHES, f"--contains={commit}")
            unnamed = not named and commit not in replaced
            return replace(search.before_reset("too_far", commit, file), unnamed=unnamed)
    return None


def _content_without_a_commit(search: _Search) -> Rescue | None:
    """What was only staged is in no commit, but its content stays until Git cleans up."""
    for line in search.lines("fsck", "--unreachable", "--no-progress"):
        kind, blob = line.split()[1:3]
        if kind == "blob" and search.lines("grep", "-z", "-l", "-E", search.pattern, blob):
            return Rescue("blob", blob[:10], f"{search.versions}/{search.missing}.py")
    return None


_PLACES: tuple[Callable[[_Search], Rescue | None], ...] = (
    _last_commit,
    _stashes,
    _branch_that_was_left,
    _before_a_reset,
    _any_branch,
    _any_commit,
    _content_without_a_commit,
)
"""Where to look, the place from which it comes back most easily first."""
