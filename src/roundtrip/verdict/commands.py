"""The commands that the rules tell to type."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection

from ..env_file import quoted, with_env_file
from ..facts import Elsewhere
from ..migration_facts import Rescue, Revision
from ..state import State
from .lookups import goes_with, gone, model_names, models_file, stash_file
from .wording import named

ANY_MESSAGE = "Say what changes"
"""In the place of a message that is to be written."""

LOST = "Say what it did"
"""In the place of the message of a script that is lost for good, and is written again."""

AMEND = "git commit --amend --no-edit"
"""Puts what is staged into the last commit."""

SHOW_STASH = "git stash show -p"
"""Shows what the newest stash holds."""


def undo(state: State, *files: str) -> tuple[str, str]:
    """How to see the latest change to one of these files, and how to throw it away."""
    for file in files:
        if file in {*state.git.modified} - {*state.git.deleted}:
            return f"git diff {quoted(file)}", f"git restore {quoted(file)}"
        if file in state.git.deleted and file in state.git.modified:
            return f"git restore {quoted(file)}", ""
    return "", ""


def look_at_model(state: State) -> str:
    """The command that shows what the models' file has new, or all of it."""
    file = models_file(state)
    changed = file in state.git.modified
    return f"git diff {quoted(file)}" if changed else f"%show {quoted(file)}"


def show_settings(state: State) -> str:
    """The command that shows the settings which name the database."""
    return f"%show {quoted(state.database.named_in or '.flaskenv')}"


def stands_in(state: State) -> Revision | None:
    """The script that was made for a lost one, has run, and does nothing yet."""
    last = state.migrations.revisions[-1:]
    return next((r for r in last if r.is_empty and r.message == LOST and r.applied), None)


def move_away(file: str) -> str:
    """The command that moves a file of the project away, and keeps it: Python's, as Git may not.

    Into a folder that is new each time, so that nothing kept earlier is in the way.
    """
    folder = f"tempfile.mkdtemp(prefix='kept-', dir='{posixpath.dirname(file)}')"
    return f"python -c \"import shutil, tempfile; shutil.move('{file}', {folder})\""


def copy(file: str) -> str:
    """The command that copies a database, under a name that nothing else has, beside itself."""
    place = f"tempfile.mkstemp('.db', 'before-', '{posixpath.dirname(file)}')[1]"
    return f"python -c \"import shutil, tempfile; shutil.copy('{file}', {place})\""


def move_aside(file: str) -> str:
    """The command that gives a file a name that nothing else has, at the top of the project."""
    place = f"tempfile.mkstemp('.kept', '{posixpath.basename(file)}-', '.')[1]"
    return f"python -c \"import shutil, tempfile; shutil.move('{file}', {place})\""


def move_in(file: str) -> str:
    """The command that moves a file of the project into instance/."""
    return f"python -c \"import shutil; shutil.move('{file}', 'instance')\""


def restore_model(state: State) -> str:
    """The command that brings the models' file back as it was committed.

    Empty where it is so, and where lines of a script that is not committed would go with it.
    """
    scripts = [revision for revision in state.migrations.revisions if not revision.committed]
    if any({*revision.adds} & model_names(state) for revision in scripts):
        return ""
    changed = [file for file in state.model.files if file in state.git.modified]
    return f"git restore {quoted(changed[0])}" if changed else ""


def stash_pop(state: State) -> tuple[str, str]:
    """Why and how to have the newest stash back; empty where it holds no file of the models."""
    if not (file := stash_file(state)):
        return "", ""
    if on := state.git.stashed_on:
        why = f"A stash that was made on the branch {on} holds another {file}. This shows it; git "
        return f"{why}checkout {on} goes where it belongs, and git stash pop there.", SHOW_STASH
    if state.git.stash_behind:
        why = (
            f"The stash holds another {file}, and something in it has changed here since: git "
            "stash pop could end in a conflict. This shows it. Write the lines that you want back "
            "by hand. If you want nothing more of it, git stash drop deletes the stash."
        )
        return why, SHOW_STASH
    return f"The stash holds another {file}; this brings it back.", "git stash pop"


def bring_back(script: Rescue) -> str:
    """The command that takes a script out of the commit that still has it."""
    return f"git restore --source={script.where} -- {quoted(script.file)}"


def delete(state: State, revision: Revision) -> str:
    """The command that deletes a script: Git's own, so that it is the same on every system."""
    file = quoted(revision.file)
    if revision.committed and revision.file not in (*state.git.modified, *state.git.staged):
        return f"git rm {file}"
    if revision.tracked:
        return f"git rm -f {file}"
    return f"git clean -f{'x' if revision.ignored else ''} {file}"


def take_out(state: State, revision: Revision) -> tuple[str, str]:
    """What to say of deleting a script, and the command: the last that follows it goes first."""
    line = [revision]
    for each in state.migrations.revisions:  # the oldest first
        if line[-1].id in each.parents and each not in line:
            line.append(each)
    if line[1:]:
        first = f" {named(line[-1])} follows it, so this deletes that one first."
        return first, delete(state, line[-1])
    return "", delete(state, revision)


def step_back(state: State, at: Collection[str], unwanted: Collection[str]) -> str:
    """The command that takes a database which is at these revisions one step back.

    `unwanted`: the scripts to take back. Of two heads, the one that leads to them.
    """
    here = state.migrations
    there = [r for r in here.revisions if r.id in at and here.run_by([r.id]) & {*unwanted}]
    return take_back(there[-1], at) if there else "flask db downgrade"


def back_on(state: State, other: Elsewhere, *revisions: Revision) -> str:
    """The command that takes another database one step back, on its way to before these scripts.

    Empty for the default one, seen from a board with an `env_file`: that is added to each command.
    """
    command = step_back(state, other.versions, [revision.id for revision in revisions])
    return with_env_file(command, other.env_file) if other.env_file else ""


def take_back(revision: Revision, at: Collection[str]) -> str:
    """The command that takes back a script, and what followed it, where the database is `at`."""
    if is_one_step(revision, at):
        return "flask db downgrade"
    if revision.id in at and len(revision.parents) < 2:
        # Of two heads: without its name, the step back could be that of the other.
        return f"flask db downgrade {revision.id}@-1"
    return f"flask db downgrade {revision.below}"


def is_one_step(revision: Revision, at: Collection[str]) -> bool:
    """Whether the plain command takes back this script; of a merge it knows no parent to go to."""
    return [*at] == [revision.id] and len(revision.parents) < 2


def commit(state: State, message: str) -> str:
    """The next command on the way to a commit of all changes, with this message."""
    git = state.git
    if git.untracked or git.modified:
        return "git add ."
    if git.taken_out:
        return AMEND
    return f'git commit -m "{_plain(message)}"'


def commit_script(state: State, revision: Revision, message: str = "") -> str:
    """The next command on the way to a commit of this script: its model's, if that was the last."""
    if (old := former_file(state, revision)) and not message:
        alone = {*state.git.uncommitted} <= {old, revision.file}
        message = f"Rename migration {revision.id}" if alone else ANY_MESSAGE
    command = commit(state, message or revision.message)
    amend = command.startswith("git commit") and is_of_last_commit(state, revision)
    return AMEND if amend else command


def former_file(state: State, revision: Revision) -> str:
    """The name that the file of a script has in the last commit, where it has a new one here."""
    folder = posixpath.dirname(revision.file)
    gone = (file for file in state.git.deleted if posixpath.dirname(file) == folder)
    return "" if revision.committed else next((f for f in gone if revision.id in f), "")


def is_of_last_commit(state: State, revision: Revision) -> bool:
    """Whether the last commit seems to be the one of a script that was forgotten in it."""
    last = state.git.subject
    models = {*state.model.files} & {*state.git.uncommitted}
    if old := former_file(state, revision):
        return old in state.git.last and not (models or state.git.pushed)
    others = [r for r in state.migrations.revisions if r.message == last and r.committed]
    if models or others or state.git.pushed or revision.file in state.git.removed:
        return False
    return last == revision.message != ANY_MESSAGE or has_its_line(state, revision)


def has_its_line(state: State, revision: Revision) -> bool:
    """Whether the last commit has brought the model's line of a script, it seems, and no script."""
    scripts = f"{state.migrations.folder}/"
    alone = not any(file.startswith(scripts) for file in state.git.last)
    wanted = bool(revision.adds) and model_names(state).issuperset(revision.adds)
    return wanted and alone and bool({*state.model.files} & {*state.git.last})


def message_for(state: State) -> str:
    """A message for the next script, where the change is one thing."""
    new = {d.table for d in state.differences if d.op == "add_table"}
    changes = [d for d in state.differences if d.op == "add_table" or d.table not in new]
    names = {d.name for d in gone(state)}
    rest = [d for d in changes if d.name in names or not goes_with(d, names)]
    columns = {d.name for d in changes if d.op == "add_column"}
    rest = [d for d in rest if not d.of or {f"{d.table}.{name}" for name in d.of} - columns]
    if len(rest) != 1:
        return ANY_MESSAGE
    return {
        "add_table": "Create {0.table} table",
        "remove_table": "Drop {0.table} table",
        "add_column": "Add {0.column} column to {0.table} model",
        "remove_column": "Remove {0.column} column from {0.table} model",
    }.get(rest[0].op, "Change {0.table} table").format(rest[0])


def migrate_elsewhere(state: State, message: str, rev_id: str = "") -> str:
    """The command that writes a script for what is here, and in no script.

    Against a second database, made by the scripts alone. `rev_id`: the id that it is to have.
    """
    heads = state.migrations.heads
    scratch = f"DATABASE_URL=sqlite:///scratch-{heads[0] if heads else 'empty'}.db"
    option = f"--rev-id {rev_id} " if rev_id else ""
    return f'{scratch} flask db upgrade && {scratch} flask db migrate {option}-m "{message}"'


def _plain(text: str) -> str:
    """A text without what is special between double quotes, in any shell and in a cell."""
    return re.sub(r'["`$\\%!{}]', "", text)
