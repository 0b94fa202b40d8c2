"""What SQLite can do to a table only in a batch, which copies it, and a script does without one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .calls import called, column_in, owner


def outside_batch(function: ast.AST) -> Iterator[str]:
    """The operations that SQLite would stop at, as far as they are sure to run."""
    body = function.body if isinstance(function, ast.FunctionDef) else []
    for call in _sure(body):
        if owner(call.func) != "op":
            continue
        name = called(call)
        if name in _CONSTRAINTS or (name == "alter_column" and any(map(_alters, call.keywords))):
            yield f"op.{name}"
        inline = any(word.arg == "inline_references" for word in call.keywords)
        column = column_in(call, 1) if name == "add_column" and not inline else None
        if column and any(
            isinstance(p, ast.Call) and called(p) == "ForeignKey" for p in column.args
        ):
            yield "op.add_column with a ForeignKey"
        elif column and any(ast.unparse(word) == "unique=True" for word in column.keywords):
            yield "op.add_column with unique=True"


_CONSTRAINTS = {
    *("create_foreign_key", "create_unique_constraint", "create_check_constraint"),
    *("create_primary_key", "drop_constraint"),
}


def _sure(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """The calls that stand alone in a line, up to the first statement that may choose."""
    for line in body:
        if isinstance(line, ast.Expr | ast.Assign | ast.Pass):
            if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
                yield line.value
            continue
        opened = [item.context_expr for item in line.items] if isinstance(line, ast.With) else []
        if not isinstance(line, ast.With) or not all(map(_is_batch, opened)):
            return
        yield from _sure(line.body)


def _is_batch(opened: ast.expr) -> bool:
    return isinstance(opened, ast.Call) and called(opened) == "batch_alter_table"


def _alters(word: ast.keyword) -> bool:
    """Whether a word of alter_column asks for a change; None and False say that there is none."""
    none = {"type_": "None", "nullable": "None", "server_default": "False"}
    return word.arg in none and ast.unparse(word.value) != none[word.arg]
