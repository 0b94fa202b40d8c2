"""Goals about commits, and about what is not committed."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from ..facts import State
from ..verdict.commands import commit, delete, quoted
from .finding import Finding, many


def commits(state: State, project: Path, count: int) -> Finding:
    """The current branch holds exactly `count` commits."""
    found = len(state.git.commits)
    text = f"{many(found, 'commit')} on the current branch"
    if found == count:
        return Finding(True, text)
    if found > count:
        cause = "The branch holds later work too: it was not reset, or was committed in more steps."
        return Finding(False, text, cause, "git log --oneline")
    if not state.git.repository:
        return Finding(False, text, *_no_repository(state))
    if state.git.uncommitted:
        cause = "Work is in the files but not in a commit."
        return Finding(False, text, cause, commit(state, "Say what changes"))
    if lost := _lost(state, project):
        cause = f"A reset went too far back: {lost[-1].after[:7]} is on the branch no more."
        return Finding(False, text, cause, "git reflog")
    return Finding(False, text, "An earlier step is missing.", "git status")


def head_subject(state: State, project: Path, subject: str, amend: bool = False) -> Finding:
    """The message of the last commit on main, the lessons' only branch, is `subject`.

    `amend`: another last commit has the wrong message, and is not a wrong place.
    """
    if state.git.error:
        return Finding(False, "Git cannot tell", *_no_repository(state), detour=True)
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
    if called := [entry for entry in _lost(state, project) if entry.says(subject)]:
        place = called[-1].after[:7]
        cause = f"“{subject}” is {place}: no branch has it any more, but Git remembers it."
        return Finding(False, text, cause, "git reflog")
    if amend:
        cause = "Later lessons find this commit by its message."
        return Finding(False, text, cause, f'git commit --amend -m "{subject}"')
    return Finding(False, text, f"No commit is called “{subject}” here.", "git log --oneline")


def taken_back(state: State, project: Path, subject: str) -> Finding:
    """A commit that followed the last one is on the branch no more: a reset took it back.

    The last one is to be that with the message `subject`.
    """
    if not (here := head_subject(state, project, subject)).met:
        return here
    for entry in _lost(state, project):
        if entry.before == state.git.head:
            return Finding(True, f"{entry.after[:7]} was made on this commit, and taken back")
    text = "nothing was taken back to this commit"
    cause = "The commit that is to be taken back is still there, or was never made."
    return Finding(False, text, cause, "git log --oneline")


def clean(state: State, project: Path, back: bool = False) -> Finding:
    """Nothing is modified, staged or untracked. `back`: changes are to be undone, not committed."""
    if not state.git.repository:
        return Finding(False, "no Git repository that can be read", *_no_repository(state))
    loose = state.git.uncommitted
    if not loose:
        return Finding(True, "every file is committed")
    text = f"not committed: {', '.join(loose)}"
    if back:
        return Finding(False, text, *taking_back(state, loose[0]))
    if _scripts(state) & set(loose):
        cause = "The migration script is not committed."
        return Finding(False, text, cause, commit(state, "Say what changes"))
    if state.git.untracked or state.git.modified:
        return Finding(False, text, "A change was made after the last commit.", "git status")
    cause = "It is staged, and git commit did not follow."
    return Finding(False, text, cause, commit(state, "Say what changes"))


def _no_repository(state: State) -> tuple[str, str]:
    """Why there is no repository, and the cure."""
    if state.git.error:
        return f"Git cannot read this repository: {state.git.error}", "%restart"
    return "There is no repository yet.", "git init"


def taking_back(state: State, file: str) -> tuple[str, str]:
    """Why a file differs from the last commit, and how to have it as it is there."""
    if scripts := [r for r in state.migrations.revisions if r.file == file and not r.committed]:
        return "The script is in no commit, and was left behind.", delete(scripts[0])
    if file in state.git.staged:
        cause = "git add has noted the change, and git restore alone gives back what is noted."
        return cause, f"git restore --staged --worktree {quoted(file)}"
    if file in state.git.untracked:
        return "The file is in no commit, so nothing is there to restore.", "git status"
    return "The change is still in the file.", f"git restore {quoted(file)}"


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
    if lost := [file for file in files if file in state.git.deleted]:
        return Finding(False, text, f"{lost[0]} was deleted.", f"git restore {lost[0]}")
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


def _lost(state: State, project: Path) -> list[_Move]:
    """The commits that were made here and are not on the branch, oldest first."""
    kept = {commit.hash for commit in state.git.commits}
    return [entry for entry in _reflog(project) if entry.is_commit and entry.after not in kept]


def _scripts(state: State) -> set[str]:
    return {revision.file for revision in state.migrations.revisions}
