"""The names of tables and columns, as the scripts have them: `user`, `user.age`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .facts import Column, Table


def table_of(name: str) -> str:
    """The table of `user.age`, and of `user`: `user`."""
    return name.partition(".")[0]


def is_among(name: str, names: Iterable[str]) -> bool:
    """Whether a name, or the table that it is a column of, is one of `names`."""
    return name in names or table_of(name) in names


def columns_in(tables: Iterable[Table]) -> dict[str, Column]:
    """The columns of all these tables, by names such as `user.age`."""
    return {f"{table.name}.{column.name}": column for table in tables for column in table.columns}


def names_in(tables: Collection[Table]) -> set[str]:
    """`user` and `user.age`, as the scripts name them."""
    return {table.name for table in tables} | columns_in(tables).keys()
