"""Scripts that are not in one line: more than one is the last, or one has lost its parent."""

from __future__ import annotations

from ..env_file import quoted
from ..migration_facts import Revision
from ..names import table_of
from ..state import Disagreement, State
from .commands import back_on, delete, take_back, undo
from .lookups import claims, has_run, made_by, model_names
from .twins import run_apart
from .wording import listed, named, say


def several_heads(state: State) -> Disagreement | None:
    """More than one script is the last one, or one is the first that cannot be."""
    if loose := _first_by_mistake(state):
        return say(
            "A script has lost its place in the chain.",
            f"{loose.file} says down_revision = None, and changes a table that it does not make.",
            "A new database could run it first, and fail; a merge would not fix that. Write the "
            "id of the script before it into that line again.",
            *(undo(state, loose.file) if loose.file in state.git.modified else _look_at(loose)),
        )
    heads = [r for r in state.migrations.revisions if r.id in state.migrations.heads]
    if len(heads) < 2:
        return None
    if lost := _deleted_by_hand(state):
        return say(
            f"The migrations have {len(heads)} heads.",
            f"{listed(named(head) for head in heads)} do not follow one another, and {lost} is "
            "deleted.",
            "It may be the merge that joined them. Git still has it; this brings it back.",
            *undo(state, lost),
        )
    if said := _one_too_many(state, heads):
        return said
    if edited := [r.file for r in state.migrations.revisions if r.file in state.git.modified]:
        return say(
            f"The migrations have {len(heads)} heads.",
            f"{listed(named(head) for head in heads)} do not follow one another, and {edited[0]} "
            "is not as it was committed.",
            "Was its line down_revision = … changed? If so, put the file back. If not, flask db "
            "merge heads joins them.",
            *undo(state, edited[0]),
        )
    return say(
        f"The migrations have {len(heads)} heads.",
        f"{listed(named(head) for head in heads)} do not follow one another.",
        "flask db upgrade does not know which is last. A merge joins them and changes no table.",
        'flask db merge heads -m "Merge heads"',
    )


def _one_too_many(state: State, heads: list[Revision]) -> Disagreement | None:
    """One of these heads can go: nobody wants what it adds, or another adds the same."""
    needless = {r: why for r in heads if r.adds and (why := _needless(state, r, heads))}
    there = [r for r in needless if state.env_file and not claims(state, r)]
    if foreign := [r for r in needless if r.applied and (not r.committed or r in there)]:
        lost, look = _line_lost(foreign[0])
        return say(
            "A second head is not needed.",
            f"The database has run {named(foreign[0])}, and {needless[foreign[0]]}.",
            f"{lost}Take it back, then delete its file; the other scripts stay as they are.",
            *_after(look, take_back(foreign[0], state.migrations.current)),
        )
    twins = [r for r in heads if any(o is not r and {*o.adds} & {*r.adds} for o in heads)]
    spare = [r for r in twins if not r.applied and not claims(state, r)]
    if spare:
        twin = next((r for r in reversed(spare) if not r.committed), spare[-1])
        return say(
            "Two scripts do the same.",
            f"{listed(named(each) for each in twins)} both add {listed(_shared(twins, twin))}.",
            "A new database would run both, and the second would fail. The command deletes one "
            "that no database here has run.",
            delete(state, twin),
        )
    if said := run_apart(state, twins):
        return said
    unread = [r for r in heads if r.drops or r.others or r.opaque]
    for stray in (r for r in needless if not r.applied and r not in unread):
        found = f"{named(stray)} adds {listed(stray.adds)}, and {needless[stray]}."
        lost, look = _line_lost(stray)
        if other := has_run(state, stray):
            return say(
                "A second head is not needed.",
                f"{found} {other.url} has run it.",
                f"{lost}That database needs the script to go back, so downgrade it first. Then "
                "delete the script.",
                *_after(look, back_on(state, other, stray)),
            )
        if not claims(state, stray):
            return say(
                "A second head is not needed.",
                f"{found} It has not run.",
                f"{lost}A merge would keep it. The command deletes the script.",
                *_after(look, delete(state, stray)),
            )
    return None


def _after(look: str, command: str) -> tuple[str, str]:
    """A command, and one that looks first, if any."""
    return (look, command) if look else (command, "")


def _line_lost(script: Revision) -> tuple[str, str]:
    """What to ask before a script goes that a commit has, and what to look at for that."""
    if not script.committed:
        return "", ""
    return (
        "Was its line in the model lost, as in a merge? Then put it in again: flask db merge heads "
        "joins the two. This shows the script. If nobody wants what it makes: "
    ), f"%show {quoted(script.file)}"


def _first_by_mistake(state: State) -> Revision | None:
    """A script without a parent, beside another one, that changes a table which it does not make.

    A branch of its own makes all that it changes.
    """
    first = [r for r in state.migrations.revisions if not r.parents]
    changed = {r: {table_of(n) for n in (*r.adds, *r.drops) if "." in n} - {*r.adds} for r in first}
    return next((r for r in first if first[1:] and changed[r]), None)


def _look_at(script: Revision) -> tuple[str]:
    """The command that shows what a script was like, or is, where no commit has it."""
    file = quoted(script.file)
    return (f"git log -p --oneline -- {file}" if script.committed else f"%show {file}",)


def _deleted_by_hand(state: State) -> str:
    """A script that is deleted, and Git was not told (git rm does that); empty where none is."""
    scripts = f"{state.migrations.folder}/versions/"
    gone = {*state.git.deleted} & {*state.git.modified}
    return next((file for file in sorted(gone) if file.startswith(scripts)), "")


def _shared(twins: list[Revision], twin: Revision) -> list[str]:
    """What one of these scripts adds, and another one too."""
    others = {name for each in twins if each is not twin for name in each.adds}
    return [name for name in twin.adds if name in others]


def _needless(state: State, head: Revision, heads: list[Revision]) -> str:
    """Why nothing is missed of what a script adds; empty where the model wants a part of it."""
    wanted = {*head.adds} & model_names(state)
    if not wanted:
        return "the model does not want that"
    if head.committed:
        return ""
    twins = [r for r in heads if r.committed and wanted <= {*r.adds}]
    if not head.parents:  # one of its own for all that the others make, step by step
        made = made_by(r for r in state.migrations.revisions if r.committed)
        twins += [made[name] for name in sorted(wanted) if wanted <= made.keys()]
    return f"{named(twins[0])} adds it, too, and is committed" if twins else ""
