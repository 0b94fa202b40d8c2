"""Whether a script was changed after it had run: then the database is as the older version says."""

from __future__ import annotations

from ..env_file import quoted
from ..migration_facts import Revision
from ..state import Disagreement, State
from .commands import undo
from .lookups import database_names, made_by
from .wording import listed, say


def fits_better(state: State, revision: Revision) -> bool:
    """Whether the database is as a script says now, and not as its committed version does.

    Or a new one is: the script does not drop any more what no script makes.
    """
    there = database_names(state)
    if revision.spared and not {*revision.spared} & {*made_by(state.migrations.revisions), *there}:
        return True
    return bool(revision.once or revision.lately) and not (
        {*revision.once} & there or {*revision.lately} - there
    )


def changed_since(state: State) -> Disagreement | None:
    """A script that has run made something else then, which the database still has."""
    for revision in state.migrations.revisions:
        if not revision.version:
            continue
        there = database_names(state)
        then = [n for n in revision.once if n in there - made_by(state.migrations.revisions).keys()]
        now = [name for name in revision.lately if name not in there]
        if then or (now and revision.version == "HEAD"):
            return _said(state, revision, then, now)
    return None


def _said(state: State, revision: Revision, then: list[str], now: list[str]) -> Disagreement:
    file = quoted(revision.file)
    found = [f"makes {listed(now)} now"] if now else []
    found += [f"made {listed(then)} when it ran"] if then else []
    look, back = f"git diff {revision.version} -- {file}", f"git checkout HEAD -- {file}"
    if revision.version != "HEAD":
        back = f"git restore --source={revision.version} -- {file}"
    elif revision.file not in state.git.staged:
        look, back = undo(state, revision.file)
    return say(
        "A script that has run was changed.",
        f"{revision.file} {', and '.join(found)}.",
        "The databases that have run it stay as they are; only new ones would see the change. Put "
        "it back as it was, and change the schema with a new migration.",
        look,
        back,
    )
