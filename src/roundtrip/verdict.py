"""Says where the four places disagree: an ordered table of rules over the facts.

The first rule that speaks is the board's verdict, so it must agree with what `flask db check`,
`flask db current` and `git status` say (tests/test_verdict.py compares them). A rule marked as the
last word silences those after it: what they would need to know cannot be known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .facts import Disagreement, Revision, State, Table

GIT, MODEL, MIGRATIONS, DATABASE = "git", "model", "migrations", "database"


def disagreements(state: State) -> tuple[Disagreement, ...]:
    """Every disagreement in a state, the most important first."""
    found = []
    for rule in RULES:
        said = rule.look(state)
        if said is None:
            continue
        said = replace(said, kind=rule.look.__name__, places=rule.places)
        found.append(_with_env_file(said, state.env_file))
        if rule.last_word:
            break
    return tuple(found)


@dataclass(frozen=True)
class Rule:
    """`look` finds a disagreement, or None; its name is the disagreement's kind."""

    look: Callable[[State], Disagreement | None]
    places: tuple[str, ...]
    last_word: bool = False


def _with_env_file(said: Disagreement, env_file: str) -> Disagreement:
    """The commands that touch a database, for the one that is looked at."""
    if not env_file:
        return said

    def chosen(command: str) -> str:
        for word in ("upgrade", "downgrade", "stamp"):
            command = command.replace(f"flask db {word}", f"flask --env-file {env_file} db {word}")
        return command

    return replace(said, next=chosen(said.next), back=chosen(said.back))


def _say(headline: str, found: str, why: str = "", next: str = "", back: str = "") -> Disagreement:
    return Disagreement("", (), headline, found, why, next, back)


# What must be there before anything can be compared


def nothing(state: State) -> Disagreement | None:
    if state.git.repository or state.git.error or state.model.found or state.model.error:
        return None
    return _say(
        "Nothing is here yet.",
        "There is no repository and no app.",
        "A repository comes first: what is committed can always be had back.",
        "git init",
    )


def git_error(state: State) -> Disagreement | None:
    if not state.git.error:
        return None
    why = "Without it nothing can be committed or taken back."
    return _say("Git cannot read this repository.", _sentence(state.git.error), why, "git status")


def conflict(state: State) -> Disagreement | None:
    if not state.git.conflicts:
        return None
    return _say(
        "Git has not finished joining two versions.",
        f"It could not join {_list(state.git.conflicts)} by itself.",
        "Choose what each file shall say, save it, then git add it. A database file cannot be "
        "joined: choose one side of it. git status says how to go on, or how to stop.",
        "git status",
    )


def app_not_found(state: State) -> Disagreement | None:
    if state.model.found or not state.model.error:
        return None
    return _say(
        "Flask does not find the app.",
        _sentence(state.model.error.partition(". ")[0]),
        "The file .flaskenv names the app: for the folder demo_app, FLASK_APP=demo_app. "
        "Until then flask says: No such command 'db'.",
        *_undo(state, ".flaskenv"),
    )


def no_app(state: State) -> Disagreement | None:
    if state.model.found:
        return None
    why = "Write the app next: its factory create_app, and .flaskenv with the app's name."
    return _say("There is no app yet.", "No file here holds a Flask app.", why)


def model_error(state: State) -> Disagreement | None:
    if not state.model.error:
        return None
    file = state.model.error_file
    return _say(
        "The app does not load.",
        _sentence(state.model.error),
        f"Mend {file or 'the code'} first. Every flask command needs the app.",
        *_undo(state, file),
    )


def no_migrate(state: State) -> Disagreement | None:
    if state.model.migrates:
        return None
    return _say(
        "The app has no Flask-Migrate.",
        "The app loads, but flask db is not there.",
        "create_app must call migrate.init_app(app, db).",
    )


def no_repository(state: State) -> Disagreement | None:
    if state.git.repository:
        return None
    why = "Without a repository no step can be taken back."
    return _say("Git does not watch this project yet.", "There is no repository.", why, "git init")


def folder_gone(state: State) -> Disagreement | None:
    folder = state.migrations.folder
    if state.migrations.exists or not any(
        path.startswith(f"{folder}/") for path in state.git.deleted
    ):
        return None
    return _say(
        "The migrations folder was deleted.",
        f"Git still has {folder}, the project does not.",
        "This brings it back as it was in the last commit. Nothing else changes.",
        f"git checkout HEAD -- {folder}",
    )


def no_folder(state: State) -> Disagreement | None:
    if state.migrations.exists or state.migrations.missing:
        return None
    return _say(
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
        return _say(
            "A file of the migrations is gone.",
            _sentence(here.error),
            why,
            f"git checkout HEAD -- {_quoted(lost[0])}",
        )
    return _say(
        "The migrations cannot be read.",
        _sentence(here.error),
        why,
        *_undo(state, here.error_file),
    )


def database_problem(state: State) -> Disagreement | None:
    here = state.database
    if not here.error and not here.problem:
        return None
    headline, why = {
        "locked": (
            "The database is locked.",
            "Another program is writing to it. Close it, a forgotten flask shell for one; then "
            "look again.",
        ),
        "garbage": (
            "The database cannot be read.",
            "The file is damaged, or no database. Move it away, and keep it. Then flask db upgrade "
            "makes a new one, with the tables but without the rows.",
        ),
    }.get(here.problem, ("The database does not answer.", "Nothing can be compared until it does."))
    return _say(headline, f"{here.url}: {_sentence(here.error or here.problem)}", why)


def missing_script(state: State) -> Disagreement | None:
    here = state.migrations
    if not here.missing:
        return None
    kind = here.rescue.kind if here.rescue else "lost"
    where = here.rescue.where if here.rescue else ""
    file = _quoted(here.rescue.file) if here.rescue else ""
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
            "an empty script with its number: write into it what the old one did.",
            f'flask db revision --rev-id {here.missing[0]} -m "Say what it did"',
        ),
    }[kind]
    return _say(
        "The database is ahead: a script is gone.",
        f"No file has its revision {here.missing[0]}. flask db says: Can't locate revision.",
        why,
        command,
    )


# What the model says, and whether it says it at all


def not_a_column(state: State) -> Disagreement | None:
    if not state.model.odd:
        return None
    return _say(
        "The model has a line that makes no column.",
        state.model.odd[0],
        "flask db migrate does not see it and finds no change. Write it as "
        "age: Mapped[int | None], with no comma at the end.",
        *_undo(state, *_model_files(state)),
    )


def model_not_imported(state: State) -> Disagreement | None:
    if state.model.tables or not state.database.tables:
        return None
    tables = state.database.tables
    return _say(
        "The app does not know its models.",
        f"The database has {_list(t.name for t in tables)}, the app has no table at all.",
        "Is the module with the models imported, and does it use the app's own db? Do not run "
        f"flask db migrate now: it would drop the table and {_rows(state, tables[0].name)}.",
        *_undo(state, *(file for file in state.git.modified if file.endswith(".py"))),
    )


def no_model(state: State) -> Disagreement | None:
    if state.model.tables or state.migrations.revisions:
        return None
    return _say(
        "The app has no model yet.",
        "It loads, but it has no table.",
        "Write a class of db.Model and import it in the app. Before that, flask db migrate finds "
        "nothing to do.",
    )


# The migrations against the model and the database


def several_heads(state: State) -> Disagreement | None:
    heads = [r for r in state.migrations.revisions if r.id in state.migrations.heads]
    if len(heads) < 2:
        return None
    return _say(
        f"The migrations have {len(heads)} heads.",
        f"{_list(_name(head) for head in heads)} do not follow one another.",
        "flask db upgrade does not know which is last. A merge joins them and changes no table.",
        'flask db merge heads -m "Merge heads"',
    )


def not_recorded(state: State) -> Disagreement | None:
    database = _database_names(state)
    if not state.migrations.revisions:
        there = sorted(_model_names(state) & {table.name for table in state.database.tables})
        if not there:
            return None
        return _say(
            "No migration made these tables.",
            f"The database has {_list(there)}, but there is no migration script.",
            "Did db.create_all() run? Remove it from the code and move the database file away. "
            "Then flask db migrate sees what is new.",
        )
    done = None
    for revision in state.migrations.pending:
        if not revision.adds or not database.issuperset(revision.adds):
            break
        done = revision
    if not done:
        return None
    last = done.id in state.migrations.heads
    return _say(
        "The database has it, but does not know.",
        f"{_list(done.adds)} is there, yet {_name(done)} counts as not run.",
        "Something else made it, db.create_all() for one, so flask db upgrade would fail. "
        "A stamp writes the revision down and changes no table.",
        f"flask db stamp {'head' if last else done.id}",
    )


def stamped(state: State) -> Disagreement | None:
    model, database = _model_names(state), _database_names(state)
    run = [revision for revision in state.migrations.revisions if revision.applied]
    for place, revision in enumerate(run):
        dropped = {name for later in run[place + 1 :] for name in later.drops}
        added = {*revision.adds} & model
        if absent := sorted(name for name in added - database if not _in(name, dropped)):
            parent = " ".join(revision.parents) or "base"
            return _say(
                "The database says more than it has.",
                f"{_name(revision)} counts as run, but {_list(absent)} is not there.",
                "It was stamped, not upgraded, or changed by other hands. Stamp it back; then "
                "flask db upgrade does the work.",
                f"flask db stamp {parent}",
            )
    return None


def left_over(state: State) -> Disagreement | None:
    """A pending script that does what the model does not say: its upgrade would do harm."""
    model, pending = _model_names(state), state.migrations.pending
    for place, revision in enumerate(pending):
        later = pending[place + 1 :]
        undone = {name for each in later for name in each.drops}
        redone = {name for each in later for name in each.adds}
        extra = [n for n in revision.adds if n not in model and not _in(n, undone)]
        lost = [n for n in revision.drops if n in model and n not in redone | {*revision.adds}]
        if not extra and not lost:
            continue
        stash = _stash_file(state)
        whole = bool(extra) and set(extra) == {*revision.adds} and not revision.drops
        does = [f"adds {_list(extra)}"] * bool(extra) + [f"drops {_list(lost)}"] * bool(lost)
        if stash:
            why = f"The stash holds another {stash}; this brings it back."
        elif whole:
            why = "Do not upgrade: it would add what nobody wants. The command deletes the script."
        else:
            why = "Do not upgrade. The command deletes the script; then run flask db migrate again."
        return _say(
            "A left-over migration is waiting."
            if whole
            else "A migration does more than the model says.",
            f"{_name(revision)} {' and '.join(does)}, and the model does not want that.",
            why,
            "git stash pop" if stash else _delete(revision),
            "" if stash else _restore_model(state),
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
    if two_ways and adds and not drops and not state.env_file:
        return _say(
            "The code is ahead of the database.",
            f"The model and the migration have {_list(adds)}, the database does not.",
            f"Forward, the upgrade adds it. Back, the reset deletes every commit after {back} and "
            "all uncommitted changes.",
            "flask db upgrade",
            f"git reset --hard {back}",
        )
    headline = (
        "One migration is waiting." if len(waiting) == 1 else f"{len(waiting)} migrations wait."
    )
    found = f"The database has not run {_list(_name(revision) for revision in waiting)}."
    if adds and not drops:
        found = f"The scripts have {_list(adds)}, the database does not."
        if _model_names(state).issuperset(adds):
            found = f"The model has {_list(adds)}, the database does not."
    if not state.database.exists:
        found = f"There is no database {state.database.url} yet. The upgrade makes it."
    required = [name for r in waiting for name in r.required if _row_count(state, name)]
    if required:
        return _say(
            "A migration is waiting, and it would fail.",
            f"{required[0]} is NOT NULL, and {_rows(state, required[0])} would have no value.",
            "Allow NULL in the model: Mapped[… | None]. Then delete the script with this command, "
            "and run flask db migrate again.",
            _delete(next(revision for revision in waiting if revision.required)),
        )
    why = "Read it before you run it." if len(waiting) == 1 else "Read them before you run them."
    if drops:
        why = f"The upgrade deletes {_list(drops)} with all values in it. Read the script first."
    return _say(headline, found, why, "flask db upgrade")


def model_ahead(state: State) -> Disagreement | None:
    changes = [d for d in state.differences if d.op not in ("remove_column", "remove_table")]
    if not changes or state.migrations.pending:
        return None
    new = [d for d in changes if d.op in ("add_column", "add_table")]
    gone = [d for d in state.differences if d.op == "remove_column"]
    if new:
        found = f"The model has {_list(d.name for d in new)}, the database does not."
    else:
        found = f"They differ in {_list(f'{d.name} ({d.detail})' for d in changes)}."
    why = "flask db migrate writes a script for it. It changes no table yet."
    required = [d for d in new if d.required and _row_count(state, d.name)]
    renamed = [d for d in gone if d.table in {each.table for each in new}]
    if renamed:
        why = (
            f"Careful: {renamed[0].name} is gone from the model. If you renamed it, the script "
            "must use alter_column: a drop and an add lose every value."
        )
    elif required:
        name = required[0].name
        why = (
            f"Careful: {name} is NOT NULL, and {_rows(state, name)} would have no value, so the "
            "upgrade would fail. Mapped[… | None] allows NULL."
        )
    elif gone:
        why = f"Careful: the script will also drop {_list(d.name for d in gone)}, with its values."
    headline = "The model is ahead." if new else "Model and database differ."
    return _say(headline, found, why, f'flask db migrate -m "{_message(state)}"')


def database_ahead(state: State) -> Disagreement | None:
    gone = [d for d in state.differences if d.op in ("remove_column", "remove_table")]
    if not gone or len(gone) < len(state.differences) or state.migrations.pending:
        return None
    names = [d.name for d in gone]
    found = f"The database has {_list(names)}, the model does not."
    if stash := _stash_file(state):
        why = f"The stash holds another {stash}; this brings it back."
        return _say("The database is ahead of the model.", found, why, "git stash pop")
    makers = [r for r in state.migrations.revisions if r.applied and {*names} & {*r.adds}]
    if not makers:
        return _say(
            "The database has more than the model.",
            found,
            "No migration made it. Do not run flask db migrate before you know whose it is: its "
            f"script would drop {_list(names)}.",
        )
    maker = makers[-1]
    if maker.committed or maker.id not in state.migrations.current:
        return _say(
            "The database is ahead of the model.",
            found,
            f"To drop it, a new migration is the way; its upgrade deletes the values of "
            f"{_list(names)}. If you want it, put the line back in the model.",
            f'flask db migrate -m "{_message(state)}"',
            _restore_model(state),
        )
    why = (
        f"The code went back without a downgrade. It drops {_list(names)} with all values. "
        "Else the next flask db migrate writes a script that does."
    )
    if maker.ignored:
        why = f"Git ignores {maker.file}, so the reset left it. {why}"
    return _say("The database is ahead of the model.", found, why, "flask db downgrade")


# What Git keeps, and what it does not


def scripts_ignored(state: State) -> Disagreement | None:
    ignored = [r for r in state.migrations.revisions if r.ignored]
    if not ignored:
        return None
    return _say(
        "Git ignores the migrations.",
        f"{ignored[0].file} is in no commit, and git status does not show it.",
        "A clone would have the model and no way to its tables. The command names the line in "
        ".gitignore that must go.",
        f"git check-ignore -v {_quoted(ignored[0].file)}",
    )


def database_in_git(state: State) -> Disagreement | None:
    if not state.git.tracks_database:
        return None
    return _say(
        "The database file is in Git.",
        f"Git tracks {state.database.url}.",
        "A reset or a checkout takes its rows back without a word, and it cannot be merged. The "
        "command keeps the file. Add instance/ to .gitignore, too.",
        f"git rm --cached {_quoted(state.database.url)}",
    )


def script_not_committed(state: State) -> Disagreement | None:
    fresh = [
        r for r in state.migrations.revisions if not r.committed and not r.ignored and r.applied
    ]
    if not fresh:
        return None
    loose = state.git.uncommitted
    models = [t.file for t in state.model.tables if t.file in loose]
    found = f"Not committed: {_list((*dict.fromkeys(models), *(r.file for r in fresh)))}."
    why = "They belong together: whoever has the one needs the other."
    if models:
        headline = "Model and migration are not committed."
    else:
        headline = "A migration is not committed."
        why = "A script that Git does not have is lost to everybody else."
    return _say(headline, found, why, _commit(state, fresh[-1].message))


def not_committed(state: State) -> Disagreement | None:
    told = {revision.file for revision in state.migrations.revisions if not revision.committed}
    others = bool(told or state.differences)
    loose = [f for f in state.git.uncommitted if f not in told | {*_model_files(state) * others}]
    if not loose or state.git.conflicts:
        return None
    more = " more" if len(loose) < len(state.git.uncommitted) else ""
    count = f"One{more} file is" if len(loose) == 1 else f"{len(loose)}{more} files are"
    command = _commit(state, "Say what changes")
    agree = not state.differences and not state.migrations.pending
    why = "The model, the migrations and the database agree." if agree else ""
    return _say(
        f"{count} not committed.",
        f"Git sees a change in {_list(loose)}.",
        why,
        command if command.startswith("git commit") or not state.git.head else "git status",
    )


RULES = (
    Rule(nothing, (GIT, MODEL), last_word=True),
    Rule(git_error, (GIT,)),
    Rule(conflict, (GIT,)),
    Rule(app_not_found, (MODEL,), last_word=True),
    Rule(no_app, (MODEL,), last_word=True),
    Rule(model_error, (MODEL,), last_word=True),
    Rule(no_migrate, (MODEL, MIGRATIONS), last_word=True),
    Rule(no_repository, (GIT,)),
    Rule(folder_gone, (GIT, MIGRATIONS), last_word=True),
    Rule(no_folder, (MODEL, MIGRATIONS), last_word=True),
    Rule(script_error, (MIGRATIONS,), last_word=True),
    Rule(database_problem, (DATABASE,), last_word=True),
    Rule(missing_script, (MIGRATIONS, DATABASE), last_word=True),
    Rule(not_a_column, (MODEL,)),
    Rule(model_not_imported, (MODEL, DATABASE), last_word=True),
    Rule(no_model, (MODEL,)),
    Rule(several_heads, (MIGRATIONS,)),
    Rule(stamped, (MIGRATIONS, DATABASE), last_word=True),
    Rule(not_recorded, (MIGRATIONS, DATABASE), last_word=True),
    Rule(left_over, (MODEL, MIGRATIONS)),
    Rule(pending, (MIGRATIONS, DATABASE)),
    Rule(model_ahead, (MODEL, DATABASE)),
    Rule(database_ahead, (MODEL, DATABASE)),
    Rule(scripts_ignored, (GIT, MIGRATIONS)),
    Rule(database_in_git, (GIT, DATABASE)),
    Rule(script_not_committed, (GIT, MIGRATIONS)),
    Rule(not_committed, (GIT,)),
)


def _model_names(state: State) -> set[str]:
    return _names(state.model.tables)


def _database_names(state: State) -> set[str]:
    return _names(state.database.tables)


def _names(tables: Iterable[Table]) -> set[str]:
    """`user` and `user.age`, as the scripts name them."""
    found = set()
    for table in tables:
        found |= {table.name, *(f"{table.name}.{column.name}" for column in table.columns)}
    return found


def _in(name: str, dropped: Iterable[str]) -> bool:
    return name in dropped or name.partition(".")[0] in dropped


def _row_count(state: State, name: str) -> int:
    table = name.partition(".")[0]
    return sum(each.rows or 0 for each in state.database.tables if each.name == table)


def _rows(state: State, name: str) -> str:
    number = _row_count(state, name)
    return "1 row" if number == 1 else f"{number} rows"


def _model_files(state: State) -> list[str]:
    return list(dict.fromkeys(table.file for table in state.model.tables if table.file))


def _stash_file(state: State) -> str:
    """A file of the models that the newest stash has another version of."""
    return next((file for file in _model_files(state) if file in state.git.stashed), "")


def _undo(state: State, *files: str) -> tuple[str, str]:
    """How to see the latest change to one of these files, and how to throw it away."""
    for file in files:
        if file in {*state.git.modified} - {*state.git.deleted}:
            return f"git diff {_quoted(file)}", f"git restore {_quoted(file)}"
        if file in state.git.deleted and file in state.git.modified:
            return f"git restore {_quoted(file)}", ""
    return "", ""


def _restore_model(state: State) -> str:
    changed = [file for file in _model_files(state) if file in state.git.modified]
    return f"git restore {_quoted(changed[0])}" if changed else ""


def _delete(revision: Revision) -> str:
    """The command that deletes a script: Git's own, so that it is the same on every system."""
    file = _quoted(revision.file)
    if revision.committed:
        return f"git rm {file}"
    if revision.tracked:
        return f"git rm -f {file}"
    return f"git clean -f{'x' if revision.ignored else ''} {file}"


def _commit(state: State, message: str) -> str:
    git = state.git
    if git.untracked or git.modified:
        return "git add ."
    return f'git commit -m "{_plain(message)}"'


def _message(state: State) -> str:
    """A message for the next script, where the change is one thing."""
    new = {d.table for d in state.differences if d.op == "add_table"}
    rest = [d for d in state.differences if d.op == "add_table" or d.table not in new]
    if len(rest) != 1:
        return "Say what changes"
    return {
        "add_table": "Create {0.table} table",
        "remove_table": "Drop {0.table} table",
        "add_column": "Add {0.column} column to {0.table} model",
        "remove_column": "Remove {0.column} column from {0.table} model",
    }.get(rest[0].op, "Change {0.table} table").format(rest[0])


def _name(revision: Revision) -> str:
    return f"“{revision.message}” ({revision.id})" if revision.message else revision.id


def _list(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    all_names = list(names)
    if len(all_names) > 3:
        all_names[2:] = [f"{len(all_names) - 2} more"]
    *first, last = all_names or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def _plain(text: str) -> str:
    """A text that can stand between double quotes in any shell."""
    return re.sub(r'["`$\\%!]', "", text)


def _quoted(path: str) -> str:
    return path if re.fullmatch(r"[\w./@:+~^-]*", path) else f'"{path}"'


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
