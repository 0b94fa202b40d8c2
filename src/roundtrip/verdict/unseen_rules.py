"""What `flask db check` does not see, as model and database have it alike, or almost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..env_file import quoted
from ..facts import Table
from ..migration_facts import Revision
from ..names import columns_in, table_of
from ..state import Disagreement, State
from .commands import bring_back, delete, migrate_elsewhere, stands_in, take_back
from .lookups import (
    claims,
    database_names,
    has_run,
    in_sql,
    made_by,
    makes_index,
    model_names,
    row_count,
    unlike,
)
from .wording import by_sql, dropped, listed, named, say


def not_made(state: State) -> Disagreement | None:
    """What model and database have, and no migration gives to another database."""
    scripts = state.migrations.revisions
    unknown = state.differences or _waits(state) or any(r.opaque for r in scripts)
    if unknown or not scripts:
        return None
    made = made_by(scripts).keys()
    if made - model_names(state) - database_names(state):
        return None  # a script was changed after it had run
    read = {table_of(name) for revision in scripts for name in revision.columns}
    there = (model_names(state) & database_names(state)) - made
    if tables := sorted(name for name in there if "." not in name):
        table = tables[0]
        found = f"Model and database have the table {table}, but no script makes it."
        why = "Something else made it, such as db.create_all(). Another database would not get it."
        message = f"Create {table} table"
    elif lost := sorted(name for name in there if "." in name and table_of(name) in read):
        found = f"Model and database have {listed(lost)}, but no script makes it."
        why = "Another database would not get it."
        table, _, column = lost[0].partition(".")
        message = f"Add {column} column to {table} model"
    elif loose := [i for t in state.database.tables for i in t.indexes if not _may_make(state, i)]:
        found = f"Model and database have the index {loose[0]}, but no script makes it."
        why = "Another database would not get it."
        message = f"Add {loose[0]} index"
    else:
        return None
    return _without_script(state, table if tables else "", message, found, why)


def run_for_nothing(state: State) -> Revision | None:
    """The newest script, in no commit: it has run and is empty, and a change has no script."""
    for last in state.migrations.revisions[-1:]:
        if last.applied and last.is_empty and not (last.committed or last.parents[1:]):
            return last if state.differences or not_made(state) else None
    return None


def _may_make(state: State, index: str) -> bool:
    """Whether a script makes this index, or may make it."""
    return makes_index(state, index) is not False


def _without_script(state: State, table: str, message: str, found: str, why: str) -> Disagreement:
    """How a script comes to be for what is here already. `table`: if it is a whole one, its name.

    `message`: what the script should be called.
    """
    headline = "A change has no script."
    if maker := state.migrations.maker:
        found = f"{found.removesuffix('.')}, and Git still has one."
        why += " This brings the file back; then look again."
        return say(headline, found, why, bring_back(maker))
    last = state.migrations.revisions[-1]
    if stands_in(state):
        why += f" {last.file} has run and does nothing: write into it what is missing."
        return say(headline, found, why, f"%show {quoted(last.file)}")
    ours = not last.committed or last.message == message
    if last.is_empty and ours and not claims(state, last):
        why += f" {named(last)} is empty. Without it, flask db migrate can write a whole one. "
        back = "flask db downgrade" if last.applied else delete(state, last)
        return say(headline, found, f"{why}So it goes first; no table changes.", back)
    if table and not row_count(state, table):
        why += " Take that out of the code first. The table has no rows: once it is dropped, "
        why += f"flask db migrate sees it. Drop it {by_sql(dropped(table))}"
        return say(headline, found, why, "%%flask_shell")
    if "://" in state.database.url:
        why += " The command makes an empty script: write into it what is missing; then flask "
        why += "db stamp head, as it is here already."
        return say(headline, found, why, f'flask db revision -m "{message}"')
    why += " The command makes a second database from the scripts alone, and compares the "
    why += "model with that, so that the script is written; then flask db stamp head records "
    why += "it here."
    return say(headline, found, why, migrate_elsewhere(state, message))


def _waits(state: State) -> bool:
    """Whether scripts wait: more than an empty one, into which something must be written."""
    waiting = state.migrations.pending
    return bool(waiting and (waiting[1:] or not waiting[0].is_empty or has_run(state, waiting[0])))


def drops_unmade(state: State) -> Disagreement | None:
    """A script drops what none before it makes: it would fail in every new database."""
    scripts, there = state.migrations.revisions, database_names(state)
    for place, script in enumerate(scripts):
        if script.runs_sql or any("." not in n for n in script.renamed):
            return None  # what is there after it is not known
        made = made_by(scripts[:place])
        unread = made.keys() - {table_of(name) for name in made if "." in name}
        known = {*made, *script.adds}
        lost = [n for n in script.drops if n not in known and table_of(n) not in unread]
        if lost and (script.applied or there.issuperset(lost)):
            return _unmade(state, script, lost)
        if bare := _without_maker(state, script, scripts[: place + 1]):
            return _unmade(state, script, [f"the index {name}" for name in bare])
    return None


def _without_maker(state: State, script: Revision, run: Sequence[Revision]) -> list[str]:
    """The indexes that a script drops, and none of those up to it makes."""
    made = {name for each in run for name in each.indexes}
    there = {name for table in state.database.tables for name in table.indexes}
    bare = [name for name in script.dropped_indexes if name not in made]
    return bare if "" not in made and (script.applied or there.issuperset(bare)) else []


def _unmade(state: State, script: Revision, lost: list[str]) -> Disagreement:
    why = "It was made by hand, or by code. Take that line out of the script, and its reverse out "
    why += "of downgrade(); then commit the change. Nothing changes in this database."
    command = f"%show {quoted(script.file)}"
    loose = not script.committed and not claims(state, script)
    if loose and (not script.applied or script.id in state.migrations.current):
        command = delete(state, script)
        first = "delete it"
        if script.applied:
            first, command = (
                "take it back and delete it",
                take_back(script, state.migrations.current),
            )
        why = f"It was made by hand, or by code. No commit has the script, so {first}. Then the "
        why += f"board says how to drop {listed(lost)} by hand, or to keep it."
    return say(
        "A script would fail in every new database.",
        f"{named(script)} drops {listed(lost)}, which no script makes.",
        why,
        command,
    )


def unwanted(state: State) -> Disagreement | None:
    """What the scripts give to another database, and neither the model nor this database has."""
    scripts = state.migrations.revisions
    if state.migrations.pending or any(r.runs_sql for r in scripts):
        return None
    made = made_by(scripts)
    extra = sorted(made.keys() - model_names(state) - database_names(state))
    if not extra:
        return None
    maker = made[extra[0]]
    file = quoted(maker.file)
    table, _, old = extra[0].partition(".")
    new = sorted((model_names(state) & database_names(state)) - made.keys())
    settled = maker.committed and maker.file not in state.git.modified
    if settled and len(extra) == len(new) == 1 and old and table_of(new[0]) == table:
        name = new[0].partition(".")[2]
        return say(
            "A column has another name than its script gives it.",
            f"{maker.file} makes {extra[0]}; model and database have {new[0]} in its place.",
            f"Was it renamed by hand? Another database still has {old}. The command makes an empty "
            f"script: write batch_op.alter_column with new_column_name into it, and the reverse "
            "into downgrade(). Then flask db stamp head records it here, where it is done already.",
            f'flask db revision -m "Rename {old} to {name}"',
        )
    why = (
        "Every new database would get it. Was the script changed after it had run? Put it back as "
    )
    why += "it was. Or was it taken out of the database by hand? Then make an empty script, write "
    why += "the drop into it, and stamp: here it is gone already."
    if maker.committed:
        why += " The commits that touched the script say which."
    if alike := [name for name in new if table_of(name) == table and "." in name]:
        why = f"Model and database have {alike[0]}, and no script makes that: the script was "
        why += f"changed after it had run. Put {alike[0]} into it again, in the place of "
        why += f"{extra[0]}, before another database runs it."
    return say(
        "A script makes what nothing else has.",
        f"{maker.file} makes {listed(n for n in extra if made[n] is maker)}, and neither the model "
        "nor the database has it.",
        why,
        f"git log --oneline -- {file}" if settled and not alike else f"%show {file}",
    )


def changed_type(state: State) -> Disagreement | None:
    """A script makes another type than model and database have, which were right when it ran."""
    here = {name: in_sql(column) for name, column in columns_in(state.database.tables).items()}
    for script in () if state.differences else state.migrations.revisions:
        for name, made, wanted in unlike(state, script) if script.applied else ():
            if here.get(name) == wanted:
                return say(
                    "A script makes another type than the database has.",
                    f"{script.file} makes {name} {made}; model and database have {wanted}.",
                    "It was changed after it had run, so another database would get the other "
                    "type. Write the right one into it again, before another database runs it.",
                    f"%show {quoted(script.file)}",
                )
    return None


def not_compared(state: State) -> Disagreement | None:
    """A default or a check that the model has, and neither a script nor the database."""
    if not state.model.not_compared or state.migrations.pending or state.differences:
        return None
    table = table_of(state.model.not_compared[0].partition(" ")[0])
    first, command = (
        "The command makes an empty script",
        f'flask db revision -m "Change {table} table"',
    )
    if empty := next((r for r in _only_here(state) if r.is_empty), None):
        first, command = f"{named(empty)} has run and is empty: take it back", "flask db downgrade"
    for broken in state.model.violated[:1]:
        fits = f"A row in {broken.table} does not fit {broken.condition}: change it before that."
        first = f"{fits} {first}"
    drop = ""
    ends = "sqlite_where", " Computed", " plain column"
    if any(each.endswith(ends) for each in state.model.not_compared):
        drop = " What is there is dropped before, in a batch of its own."
    return say(
        "The model has what flask db migrate does not see.",
        f"The model gives {listed(state.model.not_compared)}, which the database does not have.",
        f"Alembic does not compare that. {first}, then write it in by hand: batch_op has "
        "alter_column, create_check_constraint, create_index and create_primary_key. The reverse "
        f"goes into downgrade().{drop} Or take it out of the model.",
        command,
    )


def other_length(state: State) -> Disagreement | None:
    """A text has a length in one place and none in the other, which Alembic does not compare."""
    if _waits(state):
        return None
    model = _texts(state.model.tables)
    for name, kind in _texts(state.database.tables).items():
        wanted = model.get(name, kind)
        if wanted != kind and "VARCHAR" in (wanted, kind):
            found = f"The model has {name} as {wanted}, the database as {kind}."
            return say("The lengths differ.", found, *_change_of_type(state, name, wanted))
    return None


def _change_of_type(state: State, name: str, wanted: str) -> tuple[str, str]:
    """How a column comes to another type by a script that is written by hand, and the command."""
    table, _, column = name.partition(".")
    kind = wanted.replace("VARCHAR", "String")
    line = f'with op.batch_alter_table("{table}") as batch_op: '
    line += f'batch_op.alter_column("{column}", type_=sa.{kind}). The reverse goes into its '
    line = f"upgrade(): {line}downgrade()."
    if empty := next(iter(state.migrations.pending), None):
        why = f"{named(empty)} does nothing yet. Write into its {line}"
        return why, f"%show {quoted(empty.file)}"
    why = "flask db check compares lengths only where both have one."
    makers = [r for r in state.migrations.revisions if name in {*r.adds, *r.columns}]
    maker = makers[-1] if makers else None
    # The way back must take this column, and nothing else with it.
    alone = maker and maker.adds == (name,) and not maker.drops and maker.undoes
    if maker and alone and maker.id in state.migrations.current:
        why += (
            " Take the script back on each database that has run it, delete it, and make it again."
        )
        return why, "flask db downgrade"
    if empty := next((r for r in _only_here(state) if r.is_empty), None):
        why = f"{named(empty)} has run and does nothing. After the downgrade, write into its {line}"
        return why, "flask db downgrade"
    why += f" The command makes an empty script. Write into its {line}"
    return why, f'flask db revision -m "Change {table} table"'


def _only_here(state: State) -> list[Revision]:
    """The scripts that this database has run last, which no commit and no other database has."""
    here = state.migrations
    last = [r for r in here.revisions if r.id in here.current and not r.parents[1:]]
    return [r for r in last if not r.committed and not claims(state, r)]


def _texts(tables: Iterable[Table]) -> dict[str, str]:
    """The columns that hold text, with their types."""
    types = {name: column.type for name, column in columns_in(tables).items()}
    return {name: kind for name, kind in types.items() if kind.partition("(")[0] == "VARCHAR"}
