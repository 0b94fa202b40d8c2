"""What can be known of the first place, Git, as values: `reading/git.py` finds it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Commit:
    """A commit: its full hash, its subject."""

    hash: str
    subject: str


@dataclass(frozen=True)
class GitState:
    """Git: what is committed, and what is not. Paths are relative to the project, with `/`.

    `commits` are those of HEAD, newest first. A deleted file is in `modified` (or `staged`) and in
    `deleted`, a new one that is staged in `staged` and in `added`. `stashed` are the files of the
    newest stash; `stash_behind`: one of them is not here as the stash has left it; `stashed_on`:
    another branch, on which it was made. `joined` are those conflicts in which both sides changed
    and no mark of Git's is left. `removed` are the files that the last commit has deleted, `last`
    all that it has changed; where a file is new.
    `databases` are the database files that Git tracks, `settings` the files `*.env`;
    `private` are the untracked files that are one or the other, `taken_out` those that the last
    commit brought, and the next one would take out again. Without a branch, `way_back` is one to go
    to, and `way_differs` are the files that differ there, `way_ahead` the number of commits
    that it has more; `on_no_branch`: no branch has this commit. `rebasing`: that is not finished;
    `merging`: nor is this command of Git's, "merge", "cherry-pick" or "revert". `pushed`: the
    branch's remote has the last commit. `left`: files of the commit `reset_from` that a reset
    without --hard, the last move, has left.
    `files_at`: such a reset went to a later commit, and the files are still those of this one.
    `kept`: where the database is missing or emptied, its file and others like it that are missing,
    and that Git has: in `kept_in`, a commit, or in its index.
    `error`: why a repository that is there cannot be read.
    """

    repository: bool = False
    branch: str | None = None
    head: str | None = None
    commits: tuple[Commit, ...] = ()
    modified: tuple[str, ...] = ()
    staged: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    stashed: tuple[str, ...] = ()
    stash_behind: bool = False
    stashed_on: str = ""
    removed: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()
    way_back: str = ""
    way_differs: tuple[str, ...] = ()
    way_ahead: int = 0
    on_no_branch: bool = False
    rebasing: bool = False
    merging: str = ""
    pushed: bool = False
    left: tuple[str, ...] = ()
    reset_from: str = ""
    files_at: str = ""
    kept: tuple[str, ...] = ()
    kept_in: str = ""
    error: str = ""

    @property
    def uncommitted(self) -> tuple[str, ...]:
        """Every path that differs from the last commit, each once."""
        paths = (*self.conflicts, *self.staged, *self.modified, *self.untracked)
        return tuple(dict.fromkeys(paths))

    @property
    def subject(self) -> str:
        """The message of the last commit; empty before the first one."""
        return self.commits[0].subject if self.commits else ""
