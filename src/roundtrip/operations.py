"""The operations of Alembic that a migration script may call, by name."""

from __future__ import annotations

OPERATIONS = {
    *("add_column", "alter_column", "drop_column", "batch_alter_table", "execute", "f"),
    *("create_table", "drop_table", "rename_table", "create_index", "drop_index", "bulk_insert"),
    *("create_foreign_key", "create_unique_constraint", "create_check_constraint"),
    *("create_primary_key", "create_exclude_constraint", "drop_constraint"),
    *("create_table_comment", "drop_table_comment", "get_bind", "get_context", "inline_literal"),
    *("invoke", "run_async", "context", "implementation_for", "register_operation"),
}
"""What `op` and `batch_op` have (alembic.operations.Operations)."""

UNDERSTOOD = {
    *("create_table", "drop_table", "add_column", "drop_column", "rename_table"),
    *("batch_alter_table", "f", "get_bind", "get_context"),
}
"""Those that add or drop a table or a column, or go with that, and nothing else."""

PLAIN = {
    *("create_table", "drop_table", "add_column", "drop_column", "batch_alter_table", "f"),
    *("alter_column", "create_index", "drop_index", "drop_constraint", "bulk_insert"),
    *("create_foreign_key", "create_unique_constraint", "create_check_constraint"),
    *("create_primary_key", "rename_table"),
}
"""Those of which a script says all by itself: its run could tell no more."""
