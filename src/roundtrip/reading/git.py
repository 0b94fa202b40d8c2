"""Reads what Git knows of a project: commits, changes, the stash."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..git_facts import Commit, GitState

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
"""Runs a program in the project, as `terminal.capture` does."""

BRANCHES = ("for-each-ref", "--format=%(refname:short)", "refs/heads")
"""What Git is asked for the names of all branches; `--contains=…` leaves some of them out."""

_LAST_COMMITS = 200

_LAST = ("diff-tree", "-r", "-z", "--name-status", "HEAD~1", "HEAD")
"""What Git is asked for the files that the last commit has changed, and how."""


def read_git(project: Path, run: Run) -> tuple[GitState, frozenset[str]]:
    """What Git says, and every file in its index."""
    if not (project / ".git").exists():
        return GitState(), frozenset()
    options = ["--porcelain=v2", "--branch", "--show-stash", "--untracked-files=all", "-z"]
    # Without optional locks `git status` does not write a fresher index.
    status = run(["git", "--no-optional-locks", "status", *options])
    if status.returncode:
        said = " ".join(status.stderr.split()).removeprefix("fatal: ")
        return GitState(error=said or "Git cannot read the folder .git."), frozenset()
    found: dict[str, list[str]] = {name: [] for name in _LISTS}
    about: dict[str, str] = {}
    fields = iter(status.stdout.split("\0"))
    for entry in filter(None, fields):
        if entry.startswith("# "):
            key, _, value = entry[2:].partition(" ")
            about[key] = value
        elif entry.startswith("? "):
            found["untracked"].append(entry[2:])
        else:
            _sort_in(found, entry, fields)
    # What `git rm --cached` took out of the index alone is still there.
    found["deleted"] = [file for file in found["deleted"] if file not in found["untracked"]]
    found["joined"] = [file for file in found["joined"] if _is_joined(project / file)]
    head = about.get("branch.oid", "(initial)")
    branch = about.get("branch.head", "(detached)")
    commits: tuple[Commit, ...] = ()
    if head != "(initial)":
        lines = git_lines(run, "log", "-z", "-n", str(_LAST_COMMITS), "--format=%H%x1f%s")
        commits = tuple(Commit(*line.split("\x1f", 1)) for line in lines)
    stash = stashed(run, "refs/stash") if "stash" in about else ()
    new = {*found["untracked"], *found["added"]}
    tracked = frozenset(git_lines(run, "ls-files", "-z"))
    did = git_lines(run, *_LAST) if new or not tracked else []
    state = GitState(
        repository=True,
        branch=None if branch == "(detached)" else branch,
        head=None if head == "(initial)" else head,
        commits=commits,
        pushed=about.get("branch.ab", "").startswith("+0 "),
        merging=next((how for how, mark in _MARKS if (project / ".git" / mark).is_file()), ""),
        stashed=stash,
        stash_behind=bool(stash) and _is_behind(project, run, stash),
        stashed_on=_branch_of_stash(run, branch) if stash else "",
        **(_without_branch(project, run) if branch == "(detached)" else {}),
        files_at=_not_reset(project, run, found),
        removed=tuple(path for how, path in zip(did[::2], did[1::2], strict=False) if how == "D"),
        last=tuple(did[1::2]),
        **_left_by_a_reset(project, run, new),
        **_sorted(found),
    )
    return state, tracked


_MARKS = (
    *(("merge", "MERGE_HEAD"), ("cherry-pick", "CHERRY_PICK_HEAD"), ("revert", "REVERT_HEAD")),
)
"""Commands that may end before their commit, and the file that Git keeps until then."""


def _sorted(found: dict[str, list[str]]) -> dict[str, Any]:
    return {name: tuple(sorted(set(paths))) for name, paths in found.items()}


_LISTS = ("modified", "staged", "untracked", "added", "deleted", "conflicts", "joined")


def _sort_in(found: dict[str, list[str]], entry: str, fields: Iterator[str]) -> None:
    """Sort one entry into the lists (`git help status`, "Porcelain Format Version 2")."""
    kind, changes = entry[0], entry[2:4]
    path = entry.split(" ", {"1": 8, "2": 9, "u": 10}[kind])[-1]
    if kind == "u":
        found["conflicts"].append(path)
        if changes in ("UU", "AA"):
            found["joined"].append(path)
        return
    if kind == "2":
        old = next(fields)
        found["staged"].append(old)
        found["deleted"].append(old)
    for name, is_so in {
        "staged": changes[0] != ".",
        "modified": changes[1] != ".",
        "added": changes[0] in "ARC",
        "deleted": "D" in changes,
    }.items():
        if is_so:
            found[name].append(path)


def _is_joined(file: Path) -> bool:
    """Whether a text that Git could not join has none of its marks left."""
    try:
        text = file.read_bytes()
    except OSError:
        return False
    return b"\0" not in text and not re.search(rb"^(<{7}|>{7}) ", text, re.MULTILINE)


def stashed(run: Run, stash: str) -> tuple[str, ...]:
    """The files in a stash. Its third parent, where it has one, holds those untracked."""
    changed = git_lines(run, "diff-tree", "-r", "-z", "--name-only", f"{stash}^1", stash)
    return (*changed, *git_lines(run, "ls-tree", "-r", "-z", "--name-only", f"{stash}^3"))


def _is_behind(project: Path, run: Run, files: Sequence[str]) -> bool:
    """Whether one of these files is not as the newest stash has left it, so that Git may refuse."""
    loose = git_lines(run, "ls-tree", "-r", "-z", "--name-only", "refs/stash^3")
    if any((project / file).exists() for file in loose):
        return True
    words = ("--no-optional-locks", "diff", "--quiet", "refs/stash^1", "--", *files)
    return bool(run(["git", *words]).returncode)


def _branch_of_stash(run: Run, branch: str) -> str:
    """The branch that the newest stash was made on; empty for the one here, or one that is gone."""
    subject = "".join(git_lines(run, "log", "-1", "--format=%s", "refs/stash"))
    name = subject.partition(": ")[0].rpartition("n ")[2]  # "WIP on main: …", "On main: …"
    known = git_lines(run, "for-each-ref", "--format=%(refname:short)", "refs/heads")
    return name if name != branch and name in known else ""


def _without_branch(project: Path, run: Run) -> dict[str, Any]:
    """What there is to know where HEAD is on no branch."""
    branches = git_lines(run, *BRANCHES)
    having = git_lines(run, *BRANCHES, "--contains=HEAD")
    came_from = git_lines(run, "rev-parse", "--abbrev-ref", "@{-1}")
    ways = [each for each in (*came_from, *having, "main", *branches) if each in branches]
    differs = git_lines(run, "diff", "--name-only", "-z", "HEAD", ways[0], "--") if ways else ()
    return {
        "way_back": ways[0] if ways else "",
        "way_differs": tuple(differs),
        "way_ahead": len(git_lines(run, "rev-list", f"HEAD..{ways[0]}")) if ways else 0,
        "on_no_branch": not having,
        "rebasing": any(
            (project / ".git" / f"rebase-{way}").is_dir() for way in ("merge", "apply")
        ),
    }


def _left_by_a_reset(project: Path, run: Run, files: set[str]) -> dict[str, Any]:
    """Which of these files, in no commit here, HEAD had at a commit before the resets done last.

    A file that was in no commit stays behind a reset with --hard too, so Git is asked.
    """
    found, left = "", set[str]()
    for line in reversed(moves_of_head(project) if files else ()):
        if "\treset: moving to" not in line or left == files:
            break
        before = line.split(" ")[0]
        if here := (files - left) & {*git_lines(run, "ls-tree", "-r", "-z", "--name-only", before)}:
            found, left = before, left | here
    return {"reset_from": found[:7], "left": tuple(sorted(left))}


def _not_reset(project: Path, run: Run, found: dict[str, list[str]]) -> str:
    """Where HEAD was before it was reset to a later commit, if the files are still as they were."""
    last = "".join(moves_of_head(project)[-1:])
    changed = found["modified"] or found["staged"]
    mine = {*found["untracked"]} & {*found["staged"]}  # of the name of a file in that commit
    if "\treset: moving to" not in last or not changed or mine:
        return ""
    before = last.split(" ")[0]
    as_before = ("--no-optional-locks", "diff", "--quiet", before)
    asked = (("merge-base", "--is-ancestor", before, "HEAD"), as_before)
    return "" if any(run(["git", *each]).returncode for each in asked) else before[:7]


def moves_of_head(project: Path) -> list[str]:
    """Where HEAD has been, oldest first (`git help gitrepository-layout`, logs)."""
    try:
        log = (project / ".git/logs/HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return log.splitlines()


def git_lines(run: Run, *arguments: str) -> list[str]:
    """What a Git command lists, entries ended by NUL or newline; nothing where it fails.

    A file that took the place of another like it is new, and the other deleted: no rename.
    """
    done = run(["git", "-c", "diff.renames=false", *arguments])
    separator = "\0" if "-z" in arguments else "\n"
    return [] if done.returncode else [line for line in done.stdout.split(separator) if line]
