"""Goals about copies of a database, made before it was changed."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ..migration_facts import Revision
from ..sqlite_files import sql_name
from ..state import State
from .causes import why_blocked
from .course_databases import (
    USUAL,
    columns_of,
    command_on,
    copies,
    is_newer,
    is_up_to_date,
    query,
    shares_a_row,
    versions,
)
from .database_causes import beside_instance, not_used
from .finding import Cure, Finding, begin_again, met, unmet
from .reflog import last_reset_before


def copied(
    state: State, project: Path, database: str, adds: str = "", drops: str = "", rows: str = ""
) -> Finding:
    """Some file in instance/ is a copy of this database, as it was right before a migration.

    It is the newest one that adds, or drops, this `table.column`. The copy counts the migrations
    before it as run, and holds a row of the database's own. Until the database has run that one,
    the copy is newer than its last change, or holds the same. One that was there at the last
    reset before the script was made does not count: it is of an earlier change. `rows`: the table
    to compare, where a table is added.
    """
    search = _Search(state, project, database, adds, drops, rows)
    for file in filter(search.is_of_that_time, search.fitting):
        if not search.full or file in search.full:  # one that is made after the loss has no values
            text = f"{file}: at the revision before that, with rows of {database}"
            empty = drops and not search.full
            return met(f"{text}, none with a value in {drops}" if empty else text)
    text = f"no copy of {database} from right before in instance"
    if loose := search.outside():
        return unmet(text, beside_instance(loose[0]))
    return unmet(text, search.why_none())


@dataclass(frozen=True)
class _Search:
    """What is to be found, as `copied` is asked for it, and the files that may be it."""

    state: State
    project: Path
    database: str
    adds: str
    drops: str
    rows: str

    @property
    def table(self) -> str:
        return self.rows or (self.adds or self.drops).partition(".")[0]

    @cached_property
    def scripts(self) -> list[Revision]:
        """The newest script that adds or drops it, and those that made it under older names."""
        found: list[Revision] = []
        names = {self.adds}
        for script in reversed(self.state.migrations.revisions):
            if names & {*script.adds} or (not found and self.drops in script.drops):
                found.append(script)
                names = {*script.drops} if self.adds else set()
        return found

    @property
    def script(self) -> Revision | None:
        return self.scripts[0] if self.scripts else None

    @cached_property
    def then(self) -> list[set[str]]:
        """Where the database may have been right before."""
        return [{*each.parents} for each in self.scripts] or [{*self.state.migrations.heads}]

    @cached_property
    def now(self) -> set[str]:
        """Where the database is."""
        return {*versions(self.project, self.database)}

    @cached_property
    def run(self) -> Collection[str]:
        """The migrations that the database has run."""
        return self.state.migrations.run_by(self.now)

    @property
    def has_run(self) -> bool:
        return bool({each.id for each in self.scripts} & {*self.run})

    @cached_property
    def there(self) -> list[str]:
        """All copies of anything."""
        return list(copies(self.project, "**/*"))

    @cached_property
    def had(self) -> list[str]:
        """Those of the database that have what is dropped."""
        had = [f for f in self.there if self.drops and _has(self.project, f, self.drops)]
        return [f for f in had if shares_a_row(self.project, f, self.database, self.table)]

    @cached_property
    def full(self) -> list[str]:
        """Those of them with values in it."""
        return [file for file in self.had if _values(self.project, file, self.drops)]

    @cached_property
    def fitting(self) -> list[str]:
        """The copies of the database where it was right before, of whatever time."""
        return self._of(self.there)

    @cached_property
    def old(self) -> set[str]:
        """Those that were there at the last reset before the script was made."""
        made = min((_date(self.project, script) for script in self.scripts), default=math.inf)
        begun = last_reset_before(self.project, made)
        place = self.project / "instance"
        return {f for f in self.there if self.adds and (place / f).stat().st_mtime < begun}

    def is_of_that_time(self, file: str) -> bool:
        """Whether a copy that fits was made for this change."""
        if not self.has_run and is_newer(self.project, file, self.database):
            return True
        up_to_date = self.has_run or is_up_to_date(self.project, file, self.database)
        return file not in self.old and up_to_date

    def outside(self) -> list[str]:
        """Copies that lie in the project, and not in instance/."""
        taken = {each.name for each in self.project.glob("instance/*")}
        git = self.state.git
        found = self._of(f"../{file}" for file in (*git.private, *git.databases))
        beside = [file.removeprefix("../") for file in found]
        beside += [each.name for each in self.project.glob("*.db") if each.is_file()]
        return [file for file in beside if file.rpartition("/")[2] not in taken]

    def _of(self, files: Iterable[str]) -> list[str]:
        of_then = [file for file in files if {*versions(self.project, file)} in self.then]
        if self.drops:  # dropped by hand, it is gone at the same revision
            of_then = [file for file in of_then if _has(self.project, file, self.drops)]
        return [f for f in of_then if shares_a_row(self.project, f, self.database, self.table)]

    def why_none(self) -> Cure:
        """Why there is none, and the cure."""
        project, database, script = self.project, self.database, self.script
        if not (project / "instance" / database).is_file():
            return not_used(project, database) or Cure(
                f"{database} is not there: it comes first.", ""
            )
        there = columns_of(project, database, self.table)
        if there and not _values(project, database, self.table):
            return Cure(f"{database} has no row in {self.table} to be copied: they come first.", "")
        if script and script.id in self.run:
            return self._when_it_has_run()
        make_it = Cure(
            f"Make it before {database} is upgraded, under a name that no file there has.",
            command_on(database, "%%flask_shell"),
            holds_back=True,
        )
        if not script and not self.now <= self.state.migrations.ids:  # was reset
            return why_blocked(self.state, project, database) or make_it
        if script and self.now not in self.then:
            cause = f"{database} is more than one step behind: the copy is made right before "
            command = f"flask db upgrade {script.below}"
            return Cure(f"{cause}the upgrade.", command_on(database, command), repair=True)
        if self.drops and self.there and not _has(project, database, self.drops):
            cause = f"{database} has no {self.drops} any more, and has not run a script that drops "
            cause += "it. Its own board says more."
            return Cure(cause, command_on(database, "%board"), repair=True)
        if said := self._another():
            return make_it.after(said)
        if self.fitting:
            cause = f"{self.fitting[0]} is older than the last change of {database}."
            return make_it.after(cause)
        return make_it

    def _when_it_has_run(self) -> Cure:
        if "." in self.adds and not _has(self.project, self.database, self.adds):
            cause = f"{self.database} counts its script as run, and has no {self.adds}."
            return Cure(cause, command_on(self.database, "%board"), repair=True)
        cure = _too_late(self.project, self.database, self.adds, self.had, self.full)
        late = [file for file in self.there if {*versions(self.project, file)} == self.now]
        if late and shares_a_row(self.project, late[0], self.database, self.table):
            return cure.after(f"{late[0]} was made after the upgrade.")
        return cure.after(said) if (said := self._another()) else cure

    def _another(self) -> str:
        """What a copy is that was made, and is not the one; empty without one."""
        fresh = [file for file in self.there if file not in self.old]
        script = self.script if self.has_run else None
        if other := _of_another(self.project, fresh, self.database, self.table, script):
            return f"{other[0]} is a copy of {USUAL}: --env-file was missing."
        earlier = [file for file in self.fitting if file in self.old]
        return f"{earlier[0]} was made for an earlier change." if earlier else ""


def _of_another(
    project: Path, files: Iterable[str], database: str, table: str, script: Revision | None
) -> list[str]:
    """Those of the files that hold rows of the default database, and none of this one.

    They were made for the next change of the database, or for that by `script`, which has run.
    """
    made = _date(project, script) if script else 0
    instance = project / "instance"
    late = [f for f in files if (instance / f).stat().st_mtime >= made]
    of_now = late if script else [f for f in late if is_newer(project, f, database)]
    alike = [file for file in of_now if shares_a_row(project, file, USUAL, table)]
    return [file for file in alike if not shares_a_row(project, file, database, table)]


def _date(project: Path, script: Revision) -> float:
    """When a script was made, as it says itself, in seconds since 1970; later than all if not."""
    with suppress(OSError, ValueError):
        text = (project / script.file).read_text(encoding="utf-8", errors="replace")
        said = re.search(r"^Create Date: (.+)$", text, re.MULTILINE)
        return datetime.fromisoformat(said.group(1)).timestamp() if said else math.inf
    return math.inf


def _too_late(
    project: Path, database: str, adds: str, had: Sequence[str], full: Sequence[str]
) -> Cure:
    """The cure where the script has run and there is no copy: a step back, if it loses nothing.

    `had`: copies that have the column that it drops; `full`: those of them with values in it.
    """
    cause = f"No copy from right before is in instance/, and {database} is upgraded already."
    if full:
        cause += f" An older copy, {full[0]}, has values; what came after it is gone."
        return begin_again(cause)
    if not adds and not had:
        return begin_again(f"{cause} The values are gone for good, and no downgrade has them.")
    if adds and _values(project, database, adds):
        return begin_again(f"{cause} A step back would drop the values that {adds} has now.")
    if adds:
        cause += f" {adds} is empty there, so a step back loses nothing: "
    else:
        cause += f" The last copy with the column, {had[0]}, has no value in it. If nobody got one "
        cause += "since, nothing is lost (else %restart): "
    cause += "downgrade, make the copy, upgrade again."
    return Cure(cause, command_on(database, "flask db downgrade"), True)


def _has(project: Path, database: str, column: str) -> bool:
    table, _, name = column.partition(".")
    return name in columns_of(project, database, table)


def _values(project: Path, database: str, column: str) -> int:
    """How many rows of a database have a value in this `table.column`, or are in this table."""
    table, _, name = column.partition(".")
    if name and not _has(project, database, column):
        return 0
    counted = sql_name(name) if name else "*"
    found = query(project, database, f"SELECT count({counted}) FROM {sql_name(table)}")
    return found[0][0] if found else 0
