"""The calls that a function of a migration script makes, and what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any


def calls(function: ast.AST) -> Iterator[ast.Call]:
    """Each call, wherever it stands."""
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def calls_in(node: ast.AST, table: str = "") -> Iterator[tuple[ast.Call, str]]:
    """Each call, with the table of the batch around it."""
    for child in ast.iter_child_nodes(node):
        inner = table
        if isinstance(child, ast.With):
            for item in child.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and called(call) == "batch_alter_table":
                    inner = argument(call, 0, "table_name") or ""
        if isinstance(child, ast.Call):
            yield child, "" if owner(child.func) == "op" else table
        yield from calls_in(child, inner)


def owner(function: ast.AST) -> str:
    """What an operation of Alembic's belongs to, `op` or `batch_op`; empty for all the rest."""
    whose = function.value if isinstance(function, ast.Attribute) else None
    return whose.id if isinstance(whose, ast.Name) and whose.id in ("op", "batch_op") else ""


def called(call: ast.Call) -> str:
    """The name after the last dot of what is called; empty where there is no dot."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def argument(call: ast.Call, place: int, name: str) -> str | None:
    """The text that is given by this name or at this place; None where only its run could tell."""
    given = [word.value for word in call.keywords if word.arg == name]
    if 0 <= place < len(call.args):
        given.append(call.args[place])
    value = literal(given[0]) if given else None
    return value if isinstance(value, str) else None


def literal(node: ast.AST | None) -> Any:
    """What is written there, if it is a value; None for all the rest."""
    try:
        return ast.literal_eval(node) if node else None
    except (ValueError, TypeError):
        return None


def column_in(call: ast.Call, place: int) -> ast.Call | None:
    """The column that add_column is given."""
    given = (*call.args[place:], *(word.value for word in call.keywords))
    return next((value for value in given if isinstance(value, ast.Call)), None)


def index_in(call: ast.Call) -> str:
    """The name of the index that is made or dropped; empty where only its run could tell."""
    given = [word.value for word in call.keywords if word.arg == "index_name"]
    name = next(iter((*call.args, *given)), None)
    if isinstance(name, ast.Call) and called(name) == "f":
        name = next(iter(name.args), None)
    return literal(name) or ""


def is_elsewhere(call: ast.Call) -> bool:
    """Whether it names another schema."""
    return any(word.arg == "schema" and literal(word.value) for word in call.keywords)
