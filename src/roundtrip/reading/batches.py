"""What SQLite can do to a table only in a batch, which copies it, and a script does without one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .calls import argument, called, column_in, owner


def outside_batch(function: ast.AST) -> Iterator[str]:
    """The operations that SQLite would stop at, as far as they are sure to run."""
    for call, _ in _sure(function):
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


def rebuilds(function: ast.AST) -> Iterator[str]:
    """The tables of batches that SQLite cannot do without a copy of the table."""
    for call, batch in _sure(function):
        if batch and owner(call.func) == "batch_op" and called(call) not in _IN_PLACE:
            how = argument(batch, -1, "recreate") or "auto"
            table = argument(batch, 0, "table_name")
            if table and how != "never":
                yield table


_IN_PLACE = {"add_column", "create_index", "drop_index", "f"}
"""What Alembic does to a table in SQLite without a copy of it, or may do so."""


def _sure(
    block: ast.AST, batch: ast.Call | None = None
) -> Iterator[tuple[ast.Call, ast.Call | None]]:
    """The calls that stand alone in a line, up to the first that may choose, and their batch."""
    for line in getattr(block, "body", ()):
        if isinstance(line, ast.With):
            opened = line.items[0].context_expr
            if not isinstance(opened, ast.Call) or called(opened) != "batch_alter_table":
                return
            if line.items[1:]:
                return
            yield from _sure(line, opened)
        elif isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
            yield line.value, batch
        elif not isinstance(line, ast.Expr | ast.Assign | ast.Pass):
            return


def _alters(word: ast.keyword) -> bool:
    """Whether a word of alter_column asks for a change; None and False say that there is none."""
    none = {"type_": "None", "nullable": "None", "server_default": "False"}
    return word.arg in none and ast.unparse(word.value) != none[word.arg]
