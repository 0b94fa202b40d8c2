"""The four places at one moment as one value, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .env_file import with_env_file
from .facts import DatabaseState, Difference, Elsewhere, ModelState, Table
from .git_facts import GitState
from .migration_facts import MigrationState
from .plain_data import build
from .plural import counted


@dataclass(frozen=True)
class Disagreement:
    """Places that do not say the same: of "git", "model", "migrations", "database".

    `headline` and `found` are sentences, `why` one to three; all plain text. `next` is a command,
    or empty where no command helps; then `why` says what to do. `back` is the command for who wants
    the other way. `then`: what follows `next` for who is on the way back.
    """

    kind: str
    places: tuple[str, ...]
    headline: str
    found: str
    why: str = ""
    next: str = ""
    back: str = ""
    then: str = ""


AGREE = Disagreement(
    "agree",
    (),
    "All four agree.",
    "Git, the model, the migrations and the database say the same.",
    "There is nothing to do.",
)


@dataclass(frozen=True)
class State:
    """The four places at one moment, and where they disagree, the most important first.

    `env_file` is the file that chose the database (`flask --env-file`), empty for the default one.
    `elsewhere`: the other databases that are not as this one (with an `env_file` the default one
    too), and this one where the settings of production name it. `alone`: with an `env_file`, those
    `differences` that the default database does not have. `differing`: settings whose database has
    other columns or keys than the default one, or is no file of the project. `emptied` are tables
    as an earlier look saw them, with rows, which have none now. `copies`: the files that may be a
    copy of the database and have rows of the first of them.
    """

    git: GitState = field(default_factory=GitState)
    model: ModelState = field(default_factory=ModelState)
    migrations: MigrationState = field(default_factory=MigrationState)
    database: DatabaseState = field(default_factory=DatabaseState)
    differences: tuple[Difference, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    env_file: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    alone: tuple[Difference, ...] = ()
    differing: tuple[str, ...] = ()
    emptied: tuple[Table, ...] = ()
    copies: tuple[str, ...] = ()

    @property
    def verdict(self) -> Disagreement:
        """The disagreement to look at first; `AGREE` when there is none."""
        rows = ""
        if self.emptied:
            then = self.emptied[0]
            rows = f"rows are gone: {then.name} had {counted(then.rows or 0, 'row')} at an earlier "
            rows += "look. "
            if self.copies:
                rows += (
                    f"{self.copies[0]} has rows of it. If it is a copy of this database, Python's "
                )
                rows += "shutil.copy(source, target) puts it in place. "
            rows += "%restart begins the lesson again, with the rows of its start."
        if self.disagreements:
            first = self.disagreements[0]
            return replace(first, why=f"{first.why} The {rows}".strip()) if rows else first
        if rows:
            return replace(AGREE, why=f"Only the {rows}")
        why = AGREE.why
        if usual := next((o for o in self.elsewhere if self.env_file and not o.env_file), None):
            why = (
                f"There is nothing to do here. But {usual.url} is not as this one: %board shows it."
            )
        if self.git.stashed:
            how = "git stash pop brings it back."
            if self.git.stash_behind:
                how = "git stash show -p shows it, and git stash drop deletes the stash. Still "
                how += "wanted? git stash pop brings it back, or ends in a conflict."
            said = f"A stash holds another {self.git.stashed[0]}; {how}"
            why += f" {said}"
        if self.differing:
            board = with_env_file("%board", self.differing[0])
            why += f" The database that {self.differing[0]} names is not wholly like this one, "
            why += f"or cannot be seen from here; {board} looks closer."
        return replace(AGREE, why=why)

    def to_dict(self) -> dict[str, Any]:
        """The state as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> State:
        """The state that `to_dict` (or a JSON file of it) was made from."""
        return build(cls, data)
