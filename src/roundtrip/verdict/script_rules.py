"""The migrations folder and its scripts: gone, or unreadable."""

from __future__ import annotations

from ..env_file import quoted
from ..migration_facts import Revision
from ..state import Disagreement, State
from .commands import move_aside, take_out, undo
from .lookups import claims
from .wording import say, sentence


def folder_gone(state: State) -> Disagreement | None:
    """Git has the migrations folder, and the project no longer has it."""
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


def other_folder(state: State) -> Disagreement | None:
    """The app names a migrations folder that is not there, and there is another one."""
    folder, there = state.migrations.folder, state.migrations.instead
    if not there:
        return None
    changed = sorted(file for file in state.git.modified if file.endswith(".py"))
    look, back = undo(state, *changed)
    return say(
        "The migrations are in another folder.",
        f"The app looks for them in {folder}/, and they are in {there}/.",
        "Migrate or its init_app names the folder, by directory=. Is the old name right? Put it "
        f"back there. Is the new one? git mv {there} {folder} gives it to the folder.",
        look or f"git mv {quoted(there)} {quoted(folder)}",
        back,
    )


def no_folder(state: State) -> Disagreement | None:
    """There is no migrations folder."""
    if state.migrations.exists or state.migrations.missing:
        return None
    return say(
        "There is no migrations folder yet.",
        "The app has Flask-Migrate, but no place for migration scripts.",
        "The command makes the folder. No table changes yet.",
        "flask db init",
    )


def script_error(state: State) -> Disagreement | None:
    """Alembic cannot read the folder, so no `flask db` command works."""
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
    rescue = here.rescue if here.error_kind == "no parent" else None
    kind = rescue.kind if rescue else ""
    if rescue and kind in (
        "worktree",
        "commit",
        "branch",
        "another branch",
        "orig_head",
        "too_far",
    ):
        command = f"git restore --source={rescue.where}"
        return say(
            "A script is gone.",
            sentence(here.error),
            f"{why} Git still has it; this brings it back.",
            f"{'git checkout HEAD' if kind == 'worktree' else command} -- {quoted(rescue.file)}",
        )
    if here.error_kind == "same id":
        return say("Two scripts have the same id.", sentence(here.error), *_copied(state))
    if kind == "lost" and (left := _left_behind(state)):
        first, command = take_out(state, left)
        return say(
            "A script is gone, and another follows it.",
            sentence(here.error),
            "Git does not have it. So what follows it has to go too, and be made again; the "
            f"command deletes it.{first} If down_revision only has a typo, fix that instead.",
            command,
        )
    if here.error_kind == "no id" and here.error_file in state.git.untracked:
        why += " Is it no migration? This moves it out of the folder, and keeps it."
        return say(
            "A file among the migrations is none.",
            sentence(here.error),
            why,
            move_aside(here.error_file),
        )
    look = undo(state, here.error_file)
    committed = {revision.file for revision in here.revisions if revision.committed}
    if not look[0] and here.error_file in committed:
        why += " This shows the last commit that has changed a script."
        look = f"git log -p -1 -- {quoted(f'{here.folder}/versions')}", ""
    return say("The migrations cannot be read.", sentence(here.error), why, *look)


def _copied(state: State) -> tuple[str, str]:
    """What to do about two scripts with one id, and the command: a commit's is not deleted here."""
    file, why = state.migrations.error_file, "A copy needs an id of its own."
    loose = {*state.git.untracked, *state.git.added}
    if file not in loose:
        why += " This shows which one came later. If that is the copy, delete it: git rm with "
        return f"{why}its name.", f"git log --oneline --name-status -- {state.migrations.folder}"
    why += " No commit has this one; the command deletes it."
    if sum(f" {each} " in (state.migrations.error or "") for each in loose) > 1:
        why = "A copy needs an id of its own. No commit has either; the command deletes the newer "
        why += "file. If that is not the copy, delete the other one."
    return why, f"git {'clean' if file in state.git.untracked else 'rm'} -f {quoted(file)}"


def _left_behind(state: State) -> Revision | None:
    """The script without a parent, where nothing has run it and no commit has it."""
    here = state.migrations
    loose = (r for r in here.revisions if not (r.applied or r.committed or claims(state, r)))
    return next((revision for revision in loose if revision.file == here.error_file), None)


def template_gone(state: State) -> Disagreement | None:
    """The template of new scripts is deleted."""
    file = f"{state.migrations.folder}/script.py.mako"
    if file not in state.git.deleted:
        return None
    return say(
        "A file of the migrations is gone.",
        f"There is no {file}.",
        "flask db migrate makes every new script from it. Git still has it; this brings it back.",
        f"git checkout HEAD -- {quoted(file)}",
    )
