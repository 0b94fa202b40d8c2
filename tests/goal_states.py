"""States put together by hand for tests of the verdict and the goals, and what a goal finds.

The databases are written with sqlite3: no command is run.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from typed import typed

from roundtrip import checks, verdict
from roundtrip.course import Goal
from roundtrip.facts import Column, DatabaseState, Difference, ModelState, Table
from roundtrip.git_facts import Commit, GitState
from roundtrip.migration_facts import MigrationState, Rescue, Revision
from roundtrip.state import State

MODELS = "demo_app/models.py"
LOOK = f"%show {MODELS}"
FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
AGE_SCRIPT = f"migrations/versions/{SECOND}_add_age_column_to_user_model.py"
DELETE = f"git clean -f {AGE_SCRIPT}"
MIGRATE = 'flask db migrate -m "Add age column to user model"'
LOG = "git log --oneline"
ADDS_AGE = Difference("add_column", "user", "age")
BASE = [Column("id", "INTEGER", False, True), Column("name", "VARCHAR(80)", False, False)]
AGE = Column("age", "INTEGER", True, False)


def user(*more: Column) -> Table:
    return Table("user", (*BASE, *more), rows=3, class_name="User", file=MODELS)


def made(**places: object) -> State:
    """Lesson 01's end with other places put in, and its disagreements as the rules find them."""
    state = State(
        GitState(True, "main", "1" * 40, (Commit("1" * 40, "Create the user table"),)),
        ModelState((user(),), found=True, migrates=True),
        migrations(),
        DatabaseState("instance/app.db", True, (user(),), (FIRST,)),
    )
    state = replace(state, **places)
    return typed(replace(state, disagreements=verdict.disagreements(state)))


def migrations(*more: Revision, **others: object) -> MigrationState:
    first = Revision(
        FIRST, "Create user table", (), "migrations/versions/a.py", True, True, ("user",)
    )
    everything = (replace(first, committed=True), *more)
    return MigrationState(True, everything, (everything[-1].id,), (FIRST,), **others)


def second(applied: bool = False, tracked: bool = False, **others: object) -> Revision:
    defaults = {"adds": ("user.age",), "committed": tracked} | others
    message = "Add age column to user model"
    return Revision(SECOND, message, (FIRST,), AGE_SCRIPT, tracked, applied, **defaults)


def git(**lists: object) -> GitState:
    return replace(made().git, **lists)


GONE = made(
    migrations=migrations(missing=(SECOND,), rescue=Rescue("orig_head", "ORIG_HEAD", AGE_SCRIPT)),
    database=DatabaseState("instance/app.db", True, (user(AGE),), (SECOND,)),
    differences=(Difference("remove_column", "user", "age"),),
)
MODEL_AHEAD = made(
    model=ModelState((user(AGE),), found=True, migrates=True),
    git=git(modified=(MODELS,)),
    differences=(ADDS_AGE,),
)
WAITING = made(
    model=ModelState((user(AGE),), found=True, migrates=True),
    git=git(modified=(MODELS,), untracked=(AGE_SCRIPT,)),
    migrations=migrations(second()),
    differences=(ADDS_AGE,),
)
UPGRADED = made(
    model=ModelState((user(AGE),), found=True, migrates=True),
    git=git(modified=(MODELS,), untracked=(AGE_SCRIPT,)),
    migrations=replace(migrations(second(applied=True)), current=(SECOND,)),
    database=DatabaseState("instance/app.db", True, (user(AGE),), (SECOND,)),
)
NOT_IMPORTED = made(
    model=ModelState((), found=True, migrates=True),
    differences=(Difference("remove_table", "user"),),
)
BROKEN = made(
    model=ModelState(error=f"{MODELS}, line 3: NameError.", error_file=MODELS, found=True)
)


def sql(project: Path, statement: str, database: str = "app.db") -> None:
    with closing(sqlite3.connect(project / "instance" / database)) as connection:
        connection.execute(statement)
        connection.commit()


def add_age(project: Path, database: str = "app.db") -> None:
    sql(project, "ALTER TABLE user ADD COLUMN age INTEGER", database)


def ask(name: str, state: State, project: Path, **arguments: object) -> checks.Finding:
    """What a goal finds; where it is met there is nothing to say about causes."""
    finding = checks.check(Goal("", name, arguments), state, project).finding
    assert finding.found
    assert bool(finding.cause) is not finding.met
    assert not {*"{}$"} & {*finding.next}
    return finding


def log(project: Path, move: str, what: str) -> None:
    """Another line in Git's reflog."""
    file = project / ".git" / "logs" / "HEAD"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lines:
        lines.write(f"{move} Somebody <a@example.com> 1780000000 +0000\t{what}\n")


def refused(name: str, state: State, project: Path, cause: str, next: str, **arguments: object):
    """A goal is not met, for a cause with these words in it, and names exactly this command."""
    finding = ask(name, state, project, **arguments)
    assert not finding.met
    assert cause in finding.cause, finding
    assert finding.next == next, finding
