"""Why something is not as it should be with `flask db` or a database, and the cure."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..env_file import quoted, with_env_file
from ..migration_facts import Revision
from ..names import table_of
from ..sqlite_files import sql_name
from ..state import State
from ..verdict.commands import back_on, message_for, take_back, take_out
from ..verdict.database_rules import database_problem, kept_by_git
from ..verdict.elsewhere_rules import unreadable
from ..verdict.git_rules import half_a_reset
from ..verdict.lookups import APP, database_names, has_run, model_names, row_count
from ..verdict.missing_rules import missing_script
from ..verdict.model_rules import no_app
from ..verdict.script_rules import folder_gone, script_error
from ..verdict.unseen_rules import not_made, run_for_nothing
from ..verdict.wording import by_sql, dropped
from .course_databases import USUAL, address_first, columns_of, command_on, query, versions
from .finding import Cure, as_told, begin_again, root_of
from .model_causes import look_at, why_lacking
from .reflog import ask_git, taken_by_a_reset
from .way_back_causes import no_way_back

_WHERE_IT_IS = {
    "stash": "is in the stash",
    "branch": "is on another branch",
    "another branch": "is on another branch",
}


def why_blocked(state: State, project: Path | None = None, database: str = USUAL) -> Cure | None:
    """The cure where `flask db` cannot work at all on this database of the project."""
    missing = state.migrations.missing
    if database != USUAL and (said := unreadable(state, f"instance/{database}")):
        return as_told(said)
    if said := script_error(state) or database_problem(state) or kept_by_git(state):
        return as_told(said, "%board")
    if missing and (deleted := no_app(state)) and deleted.next.startswith("git revert"):
        return as_told(deleted)  # else its scripts would be in the way of that
    verdict = folder_gone(state) or missing_script(state) or state.verdict
    there = versions(project, database) if project else ()
    gone = [*missing, *(each for each in there if each not in state.migrations.ids)]
    if not gone:
        return None
    kind = state.migrations.rescue.kind if missing and state.migrations.rescue else ""
    script = _WHERE_IT_IS.get(kind, "was deleted or reset too early")
    cause = f"The database is at {gone[0]}, whose script {script}."
    if missing and " --rev-id " in verdict.next:
        cause += " Git does not have it either."
        if verdict.next.startswith("flask"):
            return begin_again(cause)
        cause += " %board says how it is written again."
    # The board of another database looks for the file.
    return Cure(cause, verdict.next if missing else command_on(database, "%board"), repair=True)


def not_upgraded(state: State, project: Path, database: str) -> Cure:
    """Why a database has not run a script that waits, and the cure: not always an upgrade."""
    if bad := bad_script(state):
        return bad
    if database == USUAL and (trouble := why_troubled(state)):
        return trouble
    for revision in state.migrations.pending:
        if revision.loses:
            cause = f"The script that waits also drops {', '.join(revision.loses)}, with all values"
            return make_again(state, revision, f"{cause}.", MEND, repair=True)
    run = state.migrations.run_by(versions(project, database))
    for revision in state.migrations.revisions if database != USUAL else ():
        if revision.id not in run and not revision.only_adds:
            cause = f"The upgrade has not run on {database}, and {revision.file} does more than "
            cause += "add. Its own board shows what would fail or be lost there."
            return Cure(cause, command_on(database, "%board"), repair=True)
    cause = f"The upgrade has not run on {database}.{address_first(project, database)}"
    return Cure(cause, command_on(database, _UPGRADE))


def why_troubled(state: State) -> Cure | None:
    """The cure where the default database is not as its revision says, or has no right one."""
    return _verdict_in(_TROUBLES, state)


def bad_script(state: State) -> Cure | None:
    """The cure where a script waits that must not run on any database, nor be committed."""
    return _verdict_in(_BAD_SCRIPTS, state)


def _verdict_in(kinds: Collection[str], state: State) -> Cure | None:
    """What the board tells, where it is one of these kinds and no plain upgrade."""
    first = state.verdict
    return as_told(first) if first.kind in kinds and first.next != _UPGRADE else None


_UPGRADE = "flask db upgrade"
_BAD_SCRIPTS = {
    *("pending", "left_over", "several_heads", "model_not_imported"),
    *("not_made", "unwanted", "changed_type"),
}
"""The disagreements about scripts in which an upgrade does harm, where it is not told itself."""

_TROUBLES = {"not_recorded", "stamped", "overlapping", "half_made_copy"}
"""Those about one database."""


def no_script(state: State, project: Path, wanted: str = "", message: str = "") -> Cure:
    """Why there is no migration script for a change, and the cure.

    `wanted`: what it should add; `message`: what it should be called.
    """
    if said := half_a_reset(state):
        return as_told(said)
    # Whoever deletes a file with git rm means it, or a script that no database misses.
    lost = [file for file in state.git.deleted if file not in state.git.staged]
    scripts = f"{state.migrations.folder}/versions/"
    if lost and not (lost[0].startswith(scripts) and _nobody_misses_a_script(state)):
        return Cure(
            f"{lost[0]} is deleted; the last commit has it.", f"git restore {quoted(lost[0])}"
        )
    if state.model.error or not state.model.found:
        cause = f"{state.verdict.headline} {state.verdict.found} So no script could be made."
        return Cure(cause, state.verdict.next or "%board", repair=True, root=root_of(state.verdict))
    if state.model.migrates and not state.migrations.exists:
        return Cure("There is no migrations folder yet.", "flask db init", repair=True)
    if not state.model.migrates:
        cause = f"{state.verdict.headline} {state.verdict.why}"
        return Cure(cause, look_at(state, APP))
    if not state.model.tables:
        cause = "The model is not imported: flask db migrate sees no table, so it finds no change."
        return Cure(cause, state.verdict.next)
    if wrong := (*state.model.odd, *state.model.untyped):
        return Cure(wrong[0], look_at(state))
    if wanted and wanted not in model_names(state):
        return why_lacking(state, project, wanted)
    if wanted and wanted in database_names(state):
        return _made_by_hand(project, wanted)
    waiting = state.migrations.pending[-1] if state.migrations.pending else None
    if waiting and waiting.is_empty:
        return why_empty(state, waiting)
    if waiting and wanted and waiting.committed:
        cause = f"{waiting.file} waits. Until it has run, flask db migrate refuses."
        return Cure(cause, _UPGRADE)
    if waiting and not waiting.committed and (bad := bad_script(state)):
        return bad
    if waiting:
        cause = "No further script was made. While one waits, flask db migrate refuses."
        return Cure(cause, "flask db history")
    if state.differences and (idle := run_for_nothing(state)):
        return why_empty(state, idle)
    if not state.differences and (by_hand := _made_by_no_script(state)):
        return _made_by_hand(project, by_hand[0])
    if not state.differences and (taken := _reset_away(state, project)):
        return taken
    if not state.differences:
        cause = "The model holds no new change, so flask db migrate makes no script."
        return Cure(cause, look_at(state))
    return _make_one(state, message)


def _make_one(state: State, message: str) -> Cure:
    """How to make a script that is missing, where the board does not tell something else first."""
    command = f'flask db migrate -m "{message_for(state)}"'
    first = state.verdict
    as_usual = first.next == command
    if message:
        command = f'flask db migrate -m "{message}"'
    if first.kind in _AHEAD and (not as_usual or first.why.startswith("Careful:")):
        # Its script would fail, here or in another database, or drop what has another name now.
        cause = f"{first.headline} {first.why}"
        return Cure(cause, command if as_usual else first.next or "%board", repair=not as_usual)
    return Cure("There is no migration script for it yet.", command)


_AHEAD = {"model_ahead", "database_ahead"}
"""The disagreements in which a script may be missing, or is not what comes next."""


def why_empty(state: State, script: Revision) -> Cure:
    """A script that does nothing, where one was wanted that does something."""
    if said := not_made(state):
        return as_told(said)
    cause = f"{script.file} does nothing: its upgrade() is empty."
    if script.committed and script.file in state.git.modified:
        cause += " The last commit has another one, which a database may have run; this "
        return Cure(f"{cause}restores it.", f"git restore {quoted(script.file)}", repair=True)
    other = has_run(state, script)
    if script.applied or other:
        ran = "It has run" if script.applied or not other else f"{other.url} has run it"
        cause += f" {ran} and done nothing, so stamp the database back; then "
        command = f"flask db stamp {script.below}"
        if not script.applied and other:
            command = with_env_file(command, other.env_file)
        return Cure(f"{cause}delete the script.", command, repair=True)
    return make_again(state, script, cause, repair=True)


def _reset_away(state: State, project: Path) -> Cure | None:
    """The cure where a script went with a commit that a reset, the last move, has taken."""
    if state.git.uncommitted:
        return None
    folder = f"{state.migrations.folder}/versions/"
    for entry in taken_by_a_reset(state, project):
        there = ask_git(project, "ls-tree", "-r", "-z", "--name-only", entry.after, "--", folder)
        if gone := sorted({*there} - {r.file for r in state.migrations.revisions}):
            cause = f"{entry.after[:7]} has {gone[0]}, and a reset took that commit off the branch."
            return Cure(cause, f"git reset --hard {entry.after[:7]}", repair=True)
    return None


def _made_by_hand(project: Path, name: str) -> Cure:
    """The default database has what no script makes, so `flask db migrate` finds no difference."""
    cause = f"{USUAL} has {name} already, and no script here made it: db.create_all(), a change "
    cause += "by hand, or a script that was deleted since. flask db migrate finds no "
    cause += "difference."
    table, _, column = name.partition(".")
    values = f"SELECT count({sql_name(column)}) FROM {sql_name(table)}"
    if column in columns_of(project, USUAL, table) and query(project, USUAL, values) == [(0,)]:
        cause += f" It has no value yet: drop it, {by_sql(dropped(name))}. Then the script "
        return Cure(f"{cause}can be made.", "%%flask_shell", repair=True)
    return Cure(cause, "%board", repair=True)


def _made_by_no_script(state: State) -> list[str]:
    """What the database has and no script adds, where all that they add can be told."""
    scripts = state.migrations.revisions
    if any(script.opaque or script.unknown for script in scripts):
        return []
    made = {name: script for script in scripts for name in (*script.adds, *script.columns)}
    tables = {name for name in made if name in made[name].adds and not made[name].columns}
    left = database_names(state) - {*made}
    return sorted(name for name in left if table_of(name) not in tables)


def _nobody_misses_a_script(state: State) -> bool:
    run = {version for other in state.elsewhere for version in other.versions}
    lost = state.migrations.missing or run - state.migrations.ids
    return bool(state.differences) and not lost


def followed(state: State, script: Revision) -> Cure | None:
    """The cure where a script that is committed and has run is not as the model wants it.

    It is not taken back: as the board says, another one follows it.
    """
    first = state.verdict
    if not (script.applied and script.committed and first.kind in {*_AHEAD, "pending"}):
        return None
    return Cure(f"{first.headline} {first.why}", first.next, repair=True)


MEND = "Delete it, fix the model, make it again."


def make_again(
    state: State,
    revision: Revision,
    cause: str,
    then: str = "Delete it, make it again.",
    repair: bool = False,
) -> Cure:
    """A script is not as it should be: what has run it is downgraded first, then it is deleted.

    `repair`: the goal's own hints do not fit, even where nothing has run it.
    """
    if revision.applied:
        return downgrade_of(state, revision).after(cause)
    if other := has_run(state, revision):
        cause += f" {other.url} has run it: downgrade that database first, which loses "
        cause += "what the script added; then delete it. (In real production, a new "
        cause += "migration would fix it.)"
        return Cure(cause, back_on(state, other, revision), repair=True)
    first, command = take_out(state, revision)
    return Cure(f"{cause} {then}{first}", command, repair)


def downgrade_of(state: State, revision: Revision, then: str = "then delete it") -> Cure:
    """How to take back a script that the default database has run, or why no downgrade can.

    `then`: what is to be done with its file.
    """
    if revision.loses:
        cause = f"It has run, and what it dropped is gone: {', '.join(revision.loses)}."
        return begin_again(f"{cause} No downgrade brings the values back.")
    if hollow := no_way_back(state, revision):
        return hollow
    at = state.migrations.current
    followed = "" if revision.id in at else " with all that followed"
    said = f"Undo it{followed}, {then}."
    if lost := [name for name in revision.loses_back if row_count(state, name)]:
        said += f" The downgrade drops {', '.join(lost)} with all values."
    return Cure(said, take_back(revision, at), repair=True)
