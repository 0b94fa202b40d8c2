"""Where model and database differ, and no script waits that would make them alike."""

from __future__ import annotations

from collections.abc import Sequence

from ..state import Disagreement, State
from .by_hand import unwritten
from .careful import CAREFUL, added, costs_rows, made_otherwise
from .commands import (
    SHOW_STASH,
    bring_back,
    look_at_model,
    message_for,
    restore_model,
    stash_pop,
    take_back,
)
from .lookups import goes_with, gone
from .wording import by_sql, dropped, listed, say


def model_ahead(state: State) -> Disagreement | None:
    """The model wants something that neither the database nor a waiting script has."""
    going = {d.name for d in gone(state)}
    changes = [d for d in state.differences if not goes_with(d, going)]
    if not changes or state.migrations.pending or _brought_back(state) or _of_others(state):
        return None
    new = added(changes)
    if new:
        found = f"The model has {listed(d.name for d in new)}, the database does not."
    else:
        found = f"They differ in {listed(f'{d.name} ({d.detail})' for d in changes)}."
    careful = next(filter(None, (look(state, changes) for look in CAREFUL)), None)
    why, command = careful or (
        "flask db migrate writes a script for it. It changes no table yet.",
        "",
    )
    back, (stash, pop) = "", stash_pop(state)
    if going and pop:
        if pop != SHOW_STASH:
            stash += f" {SHOW_STASH} shows it."
        why, command = f"{why} {stash} If the line is not there, go on with flask db migrate.", pop
    made = made_otherwise(state, changes)
    if made and not command and not costs_rows(state, made[0]):
        why += f" {made[1]} If nobody else has run it, it can be taken back and made again."
        back = take_back(made[0], state.migrations.current)
    headline = "The model is ahead." if new else "Model and database differ."
    return say(headline, found, why, command or f'flask db migrate -m "{message_for(state)}"', back)


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
            bring_back(maker),
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
            f"{listed(instead)} is its new name, put the old one back. Or keep the values: make an "
            "empty script with flask db revision, and write alter_column with new_column_name into "
            "it. If nobody wants it, downgrade first; flask db migrate comes after that."
        )
        return say(_HEADLINE, found, why, "flask db downgrade")
    why = (
        "Is it still wanted? Then put its line back into the model. If not, the downgrade drops "
        f"{listed(maker.loses_back)} with all values; without it, the next flask db migrate writes "
        "a script that does."
    )
    if not edited:
        why = f"The code went back without a downgrade. {why}"
    if maker.ignored:
        why = f"Git ignores {maker.file}, so the reset left it. {why}"
    return say(_HEADLINE, found, why, "flask db downgrade")


def _of_others(state: State) -> list[str]:
    """What the model does not have, and no script that has run made: a change by hand."""
    run = [r for r in state.migrations.revisions if r.applied]
    if any(r.runs_sql for r in run):
        return []  # they may have made it
    made = {name for r in run for name in (*r.adds, *r.columns)}
    return [d.name for d in gone(state) if d.name not in made]


def _in_its_place(state: State) -> list[str]:
    """What is new in the model where something is gone: in the same table, or a table as well."""
    tables = {d.table for d in gone(state) if d.column}
    whole = any(not d.column for d in gone(state))
    new = added(state.differences)
    return [d.name for d in new if (d.table in tables if d.column else whole)]


def _brought_back(state: State) -> bool:
    """Whether a script of no commit, the last to run, made something that the model does not want.

    Then a reset came too early, and the way back goes on, whatever else is new in the model.
    """
    names = {d.name for d in gone(state)}
    last = [r for r in state.migrations.revisions if r.id in state.migrations.current]
    return any(r.adds and not r.committed and names.issuperset(r.adds) for r in last)
