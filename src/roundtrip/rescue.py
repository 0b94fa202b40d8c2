"""Finds a migration script that is gone, wherever Git may still have it."""

from __future__ import annotations

import re

from .facts import GitState, Rescue
from .git_facts import Run, git_lines, stashed


def find_script(run: Run, missing: str, folder: str, git: GitState) -> Rescue:
    """Look for the file of a missing revision wherever Git may still have it."""
    if not git.repository:
        return Rescue("lost")
    pattern = rf"^revision\b.*['\"]{re.escape(missing)}['\"]"

    def file_in(commit: str) -> str:
        # A name that Git does not know makes it fail, so each is asked for alone.
        lines = git_lines(
            run, "grep", "-z", "-l", "-E", pattern, commit, "--", f"{folder}/versions"
        )
        return lines[0].partition(":")[2] if lines else ""

    moved = "".join(git_lines(run, "log", "-g", "-n1", "--format=%gs"))
    left = re.match(r"checkout: moving from (\S+) to ", moved)
    branches = git_lines(run, "for-each-ref", "--format=%(refname:short)", "refs/heads")
    if file := file_in("HEAD"):
        return Rescue("worktree", "HEAD", file)
    for stash in git_lines(run, "stash", "list", "--format=%gd") if git.stashed else ():
        taken = stashed(run, stash)
        for commit in (f"{stash}^3", f"{stash}^2", stash):
            if (file := file_in(commit)) and file in taken:
                if not {*taken} & {*git.uncommitted}:
                    return Rescue("stash", stash, file)
                # Git would refuse to bring the whole stash back.
                (short,) = git_lines(run, "rev-parse", "--short", commit)
                return Rescue("commit", short, file)
    if left and left[1] in branches and (file := file_in(left[1])):
        return Rescue("commit" if git.uncommitted else "branch", left[1], file)
    if file := file_in("ORIG_HEAD"):
        followed = rf"^down_revision\b.*['\"]{re.escape(missing)}['\"]"
        grep = ("grep", "-q", "-E", followed, "ORIG_HEAD", "--", f"{folder}/versions")
        if not left and not run(["git", *grep]).returncode:
            brought = git_lines(
                run, "log", "-n1", "--diff-filter=A", "--format=%h", "ORIG_HEAD", "--", file
            )
            return Rescue("too_far", brought[0], file)
        ahead = not run(["git", "merge-base", "--is-ancestor", "HEAD", "ORIG_HEAD"]).returncode
        # After a change of branch, it was another branch that was reset.
        return Rescue("orig_head" if ahead and not left else "commit", "ORIG_HEAD", file)
    for branch in branches:
        if file := file_in(branch):
            return Rescue("commit", branch, file)
    everywhere = ("log", "--all", "--reflog", "-n1", "--format=%h", "--diff-filter=AM")
    for commit in git_lines(run, *everywhere, "-E", f"-G{pattern}", "--", f"{folder}/versions"):
        if file := file_in(commit):
            return Rescue("commit", commit, file)
    # What was only staged is in no commit, but its content stays until Git cleans up.
    for line in git_lines(run, "fsck", "--unreachable", "--no-progress"):
        kind, blob = line.split()[1:3]
        if kind == "blob" and git_lines(run, "grep", "-z", "-l", "-E", pattern, blob):
            return Rescue("blob", blob[:10], f"{folder}/versions/{missing}.py")
    return Rescue("lost")
