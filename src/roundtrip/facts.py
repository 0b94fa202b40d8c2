"""What can be known of model and databases, as values: `reading` finds it out."""

from __future__ import annotations

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

    `indexes`: in a database file, the names of those that CREATE INDEX has made; `views`: of those
    that read it.
    """

    name: str
    columns: tuple[Column, ...] = ()
    rows: int | None = None
    class_name: str = ""
    file: str = ""
    indexes: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


@dataclass(frozen=True)
class Violation:
    """A row in a table is not as a check of the model wants it; `condition` is SQL."""

    table: str
    condition: str


@dataclass(frozen=True)
class Dependent:
    """A foreign key that rows have, such as `post.user_id`, `to` a table; `rule`: its ON DELETE."""

    of: str
    to: str
    rule: str = ""


@dataclass(frozen=True)
class ModelState:
    """The model, as the app loads it.

    `found`: there is an app at all. `error`: why it does not load, `error_file` where. `migrates`:
    the app has Flask-Migrate. `odd`: attributes that look like columns and are none; `untyped`:
    columns without a type. `unrelated`: why the classes do not fit together, so that queries fail.
    `left_out`: tables whose classes are in files that the app does not import.
    `named_in`: the file of settings that names the app; empty where none does. `not_compared`: what
    the database lacks, and Alembic does not look at, such as `user.age a server_default`;
    `violated`: the checks among it that a row does not pass. `dependents`: the foreign keys of the
    database, where the app has SQLite enforce them.
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
    violated: tuple[Violation, ...] = ()
    dependents: tuple[Dependent, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that hold the classes, each once."""
        return tuple(dict.fromkeys(table.file for table in self.tables if table.file))


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
