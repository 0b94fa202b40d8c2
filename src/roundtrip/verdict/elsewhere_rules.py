"""The other databases of the project."""

from __future__ import annotations

from pathlib import PurePosixPath

from ..env_file import with_env_file
from ..facts import Elsewhere
from ..names import table_of
from ..state import Disagreement, State
from .by_hand import is_as_scripts_make_it
from .commands import move_away, step_back, undo
from .database_rules import no_folder
from .lookups import claims, database_names, goes_with, gone, lacking, made_by
from .wording import MOVED_AWAY, are, listed, named, say


def stamped_elsewhere(state: State) -> Disagreement | None:
    """Another database counts as run what waits here, and does not have what it adds."""
    if state.env_file:
        return None  # the board of the default database tells of the others
    waiting = state.migrations.pending
    other = claims(state, *waiting)
    absent = lacking(state, other, *waiting) if other else []
    return _stamped(other, absent) if other and absent else None


def not_its_own(state: State) -> Disagreement | None:
    """The settings that chose this database give it no address, or that of another one."""
    if not state.env_file:
        return next(filter(None, (_is_of_production(state, o) for o in state.elsewhere)), None)
    own = (other for other in state.elsewhere if other.env_file == state.env_file)
    return next((_about(state, each) for each in own), None)


def _is_of_production(state: State, other: Elsewhere) -> Disagreement | None:
    """Commands without --env-file go to the database of these settings."""
    usual = state.database.named_in
    its_own = PurePosixPath(other.url).stem == PurePosixPath(other.env_file).stem
    named = other.url == state.database.url and not (other.problem or other.same_as)
    if not (usual and its_own and named):
        return None
    look, back = undo(state, usual)
    return say(
        f"{usual} names the database of {other.env_file}.",
        f"The DATABASE_URL in both leads to {other.url}.",
        "What you try out without --env-file would happen there, and so would the next upgrade. "
        f"Take the line out of {usual} first, or name another database in it.",
        look or f"%show {usual}",
        back,
    )


def only_here(state: State) -> Disagreement | None:
    """This database, and not the default one, differs from the model by more than its scripts."""
    made = made_by(r for r in state.migrations.revisions if r.applied).keys()
    to_drop = {d.name for d in gone(state)} & made
    found = [d for d in state.alone if not goes_with(d, to_drop)]
    unseen = any(not other.env_file and other.problem for other in state.elsewhere)
    if not found or unseen or state.migrations.pending:
        return None
    own = [d for d in found if not is_as_scripts_make_it(state, d)]
    if not own:
        return say(
            "The default database was changed, and by no script.",
            f"It has {listed(d.name for d in found)} as the model does; no script makes that.",
            f"db.create_all() or other hands did. {state.database.url} is as its scripts make it, "
            "so leave it as it is. The board of the default database shows how a script comes to "
            "be.",
            "%board",
        )
    found = own
    what = listed(f"{d.name} ({d.detail or _ONLY[d.op.partition('_')[0]]})" for d in found)
    return say(
        f"{state.database.url} differs from the model, and the default database does not.",
        f"They differ in {what}.",
        "So flask db migrate finds nothing: it looks at the default database. This one was "
        "changed by hand, or a script was edited in between. Fix it with SQL, in a cell that "
        "begins with %%flask_shell, or with a copy of the file.",
        "%%flask_shell",
    )


_ONLY = {"add": "only in the model", "remove": "only in the database"}


def elsewhere(state: State) -> Disagreement | None:
    """The first of the other databases that is not where this one is."""
    others = () if state.env_file else state.elsewhere
    return next(filter(None, (_about(state, other) for other in others)), None)


def _about(state: State, other: Elsewhere) -> Disagreement | None:
    """What is to be said of another database, beside this one."""
    looks = (_misnamed, _not_there, _half_made_or_emptied, _at_another_revision)
    return next(filter(None, (look(state, other) for look in looks)), None)


def _misnamed(state: State, other: Elsewhere) -> Disagreement | None:
    """Its settings name no database, are gone, or name this one."""
    if other.problem == "no address":
        return say(
            f"{other.env_file} names no database.",
            f"It has no line DATABASE_URL=…, so its commands go to {other.url}.",
            "What is meant for another database would be done here. Add that line.",
            f"%show {other.env_file}",
        )
    if other.problem == "from the root":
        return say(
            f"{other.env_file} names no database of the project.",
            f"Its DATABASE_URL has four slashes, which begin at the root of the disk: {other.url}.",
            f"Three begin in instance/: DATABASE_URL=sqlite://{other.url}",
            f"%show {other.env_file}",
        )
    if other.problem == "no settings":
        line = f"DATABASE_URL=sqlite:///{PurePosixPath(other.url).name}"
        return say(
            f"No settings name {other.url}.",
            f"There is no {other.env_file}.",
            "So no command goes to that database, and no upgrade reaches it. Was the file deleted? "
            f"Git has no copy of it. Write it again; it holds one line: {line}",
            f"%%writefile {other.env_file}",
        )
    if other.same_as or other.url == state.database.url:
        return _the_same(state, other)
    return None


def _not_there(state: State, other: Elsewhere) -> Disagreement | None:
    """Its file is missing, or cannot be looked at."""
    if other.problem == "missing" and other.url in state.git.deleted:
        return say(
            f"{other.url} is not there.",
            f"{other.env_file} names it, and Git has the file.",
            "An upgrade would recreate it without rows. This shows how to get it back.",
            with_env_file("%board", other.env_file),
        )
    if other.problem == "no folder":
        return say(
            f"{other.url} has no folder.",
            f"{other.env_file} names it, and there is no folder {other.url.rpartition('/')[0]}.",
            no_folder(other.url),
            f"%show {other.env_file}",
        )
    if other.copies:
        return say(
            f"{other.url} is not there.",
            f"{other.env_file} names it, and there is no such file. There are rows in "
            f"{listed(other.copies)}, which no settings name.",
            "An upgrade would make it without rows. This shows what to do.",
            with_env_file("%board", other.env_file),
        )
    if other.problem == "missing":
        return say(
            f"{other.url} is not there.",
            f"{other.env_file} names it, and there is no such file.",
            "Was it moved, or is the name wrong? If it was never made, this makes it, with the "
            "tables and without rows.",
            with_env_file("flask db upgrade", other.env_file),
        )
    return unreadable(state, other.url)


def _half_made_or_emptied(state: State, other: Elsewhere) -> Disagreement | None:
    """A command stopped halfway there, or a downgrade has dropped everything."""
    board = with_env_file("%board", other.env_file)
    if any(name.startswith("_alembic_tmp_") for name in other.names):
        return say(
            f"{other.url} has a half-made copy of a table.",
            "An upgrade or a downgrade stopped halfway there.",
            "The next one would fail at it. This shows what to do.",
            board,
        )
    if other.emptied and not state.database.emptied:
        return say(
            f"{other.url} was emptied.",
            "A downgrade has dropped its tables, with all rows.",
            "An upgrade makes them again without rows; only a copy brings the rows back. This "
            "shows what there is.",
            board,
        )
    return None


def _at_another_revision(state: State, other: Elsewhere) -> Disagreement | None:
    """It has run other scripts than this one, or does not have what its scripts make."""
    board = with_env_file("%board", other.env_file)
    here = state.migrations.run_by(state.database.versions)
    there = state.migrations.run_by(other.versions)
    if there == here:
        run = [revision for revision in state.migrations.revisions if revision.id in here]
        made = {name for revision in run for name in (*revision.adds, *revision.columns)}
        absent = sorted(database_names(state) & made - {*other.names})
        return _stamped(other, absent) if absent else None
    if other.unrecorded:
        return say(
            f"{other.url} has tables, but no revision.",
            "Its alembic_version holds nothing, so flask db upgrade would make the tables again, "
            "and fail.",
            "It was emptied, or something else made the tables. This shows what to do.",
            board,
        )
    at = f"{other.url} has run no migration"
    if other.versions:
        at = f"{other.url} is at {listed(other.versions)}"
    found = f"{at}, {state.database.url} at {state.database.version or 'none'}."
    if lost := sorted(there - state.migrations.ids):
        why = f"The script {lost[0]} is not here. Bring it back before you move that database."
        return say(f"{other.url} lost its script.", found, why, board)
    waiting = [r for r in state.migrations.revisions if r.id in here - there]
    new = {name for r in waiting for name in r.adds} - {name for r in waiting for name in r.drops}
    if already := sorted(new & {*other.names}):
        why = "The upgrade would fail there: it was made by hand. This shows what to do."
        found = f"{at}, but has {listed(already)} already."
        return say(f"{other.url} is ahead of its revision.", found, why, board)
    required = [n for r in waiting for n in r.required if table_of(n) in other.filled]
    if there < here and required:
        why = f"The upgrade would fail there: {required[0]} is NOT NULL, and there are rows. This "
        return say(f"{other.url} waits.", found, f"{why}shows what to do.", board)
    careful = [r for r in waiting if not r.only_adds]
    if there < here and careful:
        why = f"{named(careful[0])} does more than add. Its own board shows what would "
        return say(f"{other.url} waits.", found, f"{why}fail or be lost there.", board)
    if there < here:
        why = "Each database is upgraded on its own: test this one, copy that one, then upgrade it."
        if state.git.branch not in (None, "main", "master"):
            why += f" Others may not want {state.git.branch} yet: merge it before that upgrade."
        there_too = with_env_file("flask db upgrade", other.env_file)
        return say(f"{other.url} waits.", found, why, there_too)
    why = "Each database is downgraded on its own, before the code goes back."
    back = with_env_file(step_back(state, other.versions, there - here), other.env_file)
    return say(f"{other.url} is ahead of this database.", found, why, back)


def _the_same(state: State, other: Elsewhere) -> Disagreement:
    headline = f"{other.env_file} names this database, not another."
    like = "flask does without it"
    if other.same_as:
        headline = f"{other.env_file} names the database of {other.same_as}."
        like = f"that of {other.same_as} does"
    return say(
        headline,
        f"Its DATABASE_URL leads to {other.url}, as {like}.",
        "What you try out here would happen there too. Give it a database of its own.",
        f"%show {other.env_file}",
    )


def unreadable(state: State, url: str) -> Disagreement | None:
    """Another database whose file is there and cannot be looked at."""
    found = (o for o in state.elsewhere if o.url == url and o.problem in ("locked", "garbage"))
    other = next(found, None)
    if not other:
        return None
    if other.problem == "locked":
        return say(
            f"{other.url} is locked.",
            f"{other.env_file} names it, and another program is writing to it, or has not ended.",
            "Close what has it open, a shell or a viewer; then look again.",
            with_env_file("%board", state.env_file),
        )
    return say(
        f"{other.url} cannot be read.",
        f"{other.env_file} names it, and the file is damaged, or no database.",
        MOVED_AWAY,
        move_away(other.url),
    )


def _stamped(other: Elsewhere, absent: list[str]) -> Disagreement:
    return say(
        f"{other.url} has less than its revision says.",
        f"It is at {listed(other.versions)}, but {are(absent)} not there.",
        "It was stamped, not upgraded, or changed by hand, or its script was changed since it ran. "
        "This shows its way back.",
        with_env_file("%board", other.env_file),
    )
