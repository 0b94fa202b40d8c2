"""What migration scripts say of themselves, and what a database has run of them, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .facts import Column


@dataclass(frozen=True)
class Revision:
    """A migration script. `adds` and `drops` name tables (`user`) and columns (`user.age`).

    What upgrade() does, as far as reading it can tell:

    - `renamed`: those of `drops` that go on under another name, which is in `adds`; `named_back`:
      those of `adds` that downgrade() gives another name, such as their old one;
    - `required`: the added columns that are NOT NULL and have no default in the database;
    - `columns`: those that come with the tables it makes; `makes`: the columns it makes whose type
      is understood, named `user.age`;
    - `indexes`: the names of those it makes, empty for one whose name only its run could tell;
      `dropped_indexes`: of those it drops;
    - `others`: Alembic's names of the other operations; `unknown`: those that Alembic has not;
    - `outside_batch`: what it calls outside a batch, and SQLite has only in one;
    - `rebuilds`: the tables that SQLite copies for it, and drops, as a batch does;
    - `loosens`: it alters a column, and each in a way that any row fits: a default, a comment, NULL
      allowed;
    - `opaque`: what it adds and drops cannot be told by reading it;
    - `undoes`: downgrade() drops what upgrade() adds, and the other way round;
    - `steps`, `steps_back`: marks of what stands in upgrade() and downgrade();
    - `by_hand`: without the mark of what `flask db migrate` has written.

    Where it is: `tracked` in Git's index, `committed` in the last commit, `ignored`: kept out by
    .gitignore. Of committed scripts that are pending, `before` is the commit before the one that
    brought the file, `in_the_way` are the files outside Git that a reset to it would overwrite;
    `came_alone`: of it and the files of the models, the last commit had it alone.

    Of a script that has run and was changed, `version` is the commit with an older one, `once` what
    only that one makes, `lately` what only this one does, `spared` what only that one drops;
    `rewound`: downgrade() alone has changed since.
    """

    id: str
    message: str
    parents: tuple[str, ...]
    file: str
    tracked: bool
    applied: bool
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    named_back: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    makes: tuple[Column, ...] = ()
    indexes: tuple[str, ...] = ()
    dropped_indexes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    outside_batch: tuple[str, ...] = ()
    rebuilds: tuple[str, ...] = ()
    steps: str = ""
    steps_back: str = ""
    loosens: bool = False
    opaque: bool = False
    undoes: bool = True
    committed: bool = False
    ignored: bool = False
    by_hand: bool = False
    before: str = ""
    in_the_way: tuple[str, ...] = ()
    came_alone: bool = False
    version: str = ""
    once: tuple[str, ...] = ()
    lately: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    rewound: bool = False

    @property
    def loses(self) -> tuple[str, ...]:
        """What its upgrade() drops with all values."""
        return tuple(name for name in self.drops if name not in self.renamed)

    @property
    def runs_sql(self) -> bool:
        """Whether its upgrade() runs SQL, or other code of which only its run could tell."""
        return self.opaque or "execute" in self.others

    @property
    def loses_back(self) -> tuple[str, ...]:
        """What its downgrade() drops with all values."""
        return tuple(name for name in self.adds if name not in self.named_back)

    @property
    def is_empty(self) -> bool:
        """Whether its upgrade() does nothing."""
        return not (self.adds or self.drops or self.others or self.opaque or self.unknown)

    @property
    def only_adds(self) -> bool:
        """Whether rows that are there stay as they are, and cannot be in its way.

        An index comes with a table that it makes; another one may be unique.
        """
        makes_table = any("." not in name for name in self.adds)
        others = {*self.others} - ({"create_index"} if makes_table else set())
        others -= {"alter_column"} if self.loosens else set()
        return not (self.loses or self.opaque or others)

    @property
    def below(self) -> str:
        """The revision that a downgrade, or a stamp back, of this script names.

        `base` without a parent. Of a merge the first parent: the commands take one revision. A
        downgrade to it undoes the merge alone; a stamp leaves the other parent to be stamped.
        """
        return self.parents[0] if self.parents else "base"


@dataclass(frozen=True)
class Rescue:
    """Where the file of a missing revision still is.

    `kind`: "worktree" (the last commit has it), "stash" (`where` is its number: a cell takes the
    braces of `stash@{1}` for Python), "branch" (`where` names it: the one that was left) and
    "another branch", "orig_head", "too_far" and "commit" (`where` is its hash), "blob" (its content
    alone, by hash) or "lost". `unnamed`: no branch has that commit, and this one never had it.
    `in_the_way`: the uncommitted files because of which Git would refuse to go to that branch, or
    which a reset to that commit would overwrite.
    """

    kind: str
    where: str = ""
    file: str = ""
    in_the_way: tuple[str, ...] = ()
    unnamed: bool = False


@dataclass(frozen=True)
class MigrationState:
    """The migration scripts, oldest first. `missing`: ids in the database that have no file.

    `rescue` says where the first of them, or a parent that has no file, still is. `maker`: the same
    of a script for what the database has, and none of these makes. `error`: why the
    scripts cannot be read, `error_file` where; `error_kind`: "same id" (of two scripts), "no
    parent" (one follows a script that no file has), "no id" (one names none) or empty.
    `instead`: where the app's `folder` is not there, another one that Flask-Migrate has made.
    `asked`: the database has said what it has run; else nobody knows which scripts are pending.
    """

    exists: bool = False
    revisions: tuple[Revision, ...] = ()
    heads: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rescue: Rescue | None = None
    maker: Rescue | None = None
    error: str | None = None
    error_file: str = ""
    error_kind: str = ""
    folder: str = "migrations"
    instead: str = ""
    asked: bool = True

    @property
    def pending(self) -> tuple[Revision, ...]:
        """The scripts that the database has not run, oldest first."""
        return tuple(r for r in self.revisions if not r.applied) if self.asked else ()

    @property
    def ids(self) -> set[str]:
        """The ids of all scripts."""
        return {revision.id for revision in self.revisions}

    def run_by(self, versions: Iterable[str]) -> set[str]:
        """The ids of the scripts that a database at these revisions has run; unknown ones too."""
        parents = {revision.id: revision.parents for revision in self.revisions}
        found: set[str] = set()
        waiting = list(versions)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(parents.get(each, ()))
        return found
