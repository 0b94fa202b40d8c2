"""The migrations: whether they can be read, and those that wait or are gone."""

from __future__ import annotations

from ..facts import Disagreement, State
from .commands import delete, quoted, restore_model, undo
from .lookups import (
    database_names,
    has_run,
    is_among,
    is_nullable,
    model_names,
    row_count,
    stash_file,
)
from .wording import listed, named, rows_in, say, sentence


def folder_gone(state: State) -> Disagreement | None:
    folder = state.migrations.folder
    if state.migrations.exists or not any(
        path.startswith(f"{folder}/") for path in state.git.deleted
    ):
        return None
    return say(
        "The migrations folder was deleted.",
        f"Git still has {folder}, the project does not.",
        "This brings it back as it was in the last commit. Nothing else changes.",
        f"git checkout HEAD -- {folder}",
    )


def no_folder(state: State) -> Disagreement | None:
    if state.migrations.exists or state.migrations.missing:
        return None
    return say(
        "There is no migrations folder yet.",
        "The app has Flask-Migrate, but no place for migration scripts.",
        "The command makes the folder. No table changes yet.",
        "flask db init",
    )


def script_error(state: State) -> Disagreement | None:
    here = state.migrations
    if not here.error:
        return None
    lost = [path for path in state.git.deleted if path.startswith(f"{here.folder}/")]
    why = "Alembic reads the whole folder before it does anything, so flask db cannot work."
    if lost:
        why += " Git still has what was deleted; this brings it back."
        return say(
            "A file of the migrations is gone.",
            sentence(here.error),
            why,
            f"git checkout HEAD -- {quoted(lost[0])}",
        )
    if here.error.startswith("Both ") and here.error_file in state.git.untracked:
        return say(
            "Two scripts have one number.",
            sentence(here.error),
            "A copy needs a number of its own. Git does not have this one; the command deletes it.",
            f"git clean -f {quoted(here.error_file)}",
        )
    return say(
        "The migrations cannot be read.",
        sentence(here.error),
        why,
        *undo(state, here.error_file),
    )


def missing_script(state: State) -> Disagreement | None:
    here = state.migrations
    if not here.missing:
        return None
    kind = here.rescue.kind if here.rescue else "lost"
    where = here.rescue.where if here.rescue else ""
    file = quoted(here.rescue.file) if here.rescue else ""
    # Where the model still has what the database has, nothing is to be undone.
    wanted = not state.differences
    then = (
        "Then commit it." if wanted else "Then run flask db downgrade, and delete the file again."
    )
    early = "The reset came before the downgrade. " if where == "ORIG_HEAD" else ""
    loose = {*state.git.modified, *state.git.staged} - {file}
    if kind == "orig_head" and loose:
        # A second reset would take the uncommitted work with it; the file alone is enough.
        kind = "commit"
    why, command = {
        "worktree": (
            "The last commit has it; this brings it back.",
            f"git checkout HEAD -- {file}",
        ),
        "stash": (
            "git stash took it along; this brings it back.",
            "git stash pop" if where == "refs/stash" else f"git stash pop {where}",
        ),
        "branch": (
            f"It is on the branch {where}. To leave it for good, go back there, run "
            "flask db downgrade, then change the branch.",
            f"git checkout {where}",
        ),
        "orig_head": (
            f"{early}This undoes the reset. Then run flask db downgrade, and only then take the "
            "code back again.",
            "git reset --hard ORIG_HEAD",
        ),
        "commit": (
            f"{early}Git still has it; this brings the one file back. {then}",
            f"git checkout {where} -- {file if here.exists else here.folder}",
        ),
        "blob": (
            "It was never committed, but Git still holds its content: this writes it to a file. "
            + then,
            f"git show {where} > {file}",
        ),
        "lost": (
            "Git does not have it. Look for a copy in a backup or with a colleague. Or this makes "
            "an empty script with its number. It undoes nothing until you write into it what the "
            "old one did.",
            f'flask db revision --rev-id {here.missing[0]} -m "Say what it did"',
        ),
    }[kind]
    return say(
        "The database is ahead: a script is gone.",
        f"No file has its revision {here.missing[0]}. flask db says: Can't locate revision.",
        why,
        command,
    )


def several_heads(state: State) -> Disagreement | None:
    heads = [r for r in state.migrations.revisions if r.id in state.migrations.heads]
    if len(heads) < 2:
        return None
    if twins := [r for r in heads if r.adds and [o.adds for o in heads].count(r.adds) > 1]:
        twin = next((r for r in reversed(twins) if not r.committed), twins[-1])
        if not twin.applied:
            return say(
                "Two scripts do the same.",
                f"{listed(named(each) for each in twins)} both add {listed(twin.adds)}.",
                "A new database would run both, and the second would fail. The command deletes "
                "one of them.",
                delete(twin),
            )
    return say(
        f"The migrations have {len(heads)} heads.",
        f"{listed(named(head) for head in heads)} do not follow one another.",
        "flask db upgrade does not know which is last. A merge joins them and changes no table.",
        'flask db merge heads -m "Merge heads"',
    )


def left_over(state: State) -> Disagreement | None:
    """A pending script that does what the model does not say: its upgrade would do harm."""
    model, pending = model_names(state), state.migrations.pending
    for place, revision in enumerate(pending):
        later = pending[place + 1 :]
        undone = {name for each in later for name in each.drops}
        redone = {name for each in later for name in each.adds}
        extra = [n for n in revision.adds if n not in model and not is_among(n, undone)]
        lost = [n for n in revision.drops if n in model and n not in redone | {*revision.adds}]
        if not extra and not lost:
            continue
        does = [f"adds {listed(extra)}"] * bool(extra) + [f"drops {listed(lost)}"] * bool(lost)
        if other := has_run(state, revision):
            return say(
                "A migration is waiting here that another database has run.",
                f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
                f"{other.url} needs the script for its way back, so that database goes first. "
                "Delete the script afterwards.",
                f"flask --env-file {other.env_file} db downgrade",
                restore_model(state),
            )
        stash = stash_file(state)
        whole = bool(extra) and set(extra) == {*revision.adds} and not revision.drops
        if stash:
            why = f"The stash holds another {stash}; this brings it back."
        elif whole:
            why = "Do not upgrade: it would add what nobody wants. The command deletes the script."
        else:
            why = "Do not upgrade. The command deletes the script; then run flask db migrate again."
        return say(
            "A left-over migration is waiting."
            if whole
            else "A migration does more than the model says.",
            f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
            why,
            "git stash pop" if stash else delete(revision),
            "" if stash else restore_model(state),
        )
    return None


def pending(state: State) -> Disagreement | None:
    waiting = state.migrations.pending
    if not waiting or left_over(state):
        return None
    if said := _half_run(state) or _would_fail(state) or _two_ways(state):
        return said
    adds = [name for revision in waiting for name in revision.adds]
    drops = [name for revision in waiting for name in revision.drops]
    headline = (
        "One migration is waiting." if len(waiting) == 1 else f"{len(waiting)} migrations wait."
    )
    found = f"The database has not run {listed(named(revision) for revision in waiting)}."
    if adds and not drops:
        found = f"The scripts have {listed(adds)}, the database does not."
        if model_names(state).issuperset(adds):
            found = f"The model has {listed(adds)}, the database does not."
    if not state.database.exists:
        found = f"There is no database {state.database.url} yet. The upgrade makes it."
    why = "Read it before you run it." if len(waiting) == 1 else "Read them before you run them."
    if drops:
        why = f"The upgrade deletes {listed(drops)} with all values in it. Read the script first."
    return say(headline, found, why, "flask db upgrade")


def _half_run(state: State) -> Disagreement | None:
    """The database has a part of what the next script adds."""
    revision = state.migrations.pending[0]
    there = [name for name in revision.adds if name in database_names(state)]
    absent = [name for name in revision.adds if name not in there]
    if not there or not absent or set(there) & set(revision.drops):
        return None
    return say(
        "A migration has run halfway.",
        f"{named(revision)} adds {listed(revision.adds)}: {listed(there)} is there, "
        f"{listed(absent)} is not.",
        f"It stopped at an error, or other hands made {listed(there)}. The next upgrade would fail "
        f"there. Mend the script, take {listed(there)} out of its upgrade() for this one run, then "
        "flask db upgrade, and put the lines back.",
    )


def _would_fail(state: State) -> Disagreement | None:
    """A script that waits adds a column that must not be empty, to a table with rows."""
    for revision in state.migrations.pending:
        for name in revision.required:
            if not row_count(state, name):
                continue
            why = "Allow NULL in the model: Mapped[… | None]. Then delete the script"
            if is_nullable(state, name):
                why = "The model allows NULL now; the script is older. Delete it"
            command = delete(revision)
            if other := has_run(state, revision):
                command = f"flask --env-file {other.env_file} db downgrade"
                why = f"{other.url} has run it all the same, and has to go back first. {why}"
            return say(
                "A migration is waiting, and it would fail.",
                f"{name} is NOT NULL, and {rows_in(state, name)} would have no value.",
                f"{why} with this command, and run flask db migrate again."
                if not other
                else f"{why} afterwards, and run flask db migrate again.",
                command,
            )
    return None


def _two_ways(state: State) -> Disagreement | None:
    """Everything is committed, so the code can come to the database as well."""
    waiting = state.migrations.pending
    adds = [name for revision in waiting for name in revision.adds]
    drops = [name for revision in waiting for name in revision.drops]
    back = waiting[0].before
    committed = all(revision.committed for revision in waiting)
    # The code is shared by all databases: another one's upgrade is no reason to take it back.
    if not (back and waiting[0].parents and committed and adds) or drops or state.env_file:
        return None
    headline = "The code is ahead of the database."
    found = f"The model and the migration have {listed(adds)}, the database does not"
    if other := has_run(state, *waiting):
        return say(
            headline,
            f"{found}; {other.url} does.",
            "Forward, the upgrade adds it here too. Back, that database goes first, the code last.",
            "flask db upgrade",
            f"flask --env-file {other.env_file} db downgrade",
        )
    return say(
        headline,
        f"{found}.",
        f"Forward, the upgrade adds it. Back, the reset takes every commit after {back} off the "
        "branch, and deletes uncommitted changes.",
        "flask db upgrade",
        f"git reset --hard {back}",
    )


def half_made_copy(state: State) -> Disagreement | None:
    """SQLite's batch mode copies a table; a script that fails on the way leaves the copy behind."""
    names = [table.name for table in state.database.tables]
    copies = [name for name in names if name.startswith("_alembic_tmp_")]
    if not copies:
        return None
    table = copies[0].removeprefix("_alembic_tmp_")
    return say(
        "A half-made copy of a table is left over.",
        f"The database has {listed(copies)}: an upgrade or a downgrade stopped half way.",
        f"Look whether {table} still has its rows. If so, drop the copy, in a cell that begins "
        f'with %%flask_shell: db.session.execute(db.text("DROP TABLE {copies[0]}"))',
    )
