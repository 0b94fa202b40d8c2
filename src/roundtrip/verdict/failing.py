"""Whether a script that waits would fail, or is in the way: what `pending` looks at first."""

from __future__ import annotations

from difflib import get_close_matches

from ..env_file import quoted
from ..migration_facts import Revision
from ..names import is_among, table_of
from ..operations import OPERATIONS
from ..state import Disagreement, State
from .commands import back_on, take_out
from .lookups import (
    UNIQUE,
    claims,
    database_names,
    has_run,
    is_nullable,
    made_by,
    row_count,
)
from .wording import are, by_sql, dropped, listed, made_unique, named, rows_in, say, sentence

_HEADLINE = "A migration is waiting, and it would fail."


def mistaken(state: State) -> Disagreement | None:
    """A script calls an operation that Alembic does not have."""
    for revision in state.migrations.pending:
        for name in revision.unknown:
            near = get_close_matches(name, OPERATIONS, 1)
            return say(
                _HEADLINE,
                f"{named(revision)} calls {name}, which Alembic does not have.",
                f"Fix the line: {near[0] if near else 'another name'}. Or delete the script, and "
                "let flask db migrate write it.",
                f"%show {quoted(revision.file)}",
            )
    return None


def no_batch(state: State) -> Disagreement | None:
    """A script asks SQLite for what only a batch can do there."""
    if "://" in state.database.url:
        return None
    for revision in state.migrations.pending:
        for call in revision.outside_batch:
            return say(
                _HEADLINE,
                f"{named(revision)} calls {call}, which SQLite cannot do to a table that is there.",
                "Write it as batch_op.… inside with op.batch_alter_table(…) as batch_op: without "
                "the name of the table; a constraint needs a name. The same goes for downgrade().",
                f"%show {quoted(revision.file)}",
            )
    return None


def unfit(state: State) -> Disagreement | None:
    """A script drops what is not there, or adds what is, once those before it have run."""
    waiting = state.migrations.pending
    there = here = database_names(state)
    for before, revision in zip((None, *waiting), waiting, strict=False):
        if revision.runs_sql:
            return None  # what it does is not known
        if absent := [n for n in revision.drops if n not in there | {*revision.adds}]:
            found = f"{named(revision)} drops or renames {listed(absent)}"
            found += f", and {are(absent)} not here."
            return say(_HEADLINE, found, *_put_back(state, absent, revision))
        double = [n for n in revision.adds if n in here & there - {*revision.drops}]
        if double and before:
            return say(
                _HEADLINE,
                f"{named(revision)} adds {listed(double)}, and {are(double)} here already.",
                f"It would stop there. This goes as far as {named(before)}; then look again.",
                f"flask db upgrade {before.id}",
            )
        there = {name for name in there if not is_among(name, revision.drops)}
        there |= {*revision.adds, *revision.columns}
        if any("." not in name for name in revision.renamed):
            return None  # its columns have come along
    return None


def _put_back(state: State, names: list[str], revision: Revision) -> tuple[str, str]:
    """What to do where a script drops what is not there, and the command."""
    if {*names} & made_by(r for r in state.migrations.revisions if r.applied).keys():
        return "It was removed here by hand. Put it back first.", "%%flask_shell"
    why = "It was made by hand in another database, and belongs in no script: a new database would "
    why += "fail, too. Take that line out of the script, and commit the change."
    return why, f"%show {quoted(revision.file)}"


def would_fail(state: State) -> Disagreement | None:
    """A script asks for what the rows in the table do not have."""
    waiting = state.migrations.pending
    for revision in waiting:
        for name in revision.required:
            if row_count(state, name):
                return _no_value(state, revision, name)
    if any(revision.runs_sql for revision in waiting):
        return None  # it may fix the rows first
    return _some_empty(state) or _doubles(state) or _breaks_a_check(state)


def _no_value(state: State, revision: Revision, name: str) -> Disagreement:
    """A column that must not be empty is added to a table with rows."""
    found = f"{name} is NOT NULL, and {rows_in(state, name)} would have no value."
    table = table_of(name)
    if old := [each for each in revision.loses if table_of(each) == table and "." in each]:
        why = (
            f"It also drops {listed(old)}, with all values. If you renamed it, write alter_column "
            "with new_column_name into the script instead: that keeps them."
        )
        return say(_HEADLINE, found, why, f"%show {quoted(revision.file)}")
    why = "Allow NULL in the model: Mapped[… | None]. Then delete the script"
    added = [d for d in state.differences if (d.op, d.name) == ("add_column", name)]
    if is_nullable(state, name):
        why = "The model allows NULL now; the script is older. Delete it"
    elif added and not added[0].required:
        why = "The model has a server_default now; the script is older. Delete it"
    first, command = take_out(state, revision)
    how = "with this command, and run flask db migrate again."
    if first:
        how = f"and run flask db migrate again.{first}"
    if other := has_run(state, revision):
        command = back_on(state, other, revision)
        why = f"{other.url} has run it already: downgrade that one first. {why}"
        how = "afterwards, and run flask db migrate again."
    return say(_HEADLINE, found, f"{why} {how}", command)


def _some_empty(state: State) -> Disagreement | None:
    """A column that has empty rows becomes NOT NULL."""
    changing = [r for r in state.migrations.pending if "alter_column" in r.others]
    found = [d for d in state.differences if d.op == "modify_nullable" and d.required]
    if not changing or not found:
        return None
    why = "Give them one first, in a cell that begins with %%flask_shell."
    if not has_run(state, *changing):
        why += " Or keep Mapped[… | None], delete the script, and make it again."
    said = f"{found[0].name} becomes NOT NULL, and some rows have no value there."
    return say(_HEADLINE, said, why, "%%flask_shell")


def _doubles(state: State) -> Disagreement | None:
    """What two rows have alike becomes unique."""
    makes_unique = {"create_unique_constraint", "create_index"}
    changing = [r for r in state.migrations.pending if makes_unique & {*r.others}]
    found = [d for d in state.differences if d.op in UNIQUE and d.required]
    if not changing or not found:
        return None
    why = "Change one of them first, in a cell that begins with %%flask_shell."
    if not has_run(state, *changing):
        why += " Or delete the script, and take unique=True out of the model."
    return say(_HEADLINE, sentence(made_unique(found[0])), why, "%%flask_shell")


def _breaks_a_check(state: State) -> Disagreement | None:
    """A row does not pass a check that a script adds."""
    adding = [r for r in state.migrations.pending if "create_check_constraint" in r.others]
    if not adding or not state.model.violated:
        return None
    broken = state.model.violated[0]
    why = "Change the row first, in a cell that begins with %%flask_shell."
    if not has_run(state, *adding):
        why += " Or take the check out of the model and out of the script."
    found = f"The model asks for {broken.condition} in {broken.table}, and a row there is not so."
    return say(_HEADLINE, found, why, "%%flask_shell")


def in_the_way(state: State) -> Disagreement | None:
    """A script that does nothing waits, and something is in no script: it would be lost to it."""
    (script, *more) = state.migrations.pending
    new = [d.name for d in state.differences if d.op in ("add_column", "add_table")]
    other = claims(state, script)
    there = sorted({*other.names} - made_by(state.migrations.revisions).keys()) if other else []
    if more or script.committed or not script.is_empty or not (new or there):
        return None
    has = f"the model has {listed(new)}, which the database lacks."
    if other and not new:
        has = f"{other.url} has {listed(there)}, which no script makes."
    return say(
        "A migration that does nothing is waiting.",
        f"The upgrade() of {named(script)} is empty, and {has}",
        *_filled_or_deleted(state, script),
    )


def _filled_or_deleted(state: State, script: Revision) -> tuple[str, ...]:
    """What to do about a script that does nothing, the command, and the other way."""
    show = f"%show {quoted(script.file)}"
    if other := claims(state, script):
        return f"{other.url} counts it as run, so keep it: write into it what is missing.", show
    why = "flask db migrate refuses while it waits. Without it, flask db migrate writes what is "
    why += "missing. Or write that into it by hand."
    return why, take_out(state, script)[1], show


def half_run(state: State) -> Disagreement | None:
    """The database has a part of what the next script adds."""
    revision = state.migrations.pending[0]
    there = [name for name in revision.adds if name in database_names(state)]
    absent = [name for name in revision.adds if name not in there]
    if not there or not absent or set(there) & set(revision.drops):
        return None
    headline = "A migration has run halfway."
    found = (
        f"{named(revision)} adds {listed(revision.adds)}: {are(there)} there, {are(absent)} not."
    )
    why = (
        f"It stopped at an error, or someone made {listed(there)} by hand. The next upgrade would "
    )
    why += "fail there."
    keep = (
        f"Fix the script, take {listed(there)} out of its upgrade() for this one run, then flask "
    )
    keep += "db upgrade, and put the lines back."
    if any("." not in name for name in there):
        return say(headline, found, f"{why} {keep}")
    them = "it" if len(there) == 1 else "them"
    why += f" No values there yet? Then drop {them}, and mend the script or make it again: "
    why += f"{by_sql(*map(dropped, there))}. Values? {keep}"
    return say(headline, found, why, "%%flask_shell")
