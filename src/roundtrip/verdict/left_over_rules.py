"""A script that waits for the database, and does what the model does not say."""

from __future__ import annotations

from ..env_file import quoted, with_env_file
from ..facts import Elsewhere
from ..migration_facts import Revision
from ..names import is_among
from ..state import Disagreement, State
from .commands import back_on, restore_model, stash_pop, take_out, undo
from .failing import half_run
from .lookups import claims, has_run, model_names, models_file
from .wording import listed, named, say


def left_over(state: State) -> Disagreement | None:
    """A pending script that does what the model does not say: its upgrade would do harm."""
    model, pending = model_names(state), state.migrations.pending
    if pending and half_run(state):
        return None  # what it has done is undone first
    model |= {table.name for table in state.model.left_out}
    for place, revision in enumerate(pending):
        later = pending[place + 1 :]
        undone = {name for each in later for name in each.drops}
        redone = {name for each in later for name in each.adds}
        extra = [n for n in revision.adds if n not in model and not is_among(n, undone)]
        lost = [n for n in revision.drops if n in model and n not in redone | {*revision.adds}]
        if not extra and not lost:
            continue
        renamed = [name for name in lost if name in revision.renamed]
        dropped = [name for name in lost if name not in renamed]
        changes = {"adds": extra, "renames": renamed, "drops": dropped}
        does = [f"{verb} {listed(names)}" for verb, names in changes.items() if names]
        if other := has_run(state, revision):
            return _run_elsewhere(state, revision, other, does, extra)
        if needs := _may_need(state, revision):
            return say(
                "Another database may need a migration that waits here.",
                f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
                f"{needs.url} has some of it, counts it as run, or is at a script that is not "
                "here. Delete no script before that database can do without it; this shows how.",
                with_env_file("%board", needs.env_file),
                model_of(state, revision),
            )
        env = f"{state.migrations.folder}/env.py"
        if lost and not revision.committed and env in state.git.modified:
            return say(
                "A migration does more than the model says.",
                f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
                f"{env} is not as it was committed, and tells Alembic which models there are. So "
                "look at that first; then delete the script, and make it again.",
                *undo(state, env),
            )
        why, stash = stash_pop(state)
        first, command = take_out(state, revision)
        whole = bool(extra) and set(extra) == {*revision.adds} and not revision.drops
        back = "" if stash else model_of(state, revision)
        if stash:
            pass
        elif needed := _follows(state, revision):
            why = f"Do not upgrade. {named(needed)} follows it, is committed, and the model wants "
            why += f"it: write {revision.below} into its line down_revision. Then this one can go."
            command, back = f"%show {quoted(needed.file)}", ""
        elif first:
            why = f"Do not upgrade, and delete the script.{first}"
        elif extra and not lost and _is_own_work(revision):
            why = "It was written by hand, and no commit has it. Is it wanted? Then put what it "
            why += "adds into the model. If not, the other command deletes the script for good."
            command, back = f"%show {quoted(revision.file)}", command
        elif whole and revision.came_alone:
            why = (
                "Do not upgrade: the model comes first. The commit that brought the script, which "
            )
            why += "this shows, left the model as it was. Was a line forgotten? Then put it in. If "
            why += "nobody wants it, the other command deletes the script."
            command, back = f"git log -p -1 -- {quoted(revision.file)}", command
        elif whole and revision.committed and not back:
            why = "Do not upgrade: the model comes first. This shows its last change. Was the line "
            why += "lost? Then put it in again. If nobody wants it, the other command deletes the "
            why += "script."
            command, back = f"git log -p -1 -- {quoted(models_file(state))}", command
        elif whole:
            why = "Do not upgrade: the model comes first. Is it wanted? Then put its line into the "
            why += "model. If not, the command deletes the script."
        else:
            why = "Do not upgrade. The command deletes the script; then run flask db migrate again."
            if not state.differences:
                why = "Do not upgrade. The command deletes the script; model and database agree."
        headline = "A migration does more than the model says."
        return say(
            "A left-over migration is waiting." if whole else headline,
            f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
            why,
            stash or command,
            back,
        )
    return None


def _follows(state: State, revision: Revision) -> Revision | None:
    """A committed script that makes what the model wants, and follows this one."""
    if not revision.parents:
        return None
    after = (r for r in state.migrations.pending if r.parents == (revision.id,) and r.committed)
    return next((r for r in after if r.adds and model_names(state).issuperset(r.adds)), None)


def _is_own_work(revision: Revision) -> bool:
    """Whether nothing could write a script again: a part is by hand, and no commit has it."""
    more = revision.by_hand or revision.opaque or {"execute", "bulk_insert"} & {*revision.others}
    return bool(more) and not revision.committed


def _run_elsewhere(
    state: State, revision: Revision, other: Elsewhere, does: list[str], extra: list[str]
) -> Disagreement:
    """A script that the model does not want waits here, and another database has run it."""
    why = f"{other.url} needs the script to go back, so downgrade that database first. "
    why += "Then delete the script."
    command, back = back_on(state, other, revision), model_of(state, revision)
    others_may = revision.committed and extra and not revision.drops
    if others_may and (needed := _follows(state, revision)):
        why = f"{named(needed)} follows it, and the model wants that, so keep both. Upgrade here; "
        why += f"then let a new migration drop {listed(extra)} everywhere."
        command = "flask db upgrade"
    elif others_may:
        why += f" The downgrade drops {listed(extra)} there, with all values. Do others have the "
        why += "script too? Then keep it: upgrade here, and let a new migration drop "
        why += f"{'them' if extra[1:] else 'it'} everywhere."
        back = "flask db upgrade"
    return say(
        "Another database has run a migration that waits here.",
        f"{named(revision)} {' and '.join(does)}, and the model does not want that.",
        why,
        command,
        back,
    )


def _may_need(state: State, script: Revision) -> Elsewhere | None:
    """Another database that has what a script makes, or says so; or its own script is gone."""
    if other := claims(state, script):
        return other
    for other in state.elsewhere:
        if {*script.adds} & {*other.names} or {*other.versions} - state.migrations.ids:
            return other
    return None


def model_of(state: State, revision: Revision) -> str:
    """The command that brings back the model that a script was made from, if a commit has it."""
    return restore_model(state) if revision.committed else ""
