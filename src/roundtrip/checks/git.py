"""Goals about commits."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from ..plural import counted
from ..state import State
from ..verdict.commands import ANY_MESSAGE, commit
from ..verdict.lookups import has_run, model_names, unlike
from .branches import aside, to_main
from .causes import make_again
from .commit_causes import (
    amended,
    model_alone,
    not_now,
    not_to_commit,
    script_alone,
    why_changed,
)
from .finding import Cure, Finding, met, unmet
from .model_causes import why_lacking
from .reflog import ask_git, made_again, off_the_branch, overwritten_by_a_reset, taken_off_from
from .script_causes import does_more, usual_message
from .subject_causes import go_back_to, taken_off
from .way_back_causes import database_first, over


def commits(
    state: State,
    project: Path,
    count: int,
    script: str = "",
    message: str = ANY_MESSAGE,
    adds: str = "",
    back: str = "",
) -> Finding:
    """The current branch holds exactly `count` commits.

    `script`: the last of them brought the script of this name, together with what it is for.
    `message`: what it should be called. `adds`: the only `table.column` that it brings. `back`:
    the message of the commit to go back to, which takes the others off.
    """
    found = len(state.git.commits)
    text = f"{counted(found, 'commit')} on the current branch"
    if early := not_now(state):
        return unmet(text, early)
    if found >= count and script and (apart := _apart(state, script, found - count)):
        return unmet(text, apart)
    if found == count and script:
        return _together(state, project, script, text, adds)
    if found == count:
        return met(text)
    if found > count and back and not (way := head_subject(state, project, back, back=True)).met:
        return replace(way, found=text)
    if found > count:
        if [each.subject for each in state.git.commits[:2]] == [message] * 2:
            cause = "Two commits have this message: the second belongs in the first. This takes it "
            cause += "off the branch and keeps the files; then amend the first."
            return unmet(text, Cure(cause, "git reset --soft HEAD~1", repair=True))
        cause = "The branch holds later work too: it was not reset, or is in several commits. "
        if message == ANY_MESSAGE:  # the lesson makes no commit: all would be in one
            cause = "The branch holds later work too: it was not reset."
            return unmet(text, Cure(cause, "git log --oneline"))
        if count == 1:
            cause = "The lesson's work is in several commits. "
        cause += f"Make them one: git reset --soft HEAD~{found - count}, then git commit --amend "
        cause += f'-m "{message}".'
        return unmet(text, Cure(cause, "git log --oneline"))
    if state.git.uncommitted:
        if bad := not_to_commit(state, project):
            return unmet(text, bad)
        cause = "Work is in the files but not in a commit."
        return unmet(text, Cure(cause, commit(state, message)))
    lost = off_the_branch(state, project)
    if cure := amended(lost):
        return unmet(text, cure)
    known = not script or any(fnmatch(r.file, script) for r in state.migrations.revisions)
    own = lost if known else [each for each in lost if each.subject == message]
    if elsewhere := aside(project, own):
        return unmet(text, elsewhere)
    if lost and known:
        cause = f"A reset went too far back: {lost[-1].after[:7]} is no longer there."
        return unmet(text, Cure(cause, "git reflog"))
    return unmet(text, Cure("This lesson's commit is missing.", "git status"))


def _together(state: State, project: Path, script: str, text: str, adds: str) -> Finding:
    """The last commit has the script of this name with its model, as far as nothing is apart."""
    known = [r.file for r in state.migrations.revisions if fnmatch(r.file, script)]
    brought = ask_git(project, "show", "-z", "--format=", "--name-only", "--first-parent", "HEAD")
    if not known:
        name = Path(script).name
        cause = f"No commit has a script with the name {name}."
        for other in state.migrations.revisions:
            if other.file in brought and other.committed:
                named = f"migrations/versions/{name.replace('*', other.id)}"
                cause = (
                    f"The lesson's script is called {name}; here it is {Path(other.file).name}. "
                )
                cause += "Its name can change, as its id is inside; then git commit --amend "
                cause += "--no-edit."
                return unmet(text, Cure(cause, f"git mv {other.file} {named}", repair=True))
        return unmet(text, Cure(cause, "flask db history", repair=True))
    if brought and known[-1] not in brought:
        cause = f"{known[-1]} is in an earlier commit, not in the last one."
        return unmet(text, Cure(cause, "git log --oneline", repair=True))
    made = next(each for each in state.migrations.revisions if each.file == known[-1])
    later = state.migrations.revisions[state.migrations.revisions.index(made) + 1 :]
    there = {*made.adds} - {name for each in later for name in each.drops}
    if adds and there - {adds}:
        return unmet(text, does_more(state, made, (), {adds}, there))
    for column in sorted(there - model_names(state) if state.model.tables else ()):
        cure = why_lacking(state, project, column)
        return unmet(text, cure.after(f"{made.file} adds {column}, and its model is in no commit."))
    for column, kind, wanted in unlike(state, made):
        cause = f"{made.file} makes {column} {kind}, and the model has {wanted}."
        if adds and (made.applied or has_run(state, made)):
            cause += " If the model is wrong, fix that and look again. If the script is:"
            return unmet(text, make_again(state, made, cause, repair=True))
        cause += " Which is right? Write it in both, then git commit --amend --no-edit."
        return unmet(text, Cure(cause, f"%show {made.file}", repair=True))
    if {*state.model.files} & {*brought}:
        text = f"the last commit has the model and {known[-1]}"
    return met(text)


def _apart(state: State, script: str, more: int) -> Cure | None:
    """Why a script and its model are not in one commit, if there are as many as there should be."""
    known = [r for r in state.migrations.revisions if fnmatch(r.file, script)]
    if not known or known[-1].committed:
        models = {*state.model.files} & {*state.git.uncommitted}
        if known and not more and models and not state.differences:
            return script_alone(state)
        if more != 1 or not known or state.git.uncommitted:
            return None
        cause = "There is one commit too many. This takes the last two off the branch and keeps "
        cause += "their files; then commit them as one."
        return Cure(cause, "git reset --soft HEAD~2", repair=True)
    return None if more else model_alone(state)


def head_subject(
    state: State,
    project: Path,
    subject: str,
    commits: int = 0,
    file: str = "",
    back: bool = False,
    column: str = "",
) -> Finding:
    """The message of the last commit on main, the lessons' only branch, is `subject`.

    `commits`: so many are on the branch once this lesson has made its own. With fewer, the last one
    is an earlier lesson's; else a wrong message can be rewritten. `file`: what the lesson's own
    commit brings; without it there, the last one is an earlier lesson's as well. `back`: what
    followed it should go, with the `table.column` that it has brought.
    """
    detached = state.git.branch is None and not (state.git.rebasing or state.git.conflicts)
    if detached and state.git.subject == subject:
        cause = "HEAD is there, but on no branch. This moves main to it."
        cure = Cure(cause, "git switch -C main", repair=True, holds_back=True)
        return unmet("on no branch", cure)
    if early := not_now(state):
        return unmet("Git cannot tell", early)
    if not state.git.commits:
        return unmet("no commit yet", Cure("Nothing was committed.", commit(state, subject)))
    if state.git.branch != "main":
        return unmet(f"on the branch {state.git.branch}", to_main(state, project, back))
    found = state.git.subject
    text = f"the last commit is “{found}”"
    if found == subject:
        if len(state.git.commits) >= commits:
            return met(text)
        lost = off_the_branch(state, project)
        if into := amended(lost):
            return unmet(f"{text}, and one commit is missing", into)
        cause = "It has replaced an earlier commit, which is no longer on the branch."
        for same in reversed([each for each in lost if each.subject == subject]):
            if not ask_git(project, "diff", "--name-only", "HEAD", same.after):
                cause += f" {same.after[:7]} has the same files, and the commits before it."
                cure = Cure(cause, f"git reset {same.after[:7]}", repair=True)
                return unmet(f"{text}, and one commit is missing", cure)
            if made_again(state, project, same.after):
                cause = f"It was made by hand again; the earlier one is {same.after[:7]}."
                loses = overwritten_by_a_reset(state, project, same.after)
                way = "git stash -u" if loses else f"git reset --hard {same.after[:7]}"
                cure = Cure(cause, way, repair=True)
                first = database_first(state, project, same.after)
                cure = first.after(cause) if first else cure
                return unmet(f"{text}, and one commit is missing", cure)
        return unmet(f"{text}, and one commit is missing", Cure(cause, "git reflog", repair=True))
    older = [commit.hash[:7] for commit in state.git.commits if commit.subject == subject]
    if done := over(state, project, subject, column):
        return unmet(text, done)
    if older:
        return unmet(text, go_back_to(state, project, subject, older[0], back))
    if called := [entry for entry in off_the_branch(state, project) if entry.subject == subject]:
        return unmet(text, taken_off(state, project, subject, called, commits, back))
    made = not file or ((project / file).is_file() and file not in state.git.untracked)
    if len(state.git.commits) < commits or not made:
        # An earlier lesson may have ended with an amended commit of its own.
        own = file and made and not state.git.uncommitted
        if own and (into := amended(off_the_branch(state, project))):
            return unmet(text, into)
        cause = "That is an earlier lesson's; this lesson's commit is not made yet."
        brought = ask_git(project, "show", "-z", "--format=", "--name-only", "HEAD")
        scripts = {script.file for script in state.migrations.revisions}
        others = {*brought} & {*state.model.files, *scripts}
        if commits == len(state.git.commits) and brought and not others and state.git.untracked:
            cause = f"It is without {file}, and has another message. Add what is missing; then "
            cause += f'git commit --amend -m "{subject}" puts it in.'
            return unmet(text, Cure(cause, "git add .", repair=True))
        if not state.git.uncommitted:
            cause += " There is nothing to commit: the steps before it come first."
            return unmet(text, Cure(cause, "git status", repair=True))
        return unmet(text, Cure(cause, commit(state, subject), repair=True))
    if commits:
        cause = "Later lessons find this commit by its message."
        return unmet(text, Cure(cause, f'git commit --amend -m "{subject}"'))
    return unmet(text, Cure(f"No commit is called “{subject}” here.", "git log --oneline"))


def taken_back(state: State, project: Path, subject: str, column: str = "") -> Finding:
    """A commit that followed the last one is no longer on the branch: a reset took it back.

    The last one should be that with the message `subject`. `column`: the commit's model had this
    `table.column`.
    """
    if not (here := head_subject(state, project, subject, back=True, column=column)).met:
        return here
    if gone := taken_off_from(state, project, state.git.head or "", column):
        return met(f"{gone} was made after this commit, and taken back")
    text = "nothing was taken back to this commit"
    cause = "No commit followed this one, so none was taken back."
    if column:
        cause = f"No commit with {column} followed this one, so none was taken back."
    scripts = [each for each in state.migrations.revisions if each.file in state.git.untracked]
    if scripts and not {*scripts[-1].adds} & model_names(state):
        return unmet(text, why_changed(state, scripts[-1].file).after(cause))
    if state.git.uncommitted:
        cause += " What you did is only in the files: commit it first, then reset."
        message = usual_message(column) if column else ANY_MESSAGE
        return unmet(text, Cure(cause, commit(state, message), repair=True))
    cause += " First come the model, script, upgrades and one commit."
    return unmet(text, Cure(cause, "git log --oneline"))
