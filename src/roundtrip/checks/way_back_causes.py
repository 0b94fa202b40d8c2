"""Why a database has not gone back, or has gone back too far, and the cure."""

from __future__ import annotations

from pathlib import Path

from ..env_file import quoted
from ..migration_facts import Revision
from ..sqlite_files import has_dropped, sql_name
from ..state import State
from ..verdict.commands import back_on, is_one_step, take_back
from ..verdict.lookups import claims, database_names, model_names, models_file
from .course_databases import (
    USUAL,
    address_first,
    columns_of,
    command_on,
    copies,
    look,
    query,
    used_databases,
    versions,
)
from .finding import Cure, begin_again
from .reflog import ask_git, has_word, is_part_of, taken_off_from


def not_gone_back(state: State, project: Path, database: str, name: str) -> Cure:
    """Why a database still has what a downgrade should have taken, and the cure.

    A downgrade is told only where it would take this, and not something else. It is no repair where
    it is the plain one.
    """
    at = versions(project, database)
    makers = [r for r in state.migrations.revisions if name in r.adds]
    ran = state.migrations.run_by(at)
    run = [maker for maker in makers if maker.id in ran]
    if not run and makers and makers[-1].undoes and {*at} & {*makers[-1].parents}:
        cause = f"{database} has {name}, and does not count its script as run: stamped, not "
        cause += "downgraded. This records the id again; then downgrade."
        command = command_on(database, f"flask db stamp {makers[-1].id}")
        return Cure(cause, command, repair=True)
    if not run:
        cause = f"{database} has {name}, and no script that it counts as run makes it: a "
        return begin_again(f"{cause}downgrade() that drops nothing, or a change by hand.")
    maker = run[-1]
    if hollow := no_way_back(state, maker):
        return hollow
    cause = f"{database} has not gone back far enough: {maker.id} still counts as run."
    newer = state.migrations.revisions[state.migrations.revisions.index(maker) + 1 :]
    if more := [name for r in newer if r.id in ran for name in r.loses_back if "." not in name]:
        cause += f" On the way, {', '.join(more)} is dropped with its rows."
    if maker.id in at:
        cause = f"The downgrade has not run on {database}.{address_first(project, database)}"
    command = command_on(database, take_back(maker, at))
    return Cure(cause, command, repair=not is_one_step(maker, at))


def no_way_back(state: State, script: Revision) -> Cure | None:
    """The cure where a downgrade of this script would take the id back, and nothing else."""
    if script.undoes:
        return None
    cause = "Its downgrade() does not undo what its upgrade() does, so there is no way back yet."
    if script.file in state.git.modified and script.committed:
        cause += " The script differs from the last commit; this restores it."
        return Cure(cause, f"git restore {quoted(script.file)}", repair=True)
    cause += " Write it first."
    return Cure(cause, f"%show {quoted(script.file)}", repair=True)


def database_first(state: State, project: Path, place: str) -> Cure | None:
    """The cure where a database has run a script that the commit to go back to does not have."""
    there = {*ask_git(project, "ls-tree", "-r", "-z", "--name-only", place)}
    later = [r for r in state.migrations.revisions if there and r.file not in there]
    cause = "{} has run {}, which that commit does not have: first every database, then the code."
    if run := [revision for revision in later if revision.applied]:
        command = take_back(run[-1], state.migrations.current)
        return Cure(cause.format(state.database.url, run[-1].file), command, repair=True)
    if other := claims(state, *later):
        command = back_on(state, other)
        return Cure(cause.format(other.url, "one of the scripts"), command, repair=True)
    return None


def over(state: State, project: Path, subject: str, column: str) -> Cure | None:
    """Why nothing is to be taken back: this `table.column` was, and later commits follow."""
    places = [commit.hash for commit in state.git.commits[1:] if commit.subject == subject]
    if not places or not column or column in model_names(state):
        return None
    gone = taken_off_from(state, project, places[0], column)
    if not gone or is_part_of(project, gone) or _has_come_again(state, project, places[0], column):
        return None
    cause = f"{gone} was taken back to “{subject}” already, and later work follows: this part is "
    return Cure(f"{cause}over, so leave it.", "git log --oneline", repair=True)


def _has_come_again(state: State, project: Path, place: str, column: str) -> bool:
    """Whether a commit after this one, on the branch, has this `table.column` in its model.

    So it was amended, or made again, and is still to be taken back: not where another script is
    later work.
    """
    file, name = models_file(state), column.rpartition(".")[2]
    there = {*ask_git(project, "ls-tree", "-r", "-z", "--name-only", place)}
    new = [each for each in state.migrations.revisions if each.file not in there]
    if any(each.committed and column not in each.adds for each in new):
        return False
    later = ask_git(project, "rev-list", f"{place}..HEAD")
    return any(has_word(project, commit, file, name) for commit in later)


def one_step_too_many(state: State, back: str) -> Cure | None:
    """The cure where the database has gone back behind the commit with this message.

    Its scripts wait, though the code should go no further than there.
    """
    hashes = [commit.hash for commit in state.git.commits]
    places = [n for n, commit in enumerate(state.git.commits) if commit.subject == back]
    if not places:
        return None
    older = hashes[places[0] + 1 :]
    wanted = [
        revision
        for revision in state.migrations.pending
        if revision.before and any(each.startswith(revision.before) for each in older)
    ]
    if not state.migrations.current:
        return begin_again("One downgrade too many: it dropped the tables with all their rows.")
    there = database_names(state)
    gone = ", ".join(name for r in wanted for name in r.adds if name not in there)
    if not gone:
        return None
    return too_far(gone, wanted[-1])


def too_far(gone: str, maker: Revision) -> Cure:
    """The cure where a downgrade took a column that should have stayed, which this script makes."""
    cause = f"One downgrade too many: {gone} is gone too, with its values. This brings the column "
    cause += "back, empty; %restart begins the lesson again, with the values."
    return Cure(cause, f"flask db upgrade {maker.id}", repair=True)


def one_downgrade_too_many(project: Path, database: str, table: str) -> Cure | None:
    """The cure where a downgrade has taken the rows of a table: it is gone, or recreated.

    A database that is at no revision need not have lost anything: flask db migrate makes one.
    """
    if not columns_of(project, database, table):
        if versions(project, database) or not look(project, database, has_dropped):
            return None
        cause = f"One downgrade too many: it dropped the table {table} with all its rows."
        return _from_a_copy(project, database, table, cause) or begin_again(cause)
    a_row = f"SELECT 1 FROM {sql_name(table)} LIMIT 1"
    if database != USUAL or query(project, database, a_row):
        return None
    if not any(query(project, other, a_row) for other in used_databases(project)):
        return None
    cause = "The rows are gone: one downgrade too many dropped the table, or the file was deleted, "
    cause += "and an upgrade recreated it."
    return _from_a_copy(project, database, table, cause) or begin_again(cause)


def table_lost(project: Path, database: str, table: str) -> Cure:
    """The cure where a database on the way back has lost the whole table; never an upgrade."""
    if lost := one_downgrade_too_many(project, database, table):
        return lost
    cause = f"{database} has no table {table} any more: the file is new, or it was dropped by hand."
    if not (project / "instance" / database).is_file():
        cause = f"{database} is not there: moved or deleted, and its rows with it."
    return _from_a_copy(project, database, table, cause) or begin_again(cause)


def _from_a_copy(project: Path, database: str, table: str, cause: str) -> Cure | None:
    """The cure where a copy has the rows that a database has lost, and no other database's."""
    if half := half_made(project, database, table):
        return half
    others = [each for each in used_databases(project) if each != database]
    for copy in copies(project):
        if query(project, copy, f"SELECT 1 FROM {sql_name(table)} LIMIT 1") and not any(
            _alike(project, copy, other, table) for other in others
        ):
            cause += f" {copy} has rows of it. If it is a copy of {database}, Python's "
            cause += "shutil.copy(source, target) puts it in place."
            return Cure(cause, f"%show instance/{copy}", repair=True)
    return None


def half_made(project: Path, database: str, table: str) -> Cure | None:
    """The cure where the rows are in the copy that SQLite's batch mode makes of a table."""
    if not columns_of(project, database, f"_alembic_tmp_{table}"):
        return None
    cause = f"An upgrade or a downgrade of {database} stopped halfway, and its rows may be in the "
    cause += f"copy _alembic_tmp_{table}. The board says how to get them back."
    return Cure(cause, command_on(database, "%board"), repair=True)


def _alike(project: Path, one: str, other: str, table: str) -> bool:
    """Whether a table has the same rows in two databases, as far as both have its columns."""
    there = columns_of(project, other, table)
    both = [sql_name(each) for each in columns_of(project, one, table) if each in there]
    rows = f"SELECT {', '.join(both)} FROM {sql_name(table)}"
    return bool(both) and query(project, one, rows) == query(project, other, rows)
