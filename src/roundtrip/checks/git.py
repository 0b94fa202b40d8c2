"""Goals about commits, and about what is not committed."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from ..facts import State
from .finding import Finding, many


def commits(state: State, project: Path, count: int) -> Finding:
    """The current branch holds exactly `count` commits."""
    found = len(state.git.commits)
    text = f"{many(found, 'commit')} on the current branch"
    if found == count:
        return Finding(True, text)
    if found < count:
        if not state.git.uncommitted:
            cause = "A reset went too far back, or an earlier step is missing."
            return Finding(False, text, cause, "git reflog")
        step = "git add ." if state.git.untracked or state.git.modified else "git commit"
        return Finding(False, text, "Work is in the files but not in a commit.", step)
    cause = "The branch holds later work too: it was not reset, or was committed in more steps."
    return Finding(False, text, cause, "git log --oneline")


def head_subject(state: State, project: Path, subject: str) -> Finding:
    """The message of the last commit on main, the lessons' only branch, is `subject`."""
    if not state.git.commits:
        return Finding(False, "no commit yet", "Nothing was committed.", "git status")
    if state.git.branch is None:
        cause = "HEAD is on no branch, so no branch was changed."
        return Finding(False, "on no branch", cause, "git switch main")
    if state.git.branch != "main":
        cause = "A branch of its own leaves main as it was, and the lessons are on main."
        return Finding(False, f"on the branch {state.git.branch}", cause, "git switch main")
    found = state.git.commits[0].subject
    text = f"the last commit is “{found}”"
    if found == subject:
        return Finding(True, text)
    older = [commit.hash[:7] for commit in state.git.commits if commit.subject == subject]
    if older:
        cause = f"“{subject}” is {older[0]}, further back: HEAD is not there."
        return Finding(False, text, cause, "git log --oneline")
    if any(entry.says(subject) for entry in _reflog(project)):
        cause = f"“{subject}” is on no branch any more, but Git remembers it."
        return Finding(False, text, cause, "git reflog")
    return Finding(False, text, f"No commit is called “{subject}” here.", "git log --oneline")


def taken_back(state: State, project: Path, subject: str) -> Finding:
    """A commit that followed the last one is on the branch no more: a reset took it back.

    The last one is to be that with the message `subject`.
    """
    if not (here := head_subject(state, project, subject)).met:
        return here
    kept = {commit.hash for commit in state.git.commits}
    for entry in _reflog(project):
        if entry.is_commit and entry.before == state.git.head and entry.after not in kept:
            return Finding(True, f"{entry.after[:7]} was made on this commit, and taken back")
    text = "nothing was taken back to this commit"
    cause = "The commit that is to be taken back is still there, or was never made."
    return Finding(False, text, cause, "git log --oneline")


def clean(state: State, project: Path) -> Finding:
    """Nothing is modified, staged or untracked."""
    if not state.git.repository:
        return Finding(False, "no Git repository", "It has not been made yet.", "git init")
    loose = state.git.uncommitted
    if not loose:
        return Finding(True, "every file is committed")
    text = f"not committed: {', '.join(loose)}"
    if _scripts(state) & set(loose):
        return Finding(False, text, "The migration script is not committed.", "git add .")
    if state.git.untracked or state.git.modified:
        return Finding(False, text, "A change was made after the last commit.", "git status")
    return Finding(False, text, "It is staged, and git commit did not follow.", "git commit")


def changed_only(state: State, project: Path, files: list[str]) -> Finding:
    """Exactly these tracked files differ from the last commit, and no script is new."""
    found = sorted({*state.git.modified, *state.git.staged})
    text = f"changed since the last commit: {', '.join(found) or 'nothing'}"
    new = sorted(_scripts(state) & {*state.git.untracked})
    if new:
        cause = "A migration script is there too early: git clean deletes it."
        return Finding(False, f"{text}; new: {new[0]}", cause, f"git clean -f {new[0]}")
    if found == sorted(files):
        return Finding(True, text)
    missing = [file for file in files if file not in found]
    if missing:
        cause = f"The change to {missing[0]} was not saved, or is committed already."
        return Finding(False, text, cause, "git log --oneline")
    return Finding(False, text, "Another file was changed as well.", "git diff")


def untracked(state: State, project: Path, pattern: str) -> Finding:
    """A file that matches `pattern` is there and not tracked by Git."""
    found = [name for name in state.git.untracked if fnmatch(name, pattern)]
    if found:
        return Finding(True, f"{found[0]} is there, and Git does not track it yet")
    text = f"no untracked file {pattern}"
    if staged := [name for name in state.git.staged if fnmatch(name, pattern)]:
        command = f"git restore --staged {staged[0]}"
        return Finding(False, text, f"{staged[0]} is staged already.", command)
    if known := [r.file for r in state.migrations.revisions if fnmatch(r.file, pattern)]:
        return Finding(False, text, f"{known[0]} is committed already.", "git log --oneline")
    cause = "The file was not made, or it has another name."
    return Finding(False, text, cause, "git status")


@dataclass(frozen=True)
class _Move:
    """A line of Git's reflog: where HEAD was, where it went, and by what."""

    before: str
    after: str
    what: str

    @property
    def is_commit(self) -> bool:
        return self.what.startswith("commit")

    def says(self, subject: str) -> bool:
        """Whether this was the commit with this message."""
        return self.is_commit and self.what.partition(": ")[2] == subject


def _reflog(project: Path) -> list[_Move]:
    """Where HEAD has been, oldest first (`git help gitrepository-layout`, logs)."""
    try:
        lines = (project / ".git/logs/HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    halves = (line.partition("\t") for line in lines.splitlines())
    return [_Move(*who.split(" ")[:2], what) for who, _, what in halves]


def _scripts(state: State) -> set[str]:
    return {revision.file for revision in state.migrations.revisions}
