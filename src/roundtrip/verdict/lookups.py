"""What the rules ask of a state: names, rows, files."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..facts import Column, Difference, Elsewhere
from ..migration_facts import Revision
from ..names import columns_in, is_among, names_in, table_of
from ..state import State

UNIQUE = ("add_constraint", "add_index")
"""The differences that can ask for values which no other row has."""


def model_names(state: State) -> set[str]:
    """What the model has: `user`, `user.age`."""
    return names_in(state.model.tables)


def database_names(state: State) -> set[str]:
    """What the database has: `user`, `user.age`."""
    return names_in(state.database.tables)


def gone(state: State) -> list[Difference]:
    """The columns and tables that the database has and the model does not have."""
    return [d for d in state.differences if d.op in ("remove_column", "remove_table")]


def goes_with(difference: Difference, names: Collection[str]) -> bool:
    """Whether it is one of these columns and tables, or a rule or an index that goes with one."""
    table = difference.table
    parts = (table, *(f"{table}.{column}" for column in difference.of))
    return difference.op.startswith("remove_") and bool({difference.name, *parts} & {*names})


def is_nullable(state: State, name: str) -> bool:
    """Whether the model has this `table.column` and lets it be empty."""
    column = columns_in(state.model.tables).get(name)
    return column is not None and column.nullable


def unlike(state: State, revision: Revision) -> list[tuple[str, str, str]]:
    """Columns that a script makes otherwise than the model has them: name, as made, as wanted.

    Those that the script itself or a later one may change are left out: it need not be wrong.
    """
    place = state.migrations.revisions.index(revision)
    later = state.migrations.revisions[place + 1 :]
    if "alter_column" in revision.others or any(each.others or each.opaque for each in later):
        return []
    touched = {name for each in later for name in (*each.adds, *each.drops)}
    model = {name: in_sql(column) for name, column in columns_in(state.model.tables).items()}
    made = ((c.name, in_sql(c)) for c in revision.makes if not is_among(c.name, touched))
    return [(name, kind, model[name]) for name, kind in made if model.get(name, kind) != kind]


def in_sql(column: Column) -> str:
    """The type of a column, and whether it must have a value, as SQL says it."""
    return column.type if column.nullable else f"{column.type} NOT NULL"


def claims(state: State, *revisions: Revision) -> Elsewhere | None:
    """Another database that counts one of these scripts as run."""
    wanted = {revision.id for revision in revisions}
    return next((o for o in state.elsewhere if state.migrations.run_by(o.versions) & wanted), None)


def has_run(state: State, *revisions: Revision) -> Elsewhere | None:
    """Another database that has run one of these scripts: it says so, and has what they add."""
    other = claims(state, *revisions)
    return other if other and not lacking(state, other, *revisions) else None


def lacking(state: State, other: Elsewhere, *revisions: Revision) -> list[str]:
    """What another database should have of these scripts, as it counts them as run, and lacks."""
    counted = state.migrations.run_by(other.versions)
    run = [r for r in state.migrations.revisions if r.id in counted]
    dropped = {name for revision in run for name in revision.drops}
    added = {name for r in revisions if r in run for name in r.adds}
    return sorted(n for n in added if n not in other.names and not is_among(n, dropped))


def made_by(revisions: Iterable[Revision]) -> dict[str, Revision]:
    """What is there once these scripts have run, one after the other: its name, and who made it."""
    made: dict[str, Revision] = {}
    for revision in revisions:
        if revision.drops:
            made = {name: by for name, by in made.items() if not is_among(name, revision.drops)}
        made |= dict.fromkeys((*revision.adds, *revision.columns), revision)
    return made


def makes_index(state: State, name: str) -> bool | None:
    """Whether a script makes the index of this name; None where that cannot be told."""
    made = {index for revision in state.migrations.revisions for index in revision.indexes}
    return name in made or (None if "" in made or not name else False)


def row_count(state: State, name: str) -> int:
    """How many rows the table of a name has in the database."""
    table = table_of(name)
    return sum(each.rows or 0 for each in state.database.tables if each.name == table)


APP, MODELS = "demo_app/__init__.py", "demo_app/models.py"
"""Where the course's app is made, and where its models are before anything is read."""


def models_file(state: State) -> str:
    """The first file that holds models; the course's own where none is known."""
    return next(iter(state.model.files), MODELS)


def stash_file(state: State) -> str:
    """A file of the models that the newest stash has another version of."""
    return next((file for file in state.model.files if file in state.git.stashed), "")
