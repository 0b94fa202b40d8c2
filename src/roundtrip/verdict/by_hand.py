"""What no script made: a script for a change of it would fail in every other database."""

from __future__ import annotations

from collections.abc import Sequence

from ..env_file import quoted
from ..facts import Difference
from ..migration_facts import Revision
from ..names import columns_in, table_of
from ..state import State
from .commands import look_at_model, stands_in
from .lookups import database_names, in_sql, made_by, makes_index, row_count, unlike
from .wording import by_sql, dropped, named, rows_in


def without_script(state: State, changes: Sequence[Difference]) -> tuple[str, str] | None:
    """Why not to make a script for these changes of the model yet, and what to run instead."""
    scripts = state.migrations.revisions
    if any(each.runs_sql for each in scripts):
        return None  # they may have made it
    if said := _of_an_index(state, changes) or _of_a_type(state, changes):
        return said
    unmade = database_names(state) - made_by(scripts).keys()
    if tables := [d.table for d in changes if d.table in unmade]:
        return _of_a_table(state, tables[0])
    read = {table_of(name) for each in scripts for name in each.columns}
    if columns := [d.name for d in changes if d.column and d.name in unmade and d.table in read]:
        return _of_a_column(columns[0])
    return None


def is_as_scripts_make_it(state: State, difference: Difference) -> bool:
    """Whether the database lacks what the model has because its scripts do not make it so."""
    run = [each for each in state.migrations.revisions if each.applied]
    if any(each.runs_sql for each in run):
        return False  # they may have made it
    if difference.op in ("add_index", "remove_index"):
        makes = makes_index(state, difference.called)
        return makes is (difference.op == "remove_index")
    if difference.op in ("add_table", "add_column"):
        return difference.name not in made_by(run)
    return any(difference.name == name for each in run for name, _, _ in unlike(state, each))


def unwritten(state: State, names: Sequence[str]) -> tuple[str, str] | None:
    """What to write into the script that was made for a lost one, and what shows it.

    `names`: what the lost one has made, or dropped.
    """
    if not (script := stands_in(state)):
        return None
    there, wanted = columns_in(state.database.tables), columns_in(state.model.tables)
    up, down = [], []
    for name in names:
        table, _, column = name.partition(".")
        add, drop = f'op.create_table("{table}", …)', f'op.drop_table("{table}")'
        if column:
            kind = (there.get(name) or wanted[name]).type
            add = f'op.add_column("{table}", sa.Column("{column}", sa.{kind}))'
            drop = f'with op.batch_alter_table("{table}") as batch_op: '
            drop += f'batch_op.drop_column("{column}")'
        here = name in database_names(state)
        up.append(add if here else drop)
        down.append(drop if here else add)
    return (
        f"{named(script)} stands for a script that is lost, and does nothing yet. Write what that "
        f"did into its upgrade(): {'; '.join(up)}. Into its downgrade(): {'; '.join(down)}. No "
        "table changes; then look again. In the course, %restart begins the lesson again."
    ), f"%show {quoted(script.file)}"


def otherwise(state: State, script: Revision) -> tuple[str, str, str] | None:
    """What a script that has not run adds, where it is here otherwise: found, why, a command."""
    kinds = ("modify_type", "modify_nullable")
    for each in (d for d in state.differences if d.op in kinds and d.name in script.adds):
        why = "It was added by hand, and not as the script does. Drop it by hand, then flask db "
        why += f"upgrade makes it: {by_sql(dropped(each.name))}. Values in it? Copy the database "
        why += "first, as they go with it."
        found = f"{named(script)} adds {each.name} and has not run, and {each.name} is there "
        return f"{found}({each.detail}).", why, "%%flask_shell"
    return None


def _of_an_index(state: State, changes: Sequence[Difference]) -> tuple[str, str] | None:
    """An index that was made or dropped by hand."""
    here = {index for table in state.database.tables for index in table.indexes}
    for each in changes:
        made = makes_index(state, each.called)
        if each.op == "remove_index" and made is False:
            return (
                f"Careful: no script makes the index {each.called}, so one that drops it would "
                "fail where it never was. Does nobody want it? Drop it by hand, "
                f"{by_sql(f'DROP INDEX {each.called}')}. Is it wanted? Add it to the model."
            ), "%%flask_shell"
        lacking = each.op == "add_index" and each.called not in here
        if lacking and made and not each.required and not _drops_one(state):
            kind = "UNIQUE INDEX" if each.detail.startswith("unique") else "INDEX"
            again = f"CREATE {kind} {each.called} ON {each.table} ({', '.join(each.of)})"
            return (
                f"Careful: a script makes the index {each.called} already, and it was dropped here "
                "by hand. A second script would fail where it still is. Make it again, "
                f"{by_sql(again)}"
            ), "%%flask_shell"
    return None


def _of_a_type(state: State, changes: Sequence[Difference]) -> tuple[str, str] | None:
    """A column that is not as its script makes it, as the model has it, and another database."""
    scripts, wanted = state.migrations.revisions, columns_in(state.model.tables)
    if not state.differing or any("alter_column" in each.others for each in scripts):
        return None
    settled = [r for r in scripts if r.applied and r.committed and r.file not in state.git.modified]
    made = {column.name: (in_sql(column), r) for r in settled for column in r.makes}
    for name in (d.name for d in changes if d.op in ("modify_type", "modify_nullable")):
        kind, script = made.get(name, ("", None))
        if not script or kind != in_sql(wanted[name]):
            continue
        why = (
            f"Careful: {named(script)} makes {name} {kind}, as the model has it. So it was changed "
        )
        why += "here by hand, or the script after it had run; one more script would change nothing "
        why += "in another database. "
        table, _, column = name.partition(".")
        if kind.endswith("NOT NULL") or "://" in state.database.url:
            return f"{why}Make it {kind} here, too, or use a copy of the file.", "%%flask_shell"
        again = by_sql(
            f"ALTER TABLE {table} RENAME COLUMN {column} TO {column}_was",
            f"ALTER TABLE {table} ADD COLUMN {column} {kind}",
            f"UPDATE {table} SET {column} = {column}_was",
            dropped(f"{name}_was"),
        )
        return f"{why}Put it back by hand, with its values, {again}", "%%flask_shell"
    return None


def _drops_one(state: State) -> bool:
    return any("drop_index" in each.others for each in state.migrations.revisions)


def _of_a_table(state: State, table: str) -> tuple[str, str]:
    why = (
        f"Careful: no script makes the table {table}; something else did, such as db.create_all(). "
        f"So a script for the change would fail where {table} is not."
    )
    if row_count(state, table):
        return (
            f"{why} It has {rows_in(state, table)}, so write the model as the table is: then the "
            "table gets a script first, and your change comes after it."
        ), look_at_model(state)
    return (
        f"{why} Take that out of the code. The table has no rows: once it is dropped, flask db "
        f"migrate sees the whole of it. Drop it {by_sql(dropped(table))}"
    ), "%%flask_shell"


def _of_a_column(name: str) -> tuple[str, str]:
    return (
        f"Careful: no script makes {name}; it was added by hand. So a script for the change would "
        f"fail where {name} is not. No values in it? Then drop it, and flask db migrate sees the "
        f"whole of it: {by_sql(dropped(name))}. Values? Write the model as the column is: then it "
        "gets a script first, and your change comes after it."
    ), "%%flask_shell"
