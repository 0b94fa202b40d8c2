"""What Git tracks and keeps, and what it does not."""

from __future__ import annotations

from ..env_file import quoted
from ..migration_facts import Revision
from ..state import Disagreement, State
from .commands import (
    ANY_MESSAGE,
    commit,
    commit_script,
    former_file,
    has_its_line,
    is_of_last_commit,
    look_at_model,
    undo,
)
from .lookups import database_names
from .wording import are, listed, named, say, sentence


def nothing(state: State) -> Disagreement | None:
    """The folder is empty: no repository, no app."""
    if state.git.repository or state.git.error or state.model.found or state.model.error:
        return None
    return say(
        "Nothing is here yet.",
        "There is no repository and no app.",
        "A repository comes first: what is committed can always be brought back.",
        "git init",
    )


def git_error(state: State) -> Disagreement | None:
    """There is a repository, and Git cannot read it."""
    if not state.git.error:
        return None
    why = "Without it nothing can be committed or taken back."
    return say("Git cannot read this repository.", sentence(state.git.error), why, "git status")


def conflict(state: State) -> Disagreement | None:
    """A merge, a rebase or a stash left files that Git could not merge."""
    if not state.git.conflicts:
        return None
    if joined := state.git.joined:
        return say(
            "A conflict is not resolved yet.",
            f"No conflict mark is left in {listed(joined)}, but Git does not know yet.",
            "If the file is as it should be, the command tells Git. git status says how to go on, "
            "or how to stop.",
            f"git add {quoted(joined[0])}",
        )
    return say(
        "A conflict is not resolved yet.",
        f"Git could not merge {listed(state.git.conflicts)} by itself.",
        "Choose what each file should say, save it, then git add it. A database cannot be "
        "merged: choose one side of it. git status says how to go on, or how to stop.",
        "git status",
    )


def half_a_reset(state: State) -> Disagreement | None:
    """A reset without --hard went to a later commit, and left the files behind."""
    if not state.git.files_at:
        return None
    return say(
        "The files are not at the last commit.",
        f"A reset moved the branch forward; the files are still those of {state.git.files_at}.",
        "It was without --hard. With it, the files follow, and none of your work is lost: "
        f"{state.git.files_at} has all of it.",
        "git reset --hard",
    )


def no_repository(state: State) -> Disagreement | None:
    """There is a project, and no repository."""
    if state.git.repository or state.git.error:
        return None
    why = "Without a repository no step can be taken back."
    if any(revision.applied for revision in state.migrations.revisions):
        return say(
            "This project is not in Git.",
            "There is no repository, and the database has run a migration already.",
            "Was there one? Its commits went with the folder .git, and git init brings none back: "
            "put .git back from a copy, or %restart begins the lesson again, with its commits. Was "
            "there none? git init makes it.",
        )
    return say("This project is not in Git yet.", "There is no repository.", why, "git init")


def scripts_ignored(state: State) -> Disagreement | None:
    """.gitignore keeps a migration script out of Git."""
    ignored = [r for r in state.migrations.revisions if r.ignored]
    if not ignored:
        return None
    return say(
        "Git ignores the migrations.",
        f"{ignored[0].file} is in no commit, and git status does not show it.",
        "A clone would have the model and no way to its tables. The command names the line in "
        ".gitignore that must go.",
        f"git check-ignore -v {quoted(ignored[0].file)}",
    )


def _puts_back(state: State) -> str:
    """What the end of a merge or a rebase puts back, and what not."""
    run = [r for r in state.migrations.revisions if r.applied and not r.committed]
    if run:
        return (
            f"puts the files back, not the database, which has run {named(run[-1])}: before that, "
            "downgrade it."
        )
    return "puts the files back."


def no_branch(state: State) -> Disagreement | None:
    """HEAD is detached, or a rebase is not finished."""
    git = state.git
    if git.branch or not git.head or git.conflicts:
        return None
    if git.rebasing:
        step, command = "git rebase --continue goes on; git rebase", "git status"
        if git.staged and not git.modified:  # to continue would ask for the message
            command = "git commit --no-edit"
            step = "The command makes the commit that Git has prepared; then git rebase --continue "
            step += "goes on. git rebase"
        return say(
            "A rebase is not finished.",
            f"HEAD is at {git.head[:7]}, and your branch has not moved yet.",
            f"{step} --abort {_puts_back(state)}",
            command,
        )
    headline = "You are on no branch."
    stay, way = _here_instead(state), quoted(git.way_back)
    if git.on_no_branch:
        back = f", then git switch {way} goes back" if git.way_back else ""
        back = "" if stay else back
        return say(
            headline,
            f"HEAD is at {git.head[:7]}, and no branch has this commit.",
            f"It is easily lost once you leave it. This makes a branch that keeps it{back}.{stay}",
            f"git switch -c keep-{git.head[:7]}",
            f"git switch -C {way}" if stay else "",
        )
    if stay:
        found = f"HEAD is at {git.head[:7]}, on no branch."
        why = f"A commit made here belongs to no branch and is easily lost.{stay}"
        ways = f"git switch -C {way}", f"git switch {way}"
        if git.way_ahead > 1:
            why += f" They are {git.way_ahead}: git log --oneline HEAD..{way}."
            ways = ways[1], ways[0]
        return say(headline, found, why, *ways)
    return say(
        headline,
        f"HEAD is at {git.head[:7]}, on no branch.",
        "A commit made here belongs to no branch and is easily lost. This switches to one.",
        f"git switch {way}",
    )


def _here_instead(state: State) -> str:
    """Why to move the branch here, where the database is not as the code on it; or empty.

    To go to that branch would make them differ, and the next advice could undo the way here.
    """
    scripts = f"{state.migrations.folder}/versions/"
    fits = {*state.migrations.current} == {*state.migrations.heads}
    fits &= not any({*other.versions} - state.migrations.ids for other in state.elsewhere)
    if not (fits and any(file.startswith(scripts) for file in state.git.way_differs)):
        return ""
    way = quoted(state.git.way_back)
    why = f" {way} has other scripts; the database fits those here. To stay, git switch -C {way} "
    return f"{why}moves {way} here and drops the commits that only {way} has."


def script_not_committed(state: State) -> Disagreement | None:
    """A script that the database has run is in no commit."""
    fresh = [
        r for r in state.migrations.revisions if not r.committed and not r.ignored and r.applied
    ]
    if not fresh:
        return None
    uncommitted = state.git.uncommitted
    models = [file for file in state.model.files if file in uncommitted]
    if not models and all(former_file(state, revision) for revision in fresh):
        return _renamed(state, fresh[-1])
    found = f"Not committed: {listed((*models, *(r.file for r in fresh)))}."
    why = "They belong together: whoever has the one needs the other."
    if models:
        headline = "Model and migration are not committed."
    else:
        headline = "A migration is not committed."
        why = "Nobody else can get a script that is not in Git."
    lost = [name for revision in fresh for name in revision.loses]
    if lost and any(revision.runs_sql for revision in fresh):
        why = f"It has dropped {listed(lost)}, and its SQL may have copied the values first. Look "
        why += "whether they are there before you commit it."
    elif lost:
        why = f"It has dropped {listed(lost)}, with all values. If that was not meant, only a copy "
        why += "of the database brings them back."
        absent = [name for name in lost if name not in database_names(state)]
        if absent and any(revision.adds and revision.loses for revision in fresh):
            why = "A script dropped it, with all values. Was its line in the model lost? Then put "
            why += "it back, and look again: so it happens nowhere else. Only a copy of the "
            why += "database brings the values back; in the course, %restart. Was it meant? Then "
            why += "commit it."
            headline = f"{are(absent)} gone from this database."
            back = commit_script(state, fresh[-1])
            return say(headline, found, why, look_at_model(state), back)
    if fresh[-1].is_empty and not fresh[-1].parents[1:]:
        why += " Its upgrade() is empty. If it should do something, flask db downgrade takes it "
        why += "back, at no cost; then write that into it, or delete it."
    if is_of_last_commit(state, fresh[-1]):
        why += " The last commit has "
        why += "the model's line" if has_its_line(state, fresh[-1]) else "the same message"
        why += ": it is this script's. git add, then git commit --amend --no-edit put it in there, "
        why += "if nobody else has that commit."
    return say(headline, found, why, commit_script(state, fresh[-1]))


def _renamed(state: State, script: Revision) -> Disagreement:
    """The file of a script that a commit has got another name since."""
    why = "A database goes by the id in it, so nothing changes there. Commit that both at "
    why += "once: the new file is there, the old one is gone. Else others have the script twice."
    if is_of_last_commit(state, script):
        why += " The last commit brought it: git add, then git commit --amend --no-edit put the "
        why += "new name in there, if nobody else has that commit."
    return say(
        "A migration has another file name.",
        f"{former_file(state, script)} is {script.file} now, and no commit says so.",
        why,
        commit_script(state, script),
    )


def merge_not_committed(state: State) -> Disagreement | None:
    """A merge has no conflict left, and no commit."""
    git = state.git
    if not git.merging or git.conflicts or git.modified or git.untracked:
        return None
    return say(
        f"A {git.merging} is not finished.",
        f"All is resolved, but the {git.merging} is not committed.",
        "The command makes that commit, with the message that Git has prepared. "
        f"git {git.merging} --abort {_puts_back(state)}",
        "git commit --no-edit",
    )


def not_committed(state: State) -> Disagreement | None:
    """Files differ from the last commit; scripts and models have rules of their own."""
    told = {revision.file for revision in state.migrations.revisions if not revision.committed}
    if told or state.differences:
        told |= {*state.model.files}
    uncommitted = [file for file in state.git.uncommitted if file not in told]
    if not uncommitted or state.git.conflicts or state.git.rebasing:
        return None
    if not state.git.head:
        return say(
            "Nothing is committed yet.",
            f"Git sees new files: {listed(state.git.uncommitted)}.",
            "A commit keeps them, so that each later step can be taken back.",
            commit(state, ANY_MESSAGE),
        )
    more = " more" if len(uncommitted) < len(state.git.uncommitted) else ""
    count = f"One{more} file is" if len(uncommitted) == 1 else f"{len(uncommitted)}{more} files are"
    command = commit(state, ANY_MESSAGE)
    env = f"{state.migrations.folder}/env.py"  # what it says, the comparison here does not know
    agree = not (state.differences or state.migrations.pending or env in uncommitted)
    why = "The model, the migrations and the database agree." if agree else ""
    if out := state.git.taken_out:
        why = f"The last commit added {listed(out)}. Amend it without that, as long as nobody else "
        why += f"has it; a new commit would keep {listed(out)} in the history."
    look, back = undo(state, *({env} & {*uncommitted}))
    if look:
        why = f"Every flask db command runs {env}, and the board does not: what another one does, "
        why += "it cannot tell. This shows the change."
    deleted = [file for file in uncommitted if file in state.git.deleted]
    changed = [file for file in uncommitted if file not in deleted]
    found = f"Git sees a change in {listed(changed)}." if changed else ""
    if deleted:
        found += f" {are(deleted)} deleted."
    return say(
        f"{count} not committed.",
        found.strip(),
        why,
        look or (command if command.startswith("git commit") else "git status"),
        back,
    )
