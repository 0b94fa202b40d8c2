"""What can be known of model, migrations and database, as values: `reading` finds it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column. `type` is as the database names it, `written` as the code writes it."""

    name: str
    type: str
    nullable: bool
    primary_key: bool
    written: str = ""


@dataclass(frozen=True)
class Table:
    """A table. `rows` is known in a database, `class_name` and `file` in a model.

    `indexes`: in a database file, the names of those that CREATE INDEX has made.
    """

    name: str
    columns: tuple[Column, ...] = ()
    rows: int | None = None
    class_name: str = ""
    file: str = ""
    indexes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelState:
    """The model, as the app loads it.

    `found`: there is an app at all. `error`: why it does not load, `error_file` where. `migrates`:
    the app has Flask-Migrate. `odd`: attributes that look like columns and are none; `untyped`:
    columns without a type. `unrelated`: why the classes do not fit together, so that queries fail.
    `left_out`: tables whose classes are in files that the app does not import.
    `named_in`: the file of settings that names the app; empty where none does. `not_compared`: what
    the database lacks, and Alembic does not look at, such as `user.age a server_default`.
    """

    tables: tuple[Table, ...] = ()
    error: str | None = None
    error_file: str = ""
    found: bool = False
    migrates: bool = False
    odd: tuple[str, ...] = ()
    untyped: tuple[str, ...] = ()
    unrelated: str = ""
    left_out: tuple[Table, ...] = ()
    named_in: str = ""
    not_compared: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that hold the classes, each once."""
        return tuple(dict.fromkeys(table.file for table in self.tables if table.file))


@dataclass(frozen=True)
class Revision:
    """A migration script. `adds` and `drops` name tables (`user`) and columns (`user.age`).

    `renamed`: those of `drops` that go on under another name, which is in `adds`. `named_back`:
    those of `adds` that downgrade() gives another name, such as their old one.
    `required`: the added columns that are NOT NULL and have no default in the database. `others`:
    Alembic's names of the other operations in upgrade(). `columns`: those that come with the tables
    it makes. `makes`: the columns it makes whose type is understood, named `user.age`. `indexes`:
    the names of those it makes, empty for one whose name only its run could tell; `without`: of
    those it drops. `unknown`:
    operations that Alembic does not have. `loosens`: it alters a column, and each in a way that any
    row fits: a default, a comment, NULL allowed. `opaque`: what it adds and drops cannot be told
    by reading it. `undoes`: downgrade() drops what upgrade() adds, and the other way round.
    `tracked`:
    in Git's index; `committed`: in the last commit; `ignored`: kept out by .gitignore; `by_hand`:
    without the mark of what `flask db migrate` has written. `before`:
    the commit before the one that brought the file, known for committed scripts that are pending;
    `in_the_way`: the files outside Git that a reset to it would overwrite; `came_alone`: of it and
    the files of the models, the last commit had it alone. Of a script that has run
    and was changed, `version` is the commit with an older one, `once` what only that one makes,
    `lately` what only this one does, `spared` what only that one drops; `rewound`:
    downgrade() alone has changed since.
    `steps` and `steps_back`: marks of what stands in upgrade() and downgrade().
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
    without: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
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
    parent" (one follows a script that no file has) or empty.
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


@dataclass(frozen=True)
class DatabaseState:
    """The database. `url` has no password; `problem` is "locked", "garbage", "unreachable", "no
    folder" (of a file) or "memory" (it is in none).

    For an SQLite file `url` is its path, relative to the project where it lies inside. `emptied`:
    it has no table, and had some. `copies`: where it is missing or emptied, the files beside it
    that no settings name, and that have rows: others than those of another database. `named_in`:
    the file of settings that names it; empty where the app does. `copied`: such a file has its
    rows; known where a change of type would lose values, and before an upgrade with an `env_file`.
    """

    url: str = ""
    exists: bool = False
    tables: tuple[Table, ...] = ()
    versions: tuple[str, ...] = ()
    error: str | None = None
    problem: str = ""
    emptied: bool = False
    copies: tuple[str, ...] = ()
    named_in: str = ""
    copied: bool = False

    @property
    def version(self) -> str | None:
        """What `alembic_version` holds; None when it holds nothing."""
        return ", ".join(self.versions) or None


@dataclass(frozen=True)
class Elsewhere:
    """Another database that is not as this one. `env_file` names it; none does the default one.

    `problem`: why it cannot be read, or reached by a command. `unrecorded`: it has tables and no
    revision. `names`: what it has (`user`, `user.age`). `filled`: its tables with rows. `emptied`:
    it has no table, and had some. `same_as`: the settings of production, where they name this
    database too. `copies`: where it is missing, the databases with rows that no settings name.
    """

    env_file: str
    url: str
    versions: tuple[str, ...] = ()
    problem: str = ""
    unrecorded: bool = False
    names: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    emptied: bool = False
    same_as: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One thing in which model and database differ, named as Alembic names it (`add_column`).

    `add_…` is what only the model has, `remove_…` what only the database has. `required`: a column
    that is to be NOT NULL has no default in the database, or is to become so and has rows without;
    what is to be unique has the same value in two rows; what becomes a number has others.
    `of`: the columns of a rule or an index, `called`: its name.
    """

    op: str
    table: str
    column: str = ""
    detail: str = ""
    required: bool = False
    of: tuple[str, ...] = ()
    called: str = ""

    @property
    def name(self) -> str:
        """`user.age`, or `user` for a whole table."""
        return f"{self.table}.{self.column}" if self.column else self.table
