"""Goals as predicates over the state of the four places, never over what was typed.

A goal is a row of `course.toml`; its `check` names a function here, its `with` table holds the
arguments. A function returns a `Finding`; where the goal is not met, the finding says what was
found, the likely cause, and what to run next.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatch
from inspect import signature
from pathlib import Path
from typing import Any

from .course import Goal, find_course
from .errors import RoundtripError
from .facts import State, Table
from .probe import sqlite_uri


@dataclass(frozen=True)
class Finding:
    """What a check saw. `cause` and `next` are empty where the goal is met."""

    met: bool
    found: str
    cause: str = ""
    next: str = ""


@dataclass(frozen=True)
class Result:
    """A goal and what its check found."""

    goal: Goal
    finding: Finding

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.finding.met


def check(goal: Goal, state: State, project: Path) -> Result:
    """Hold one goal against the state of the project.

    Raises `RoundtripError` where course.toml asks for a check or an argument that does not exist.
    """
    if goal.check not in CHECKS:
        raise RoundtripError(f"course.toml asks for a check {goal.check!r}, which does not exist.")
    predicate = CHECKS[goal.check]
    try:
        signature(predicate).bind(state, project, **goal.arguments)
    except TypeError as error:
        raise RoundtripError(f"course.toml asks {goal.check} wrongly: {error}.") from error
    return Result(goal, predicate(state, project, **goal.arguments))


# Git


def commits(state: State, project: Path, count: int) -> Finding:
    """The current branch holds exactly `count` commits."""
    found = len(state.git.commits)
    text = f"{_many(found, 'commit')} on the current branch"
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
    """The message of the last commit is `subject`."""
    if not state.git.commits:
        return Finding(False, "no commit yet", "Nothing was committed.", "git status")
    found = state.git.commits[0].subject
    text = f"the last commit is “{found}”"
    if found == subject:
        return Finding(True, text)
    older = [commit.hash[:7] for commit in state.git.commits if commit.subject == subject]
    if older:
        cause = f"“{subject}” is {older[0]}, further back: HEAD is not there."
        return Finding(False, text, cause, "git log --oneline")
    return Finding(False, text, f"No commit is called “{subject}” here.", "git log --oneline")


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


def has_file(state: State, project: Path, file: str) -> Finding:
    """The project has this file."""
    if (project / file).is_file():
        return Finding(True, f"{file} is there")
    if file in state.git.deleted:
        return Finding(False, f"no file {file}", "It was deleted.", f"git restore {file}")
    return Finding(False, f"no file {file}", "It was not written yet.", "git status")


def same_files(state: State, project: Path, folder: str) -> Finding:
    """The files in this folder are those of the course's folder of that name, byte for byte."""
    ours, theirs = _files(find_course().folder / folder), _files(project / folder)
    different = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
    if not different:
        return Finding(True, f"{folder} is as the course has it")
    first = different[0]
    what = "differs" if first in ours and first in theirs else "is missing"
    what = what if first in ours else "is one too many"
    cause = "A cell that writes this file did not run, or the file was changed afterwards."
    return Finding(False, f"{folder}/{first} {what}", cause, "git status")


# Model and migrations


def model_has(state: State, project: Path, column: str, present: bool = True) -> Finding:
    """The model has (or has not) this `table.column`."""
    model = state.model
    if model.error or not model.found:
        cause = f"The app does not load, so it has no model. Look at {model.error_file or 'it'}."
        return Finding(False, model.error or "no app", cause, state.verdict.next)
    there = column in _columns(model.tables)
    text = f"the model {'has' if there else 'does not have'} {column}"
    if there == present:
        return Finding(True, text)
    if not present:
        return Finding(False, text, "The line is still in the class.", "git diff")
    if not model.tables:
        cause = "The model is not imported: the app has no table at all. Look at its imports."
    elif model.odd:
        cause = model.odd[0]
    else:
        cause = "The line is missing from the class, or the file was not saved."
    return Finding(False, text, cause, "git diff")


def revisions(state: State, project: Path, count: int, applied: int) -> Finding:
    """There are `count` revisions, and the database has run `applied` of them."""
    everything = state.migrations.revisions
    run = [revision for revision in everything if revision.applied]
    text = f"{_many(len(everything), 'revision')}, {len(run)} applied"
    if blocked := _blocked(state):
        return Finding(False, text, *blocked)
    if len(everything) == count and len(run) == applied:
        return Finding(True, text)
    if len(everything) < count:
        return Finding(False, text, *_no_script(state))
    if len(everything) > count:
        extra = everything[count:][0]
        cause = f"There is a script too many: {extra.file}. It is left over, or was made twice."
        if extra.applied:
            return Finding(
                False, text, f"{cause} Undo it before you delete it.", "flask db downgrade"
            )
        command = "git log --oneline" if extra.committed else f"git clean -f {extra.file}"
        return Finding(False, text, cause, command)
    if len(run) < applied:
        return Finding(False, text, "The upgrade has not run.", "flask db upgrade")
    return Finding(False, text, "The downgrade has not run.", "flask db downgrade")


def pending_changes(
    state: State, project: Path, adds: Sequence[str] = (), drops: Sequence[str] = ()
) -> Finding:
    """The scripts that wait add and drop exactly these tables and columns."""
    waiting = state.migrations.pending
    found_adds = {name for revision in waiting for name in revision.adds}
    found_drops = {name for revision in waiting for name in revision.drops}
    text = f"waiting: adds {_names(found_adds)}, drops {_names(found_drops)}"
    if blocked := _blocked(state):
        return Finding(False, text, *blocked)
    if not waiting and (adds or drops):
        done = {name for r in state.migrations.revisions if r.applied for name in r.adds}
        if done.issuperset(adds):
            cause = "No script waits: the upgrade has run already."
            return Finding(False, "no script waits", cause, "flask db downgrade")
        return Finding(False, "no script waits", *_no_script(state))
    extra = sorted((found_adds - {*adds}) | (found_drops - {*drops}))
    if extra:
        guilty = next(r for r in waiting if {*extra} & {*r.adds, *r.drops})
        cause = (
            f"The script also changes {_names(extra)}. Delete it, mend the model, make it again."
        )
        return Finding(False, text, cause, f"git clean -f {guilty.file}")
    if found_adds != {*adds} or found_drops != {*drops}:
        return Finding(
            False, text, "The script was made before the model had the change.", "git diff"
        )
    return Finding(True, text)


# Databases


def database_has(
    state: State, project: Path, column: str, present: bool = True, database: str = "app.db"
) -> Finding:
    """The table in `instance/<database>` has (or has not) this `table.column`."""
    table, _, name = column.partition(".")
    found = _table_columns(project, database, table)
    text = f"{database}: no table {table}"
    if found:
        text = f"{database}: table {table} has {', '.join(found)}"
    if found and (name in found) == present:
        return Finding(True, text)
    flask = "flask" if database == "app.db" else f"flask --env-file {Path(database).stem}.env"
    if blocked := _blocked(state, _versions(project, database)):
        return Finding(False, text, *blocked)
    if not present and found:
        cause = f"The downgrade has not run on {database}."
        return Finding(False, text, cause, f"{flask} db downgrade")
    if not present and _table_columns(project, database, "alembic_version"):
        cause = f"One downgrade too many: it dropped the table {table} with all its rows."
        return Finding(False, text, cause, "%restart")
    needed = column if found else table  # a table that is made brings its columns along
    if present and not any(needed in revision.adds for revision in state.migrations.revisions):
        return Finding(False, text, *_no_script(state))
    others = [
        file.name
        for file in sorted((project / "instance").glob("*.db"))
        if file.name != database and name in _table_columns(project, file.name, table)
    ]
    cause = f"The upgrade has not run on {database}."
    if present and others:
        cause = f"It ran on the wrong database, or on one only: {others[0]} has {column}."
    return Finding(False, text, cause, f"{flask} db upgrade")


def rows(state: State, project: Path, table: str, count: int, database: str = "app.db") -> Finding:
    """The table in `instance/<database>` has exactly `count` rows."""
    found = _query(project, database, f"SELECT count(*) FROM {_quoted(table)}")
    if not found:
        return Finding(False, f"{database}: no table {table}", *_no_table(state, database))
    number = found[0][0]
    text = f"{database}: {_many(number, 'row')} in {table}"
    if number == count:
        return Finding(True, text)
    if number > count:
        return Finding(False, text, "Rows were added twice.", _shell(database))
    cause = "Rows were not added, or db.session.commit() did not follow."
    return Finding(False, text, cause, _shell(database))


def rows_equal(
    state: State,
    project: Path,
    table: str,
    columns: list[str],
    values: list[list[Any]],
    database: str = "app.db",
) -> Finding:
    """These columns hold these values, row by row in the order of `id`."""
    # A quoted name alone would be a text where the column does not exist (sqlite.org/quirks.html).
    names = ", ".join(f"{_quoted(table)}.{_quoted(column)}" for column in columns)
    found = _query(project, database, f"SELECT {names} FROM {_quoted(table)} ORDER BY id")
    wanted = [tuple(row) for row in values]
    if found == wanted:
        return Finding(True, f"{database}: {_many(len(found), 'row')} in {table}, as expected")
    if not _table_columns(project, database, table):
        return Finding(False, f"{database}: no table {table}", *_no_table(state, database))
    if not found:
        return Finding(
            False,
            f"{database}: {table} has no rows, or not the columns {', '.join(columns)}",
            "The rows were not added, or a script took a column away.",
            _shell(database),
        )
    missing = [row for row in wanted if row not in found]
    other = next((row for row in found if row not in wanted), None)
    text = f"{database}: {len(found)} of {_many(len(wanted), 'row')} in {table}"
    if other:
        text = f"{database}: {table} has the row {_row(other)}"
    cause = f"The row {_row(missing[0])} is missing." if missing else "There are rows too many."
    return Finding(False, text, cause, _shell(database))


def some_value(
    state: State, project: Path, column: str, present: bool = True, database: str = "app.db"
) -> Finding:
    """At least one row holds a value in this `table.column` (or none does)."""
    table, _, name = column.partition(".")
    if name not in _table_columns(project, database, table):
        if not present:
            return Finding(True, f"{database}: no column {column}, so no value in it")
        finding = database_has(state, project, column, True, database)
        return Finding(False, f"{database}: no column {column}", finding.cause, finding.next)
    found = _query(project, database, f"SELECT count({_quoted(name)}) FROM {_quoted(table)}")
    number = found[0][0] if found else 0
    text = f"{database}: {_many(number, 'row')} with a value in {column}"
    if (number > 0) == present:
        return Finding(True, text)
    cause = "A value is set."
    if present:
        cause = "No value was set, or db.session.commit() did not follow."
    return Finding(False, text, cause, _shell(database))


def agree(state: State, project: Path) -> Finding:
    """The four places agree."""
    if not state.disagreements:
        return Finding(True, "the four places agree")
    first = state.verdict
    return Finding(False, first.found, f"{first.headline} {first.why}".strip(), first.next)


CHECKS: dict[str, Callable[..., Finding]] = {
    check.__name__: check
    for check in (
        agree,
        changed_only,
        clean,
        commits,
        database_has,
        has_file,
        head_subject,
        model_has,
        pending_changes,
        revisions,
        rows,
        rows_equal,
        same_files,
        some_value,
        untracked,
    )
}


def _blocked(state: State, versions: Iterable[str] = ()) -> tuple[str, str] | None:
    """Cause and cure where `flask db` cannot work at all; `versions` are those of one database."""
    verdict = state.verdict
    missing = state.migrations.missing
    if state.migrations.error or state.database.problem:
        return f"{verdict.headline} {verdict.found}", verdict.next
    known = {revision.id for revision in state.migrations.revisions}
    gone = [*missing, *(version for version in versions if version not in known)]
    if not gone:
        return None
    cause = f"The database is at {gone[0]}, whose file is gone: was the reset before the downgrade?"
    if missing:
        return cause, verdict.next
    loose = state.git.modified or state.git.staged
    return cause, "git reflog" if loose else "git reset --hard ORIG_HEAD"


def _no_script(state: State) -> tuple[str, str]:
    """Why there is no migration script for a change, and the cure."""
    migrate = 'flask db migrate -m "Say what changes"'
    if state.model.error or not state.model.found:
        return "The app does not load, so no script could be made.", state.verdict.next
    if not state.model.tables:
        cause = "The model is not imported: flask db migrate sees no table, so it finds no change."
        return cause, state.verdict.next
    if state.model.odd:
        return state.model.odd[0], "git diff"
    if not state.differences:
        return "The model holds no new change, so flask db migrate makes no script.", "git diff"
    verdict = state.verdict
    command = verdict.next if verdict.next.startswith("flask db migrate") else migrate
    return "The migration script was not made yet.", command


def _no_table(state: State, database: str) -> tuple[str, str]:
    flask = "flask" if database == "app.db" else f"flask --env-file {Path(database).stem}.env"
    return _blocked(state) or (f"The upgrade has not run on {database}.", f"{flask} db upgrade")


def _shell(database: str) -> str:
    return f"flask {'' if database == 'app.db' else f'--env-file {Path(database).stem}.env '}shell"


def _scripts(state: State) -> set[str]:
    return {revision.file for revision in state.migrations.revisions}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def _columns(tables: Iterable[Table]) -> set[str]:
    return {f"{table.name}.{column.name}" for table in tables for column in table.columns}


def _table_columns(project: Path, database: str, table: str) -> list[str]:
    return [row[1] for row in _query(project, database, f"PRAGMA table_info({_quoted(table)})")]


def _versions(project: Path, database: str) -> list[str]:
    return [row[0] for row in _query(project, database, "SELECT version_num FROM alembic_version")]


def _query(project: Path, database: str, statement: str) -> list[tuple]:
    """Rows of a read-only look at an SQLite file of the project; none where it cannot be read."""
    file = project / "instance" / database
    if not file.is_file():
        return []
    try:
        with closing(sqlite3.connect(sqlite_uri(file), uri=True, timeout=1)) as connection:
            return connection.execute(statement).fetchall()
    except sqlite3.Error:
        return []


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _row(row: Sequence[Any]) -> str:
    return ", ".join("NULL" if value is None else str(value) for value in row)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _many(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
