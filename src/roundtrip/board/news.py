"""What is new, and what is gone, between two looks at the four places."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ..facts import Table
from ..names import table_of
from ..state import State

Key = tuple[str, str, str]
"""A place, a kind of thing, and its name: `("database", "column", "user.age")`."""

Things = dict[Key, tuple[Any, ...]]
"""Things, each with what can change about it; the label comes last."""


@dataclass(frozen=True)
class News:
    """What differs from the last look. `looked` is False at the first look: then nothing is new.

    `marks` is what is new or has changed, `gone` what was there, in words, `anew` what is there
    again under another id, `rows` how many rows a table had, `places` where anything has changed.
    `others`: something has that has no mark.
    """

    looked: bool = False
    marks: dict[Key, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)
    places: frozenset[str] = frozenset()
    others: bool = False

    def mark(self, place: str, kind: str, name: str) -> str:
        """`"new"`, `"changed"` or nothing."""
        return self.marks.get((place, kind, name), "")

    @property
    def line(self) -> str:
        """All of it in a sentence or two; empty at the first look."""
        if not self.looked:
            return ""
        if not self.marks and not self.gone and not self.rows:
            return "" if self.others else "Nothing on this board has changed since the last look."
        said = []
        kinds = set(self.marks.values())
        if kinds:
            words = " or ".join(f"“{word}”" for word in ("new", "changed") if word in kinds)
            said.append(f"Marked {words}: what differs from the last look.")
        if self.anew:
            said.append(f"Made again, with a new id: {_some(self.anew)}.")
        if self.gone:
            said.append(f"Gone since the last look: {_some(self.gone)}.")
        return " ".join(said) or "Since the last look only the number of rows has changed."


def compare(state: State, since: State | None) -> News:
    """What `state` has that `since` had not, and the other way round."""
    if since is None:
        return News()
    now, then = _things(state), _things(since)
    if state.model.error or since.model.error:  # its tables are not known, rather than not there
        now, then = ({k: v for k, v in it.items() if k[0] != "model"} for it in (now, then))
    marks = {key: "changed" if key in then else "new" for key in now if now[key] != then.get(key)}
    lost = [key for key in then if key not in now]
    gone = [key for key in lost if key[:2] != ("git", "file")]
    new = {(*key[:2], now[key][-1]) for key, mark in marks.items() if mark == "new"}
    anew = [key for key in gone if key[1] in _WITH_AN_ID and (*key[:2], then[key][-1]) in new]
    left = [key for key in gone if key not in anew and not _inside(key, gone, now)]
    rows = _rows_before(state, since)
    places = {key[0] for key in (*marks, *lost)}
    return News(
        looked=True,
        marks={key: mark for key, mark in marks.items() if not _inside(key, marks, then)},
        gone=(*_lost_file(state, since), *(then[key][-1] for key in left)),
        anew=tuple(then[key][-1] for key in anew),
        rows=rows,
        places=frozenset(places | ({"database"} if rows else set())),
        others=state != since,
    )


def _lost_file(state: State, since: State) -> tuple[str, ...]:
    """The file of the database, where it was there at the last look and is not any more."""
    lost = since.database.exists and not state.database.exists
    return (f"the file {since.database.url}",) if lost else ()


def _rows_before(state: State, since: State) -> dict[str, int]:
    """How many rows the tables had that have another number of them now."""
    counted = {t.name: t.rows for t in since.database.tables if t.rows is not None}
    now = {table.name: table.rows for table in state.database.tables}
    return {name: rows for name, rows in counted.items() if now.get(name, rows) != rows}


_WITH_AN_ID = ("commit", "revision")
_GONE = 4


def _some(labels: tuple[str, ...]) -> str:
    more = f" and {len(labels) - _GONE} more" if len(labels) > _GONE else ""
    return f"{', '.join(labels[:_GONE])}{more}"


def _inside(key: Key, keys: Collection[Key], other: Things) -> bool:
    """Whether the thing is a column of a table that came or went as a whole."""
    place, kind, name = key
    table = (place, "table", table_of(name))
    return kind == "column" and table in keys and table not in other


def _things(state: State) -> Things:
    """Every thing in the four places."""
    things: Things = {}
    for commit in state.git.commits:
        things["git", "commit", commit.hash] = (f"the commit “{commit.subject}”",)
    for path in state.git.uncommitted:
        kinds = (path in state.git.staged, path in state.git.modified, path in state.git.untracked)
        things["git", "file", path] = (kinds, path in state.git.deleted, path)
    for revision in state.migrations.revisions:
        label = f"the revision {f'“{revision.message}”' if revision.message else revision.id}"
        does = (revision.adds, revision.drops, revision.renamed, revision.others, revision.undoes)
        things["migrations", "revision", revision.id] = (
            *(revision.applied, revision.tracked, revision.makes, does),
            label,
        )
    for id in state.migrations.missing:
        things["migrations", "missing", id] = ("the missing revision",)
    for place, tables in (("model", state.model.tables), ("database", state.database.tables)):
        for table in tables:
            things |= _table_things(place, table)
    return things


def _table_things(place: str, table: Table) -> Things:
    where = f"in the {place}"
    things: Things = {(place, "table", table.name): (f"the table {table.name} {where}",)}
    for column in table.columns:
        name = f"{table.name}.{column.name}"
        looks = (column.type, column.nullable, column.primary_key)
        things[place, "column", name] = (*looks, f"{name} {where}")
    return things
