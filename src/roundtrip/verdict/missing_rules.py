"""The database is at a revision that no script has: where the script is, and how it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..env_file import quoted
from ..facts import Difference
from ..migration_facts import Rescue
from ..state import Disagreement, State
from .commands import LOST, message_for, migrate_elsewhere, move_aside, undo
from .lookups import database_names, gone, made_by
from .wording import are, listed, say


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
    unmade = sorted(database_names(state) - made_by(here.revisions).keys())
    one_line = not here.heads[1:]  # else an upgrade does not know where to go
    if way == "lost" and wanted and unmade and one_line and "://" not in state.database.url:
        return _made_again(state, unmade)
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


def _made_again(state: State, names: Sequence[str]) -> Disagreement:
    """How to have a lost script written again, where the model has all that it made: `names`."""
    missing = state.migrations.missing[0]
    ops = (Difference(*_as_added(name)) for name in names)
    message = message_for(replace(state, differences=tuple(ops)))
    return say(
        "The database is ahead: a script is gone.",
        f"No file has its revision {missing}, and Git does not have it either.",
        f"The model still wants what it made ({listed(names)}). The command makes a second "
        "database from the scripts that are left, and compares the model with that: so the script "
        "is written again, under the same id. This database stays as it is.",
        migrate_elsewhere(state, message, missing),
    )


def _as_added(name: str) -> tuple[str, str, str]:
    table, _, column = name.partition(".")
    return f"add_{'column' if column else 'table'}", table, column


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
    """What follows for whoever wants to go back behind a script that was brought back."""
    here = state.migrations
    there = [o.url for o in state.elsewhere if o.versions and {*o.versions} <= here.ids]
    done = f" {are(there)} back already." if there else ""
    lost = [difference.name for difference in gone(state)]
    drops = f" drops {listed(lost)} with all values" if lost else ""
    to = here.heads[0] if here.heads else "base"
    if here.current[1:]:  # to go to the other head is no step: it has run
        to = f"{here.missing[0]}@-1"
    one_file = (
        "Is its change not wanted? Then downgrade every database that has run it (flask db "
        "downgrade), and delete the file again: git clean -f with its name."
    )
    return {
        "orig_head": "Was the reset meant? Then downgrade every database that is at "
        f"{here.missing[0]} (flask db downgrade {to}{drops}), and only then reset the code "
        f"again.{done}",
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
