"""The migrations: whether they can be read, and those that wait or are gone."""

from __future__ import annotations

from ..facts import Disagreement, State
from .commands import delete, quoted, restore_model, undo
from .lookups import is_among, is_nullable, model_names, row_count, stash_file
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
        "stash": ("git stash took it along; this brings it back.", "git stash pop"),
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
            f"git checkout {where} -- {file}",
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
        stash = stash_file(state)
        whole = bool(extra) and set(extra) == {*revision.adds} and not revision.drops
        does = [f"adds {listed(extra)}"] * bool(extra) + [f"drops {listed(lost)}"] * bool(lost)
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
    adds = [name for revision in waiting for name in revision.adds]
    drops = [name for revision in waiting for name in revision.drops]
    back = waiting[0].before
    two_ways = back and waiting[0].parents and all(revision.committed for revision in waiting)
    # The code is shared by all databases: another one's upgrade is no reason to take it back.
    run_elsewhere = {version for other in state.elsewhere for version in other.versions}
    if two_ways and adds and not drops and run_elsewhere & {r.id for r in waiting}:
        other = next(o for o in state.elsewhere if {*o.versions} & {r.id for r in waiting})
        return say(
            "The code is ahead of the database.",
            f"The model and the migration have {listed(adds)}, {state.database.url} does not; "
            f"{other.url} does.",
            "Forward, the upgrade adds it here too. Back, the other database has to go back first, "
            "and the code last.",
            "flask db upgrade",
            f"flask --env-file {other.env_file} db downgrade",
        )
    if two_ways and adds and not drops and not state.env_file:
        return say(
            "The code is ahead of the database.",
            f"The model and the migration have {listed(adds)}, the database does not.",
            f"Forward, the upgrade adds it. Back, the reset takes every commit after {back} off "
            "the branch, and deletes uncommitted changes.",
            "flask db upgrade",
            f"git reset --hard {back}",
        )
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
    required = [name for r in waiting for name in r.required if row_count(state, name)]
    if required:
        why = (
            "Allow NULL in the model: Mapped[… | None]. Then delete the script with this command, "
        )
        if is_nullable(state, required[0]):
            why = "The model allows NULL now; the script is older. Delete it with this command, "
        return say(
            "A migration is waiting, and it would fail.",
            f"{required[0]} is NOT NULL, and {rows_in(state, required[0])} would have no value.",
            f"{why}and run flask db migrate again.",
            delete(next(revision for revision in waiting if revision.required)),
        )
    why = "Read it before you run it." if len(waiting) == 1 else "Read them before you run them."
    if drops:
        why = f"The upgrade deletes {listed(drops)} with all values in it. Read the script first."
    return say(headline, found, why, "flask db upgrade")
