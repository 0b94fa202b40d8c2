"""The tables of the model and the database side by side, row for row, differences marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from ..facts import Column, Difference, Table
from ..names import table_of
from ..plural import counted
from ..state import State
from .news import News

_TABLES = 4
_ROWS = 9

Pair = tuple["Box | None", "Box | None"]
RowPair = tuple["Row", "Row"]


@dataclass(frozen=True)
class Row:
    """A column in a box. `mark`: `+`, `-`, `≠`, or `ghost` where only the other place has it.

    A row without a name is a remark (`fold`: how many columns are left out).
    """

    name: str
    type: str = ""
    mark: str = ""
    word: str = ""
    new: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Box:
    """A table. `ghost`: it is not here; `mark` and `word` as in a row; `foot` is its last line."""

    title: str
    rows: tuple[Row, ...] = ()
    mark: str = ""
    word: str = ""
    new: str = ""
    foot: str = ""
    ghost: bool = False


def pairs(state: State, news: News) -> tuple[list[Pair], tuple[str, ...]]:
    """Each table as the model has it and as the database has it, and differences without a table.

    The rows of a pair correspond; where one place lacks a table or column, it has a ghost of it.
    """
    model = {} if state.model.error else {table.name: table for table in state.model.tables}
    database = {table.name: table for table in state.database.tables}
    names = list(dict.fromkeys([*model, *database]))
    found = {name: [d for d in state.differences if d.table == name] for name in names}
    drawn = _drawn(names, found, news)
    result = [_pair(name, model, database, found[name], state, news) for name in drawn]
    rest = [name for name in names if name not in drawn]
    if rest:
        result.append((_rest(rest, model), _rest(rest, database)))
    lost = [d for d in state.differences if d.table not in names]
    return result, tuple(f"{d.name}: {d.detail or _side(d)}" for d in lost)


def _side(difference: Difference) -> str:
    kind = difference.op.partition("_")[0]
    sides = {"add": "only in the model", "remove": "only in the database"}
    return sides.get(kind, "not the same in both")


def _drawn(names: list[str], found: dict[str, list[Difference]], news: News) -> list[str]:
    """The tables to draw: all if they are few, else those that differ or are new come first."""
    if len(names) <= _TABLES:
        return names
    changed = {table_of(name) for _, _, name in news.marks}
    wanted = sorted(names, key=lambda name: (not found[name], name not in changed))
    return [name for name in names if name in wanted[: _TABLES - 1]]


def _rest(names: list[str], tables: dict[str, Table]) -> Box | None:
    here = [name for name in names if name in tables]
    return Box(f"… {counted(len(here), 'more table')}", foot=", ".join(here)) if here else None


def _pair(
    name: str,
    model: dict[str, Table],
    database: dict[str, Table],
    found: list[Difference],
    state: State,
    news: News,
) -> Pair:
    code, real = model.get(name), database.get(name)
    ops = {d.op for d in found if not d.column}
    if code and real:
        rows = _rows(code, real, found, news)
        whole = ("add_table", "remove_table")
        rows += [_remark(d) for d in found if not d.column and d.op not in whole]
        folded = _fold(rows)
        return (
            _box(code, tuple(left for left, _ in folded), True, news),
            _box(real, tuple(right for _, right in folded), False, news),
        )
    table = code or database[name]
    rows = _fold([(_row(c, bool(code), table, news),) * 2 for c in table.columns])
    box = _box(table, tuple(left for left, _ in rows), bool(code), news)
    if code:
        ghost = Box(f"table {name}", word="not here", ghost=True)
        if "add_table" not in ops:
            return box, None
        box = replace(box, mark="+", word="not in the database")
        return box, ghost if state.database.exists else None
    ghost = Box(f"table {name}", word="not in the code", ghost=True)
    if "remove_table" not in ops:
        return None, box
    return ghost, replace(box, mark="-", word="not in the model")


def _box(table: Table, rows: tuple[Row, ...], in_model: bool, news: News) -> Box:
    place = "model" if in_model else "database"
    title = f"class {table.class_name}" if in_model and table.class_name else f"table {table.name}"
    foot = ""
    if not in_model and table.rows is not None:
        foot = "1 row" if table.rows == 1 else f"{table.rows:,} rows"
        if table.name in news.rows:
            foot += f", {news.rows[table.name]:,} at the last look"
    return Box(title, rows, new=news.mark(place, "table", table.name), foot=foot)


def _rows(code: Table, real: Table, found: list[Difference], news: News) -> list[RowPair]:
    """The model's columns in its order, then those that only the database has."""
    by_op = {(d.op.partition("_")[0], d.column): d for d in found if d.column}
    ours = {column.name: column for column in code.columns}
    theirs = {column.name: column for column in real.columns}
    rows = []
    for name in dict.fromkeys([*ours, *theirs]):
        modified = by_op.get(("modify", name))
        if name not in theirs:
            differs = ("add", name) in by_op
            mark, word = ("+", "not in the database") if differs else ("", "")
            here = _row(ours[name], True, code, news, mark, word)
            there = Row(name, mark="ghost", word="not here") if differs else Row("")
        elif name not in ours:
            differs = ("remove", name) in by_op
            mark, word = ("-", "not in the model any more") if differs else ("", "")
            there = _row(theirs[name], False, real, news, mark, word)
            here = Row(name, mark="ghost", word="not in the code any more") if differs else Row("")
        else:
            mark = "≠" if modified else ""
            word = (modified.detail or "differs") if modified else ""
            here = _row(ours[name], True, code, news, mark, word)
            word = "not as in the model" if modified else ""
            there = _row(theirs[name], False, real, news, mark, word)
        rows.append((here, there))
    return rows


def _row(
    column: Column, in_model: bool, table: Table, news: News, mark: str = "", word: str = ""
) -> Row:
    new = news.mark("model" if in_model else "database", "column", f"{table.name}.{column.name}")
    kind = (column.written.removesuffix("()") or column.type) if in_model else column.type
    key = ", primary key" if column.primary_key else ""
    hint = f"{column.name}: {kind}, NULL {'allowed' if column.nullable else 'not allowed'}{key}"
    return Row(column.name, kind, mark, word, new, hint)


def _remark(difference: Difference) -> RowPair:
    """A difference that is no column: an index, a constraint."""
    remark = difference.detail or difference.op.replace("_", " ")
    if difference.op.startswith("remove_"):
        return Row(""), Row("", mark="-", word=remark)
    return Row("", mark="+", word=remark), Row("")


def _fold(rows: list[RowPair]) -> list[RowPair]:
    """At most about ten rows: the first ones and those that are marked; the others are counted."""
    if len(rows) <= _ROWS:
        return rows
    marked = [n for n, pair in enumerate(rows) if any(row.mark or row.new for row in pair)]
    kept = list(dict.fromkeys([*marked, *range(len(rows))]))[: _ROWS - 1]
    result: list[RowPair] = []
    for shown, run in groupby(range(len(rows)), lambda n: n in kept):
        pairs = [rows[n] for n in run]
        result += pairs if shown else [(_more(pairs, 0), _more(pairs, 1))]
    return result


def _more(hidden: list[RowPair], side: int) -> Row:
    rows = [pair[side] for pair in hidden if pair[side].name and pair[side].mark != "ghost"]
    names = ", ".join(row.name for row in rows)
    return Row("", mark="fold", word=f"… {len(rows)} more", hint=names) if rows else Row("")
