"""The migrations folder and its scripts: gone, or unreadable."""

from __future__ import annotations

from ..env_file import quoted
from ..migration_facts import Rescue, Revision
from ..state import Disagreement, State
from .commands import LOST, move_aside, take_out, undo
from .lookups import claims, database_names, gone, made_by
from .wording import are, listed, say, sentence


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


def missing_script(state: State) -> Disagreement | None:
    """The database is at a revision that no script has."""
    here = state.migrations
    if not here.missing:
        return None
    edited = [r.file for r in here.revisions if r.file in state.git.modified]
    rescue = here.rescue or Rescue("lost")
    if rescue.file in edited:
        return say(
            "The database is ahead: a script is gone.",
            f"No file has its revision {here.missing[0]}, and {rescue.file} was changed.",
            "The committed file has that id. Look at what was changed; put it back.",
            *undo(state, rescue.file),
        )
    way = rescue.kind
    # Where the model still has what the database has, nothing has to be undone.
    wanted = not state.differences
    same = wanted and database_names(state) == made_by(here.revisions).keys()
    # A script that is only laid aside is not given up for another id.
    if same and way not in ("worktree", "stash", "branch"):
        way = "nothing lost"
    if rescue.unnamed and way == "commit" and not wanted:
        way = "unnamed"
    way = "branch" if way == "another branch" else way
    changed = {*state.git.modified, *state.git.staged}
    if way in ("orig_head", "too_far") and changed - {rescue.file}:
        # A second reset would take the uncommitted work with it; the file alone is enough.
        way = "commit"
    in_the_way = _to_do_first(state, rescue, way)
    why, command = in_the_way or _way_to_go_on(state, rescue, way)
    then = ""
    if way in ("commit", "blob") and wanted and not in_the_way:
        why = f"{why} Then commit it."
    elif not in_the_way:
        then = _then_back(state, way)
    return say(
        "The database is ahead: a script is gone.",
        f"No file has its revision {here.missing[0]}. flask db says: Can't locate revision.",
        why,
        command,
        _way_to_go_on(state, rescue, "commit")[1] if command.startswith("git branch") else "",
        then=then,
    )


def _to_do_first(state: State, rescue: Rescue, way: str) -> tuple[str, str] | None:
    """What would be overwritten on the way to a script, or left, and the command that saves it."""
    git, where = state.git, f"It is on the branch {rescue.where}."
    if way == "nothing lost":
        return None
    all_files = way in ("branch", "orig_head", "too_far")
    if way == "branch" and git.on_no_branch:
        why = f"{where} No branch has the commit that you are at. This makes one that keeps it; "
        return f"{why}then go to {rescue.where}.", f"git switch -c keep-{(git.head or '')[:7]}"
    overwritten = rescue.in_the_way if all_files else (rescue.file,)
    if loose := [file for file in overwritten if file in git.untracked]:
        why = f"{where} Git would not go there over your {loose[0]}, which no commit has."
        if way != "branch":
            why = f"Git still has it. To bring it back now would overwrite your {loose[0]}, which "
            why += "no commit has."
        return f"{why} This keeps it under another name; then look again.", move_aside(loose[0])
    if way == "branch" and rescue.in_the_way:
        why = f"{where} Git would not go there over your change in {listed(rescue.in_the_way)}. "
        why += f"This puts your changes aside; on {rescue.where}, git stash pop brings them back."
        return why, "git stash -u"
    return None


def _then_back(state: State, way: str) -> str:
    """What follows for who wants to go back behind a script that was brought back."""
    here = state.migrations
    there = [o.url for o in state.elsewhere if o.versions and {*o.versions} <= here.ids]
    done = f" {are(there)} back already." if there else ""
    lost = [difference.name for difference in gone(state)]
    drops = f" drops {listed(lost)} with all values" if lost else ""
    to = here.heads[0] if here.heads else "base"
    if here.current[1:]:  # to go to the other head is no step: it has run
        to = f"{here.missing[0]}@-1"
    one_file = (
        "Then downgrade every database that has run it (flask db downgrade), and delete the file "
        "again: git clean -f with its name."
    )
    return {
        "orig_head": f"Then downgrade every database that is at {here.missing[0]} (flask db "
        f"downgrade {to}{drops}), and only then reset the code again.{done}",
        "commit": one_file,
        "blob": one_file,
    }.get(way, "")


def _way_to_go_on(state: State, rescue: Rescue, way: str) -> tuple[str, str]:
    """What to do about a script that is gone, and the command.

    `way`: the kind of rescue, or "nothing lost".
    """
    here = state.migrations
    where, file = rescue.where, quoted(rescue.file)
    early = "The reset came before the downgrade. " if where == "ORIG_HEAD" else ""
    nothing = "Git does not have it, and nothing" if rescue.kind == "lost" else "Nothing"
    return {
        "worktree": (
            "The last commit has it; this brings it back.",
            f"git checkout HEAD -- {file}",
        ),
        "stash": (
            "git stash took it along; this brings it back.",
            "git stash pop" if where == "0" else f"git stash pop {where}",
        ),
        "too_far": (
            "The reset went further back than the database. This goes to the commit that the "
            "database is at. Was a downgrade forgotten? Then downgrade there, and reset again.",
            f"git reset --hard {where}",
        ),
        "branch": (
            f"It is on the branch {where}. To leave it for good, go back there, run "
            "flask db downgrade, then change the branch.",
            f"git checkout {where}",
        ),
        "orig_head": (
            f"{early}This undoes the reset.",
            "git reset --hard ORIG_HEAD",
        ),
        "commit": (
            f"{early}Git still has it; this brings the one file back.",
            f"git restore --source={where} -- {file if here.exists else here.folder}",
        ),
        "unnamed": (
            f"It is in the commit {where}, which no branch has, with all else that belongs to it. "
            "This makes a branch of it, to go there and stay, or to downgrade there. The other "
            "command brings back the script alone.",
            f"git branch keep-{where} {where}",
        ),
        "blob": (
            "It was never committed, but Git still holds its content: this writes it to a file.",
            f"git show {where} > {file}",
        ),
        "nothing lost": (
            f"{nothing} of it is missing: the database has what the scripts make, and the model "
            "wants it. Only the id is wrong. A stamp records the right one, and changes no table.",
            f"flask db stamp --purge {'heads' if here.heads[1:] else 'head'}",
        ),
        "lost": (
            "Git does not have it. Look for a copy in a backup or with a colleague. Or this makes "
            "an empty script with its id. It undoes nothing until you write into it what the old "
            "one did. In the course, %restart begins the lesson again.",
            f'flask db revision --rev-id {here.missing[0]} -m "{LOST}"',
        ),
    }[way]
