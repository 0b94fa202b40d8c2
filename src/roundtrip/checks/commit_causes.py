"""Why something is not to be committed as it is, or differs from the commit; and the cure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ..env_file import quoted
from ..state import State
from ..verdict.commands import AMEND
from ..verdict.git_rules import (
    conflict,
    half_a_reset,
    merge_not_committed,
    no_branch,
    scripts_ignored,
)
from ..verdict.lookups import model_names
from ..verdict.private_rules import about_to_be_in_git, settings_in_git, to_ignore
from ..verdict.wording import sentence
from .causes import bad_script, make_again
from .database_causes import beside_instance
from .finding import Cure, as_told, begin_again
from .model_causes import look_at
from .reflog import Made, ask_git, brought_with, has_amended, is_in_the_files


def not_now(state: State) -> Cure | None:
    """Why nothing can be said of commits on a branch, and the cure."""
    if state.git.error:
        return begin_again(f"Git cannot read this repository: {sentence(state.git.error)}")
    if not state.git.repository:
        return Cure("There is no repository yet.", "git init")
    looks = (conflict, half_a_reset, merge_not_committed, no_branch)
    said = next(filter(None, (look(state) for look in looks)), None)
    return as_told(said) if said else None


def not_to_commit(state: State, project: Path) -> Cure | None:
    """The cure where what is in the files should not go into a commit as it is."""
    first = state.verdict
    if state.git.databases:
        cause = (
            f"{state.git.databases[0]} is in Git, and rows belong to one machine. This takes it "
            f"out of Git and keeps the file. Add {to_ignore(state.git.databases)} to "
            ".gitignore, too."
        )
        files = " ".join(map(quoted, state.git.databases))
        return Cure(cause, f"git rm -f --cached {files}", repair=True)
    if said := settings_in_git(state) or scripts_ignored(state):
        return Cure(f"{said.found} {said.why}", said.next, repair=True)
    if (taken := about_to_be_in_git(state)) and taken.next:
        return as_told(taken)
    if private := state.git.private:
        cause = f"{private[0]} belongs to one machine, not in Git. Add {to_ignore(private)} "
        cause += "to .gitignore before git add."
        there = (project / ".gitignore").is_file()
        return Cure(cause, f"{'%show' if there else '%%writefile'} .gitignore", repair=True)
    if first.kind == "model_ahead":
        cause = f"{first.headline} {first.why} Model and script go into one commit."
        # The step before the commit, if nothing above needs fixing: then the model may change.
        return Cure(cause, first.next, repair=not first.next.startswith("flask db migrate"))
    return _without_its_model(state) or bad_script(state)


def _without_its_model(state: State) -> Cure | None:
    """The cure where the model has lost what a script of no commit has made."""
    for script in state.migrations.revisions if state.verdict.kind == "database_ahead" else ():
        lost = [name for name in script.adds if name not in model_names(state)]
        if lost and script.applied and not script.committed:
            cause = f"{script.file} has made {lost[0]}, and the model has no such line any more. "
            cause += "Put it back first: model and script go into one commit."
            return Cure(cause, look_at(state), repair=True, holds_back=True)
    return None


def model_alone(state: State) -> Cure:
    """How a script comes into the commit that its model is in already, on a branch not pushed."""
    if said := scripts_ignored(state):
        return as_told(said)
    cause = "The commit has the model alone, and whoever has it cannot make its table. Add the "
    cause += "script; git commit --amend --no-edit puts it into the same commit."
    if {*state.model.files} & {*state.git.uncommitted}:
        cause = (
            "Model and script are not committed yet. git commit --amend --no-edit puts both into "
            "the last commit."
        )
    return Cure(cause, _amend(state), repair=True)


def script_alone(state: State) -> Cure:
    """How a model comes into the commit that its script is in already."""
    cause = "The script is committed, and the model in the files differs from the commit. They "
    cause += "belong together: add the model; git commit --amend --no-edit puts it in."
    return Cure(cause, _amend(state), repair=True)


def apart(
    state: State, project: Path, script: str, models: Collection[str], after: str
) -> Cure | None:
    """How a script and its models, in two commits after the one of this message, come into one."""
    subjects = [commit.subject for commit in state.git.commits]
    if after not in subjects[2:] or {*models} & {*brought_with(project, script)}:
        return None
    before = state.git.commits[subjects.index(after)].hash[:7]
    cause = "The script is in one commit, and its model in another: going one commit back leaves "
    cause += "half of it."
    brought = ask_git(project, "diff", "-z", "--name-only", "--diff-filter=A", before, "HEAD")
    if {r.file for r in state.migrations.revisions} & {*brought} - {script}:
        cause += " A commit of another script came before them, and should not go in with "
        return Cure(f"{cause}them.", "git log --oneline")
    cause += f" This takes them off the branch after “{after}” and keeps the files; then "
    return Cure(f"{cause}commit them as one.", f"git reset --soft {before}", repair=True)


def dropped_apart(state: State, project: Path, column: str) -> Cure | None:
    """How a script that drops this `table.column`, and the model without it, come into one."""
    scripts = [each for each in state.migrations.revisions if column in each.drops]
    if not scripts:
        return None
    script, models = scripts[-1].file, state.model.files
    latest = ("log", "-n1", "--format=%H")
    places = ask_git(project, *latest, "--diff-filter=A", "--", script)
    places += ask_git(project, *latest, "-S", column.rpartition(".")[2], "--", *models)
    hashes = [commit.hash for commit in state.git.commits]
    first = max((hashes.index(place) for place in places if place in hashes), default=0)
    before = [commit.subject for commit in state.git.commits[first + 1 :][:1]]
    return apart(state, project, script, models, *before) if before else None


def _amend(state: State) -> str:
    """The next command on the way into the last commit."""
    unstaged = state.git.untracked or state.git.modified
    return "git add ." if unstaged else AMEND


def amended(lost: Sequence[Made]) -> Cure | None:
    """How to have an earlier commit as it was, if the last thing was to write into it."""
    for each in lost:
        if each.amended:
            cause = "git commit --amend has put it into the commit before. This restores that "
            cause += "commit and keeps the files; then commit them."
            return Cure(cause, f"git reset --soft {each.after[:7]}", repair=True)
    return None


def reset_without_hard(state: State, project: Path) -> Cure | None:
    """The cure where a reset moved the branch and left the files as they were.

    A file that was brought back after a reset with --hard is there as well, but it alone.
    """
    place = state.git.reset_from
    if not state.git.left or not is_in_the_files(state, project, place):
        return None
    if has_amended(project, state.git.head or "", place):
        return None  # what the amend put into the commit was taken out again, as `amended` tells
    cause = "The reset was without --hard: it moved the branch, and the files stayed. This moves "
    cause += "the branch back and changes no file; then reset with --hard."
    return Cure(cause, f"git reset {place}", repair=True)


def why_changed(state: State, file: str) -> Cure:
    """Why a file differs from the last commit, and how to have it as it is there."""
    if scripts := [r for r in state.migrations.revisions if r.file == file and not r.committed]:
        cause = "The script is in no commit, and was left behind."
        return make_again(state, scripts[0], cause, "Delete it.")
    if file in state.git.added:
        cause = "The file is new, and no commit has it. This unstages it."
        return Cure(cause, f"git restore --staged {quoted(file)}")
    if file in state.git.staged:
        cause = "The change is staged, and plain git restore gives back what is staged."
        if file in state.git.untracked:
            cause = "It is staged that Git forgets the file; the file itself is still there."
            return Cure(cause, f"git restore --staged {quoted(file)}")
        if file in state.git.deleted:
            cause = "The file was deleted, and that is staged."
        return Cure(cause, f"git restore --staged --worktree {quoted(file)}")
    if file in state.git.private and file.endswith(".db") and "/" not in file:
        return beside_instance(file)
    if file in state.git.private:
        cause = f"{file} belongs to one machine, and nothing keeps it out of Git. Keep it; "
        cause += f".gitignore should have the line {to_ignore([file])}."
        return Cure(cause, "git status", repair=True)
    if file in state.git.untracked and file.endswith("/"):
        cause = "The folder is a repository of its own: Git takes none of its files, and git clean "
        cause += "leaves it. Move it out of the workspace."
        return Cure(cause, "git status", repair=True)
    if file in state.git.untracked:
        cause = "The file is in no commit, so there is nothing to restore. Not needed? "
        return Cure(f"{cause}git clean -f {quoted(file)} deletes it.", "git status")
    deleted = file in state.git.deleted
    cause = "The file was deleted." if deleted else "The change is still in the file."
    return Cure(cause, f"git restore {quoted(file)}")
