"""The rows that point to rows of another table, where the app has SQLite enforce that."""

from __future__ import annotations

from typing import Any


def dependents(engine: Any, of_app: Any) -> list[dict[str, str]]:
    """The foreign keys that rows have, with their rule; none where the app does not switch them on.

    `of_app`: its own engine, which has a copy of the database.
    """
    from sqlalchemy import column, exists, inspect, select, table

    found = []
    with engine.connect() as connection:
        look = inspect(connection)
        for name in look.get_table_names():
            for key in look.get_foreign_keys(name):
                own: list[Any] = [column(each) for each in key["constrained_columns"]]
                filled = select(table(name, *own)).where(*(each.is_not(None) for each in own))
                if key["referred_table"] != name and connection.scalar(select(exists(filled))):
                    rule = key["options"].get("ondelete", "").upper()
                    of = ", ".join(f"{name}.{each.name}" for each in own)
                    found.append({"of": of, "to": key["referred_table"], "rule": rule})
    if not found:
        return []
    with of_app.connect() as connection:
        on = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    return found if on else []
