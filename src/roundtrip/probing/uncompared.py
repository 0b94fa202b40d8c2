"""What the model has and an SQLite database has not, and Alembic leaves out of its comparison."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any


def look_closer(engine: Any, metadata: Any, report: dict[str, Any]) -> None:
    """Find defaults, checks, keys, computed columns and odd indexes; they go into the report.

    `not_compared` says what differs in each table, `violated` which checks a row does not pass.
    """
    from sqlalchemy import inspect

    report["not_compared"], report["violated"] = [], []
    to_sql = engine.dialect.ddl_compiler(engine.dialect, None)
    with engine.connect() as connection:
        look = inspect(connection)
        for table in (t for t in metadata.sorted_tables if look.has_table(t.name)):
            new = [c for c in _checks(table, to_sql) if _bare(c) not in _checks_in(look, table)]
            report["not_compared"] += [
                *_defaults(table, look, to_sql),
                *_said_of_checks(table, look, to_sql, new),
                *_key(table, look),
                *_expressions(table, connection),
                *_partial(table, look, to_sql),
                *_computed(table, look),
            ]
            report["violated"] += [
                {"table": table.name, "condition": check}
                for check in new
                if _is_broken(table, check, connection)
            ]


def _defaults(table: Any, look: Any, to_sql: Any) -> list[str]:
    from sqlalchemy import DefaultClause

    found = []
    there = {column["name"]: column["default"] for column in look.get_columns(table.name)}
    for column in table.columns:
        if column.name in there and isinstance(column.server_default, DefaultClause):
            default, name = there[column.name], f"{table.name}.{column.name}"
            if default is None:
                found.append(f"{name} a server_default")
            elif _bare(default) != _bare(to_sql.get_column_default_string(column)):
                found.append(f"{name} another server_default")
    return found


def _checks(table: Any, to_sql: Any) -> list[str]:
    """The checks of a table, and of its columns and their types, such as Enum, in SQL."""
    from sqlalchemy import CheckConstraint

    each = (*table.constraints, *(c for column in table.columns for c in column.constraints))
    return [
        to_sql.sql_compiler.process(check.sqltext, include_table=False, literal_binds=True)
        for check in each
        if isinstance(check, CheckConstraint)
    ]


def _checks_in(look: Any, table: Any) -> list[str]:
    return [_bare(check["sqltext"]) for check in look.get_check_constraints(table.name)]


def _said_of_checks(table: Any, look: Any, to_sql: Any, new: list[str]) -> list[str]:
    more = len(_checks(table, to_sql)) > len(_checks_in(look, table))
    return [f"{table.name} {'a' if more else 'another'} CheckConstraint"] if new else []


def _is_broken(table: Any, check: str, connection: Any) -> bool:
    """Whether a row does not pass a check; one of a column that is not there yet is not asked."""
    from sqlalchemy.exc import DatabaseError

    name = connection.dialect.identifier_preparer.quote(table.name)
    rows = f"SELECT EXISTS (SELECT 1 FROM {name} WHERE NOT ({check}))"
    with suppress(DatabaseError):
        return bool(connection.exec_driver_sql(rows).scalar())
    return False


def _key(table: Any, look: Any) -> list[str]:
    key = {column.name for column in table.primary_key}
    there = {*look.get_pk_constraint(table.name)["constrained_columns"]}
    return [f"{table.name} another primary key"] if key != there else []


def _expressions(table: Any, connection: Any) -> list[str]:
    """The indexes on an expression, by name: SQLAlchemy does not read them back."""
    from sqlalchemy import Column, text

    odd = [i for i in table.indexes if not all(isinstance(e, Column) for e in i.expressions)]
    names = text("SELECT name FROM sqlite_master WHERE type = 'index'")
    there = {*connection.scalars(names)} if odd else set()
    return [f"{table.name} the index {index.name}" for index in odd if index.name not in there]


def _partial(table: Any, look: Any, to_sql: Any) -> list[str]:
    """The indexes that have a WHERE in one place, and another or none in the other."""
    found = []
    there = {each["name"]: each.get("dialect_options", {}) for each in look.get_indexes(table.name)}
    for index in sorted((i for i in table.indexes if i.name in there), key=lambda i: i.name):
        is_so = there[index.name].get("sqlite_where")
        wanted = index.dialect_options["sqlite"]["where"]
        if _plain(wanted, to_sql) != _plain(is_so, to_sql):
            how = "with" if is_so is None else "with another" if wanted is not None else "without"
            found.append(f"{table.name} the index {index.name} {how} sqlite_where")
    return found


def _computed(table: Any, look: Any) -> list[str]:
    """The columns that are computed in one place alone; how they are is not read back whole."""
    found = []
    there = {each["name"]: "computed" in each for each in look.get_columns(table.name)}
    for column in (c for c in table.columns if c.name in there):
        if there[column.name] != (column.computed is not None):
            kind = "as a plain column" if there[column.name] else "as Computed"
            found.append(f"{table.name}.{column.name} {kind}")
    return found


def _plain(where: Any, to_sql: Any) -> str:
    """A condition in SQL, without what can be written in more than one way; empty for none."""
    if where is None or isinstance(where, str):
        return _bare(where or "")
    process = to_sql.sql_compiler.process
    return _bare(process(where, include_table=False, literal_binds=True))


def _bare(sql: str) -> str:
    """An expression without what can be written in more than one way."""
    return re.sub(r"""[\s'"`\[\]()]""", "", sql.casefold())
