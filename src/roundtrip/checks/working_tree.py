"""Goals about the working tree: what is committed, what is changed, what is new."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from ..env_file import quoted
from ..state import State
from ..verdict.commands import AMEND, ANY_MESSAGE, commit, commit_script
from ..verdict.lookups import made_by, model_names
from .causes import make_again
from .commit_causes import dropped_apart, not_now, not_to_commit, why_changed
from .finding import Cure, Finding, met, unmet
from .model_causes import look_at


def clean(
    state: State,
    project: Path,
    back: bool = False,
    message: str = ANY_MESSAGE,
    drops: str = "",
) -> Finding:
    """Nothing is modified, staged or untracked.

    `back`: changes should be undone, not committed. `message`: what the commit should be called.
    `drops`: its script drops this `table.column`, and the model's line went in the same commit.
    """
    if early := not_now(state):
        return unmet("Git cannot tell", early)
    uncommitted = state.git.uncommitted
    private = () if back else (*state.git.databases, *state.git.settings)
    if not uncommitted and not private:
        if drops and (two := dropped_apart(state, project, drops)):
            return unmet("every file is committed, in two commits", two)
        return met("every file is committed")
    text = f"not committed: {', '.join(uncommitted)}"
    if private:
        text = f"in Git: {', '.join(private)}"
    if back:
        file = uncommitted[0]
        if file in state.git.modified and file not in state.git.staged:
            cause = "The change is still in the file. git status says how to undo it."
            return unmet(text, Cure(cause, "git status"))
        return unmet(text, why_changed(state, file))
    if bad := not_to_commit(state, project):
        return unmet(text, bad)
    if scripts := [r for r in state.migrations.revisions if r.file in uncommitted]:
        cause = "The migration script is not committed."
        own = "" if message == ANY_MESSAGE else message  # else as the script is called
        return unmet(text, Cure(cause, _joined(state, commit_script(state, scripts[-1], own))))
    if state.git.untracked or state.git.modified:
        cause = "A change was made after the last commit."
        if not state.git.commits:
            cause = "Nothing is committed yet."
        return unmet(text, Cure(cause, "git status"))
    cause = "It is staged, but not committed."
    return unmet(text, Cure(cause, _joined(state, commit(state, message))))


def _joined(state: State, command: str) -> str:
    """A commit, or its way into one of the same message, which was made too early."""
    same = command == f'git commit -m "{state.git.subject}"'
    return AMEND if same else command


def changed_only(
    state: State, project: Path, files: list[str], adds: Sequence[str] = ()
) -> Finding:
    """Exactly these tracked files differ from the last commit, and no script is new.

    `adds`: what the model has new, and that is all in which it differs from its scripts.
    """
    found = sorted({*state.git.modified, *state.git.staged})
    text = f"changed since the last commit: {', '.join(found) or 'nothing'}"
    folders = {file.partition("/")[0] for file in files}
    code = [file for file in state.git.untracked if file.endswith(".py")]
    names = {Path(file).name for file in files}
    if astray := [file for file in code if Path(file).name in names]:
        cause = f"{astray[0]} is in the wrong folder. Write what is in it into {files[0]}; then "
        cause += f"git clean -f {quoted(astray[0])} deletes it."
        return unmet(f"{text}; new: {astray[0]}", Cure(cause, "git status", repair=True))
    if beside := [file for file in code if file.partition("/")[0] in folders]:
        cause = f"{beside[0]} is new. This lesson changes what is there, and adds no file."
        return unmet(f"{text}; new: {beside[0]}", Cure(cause, "git status"))
    if new := [r for r in state.migrations.revisions if r.file in state.git.untracked]:
        cause = "A migration script is there too early; the next lesson makes it."
        cure = make_again(state, new[-1], cause, "Delete it.")
        return unmet(f"{text}; new: {new[-1].file}", cure)
    if lost := [file for file in files if file in state.git.deleted]:
        return unmet(text, why_changed(state, lost[0]))
    if found == sorted(files):
        more = _differs(state, adds) if adds else None
        return unmet(text, more) if more else met(text)
    missing = [file for file in files if file not in found]
    if missing:
        cause = f"The change to {missing[0]} was not saved, or is committed already."
        return unmet(text, _off_the_branch(state, cause))
    return unmet(text, Cure("Another file was changed as well.", "git diff"))


def _differs(state: State, adds: Sequence[str]) -> Cure | None:
    """The cure where the model has more new than this. What its scripts made, a database tells."""
    made = made_by(state.migrations.revisions)
    found = []
    for change in () if state.migrations.pending else state.differences:
        new, whole = change.op[:4] == "add_", change.op.endswith(("_column", "_table"))
        if change.name in adds or (whole and new == (change.name in made)):  # or not the model's
            continue
        name = f"{change.table}.{change.of[0]}" if change.of else change.name
        how = f"differs ({change.detail})" if not whole else "is new" if new else "is gone"
        found.append((how != "is gone", f"In the model, {name} {how}."))
    found += [(True, said.found) for said in state.disagreements if said.kind == "other_length"]
    if not found:
        return None
    cause = f"{min(found)[1]} This lesson adds only {', '.join(adds)}: write the rest as it was, "
    cause += "or the next lesson's script changes it too."
    return Cure(cause, look_at(state), repair=True)


def _off_the_branch(state: State, cause: str) -> Cure:
    """What was committed too early comes off the branch again, where a commit is before it."""
    if not state.git.commits[1:]:
        return Cure(cause, "git log --oneline")
    cause += " This takes the last commit off the branch, and keeps the files."
    return Cure(cause, "git reset HEAD~1")


def untracked(state: State, project: Path, pattern: str, message: str = ANY_MESSAGE) -> Finding:
    """A file that matches `pattern` is there and not tracked by Git; of a script with `message`.

    Nor is what a script adds committed in the model.
    """
    found = [name for name in state.git.untracked if fnmatch(name, pattern)]
    if found:
        adds = {name for r in state.migrations.revisions if r.file in found for name in r.adds}
        if adds & model_names(state) and not {*state.model.files} & {*state.git.uncommitted}:
            cause = "The model is committed already, without its script: both go into one commit, "
            early = _off_the_branch(state, f"{cause}after the upgrade.")
            return unmet(f"{found[0]} is there, and the model is committed", early)
        return met(f"{found[0]} is there, and Git does not track it yet")
    text = f"no untracked file {pattern}"
    if staged := [name for name in state.git.staged if fnmatch(name, pattern)]:
        command = f"git restore --staged {staged[0]}"
        return unmet(text, Cure(f"{staged[0]} is staged already.", command))
    if known := [r for r in state.migrations.revisions if fnmatch(r.file, pattern)]:
        if known[0].ignored:
            return unmet(text, Cure(f".gitignore keeps {known[0].file} out.", "%show .gitignore"))
        return unmet(text, _off_the_branch(state, f"{known[0].file} is committed already."))
    scripts = [r for r in state.migrations.revisions if r.file in state.git.untracked]
    if scripts:
        cause = f"The name of {scripts[-1].file} comes from another message, and the next lessons "
        cause += f"look for “{message}”."
        then = f'Delete it, and run flask db migrate -m "{message}".'
        return unmet(text, make_again(state, scripts[-1], cause, then, repair=True))
    if late := [r for r in state.migrations.pending if r.committed and r.parents]:
        cause = f"{late[-1].file} is committed already, and its name comes from another message "
        return unmet(text, _off_the_branch(state, f"{cause}than “{message}”."))
    return unmet(text, Cure("The file was not made, or it has another name.", "git status"))
