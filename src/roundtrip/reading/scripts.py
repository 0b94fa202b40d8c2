"""Reads what a migration script says of itself, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

from ..facts import Column
from ..migration_facts import Revision
from ..names import is_among, table_of
from ..operations import OPERATIONS, PLAIN, UNDERSTOOD
from .batches import outside_batch, rebuilds
from .calls import (
    argument,
    called,
    calls,
    calls_in,
    column_in,
    index_in,
    is_elsewhere,
    literal,
    owner,
)
from .net import Change, made_anew, net


def read_script(tree: ast.Module, file: str) -> Revision:
    """What a script says of itself. Raises ValueError when it names no revision."""
    _call_them_as_usual(tree)
    names: dict[str, Any] = {}
    functions: dict[str, ast.FunctionDef] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {t.id: literal(node.value) for t in targets if isinstance(t, ast.Name)}
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = node
    upgrade, downgrade = (functions.get(n, ast.Pass()) for n in ("upgrade", "downgrade"))
    there, back = net(_changes(upgrade)), net(_changes(downgrade))
    rebuilt = made_anew(there) if {*_others(upgrade)} & _COPYING else set()
    there = [change for change in there if change[1] not in rebuilt]
    adds, drops, renamed = (_named(there, kind) for kind in ("add", "drop", "rename"))
    if not isinstance(names.get("revision"), str):
        raise ValueError("it has no line that says revision = '…'")
    down = names.get("down_revision") or ()
    message = (ast.get_docstring(tree) or "").partition("\n\n")[0]
    return Revision(
        id=names["revision"],
        message=" ".join(message.split()),
        parents=(down,) if isinstance(down, str) else tuple(map(str, down)),
        file=file,
        tracked=False,
        applied=False,
        adds=adds,
        drops=drops,
        renamed=renamed,
        named_back=_named(back, "rename"),
        required=tuple(dict.fromkeys(name for _, name, required in there if required)),
        others=tuple(dict.fromkeys(_others(upgrade))),
        columns=tuple(name for name in _columns(upgrade) if table_of(name) in adds),
        makes=tuple(made for made in _made(upgrade) if is_among(made.name, adds)),
        indexes=tuple(dict.fromkeys(_indexes(upgrade))),
        dropped_indexes=tuple(dict.fromkeys(_dropped_indexes(upgrade))),
        unknown=tuple(dict.fromkeys(_unknown(tree))),
        outside_batch=tuple(dict.fromkeys(outside_batch(upgrade))),
        rebuilds=tuple(dict.fromkeys(rebuilds(upgrade))),
        steps=_mark(upgrade),
        steps_back=_mark(downgrade),
        loosens=_only_loosens(upgrade),
        opaque=bool(rebuilt) or _is_opaque(upgrade),
        undoes={*adds} == {*_named(back, "drop")} and {*drops} == {*_named(back, "add")},
    )


def _mark(function: ast.AST) -> str:
    """Eight characters that differ where two functions do; comments and spaces do not count."""
    return f"{crc32(ast.dump(function).encode()):08x}"


def _call_them_as_usual(tree: ast.Module) -> None:
    """Give Alembic's operations the names that its own scripts have: `op` and `batch_op`."""
    usual: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "alembic":
            usual |= {each.asname: "op" for each in node.names if each.name == "op" and each.asname}
        if isinstance(node, ast.withitem) and isinstance(node.optional_vars, ast.Name):
            call = node.context_expr
            if isinstance(call, ast.Call) and called(call) == "batch_alter_table":
                usual[node.optional_vars.id] = "batch_op"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = usual.get(node.id, node.id)


_COPYING = {"execute", "bulk_insert"}
"""What can bring values over, into a table or a column that is made anew."""


def _changes(function: ast.AST) -> list[Change]:
    """The operations of a function, without names that only its run could tell."""
    return [each for each in _operations(function) if _is_whole(each[1])]


def _is_whole(name: str) -> bool:
    """Whether `user`, or both the table and the column of `user.age`, are known."""
    return all(name.split("."))


def _named(changes: list[Change], wanted: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for kind, name, _ in changes if kind == wanted))


def _others(function: ast.AST) -> Iterator[str]:
    """Alembic's names of the operations that are no adding or dropping of a table or column."""
    for call in calls(function):
        renames = any(word.arg == "new_column_name" for word in call.keywords)
        known = called(call) in UNDERSTOOD or (called(call) == "alter_column" and renames)
        if owner(call.func) and not known:
            yield called(call)


def _unknown(tree: ast.AST) -> Iterator[str]:
    """The names that a script calls on `op`, and that Alembic does not have."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and owner(node):
            yield from {node.attr} - OPERATIONS


def _only_loosens(function: ast.AST) -> bool:
    """Whether every column that is altered takes all that it took before."""
    altered = (call for call in calls(function) if called(call) == "alter_column")
    said = [word for call in altered for word in call.keywords]
    return bool(said) and all(
        (word.arg or "").startswith("existing_")
        or word.arg in ("server_default", "comment", "new_column_name")
        or (word.arg == "nullable" and literal(word.value) is True)
        for word in said
    )


def _columns(function: ast.AST) -> Iterator[str]:
    """The columns that come with the tables that are made."""
    for call in calls(function):
        if called(call) == "create_table":
            table = argument(call, 0, "table_name") or ""
            for part in call.args[1:]:
                if isinstance(part, ast.Call) and called(part) == "Column":
                    yield f"{table}.{argument(part, 0, 'name') or ''}"


def _indexes(function: ast.AST) -> Iterator[str]:
    """The names of the indexes that are made; empty for one that only its run could tell."""
    for call in calls(function):
        if called(call) == "create_index":
            yield index_in(call)
        elif called(call) == "Index" or any(word.arg == "index" for word in call.keywords):
            yield ""


def _dropped_indexes(function: ast.AST) -> Iterator[str]:
    """The names of the indexes that are dropped, as far as they are known."""
    yield from filter(None, (index_in(c) for c in calls(function) if called(c) == "drop_index"))


def _is_opaque(function: ast.AST) -> bool:
    """Whether it may add or drop columns in a way that only its run could tell."""
    if any(isinstance(node, ast.For | ast.While) for node in ast.walk(function)):
        return True
    names = (*(name for _, name, _ in _operations(function)), *_columns(function))
    return not (all(map(_is_whole, names)) and all(map(_is_plain, calls(function))))


def _is_plain(call: ast.Call) -> bool:
    """Whether a call is an operation that is read here, or none."""
    if isinstance(call.func, ast.Name) or any(isinstance(part, ast.Starred) for part in call.args):
        return False
    if is_elsewhere(call) or any(word.arg in _IF_NEEDED for word in call.keywords):
        return False
    return not owner(call.func) or called(call) in PLAIN


_IF_NEEDED = ("if_exists", "if_not_exists")


def _operations(function: ast.AST) -> Iterator[Change]:
    """What each operation does. What is renamed is dropped and added, and a "rename" too."""
    for call, table in calls_in(function):
        yield from _operation(call, table)


def _operation(call: ast.Call, table: str) -> Iterator[Change]:
    name, place = called(call), 0 if table else 1
    if is_elsewhere(call):
        return  # another schema's tables are not read
    on = table or argument(call, 0, "table_name") or ""
    if name in ("create_table", "drop_table"):
        yield "add" if name == "create_table" else "drop", on, False
    elif name == "add_column":
        column = column_in(call, place)
        new = argument(column, 0, "name") if column else None
        if not (column and new):
            yield "add", f"{on}.", False
        else:
            options = {word.arg: literal(word.value) for word in column.keywords}
            required = options.get("nullable") is False and "server_default" not in options
            yield "add", f"{on}.{new}", required
    elif name == "drop_column":
        yield "drop", f"{on}.{argument(call, place, 'column_name') or ''}", False
    elif name == "rename_table":
        old = argument(call, 0, "old_table_name") or ""
        yield from (("drop", old, False), ("rename", old, False))
        yield "add", argument(call, 1, "new_table_name") or "", False
    elif name == "alter_column" and (new := argument(call, -1, "new_column_name")):
        old = f"{on}.{argument(call, place, 'column_name') or ''}"
        yield from (("drop", old, False), ("rename", old, False))
        yield "add", f"{on}.{new}", False


def _made(function: ast.AST) -> Iterator[Column]:
    """The columns that are made and whose type is understood, named `user.age`."""
    parts: Sequence[ast.expr | None]
    for call, inner in calls_in(function):
        if called(call) == "add_column":
            on, parts = inner or argument(call, 0, "table_name"), [column_in(call, not inner)]
        elif called(call) == "create_table":
            on, parts = argument(call, 0, "table_name"), call.args[1:]
        else:
            continue
        keys = {
            literal(name)
            for part in parts
            if isinstance(part, ast.Call) and called(part) == "PrimaryKeyConstraint"
            for name in part.args
        }
        for part in parts:
            if isinstance(part, ast.Call) and called(part) == "Column":
                name, kind = argument(part, 0, "name"), _type_of(part)
                said = {word.arg: literal(word.value) for word in part.keywords}
                key = bool(said.get("primary_key")) or name in keys
                empty = said.get("nullable", not key)
                if on and name and kind:
                    yield Column(f"{on}.{name}", kind, bool(empty), key)


def _type_of(column: ast.Call) -> str:
    """`sa.String(length=40)` as SQLite names it; empty where it is not understood."""
    kind = column.args[1] if len(column.args) > 1 else None
    if not isinstance(kind, ast.Call) or called(kind) not in _TYPES:
        return ""
    given = [literal(part) for part in (*kind.args, *(word.value for word in kind.keywords))]
    length = f"({given[0]})" if given and called(kind) == "String" else ""
    return _TYPES[called(kind)] + length if len(given) == bool(length) else ""


_TYPES = {
    **{name: name.upper() for name in ("Integer", "Text", "Boolean", "Date", "Float", "Time")},
    **{"String": "VARCHAR", "DateTime": "DATETIME", "BigInteger": "BIGINT"},
}
