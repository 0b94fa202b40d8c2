"""The database against the migrations and the model."""

from __future__ import annotations

from ..env_file import quoted
from ..migration_facts import Revision
from ..names import columns_in, is_among, table_of
from ..state import Disagreement, State
from .by_hand import otherwise, unwritten
from .commands import ANY_MESSAGE, move_away, show_settings, take_out, undo
from .edited import changed_since, fits_better
from .lookups import database_names, made_by, model_names
from .wording import MOVED_AWAY, are, by_sql, listed, named, say, sentence


def database_problem(state: State) -> Disagreement | None:
    """The database is locked, damaged or does not answer."""
    here = state.database
    if not here.error and not here.problem:
        return None
    no_answer = ("The database does not answer.", "Nothing can be compared until it does.", "")
    headline, why, command = {
        "memory": (
            "The database is in memory.",
            "What an upgrade makes there is gone with the command. Name a file in DATABASE_URL: "
            "sqlite:///app.db is instance/app.db.",
            show_settings(state),
        ),
        "no folder": (
            "The database has no folder.",
            no_folder(here.url),
            show_settings(state),
        ),
        "locked": (
            "The database is locked.",
            "Another program, such as a flask shell, is writing to it. Close that, then look "
            "again.",
            "",
        ),
        "garbage": (
            "The database cannot be read.",
            f"The file is damaged, or no database. {MOVED_AWAY}",
            move_away(here.url),
        ),
    }.get(here.problem, no_answer)
    if here.problem == "garbage" and not here.url.startswith("instance/"):
        why, command = "Look at DATABASE_URL: it leads out of the project.", show_settings(state)
    return say(headline, f"{here.url}: {sentence(here.error or here.problem)}", why, command)


def kept_by_git(state: State) -> Disagreement | None:
    """The database is missing or emptied, and Git has its file with the rows."""
    git, here = state.git, state.database
    if not git.kept:
        return None
    source = f"--source={git.kept_in} " if git.kept_in else ""
    return say(
        "The rows are gone, and Git has a copy.",
        f"{here.url} {'was emptied' if here.exists else 'is not there'}; Git has the file.",
        f"This brings back {listed(git.kept)}. An upgrade would make the tables again, without "
        "rows.",
        f"git restore {source}-- {' '.join(map(quoted, git.kept))}",
    )


def no_folder(url: str) -> str:
    """What to do about a database file whose folder is not there."""
    if not url.startswith("instance/instance/"):
        return "SQLite makes files, but no folder. Make it, or fix the path in DATABASE_URL."
    return (
        "A path in DATABASE_URL begins in instance/ already, so it names only the file: for "
        "instance/x.db it is sqlite:///x.db."
    )


def stamped(state: State) -> Disagreement | None:
    """The database counts a script as run and does not have all that it makes."""
    if said := changed_since(state):
        return said
    model, database = model_names(state), database_names(state)
    run = [revision for revision in state.migrations.revisions if revision.applied]
    for place, revision in enumerate(run):
        if any(each.runs_sql for each in run[place:]):
            continue  # what they have dropped or renamed is not known
        dropped = {name for later in run[place + 1 :] for name in later.drops}
        added = {*revision.adds, *revision.columns} & model
        if absent := sorted(name for name in added - database if not is_among(name, dropped)):
            if other := _other_name(state, revision, absent[0]):
                return _renamed(revision, absent[0], other)
            if {*revision.adds} & database:
                return _partly(revision, absent, unwritten(state, absent))
            then = "Stamp it back; then flask db upgrade does the work. What was dropped by hand "
            then += "comes back empty."
            if len(revision.parents) > 1:
                then = "Stamp it back, then look again: a merge has two parents, a stamp names one."
            if twin := next((r for r in state.migrations.pending if {*r.adds} & {*absent}), None):
                first, command = take_out(state, twin)
                return say(
                    "Two scripts do the same.",
                    f"{named(revision)} counts as run, and {named(twin)} waits; both add "
                    f"{listed(sorted({*twin.adds} & {*absent}))}, which is not there.",
                    f"A new database would run both, and the second would fail. Delete it.{first} "
                    "Then look again.",
                    command,
                )
            return say(
                "The tables are behind the revision.",
                f"{named(revision)} counts as run, but {are(absent)} not there.",
                "It was stamped, not upgraded, or changed by hand, or the script was changed since "
                f"it ran. {then}",
                f"flask db stamp {revision.below}",
            )
    return None


def _other_name(state: State, revision: Revision, name: str) -> str:
    """What no script made and may be this table, or column, under another name."""
    strange = database_names(state) - made_by(state.migrations.revisions).keys()
    strange -= model_names(state)
    if "." not in name:
        columns = {each.partition(".")[2] for each in revision.columns if table_of(each) == name}
        tables = (t for t in state.database.tables if t.name in strange)
        same = (t.name for t in tables if columns and columns <= {c.name for c in t.columns})
        return next(same, "")
    kind = columns_in(state.model.tables)[name].type
    there = columns_in(state.database.tables)
    beside = (each for each in sorted(strange & there.keys()) if table_of(each) == table_of(name))
    return next((each for each in beside if there[each].type.upper() == kind), "")


def _renamed(revision: Revision, name: str, other: str) -> Disagreement:
    """A table or a column that a script makes has another name in the database, it seems."""
    table, _, column = name.partition(".")
    change = f"ALTER TABLE {other} RENAME TO {table}"
    if column:
        change = f"ALTER TABLE {table} RENAME COLUMN {other.partition('.')[2]} TO {column}"
    return say(
        "The database has another name for it.",
        f"{named(revision)} counts as run, but {name} is not there, and {other} is, which no "
        "script made.",
        f"An upgrade would make an empty {name}. Was it renamed by hand? Give it its name "
        f"back, {by_sql(change)}. Is it something else? Then stamp back, and the upgrade makes it.",
        "%%flask_shell",
        f"flask db stamp {revision.below}",
    )


def _partly(revision: Revision, absent: list[str], lost: tuple[str, str] | None) -> Disagreement:
    """The database has some of what a script adds, and counts all of it as run."""
    return say(
        "A script does more than the database has.",
        f"{named(revision)} counts as run, but {are(absent)} not there.",
        *lost
        or (
            "Either the script was changed after it had run: put it back as it was, and make a new "
            "migration. Or it was removed from this database by hand: put it back by hand. The "
            "commits that touched the script say which.",
            f"git log --oneline -- {quoted(revision.file)}",
        ),
    )


def not_recorded(state: State) -> Disagreement | None:
    """The database has what a script makes, and does not count it as run."""
    database = database_names(state)
    if not state.migrations.revisions:
        there = sorted(model_names(state) & {table.name for table in state.database.tables})
        if not there:
            return None
        folder = f"{state.migrations.folder}/versions/"
        lost = {*state.git.deleted} - {*state.git.staged}  # who deletes with git rm means it
        if any(path.startswith(folder) for path in lost):
            return say(
                "The scripts were deleted.",
                f"The database has {listed(there)}, and Git has the scripts that made it.",
                "This brings them back as they were in the last commit.",
                f"git checkout HEAD -- {state.migrations.folder}",
            )
        return _without_scripts(state, there)
    done = None
    for revision in state.migrations.pending:
        new = {*revision.adds} - {*revision.drops}  # what it makes again is there before it, too
        if revision.is_empty:
            continue  # a stamp of what follows may pass over it
        if not new or not database.issuperset(new):
            break
        done = revision
    if not done:
        return None
    if done.opaque or (done.others and state.differences):
        return say(
            "A migration may have run halfway.",
            f"{are(done.adds)} there, yet {named(done)} counts as not run.",
            f"It also does more ({listed(done.others or ('code of its own',))}), which may not "
            "have run. Check. Do by hand what is missing; only then flask db stamp "
            f"{done.id} records it.",
        )
    dropped = {name for revision in state.migrations.pending for name in revision.drops}
    made = [name for name in done.columns if not is_among(name, dropped)]
    if absent := [name for name in made if name not in database]:
        return say(
            "The database has a part of what a migration makes.",
            f"{named(done)} counts as not run. Of {listed(done.adds)}, which it makes, "
            f"{are(absent)} not there.",
            "A stamp would record more than there is, and an upgrade would fail. Take the lines of "
            f"{listed(absent)} out of the script, then flask db stamp {done.id} records it, and "
            "flask db migrate writes a script for the rest.",
            f"%show {quoted(done.file)}",
        )
    if said := otherwise(state, done):
        return say("Done in the database, and otherwise.", *said)
    last = done.id in state.migrations.heads
    why = "Something else made it, such as db.create_all(), or a stamp took back the record"
    if not done.undoes:
        why = "Its downgrade() does not undo its upgrade(), and left everything there"
    return say(
        "Done in the database, but not recorded.",
        f"{are(done.adds)} there, yet {named(done)} counts as not run.",
        f"{why}, so flask db upgrade would fail. "
        "A stamp records the revision and changes no table.",
        f"flask db stamp {'head' if last else done.id}",
    )


def _without_scripts(state: State, there: list[str]) -> Disagreement:
    """There are tables of the model's, and no script at all."""
    message = f"Create {there[0]} table" if len(there) == 1 else ANY_MESSAGE
    return say(
        "No migration made these tables.",
        f"The database has {listed(there)}, but there is no migration script.",
        "Did db.create_all() run? Take it out of the code first. Table and rows can stay: the "
        "command compares the model with an empty database in memory, so that the script is "
        "written, and then flask db stamp head records it here.",
        f'DATABASE_URL=sqlite:// flask db migrate -m "{message}"',
    )


def script_changed(state: State) -> Disagreement | None:
    """A script that the database has run is not as it was committed."""
    run = [revision for revision in state.migrations.revisions if revision.applied]
    changed = [r for r in run if r.file in state.git.modified and not fits_better(state, r)]
    changed = [r for r in changed if not r.rewound]  # a way back that lacked can be written yet
    if not changed:
        return None
    return say(
        "A script that has run was changed.",
        f"{changed[0].file} is not as it was committed.",
        "The databases that have run it stay as they are; only new ones would see the change. Put "
        "it back, and change the schema with a new migration.",
        *undo(state, changed[0].file),
    )


def overlapping(state: State) -> Disagreement | None:
    """Two rows in alembic_version, one of which follows from the other."""
    here = state.migrations
    before = {parent for r in here.revisions if r.id in here.current for parent in r.parents}
    earlier = here.run_by(before)
    if not (extra := [each for each in here.current if each in earlier]):
        return None
    last = [each for each in here.current if each not in earlier]  # with two heads there are two
    more = f" Then flask db stamp {last[1]} records the other head." if last[1:] else ""
    return say(
        "alembic_version has an extra row.",
        f"It holds {listed(here.current)}, and {extra[0]} comes before another of them.",
        "flask db upgrade and downgrade refuse that. The command leaves what comes last, "
        f"and changes no table.{more}",
        f"flask db stamp --purge {last[0]}",
    )


def half_made_copy(state: State) -> Disagreement | None:
    """SQLite's batch mode copies a table; a script that fails on the way leaves the copy behind."""
    names = [table.name for table in state.database.tables]
    copies = [name for name in names if name.startswith("_alembic_tmp_")]
    if not copies:
        return None
    table = copies[0].removeprefix("_alembic_tmp_")
    rows = {each.name: each.rows for each in state.database.tables}
    why = f"Check whether {table} still has its rows. If so, drop the copy"
    steps = [f"DROP TABLE {copies[0]}"]
    if table not in names or (rows[copies[0]] and not rows[table]):
        why = f"What was in {table} is in the copy, and nowhere else. Give it the name of the table"
        steps = [f"ALTER TABLE {copies[0]} RENAME TO {table}"]
        if table in names:
            steps.insert(0, f"DROP TABLE {table}")
    return say(
        "A half-made copy of a table is left over.",
        f"The database has {listed(copies)}: an upgrade or a downgrade stopped halfway.",
        f"{why}, {by_sql(*steps)}",
        "%%flask_shell",
    )
