"""Where model and database differ, and no script waits that would make them alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..env_file import quoted
from ..facts import Difference, Revision
from ..state import Disagreement, State
from .by_hand import unwritten, without_script
from .commands import SHOW_STASH, look_at_model, message_for, restore_model, stash_pop, take_back
from .lookups import UNIQUE, goes_with, gone, row_count, unlike
from .wording import by_sql, dropped, listed, made_unique, named, rows_in, say


def model_ahead(state: State) -> Disagreement | None:
    """The model wants something that neither the database nor a waiting script has."""
    going = {d.name for d in gone(state)}
    changes = [d for d in state.differences if not goes_with(d, going)]
    if not changes or state.migrations.pending or _brought_back(state) or _of_others(state):
        return None
    new = _added(changes)
    if new:
        found = f"The model has {listed(d.name for d in new)}, the database does not."
    else:
        found = f"They differ in {listed(f'{d.name} ({d.detail})' for d in changes)}."
    careful = next(filter(None, (look(state, changes) for look in _CAREFUL)), None)
    why, command = careful or (
        "flask db migrate writes a script for it. It changes no table yet.",
        "",
    )
    back, (stash, pop) = "", stash_pop(state)
    if going and pop:
        if pop != SHOW_STASH:
            stash += f" {SHOW_STASH} shows it."
        why, command = f"{why} {stash} If the line is not there, go on with flask db migrate.", pop
    if (made := _made_otherwise(state, changes)) and not command:
        why += f" {made[1]} If nobody else has run it, it can be taken back and made again."
        back = take_back(made[0], state.migrations.current)
    headline = "The model is ahead." if new else "Model and database differ."
    return say(headline, found, why, command or f'flask db migrate -m "{message_for(state)}"', back)


def _added(changes: Sequence[Difference]) -> list[Difference]:
    return [d for d in changes if d.op in ("add_column", "add_table")]


Careful = tuple[str, str]
"""What a script for the change would do, and what to run before it is made, if anything."""


def _renamed(state: State, changes: list[Difference]) -> Careful | None:
    tables = {each.table for each in _added(changes)}
    lost = [d for d in state.differences if d.op == "remove_column" and d.table in tables]
    if not lost:
        return None
    return (
        f"Careful: {lost[0].name} is gone from the model. If you renamed it, the script must use "
        "alter_column: a drop and an add lose every value."
    ), ""


def _made_otherwise(state: State, changes: Sequence[Difference]) -> tuple[Revision, str] | None:
    """The last script to run here, if it makes a column otherwise than the model; how it does."""
    names = {d.name for d in changes}
    for script in state.migrations.revisions:
        if script.id in state.migrations.current and script.undoes and not script.loses:
            for name, made, wanted in unlike(state, script):
                if name in names:
                    return script, f"{named(script)} makes {name} {made}, not {wanted}."
    return None


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
    found = _made_otherwise(state, changes) or _made_without(state, changes)
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
        lost = [d for d in _added(changes) if d.name in script.loses]
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
    names = [d.name for d in _added(changes) if d.required and row_count(state, d.name)]
    if not names:
        return None
    return (
        f"Careful: {names[0]} is NOT NULL, and {rows_in(state, names[0])} would have no value, so "
        "the upgrade would fail. Mapped[… | None] allows NULL: fix the model first."
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


def _other_type(state: State, changes: list[Difference]) -> Careful | None:
    kinds = [d for d in changes if d.op == "modify_type" and row_count(state, d.name)]
    kinds = [d for d in kinds if not _more_room(d.detail)]
    if not kinds:
        return None
    return (
        f"Careful: {kinds[0].name} gets another type, and values that do not fit may be lost, or "
        "stop the upgrade. flask db migrate writes a script for it. It changes no table yet."
    ), ""


def _more_room(detail: str) -> bool:
    """Whether a text gets longer, so that all that is there fits."""
    lengths = re.fullmatch(r"VARCHAR\((\d+)\) in the database, VARCHAR\((\d+)\) .*", detail)
    return lengths is not None and int(lengths[1]) <= int(lengths[2])


_CAREFUL: tuple[Callable[[State, list[Difference]], Careful | None], ...] = (
    *(without_script, _dropped_here, _renamed, _to_make_again, _required, _empty, _doubles),
    *(_dropped_table, _dropped_column, _other_type),
)
"""What may be wrong with a change, the worst first."""


_HEADLINE = "The database is ahead of the model."


def database_ahead(state: State) -> Disagreement | None:
    """The database has something that the model does not."""
    names = [d.name for d in gone(state)]
    if not names or state.migrations.pending:
        return None
    strange = [] if _brought_back(state) else _of_others(state)
    alone = all(goes_with(d, names) for d in state.differences)
    if not alone and not strange and not _brought_back(state):
        return None
    found = f"The database has {listed(names)}, the model does not."
    why, command = stash_pop(state)
    if command:
        return say(_HEADLINE, found, why, command)
    if strange and (maker := state.migrations.maker):
        return say(
            _HEADLINE,
            f"{found} No script here makes {strange[0]}, and Git still has one.",
            "The database does not count it as run, so nothing else asks for it. This brings the "
            "file back; then look again.",
            f"git restore --source={maker.where} -- {quoted(maker.file)}",
        )
    if said := unwritten(state, strange) if strange else None:
        return say(_HEADLINE, found, *said)
    if strange:
        return say(
            "The database has more than the model.",
            f"The database has {listed(strange)}, the model does not.",
            "No migration made it, so a script from flask db migrate would drop it here, and fail "
            "where it never was. Is it wanted? Add it to the model first. If nobody wants it or "
            f"its values, drop it by hand, {by_sql(dropped(strange[0]))}",
        )
    return _went_back(state, names)


def _went_back(state: State, names: Sequence[str]) -> Disagreement:
    """The model does not have what a script has made: it was taken out, or the code went back."""
    found = f"The database has {listed(names)}, the model does not."
    run = [r for r in state.migrations.revisions if r.applied]
    makers = [r for r in run if {*names} & {*r.adds, *r.columns}]
    maker = makers[-1] if makers else None
    edited = {*state.model.files} & {*state.git.modified}
    if edited and maker and maker.committed and not restore_model(state):
        return say(
            _HEADLINE,
            found,
            f"Was {listed(names)} meant to go? If not, put its line back: the command shows it "
            "with a minus. If so, flask db migrate writes a script that drops it, with its values.",
            look_at_model(state),
        )
    if not maker or maker.committed or maker.id not in state.migrations.current:
        return say(
            _HEADLINE,
            found,
            "To drop it, make a new migration; its upgrade deletes the values of "
            f"{listed(names)}. If you want it, put the line back in the model.",
            f'flask db migrate -m "{message_for(state)}"',
            restore_model(state),
        )
    if maker.adds and not maker.loses_back:
        why = f"The downgrade gives {listed(maker.adds)} the old name back and keeps the values."
        why += " After it, the script that renames can go."
        return say(_HEADLINE, found, why, "flask db downgrade")
    if instead := _in_its_place(state):
        found = f"The database has {listed(names)}, the model has {listed(instead)}."
        why = (
            f"The downgrade drops {listed(maker.loses_back)} with all values. If "
            f"{listed(instead)} is its new name, put the old one back. If nobody wants it, "
            "downgrade first; flask db migrate comes after that."
        )
        return say(_HEADLINE, found, why, "flask db downgrade")
    why = (
        f"The downgrade drops {listed(maker.loses_back)} with all values; without it, the next "
        "flask db migrate writes a script that does. If it is wanted, put its line into the model "
        "instead."
    )
    if not edited:
        why = f"The code went back without a downgrade. {why}"
    if maker.ignored:
        why = f"Git ignores {maker.file}, so the reset left it. {why}"
    return say(_HEADLINE, found, why, "flask db downgrade")


def _of_others(state: State) -> list[str]:
    """What the model does not have, and no script that has run made: a change by hand."""
    run = [r for r in state.migrations.revisions if r.applied]
    if any(r.opaque or "execute" in r.others for r in run):
        return []  # they may have made it
    made = {name for r in run for name in (*r.adds, *r.columns)}
    return [d.name for d in gone(state) if d.name not in made]


def _in_its_place(state: State) -> list[str]:
    """What is new in the model where something is gone: in the same table, or a table as well."""
    tables = {d.table for d in gone(state) if d.column}
    whole = any(not d.column for d in gone(state))
    added = _added(state.differences)
    return [d.name for d in added if (d.table in tables if d.column else whole)]


def _brought_back(state: State) -> bool:
    """Whether a script of no commit, the last to run, made something that the model does not want.

    Then a reset came too early, and the way back goes on, whatever else is new in the model.
    """
    names = {d.name for d in gone(state)}
    last = [r for r in state.migrations.revisions if r.id in state.migrations.current]
    return any(r.adds and not r.committed and names.issuperset(r.adds) for r in last)
