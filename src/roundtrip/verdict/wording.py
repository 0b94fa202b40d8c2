"""How the rules say what they found."""

from __future__ import annotations

from collections.abc import Iterable

from ..facts import Difference
from ..migration_facts import Revision
from ..plural import counted
from ..state import Disagreement, State
from .lookups import row_count


def say(
    headline: str, found: str, why: str = "", next: str = "", back: str = "", then: str = ""
) -> Disagreement:
    """A disagreement; the table of rules adds its kind and its places."""
    return Disagreement("", (), headline, found, why, next, back, then)


def sentence(text: str) -> str:
    """A text with a full stop at its end, if it has none."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


MOVED_AWAY = (
    "This moves it into a new folder beside it, where it is kept. Only then does an upgrade make a "
    "new one, with the tables but without the rows."
)
"""What the command does that moves a database away, and what an upgrade does afterwards."""


def listed(names: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and 3 more`."""
    all_names = list(names)
    if len(all_names) > 3:
        all_names[2:] = [f"{len(all_names) - 2} more"]
    *first, last = all_names or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def are(names: Iterable[str]) -> str:
    """`a is`, `a and b are`."""
    all_names = list(names)
    return f"{listed(all_names)} {'are' if all_names[1:] else 'is'}"


def named(revision: Revision) -> str:
    """A revision by its message and its id."""
    return f"“{revision.message}” ({revision.id})" if revision.message else revision.id


def made_unique(change: Difference) -> str:
    """What should be unique, and is not."""
    what = change.detail.partition(",")[0]
    return f"{change.table} gets a {what}, and two rows have the same value there"


def by_sql(*statements: str) -> str:
    """Where statements of one's own are typed, and how."""
    calls = "; ".join(f'db.session.execute(db.text("{each}"))' for each in statements)
    return f"in a cell that begins with %%flask_shell: {calls}; db.session.commit()"


def dropped(name: str) -> str:
    """The statement that drops a table or a column, named `user.age`."""
    table, _, column = name.partition(".")
    return f"ALTER TABLE {table} DROP COLUMN {column}" if column else f"DROP TABLE {table}"


def rows_in(state: State, name: str) -> str:
    """How many rows the table of a name has, in words."""
    return counted(row_count(state, name), "row")
