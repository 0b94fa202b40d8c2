"""Two scripts that make the same: a new database would run both, and fail at the second."""

from __future__ import annotations

from ..env_file import quoted, with_env_file
from ..migration_facts import Revision
from ..names import is_among
from ..state import Disagreement, State
from .commands import back_on, take_back, take_out
from .lookups import claims, has_run, in_sql, made_by
from .wording import listed, named, say

_HEADLINE, _FAILS = (
    "Two scripts do the same.",
    "A new database would run both, and the second fails.",
)


def run_apart(state: State, twins: list[Revision]) -> Disagreement | None:
    """Two heads that add the same, each run by another database."""
    ours = next((r for r in twins if r.applied), None)
    theirs = next((r for r in twins if not r.applied), None)
    if len(twins) != 2 or not ours or not theirs or not (other := has_run(state, theirs)):
        return None
    shared = [name for name in ours.adds if name in theirs.adds]
    found = f"{listed(map(named, twins))} both add {listed(shared)}, and each of two databases has "
    found += "run another one."
    # The usual database keeps its record, whichever board is looked at.
    url, kept = (other.url, ours) if other.env_file else (state.database.url, theirs)
    if _do_the_same(ours, theirs):
        command = f"flask db stamp --purge {kept.id}"
        return say(
            _HEADLINE,
            found,
            f"{_FAILS} A stamp has {url} count as run the one that stays, and changes no table. "
            "Then delete the other.",
            with_env_file(command, other.env_file) if other.env_file else command,
        )
    return say(
        "Two scripts make the same in two ways.",
        found,
        f"{_FAILS} A merge would not help. Keep {named(kept)}, and take the other back in {url}. "
        "Then delete the other, and upgrade.",
        back_on(state, other, theirs) or take_back(ours, state.migrations.current),
    )


def made_twice(state: State) -> Disagreement | None:
    """A script makes what one before it has made, and nothing in between drops it."""
    scripts = state.migrations.revisions
    if state.migrations.heads[1:] or any(r.runs_sql for r in scripts):
        return None
    for place, second in enumerate(scripts):
        made = made_by(scripts[:place])
        again = [name for name in second.adds if name in made and not _is_new(name, second)]
        if not again:
            continue
        first = made[again[0]]
        found = f"{named(first)} and {named(second)} both make {listed(again)}."
        if not second.applied and not claims(state, second):
            follows, command = take_out(state, second)
            why = f"{_FAILS} No database here has run {named(second)}, so it can go.{follows}"
            return say(_HEADLINE, found, why, command)
        why = f"{_FAILS} Keep both files, as a database counts them as run: take {listed(again)} "
        why += f"out of upgrade() and downgrade() of {named(second)}. No table changes."
        return say(_HEADLINE, found, why, f"%show {quoted(second.file)}")
    return None


def _is_new(name: str, script: Revision) -> bool:
    """Whether a script that makes this drops it first."""
    return is_among(name, script.drops)


def _do_the_same(one: Revision, other: Revision) -> bool:
    """Whether two scripts add the same columns, of the same types, and do nothing else."""
    made = [sorted((c.name, in_sql(c)) for c in each.makes) for each in (one, other)]
    more = any(
        {*each.adds} - {c.name for c in each.makes} or each.drops or each.others or each.opaque
        for each in (one, other)
    )
    return made[0] == made[1] and not more
