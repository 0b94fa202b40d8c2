"""Why a database does not have what it should, or has it by hand; and the cure."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from ..env_file import database_named_by, named_from_the_root, names_in, settings_in, url_in
from ..names import columns_in, is_among
from ..reading.git import moves_of_head
from ..state import State
from ..verdict.commands import move_away, move_in
from .causes import downgrade_of, followed, no_script, not_upgraded, why_troubled
from .course_databases import (
    OWN,
    USUAL,
    address_first,
    columns_of,
    command_on,
    copies,
    is_used,
    query,
    settings_of,
    settings_with_address,
    shares_a_row,
    used_databases,
    versions,
)
from .finding import Cure, as_told, begin_again
from .model_causes import look_at
from .way_back_causes import not_gone_back


def copy_lost(state: State, project: Path, database: str, column: str, source: str) -> Cure:
    """Why a copy of the database `source` does not hold this `table.column`, and the cure."""
    table, _, name = column.partition(".")
    can_be_made = name in columns_of(project, source, table)
    had = [each for each in copies(project, "*") if name in columns_of(project, each, table)]
    right = next((f for f in had if f != database and shares_a_row(project, f, source, table)), "")
    of_another = source != USUAL and shares_a_row(project, database, USUAL, table)
    if (project / "instance" / database).is_file():
        cause = f"{database} was overwritten, or made too late."
        if of_another and not shares_a_row(project, database, source, table):
            cause = f"{database} is a copy of {USUAL}: --env-file was missing when it was made."
        elif not query(project, database, "PRAGMA schema_version"):
            cause = f"{database} is no SQLite file, and a text such as that of .dump is no copy "
            cause += "here."
        if can_be_made or right:
            cause += f" {right} is the right one." if right else ""
            cause += f" This puts it aside; then {'%finish again' if right else 'make it again'}."
            return Cure(cause, move_away(f"instance/{database}"), repair=True)
        return _made_too_late(state, project, column, source, cause)
    if (project / database).is_file():
        return beside_instance(database)
    if right:
        cause = f"{right} is such a copy, under another name. This gives it the right one."
        move = f"shutil.move('instance/{right}', 'instance/{database}')"
        return Cure(cause, f'python -c "import shutil; {move}"', repair=True)
    if can_be_made:
        cause = f"{database} is not there: not made yet, moved or deleted. {source} still has "
        cause += f"{column}, so it can be made now: "
        cause += f"db.session.execute(db.text(\"VACUUM INTO 'instance/{database}'\"))"
        return Cure(cause, command_on(source, "%%flask_shell"), repair=True)
    cause = f"{database} is not there, and {source} has no {column} any more: the copy comes "
    return _made_too_late(state, project, column, source, f"{cause}before the downgrade.")


def _made_too_late(state: State, project: Path, column: str, source: str, cause: str) -> Cure:
    """The cure where a copy comes after the downgrade: a step on and back, if it loses nothing."""
    newest = state.migrations.revisions[-1:]
    below = {parent for each in newest if column in each.adds for parent in each.parents}
    if not below or {*versions(project, source)} != below:
        return begin_again(cause)
    cause += f" If nobody had a value in {column}, nothing is lost (else %restart): upgrade, make "
    cause += "the copy, downgrade again."
    return Cure(cause, command_on(source, "flask db upgrade"), repair=True)


def beside_instance(file: str) -> Cure:
    """The cure where a copy lies in the project's folder."""
    where = "in another folder" if "/" in file else "beside instance/, where no command looks"
    cause = f"{file} is {where}. Copies belong in instance/. This moves it there."
    return Cure(cause, move_in(file), repair=True)


def not_by_a_new_script(state: State, project: Path, column: str) -> Cure:
    """Why a column is gone that no script has dropped, and how to have it for one that does."""
    makers = [each for each in state.migrations.revisions if column in (*each.adds, *each.columns)]
    cause = f"{USUAL} does not have {column} any more, and no script drops it: it was taken back, "
    cause += "or dropped by hand. Whoever has it already needs a new script for that."
    if makers and not makers[-1].applied:
        cause += " An upgrade brings the column back, without its values; then make the script."
        return Cure(cause, "flask db upgrade", repair=True)
    if makers:
        return Cure(cause, "%board", repair=True)
    moves = moves_of_head(project)
    if moves and "\treset: " in moves[-1]:
        return Cure(cause, "git reflog", repair=True)
    return begin_again(f"{cause} The script that made it is gone, too.")


def why_absent(state: State, project: Path, column: str, database: str) -> Cure:
    """Why a database does not have a column or its table."""
    table, _, name = column.partition(".")
    # A table that is made brings its columns along.
    needed = column if columns_of(project, database, table) else table
    makers = {r.id for r in state.migrations.revisions if needed in r.adds}
    if not makers and state.verdict.kind == "unwanted":  # a script that was changed makes another
        return as_told(state.verdict)
    if not makers:
        return no_script(state, project, needed)
    if unused := not_used(project, database):
        return unused
    run = state.migrations.run_by(versions(project, database))
    for script in reversed(state.migrations.revisions):
        if script.id in run and is_among(needed, script.drops):
            verb = "given it another name" if needed in script.renamed else "dropped it"
            cause = f"{script.file} has {verb}."
            if database == USUAL:
                return downgrade_of(state, script).after(cause)
            return Cure(cause, command_on(database, "%board"), repair=True)
    if makers & run:
        cause = f"It counts the script as run, and does not have {needed}: stamped, not upgraded."
        return Cure(cause, command_on(database, "%board"), repair=True)
    there = database != USUAL and columns_of(project, database, table)
    if there and (made := not_by_migration(project, database)):
        return made
    cure = not_upgraded(state, project, database)
    if not (project / "instance" / database).is_file() and database != USUAL:
        if kept := [each for each in copies(project) if columns_of(project, each, table)]:
            cause = f"It is not there. Was it moved or deleted? {kept[0]} may be a copy of it. Its "
            cause += "own board says more."
            return Cure(cause, command_on(database, "%board"), repair=True)
        return replace(cure, cause="It is not there: not made yet, moved or deleted.")
    others = [each for each in used_databases(project) if name in columns_of(project, each, table)]
    if others and not cure.repair:
        cause = f"{database} has not run all that {others[0]} has: each is upgraded on its own."
        return replace(cure, cause=f"{cause}{address_first(project, database)}")
    return cure


def not_used(project: Path, database: str, complete: bool = False) -> Cure | None:
    """Commands go to another database, or none does to this; `complete`: it has all it should."""
    settings = settings_with_address(project, database)
    if is_used(project, database):
        return None
    if (project / settings).is_file():
        cause = f"{settings} names no file in instance/, so its commands go elsewhere."
        if not url_in(project, settings):
            cause = f"{settings} has no DATABASE_URL of its own, so its commands go to {USUAL}."
            near = get_close_matches("DATABASE_URL", names_in(project, settings), 1, 0.7)
            if near:
                cause = f"{settings} sets {near[0]}, and not DATABASE_URL, so its commands go to "
                cause += f"{USUAL}."
        elif path := named_from_the_root(project, settings):
            cause = f"{settings} names no file in instance/: four slashes begin at the root of "
            cause += f"the disk, with {path}. Three are meant: DATABASE_URL=sqlite:///{database}."
            if Path(path).is_file():
                cause += f" A file {path} is there; the course does not use it."
        elif named := database_named_by(project, settings):
            name = named.relative_to(project / "instance").as_posix()
            cause = f"{settings} names {name}, so its commands go there."
            if name.startswith("instance/"):
                cause = f"{settings} leads to instance/{name}: a path begins in instance/ already."
        elif not _IS_AN_ADDRESS.match(url_in(project, settings)):
            cause = f"The DATABASE_URL in {settings}, {url_in(project, settings)}, is no address. "
            cause += f"An address begins with its kind: sqlite:///{database}."
        if database == USUAL:
            cause += f" The lesson's database is {USUAL}: take that line out."
        return Cure(cause, f"%show {settings}", repair=True)
    if other := _named_in(project, database):
        cause = f"{other} names it, but the lesson's commands read {settings}: rename the file."
        if own := [each for each in OWN if settings_of(each) == other]:
            cause = f"{other} names it, and should name {own[0]}; the lesson's commands read "
            cause += f"{settings}. Write both files."
            return Cure(cause, f"%%writefile {settings}", repair=True)
        return Cure(cause, f"%show {other}", repair=True)
    if complete:
        cause = f"The file is there, but no {settings} names it: no command goes to it."
        return Cure(cause, f"%%writefile {settings}", repair=True)
    cause = f"There is no {settings} that names it."
    was_used = (project / "instance" / database).is_file()
    if was_used:
        cause += f" It holds one line: DATABASE_URL=sqlite:///{database}"
    return Cure(cause, f"%%writefile {settings}", repair=was_used)


def _named_in(project: Path, database: str) -> str:
    """A file of settings of another name than it should have that names this database, or empty."""
    wanted = project / "instance" / database
    named = settings_in(project)
    return next((file for file in named if database_named_by(project, file) == wanted), "")


_IS_AN_ADDRESS = re.compile(r"(?!sqlite:/{0,2}[^/])\w+(?:\+\w+)?://")
"""An address has two slashes before the host; SQLite has none, so that a third one follows."""


def not_by_migration(project: Path, database: str) -> Cure | None:
    """A database that has all it should have, but not from its migrations."""
    if unused := not_used(project, database, complete=True):
        return unused
    if versions(project, database):
        return None
    cause = "It counts no migration as run: db.create_all() or a copy made its tables."
    return Cure(cause, command_on(database, "%board"), repair=True)


def not_by_downgrade(state: State, project: Path, column: str, database: str) -> Cure | None:
    """A column that is gone, while the script that makes it still counts as run."""
    run = state.migrations.run_by(versions(project, database))
    scripts = [revision for revision in state.migrations.revisions if revision.id in run]
    makers = [revision for revision in scripts if column in revision.adds]
    if not makers or any(is_among(column, revision.drops) for revision in scripts):
        return None
    maker = makers[-1]
    cause = f"It is gone, and {maker.id} still counts as run: it was dropped by hand, not by a "
    cause += "downgrade."
    alone = {*maker.adds} == {column} and not maker.others
    if maker.committed and maker.id in versions(project, database) and alone:
        command = command_on(database, f"flask db stamp {maker.below}")
        return Cure(f"{cause} This records that the script is taken back.", command, repair=True)
    if database == USUAL and (trouble := why_troubled(state)):
        return trouble
    return Cure(cause, command_on(database, "%board"), repair=True)


def other_type(state: State, project: Path, column: str, database: str, type: str) -> Cure:
    """A column has another type than it should: a database keeps what the script has made."""
    model = columns_in(state.model.tables).get(column)
    if model and model.type != type:
        cause = f"It should be {type}, and the model says {model.type}: that comes first."
        return Cure(cause, look_at(state), repair=True)
    said = f"It should be {type}. A database keeps what the script made of it."
    table, _, name = column.partition(".")
    run = state.migrations.run_by(versions(project, database))
    later = [each for each in state.migrations.revisions if each.id not in run]
    if later and columns_of(project, USUAL, table).get(name, ("", True))[0] == type:
        said += f" {later[-1].file} has changed it in {USUAL}, and has not run on {database}."
        return Cure(said, command_on(database, "%board"), repair=True)
    makers = [r for r in state.migrations.revisions if column in {*r.adds, *r.columns}]
    if makers and (following := followed(state, makers[-1])):
        return following.after(said)
    back = not_gone_back(state, project, database, column)
    if back.repair:
        return back.after(said)
    by_now = makers[-1].makes if makers else ()
    if any((made.name, made.type) == (column, type) for made in by_now):
        more = "The script says so by now, and was changed after it ran here. Take it back here "
        return Cure(f"{said} {more}and run it again.", back.command, repair=True)
    more = (
        f"Take it back on each database that has run it, {back.command} for this one; then delete "
    )
    more += "the script, and make it again from the right model."
    return Cure(f"{said} {more}", back.command, repair=True)
