"""What may be wrong with a change of the model, before a script is made for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from ..env_file import quoted
from ..facts import Difference
from ..migration_facts import Revision
from ..state import State
from .by_hand import without_script
from .commands import look_at_model, take_back
from .lookups import UNIQUE, makes_index, row_count, unlike
from .wording import listed, made_unique, named, rows_in


def added(changes: Sequence[Difference]) -> list[Difference]:
    """The columns and tables that the model has and the database does not have."""
    return [d for d in changes if d.op in ("add_column", "add_table")]


Careful = tuple[str, str]
"""What a script for the change would do, and what to run before it is made, if anything."""


def _renamed(state: State, changes: list[Difference]) -> Careful | None:
    tables = {each.table for each in added(changes)}
    lost = [d for d in state.differences if d.op == "remove_column" and d.table in tables]
    if not lost:
        return None
    old = lost[0]
    must = "the script must use alter_column: a drop and an add lose every value."
    new = [each.column for each in added(changes) if each.table == old.table]
    if alike := get_close_matches(old.column, new, 1, _ALIKE):
        why = f"Careful: {old.name} is gone from the model, and {old.table}.{alike[0]} is new. A "
        why += "typo? Then write the old name again. If you renamed it, go on with flask db "
        return f"{why}migrate; {must}", look_at_model(state)
    return f"Careful: {old.name} is gone from the model. If you renamed it, {must}", ""


_ALIKE = 0.75
"""How alike two names are, from 0 to 1, of which one may be a typo: `city` and `ctiy` are."""


def made_otherwise(state: State, changes: Sequence[Difference]) -> tuple[Revision, str] | None:
    """The last script to run here, if it makes a column otherwise than the model; how it does."""
    names = {d.name for d in changes}
    for script in state.migrations.revisions:
        if script.id in state.migrations.current and script.undoes and not script.loses:
            for name, made, wanted in unlike(state, script):
                if name in names:
                    return script, f"{named(script)} makes {name} {made}, not {wanted}."
    return None


def costs_rows(state: State, script: Revision) -> bool:
    """Whether to take back this script, which a commit has, would drop a table with rows."""
    tables = [name for name in script.loses_back if "." not in name]
    return script.committed and any(row_count(state, name) for name in tables)


def _made_without(state: State, changes: Sequence[Difference]) -> tuple[Revision, str] | None:
    """The last script to run here, if it makes a table without a rule; and which. No row goes."""
    for script in state.migrations.revisions:
        if script.id in state.migrations.current and script.undoes and not script.loses:
            for each in changes:
                rule = each.op in ("add_fk", "add_constraint", "add_index")
                if rule and each.table in script.adds and not row_count(state, each.table):
                    what, _, _ = each.detail.partition(",")
                    return script, f"{named(script)} makes {each.table} without its {what}."
    return None


def _to_make_again(state: State, changes: list[Difference]) -> Careful | None:
    found = made_otherwise(state, changes) or _made_without(state, changes)
    if not found or found[0].committed:
        return None
    return (
        f"{found[1]} No commit has it yet, so one script can do it right: take it back on each "
        "database that has run it, delete it, and run flask db migrate again."
    ), take_back(found[0], state.migrations.current)


def _dropped_here(state: State, changes: list[Difference]) -> Careful | None:
    """What the last script to run has dropped, which no commit has, and the model still wants."""
    last = [r for r in state.migrations.revisions if r.id in state.migrations.current]
    for script in (r for r in last if not r.committed):
        lost = [d for d in added(changes) if d.name in script.loses]
        if not lost:
            continue
        why = f"Careful: {named(script)} has dropped {listed(d.name for d in lost)} here, and no "
        why += "commit has that script. "
        if any(d.required and row_count(state, d.name) for d in lost):
            why += "Its downgrade would fail: the rows have no value for a column that is NOT "
            why += "NULL. So only a copy of the database helps; in the course, %restart."
            return why, f"%show {quoted(script.file)}"
        why += "Take it back on each database that has run it, then delete it: so it happens "
        why += "nowhere else. It comes back empty, and only a copy has its values."
        return why, take_back(script, state.migrations.current)
    return None


def _required(state: State, changes: list[Difference]) -> Careful | None:
    names = [d.name for d in added(changes) if d.required and row_count(state, d.name)]
    if not names:
        return None
    return (
        f"Careful: {names[0]} is NOT NULL, and {rows_in(state, names[0])} would have no value, so "
        "the upgrade would fail. Mapped[… | None] allows NULL: fix the model first. (default= is "
        "for new rows, in Python; server_default= gives those that are there a value.)"
    ), look_at_model(state)


def _empty(state: State, changes: list[Difference]) -> Careful | None:
    found = [d for d in changes if d.op == "modify_nullable" and d.required]
    if not found:
        return None
    return (
        f"Careful: {found[0].name} becomes NOT NULL, and some rows have no value there, so the "
        "upgrade would fail. Give them one first, in a cell that begins with %%flask_shell. Or "
        "keep Mapped[… | None]."
    ), "%%flask_shell"


def _doubles(state: State, changes: list[Difference]) -> Careful | None:
    found = [d for d in changes if d.op in UNIQUE and d.required]
    if not found:
        return None
    return (
        f"Careful: {made_unique(found[0])}, so the upgrade would fail. Change one of them first, "
        "in a cell that begins with %%flask_shell."
    ), "%%flask_shell"


def _dropped_table(state: State, changes: list[Difference]) -> Careful | None:
    tables = [d.table for d in state.differences if d.op == "remove_table"]
    if not tables:
        return None
    why = f"Careful: the script will also drop {tables[0]} with {rows_in(state, tables[0])}. "
    if any(d.op == "add_table" for d in changes):
        why += "If you renamed it, the script must use rename_table: a drop and a create lose "
        return f"{why}every row.", ""
    return f"{why}If it is still wanted, take the drop out of the script before you run it.", ""


def _dropped_column(state: State, changes: list[Difference]) -> Careful | None:
    names = [d.name for d in state.differences if d.op == "remove_column"]
    said = f"Careful: the script will also drop {listed(names)}, with its values."
    return (said, "") if names else None


def _dropped_index(state: State, changes: list[Difference]) -> Careful | None:
    made = [d for d in changes if d.op == "add_index"]
    names = [
        d.called
        for d in changes
        if d.op == "remove_index" and not any(d.called == m.called for m in made)
    ]
    if not names or not makes_index(state, names[0]):
        return None
    return (
        f"Careful: the script will drop the index {names[0]}, which a script has made. Is it "
        "wanted? Then add it to the model: index=True in its column, or db.Index."
    ), ""


def _other_type(state: State, changes: list[Difference]) -> Careful | None:
    kinds = [d for d in changes if d.op == "modify_type" and row_count(state, d.name)]
    kinds = [d for d in kinds if not more_room(d.detail)]
    if not kinds:
        return None
    return (
        f"Careful: {kinds[0].name} gets another type, and values that do not fit may be lost, or "
        "stop the upgrade. flask db migrate writes a script for it. It changes no table yet."
    ), ""


def more_room(detail: str) -> bool:
    """Whether a text gets longer, so that all that is there fits."""
    lengths = re.fullmatch(r"VARCHAR\((\d+)\) in the database, VARCHAR\((\d+)\) .*", detail)
    return lengths is not None and int(lengths[1]) <= int(lengths[2])


CAREFUL: tuple[Callable[[State, list[Difference]], Careful | None], ...] = (
    *(without_script, _dropped_here, _renamed, _to_make_again, _required, _empty, _doubles),
    *(_dropped_table, _dropped_column, _dropped_index, _other_type),
)
"""What may be wrong with a change, the worst first."""
