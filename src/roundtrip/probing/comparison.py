"""What the database has, against the model: as Alembic, and so `flask db`, finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from columns import compiled


def compare(engine: Any, metadata: Any, options: Any) -> list[dict[str, Any]]:
    """What `flask db check` would find: the same comparison, by the same library."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        found = compare_metadata(context, metadata)
        flat = [op for entry in found for op in (entry if isinstance(entry, list) else [entry])]
        return [_difference(op, connection) for op in flat]


def _difference(op: tuple[Any, ...], connection: Any) -> dict[str, Any]:
    kind = op[0]
    if kind in ("add_table", "remove_table"):
        return {"op": kind, "table": op[1].name}
    if kind in ("add_column", "remove_column"):
        column = op[3]
        required = not column.nullable and column.server_default is None
        return {"op": kind, "table": op[2], "column": column.name, "required": required}
    if kind.startswith("modify_"):
        old, new = (_said(kind, value, connection.dialect) for value in op[5:7])
        return {
            "op": kind,
            "table": op[2],
            "column": op[3] or "",
            "detail": f"{old} in the database, {new} in the model",
            "required": (new == "NOT NULL" and _has_null(connection, op[2], op[3]))
            or (kind == "modify_type" and _has_no_number(connection, op[2], op[3], op[6])),
        }
    item = op[1]
    names = ", ".join(column.name for column in getattr(item, "columns", ()))
    what = kind.partition("_")[2].replace("fk", "foreign key")
    unique = what == "constraint" or (what == "index" and bool(item.unique))
    what = f"unique {what}" if unique else what
    where = "only in the model" if kind.startswith("add_") else "only in the database"
    return {
        "op": kind,
        "table": item.table.name,
        "called": item.name or "",
        "of": [column.name for column in getattr(item, "columns", ())],
        "detail": f"{what} on {names}{_led_to(item) if kind.endswith('_fk') else ''}, {where}",
        "required": unique and _has_doubles(connection, item.table.name, names),
    }


def _led_to(key: Any) -> str:
    """Where a foreign key leads, and what it does when a row there goes."""
    rules = {"ON DELETE": key.ondelete, "ON UPDATE": key.onupdate, "INITIALLY": key.initially}
    said = "".join(f" {rule} {value.upper()}" for rule, value in rules.items() if value)
    return f" to {', '.join(each.target_fullname for each in key.elements)}{said}"


def _said(kind: str, value: Any, dialect: Any) -> str:
    if kind == "modify_nullable":
        return "NULL allowed" if value else "NOT NULL"
    return compiled(value, dialect) if kind == "modify_type" else str(value or "none")


def _has_null(connection: Any, table_name: str, column_name: str) -> bool:
    from sqlalchemy import column, exists, select, table

    null = table(table_name, column(column_name)).c[column_name].is_(None)
    return bool(connection.scalar(select(exists().where(null))))


def _has_no_number(connection: Any, table_name: str, column_name: str, new: Any) -> bool:
    """Whether SQLite would make another value of one of these, where they become numbers."""
    from sqlalchemy import Integer, String, cast, column, exists, select, table

    if not isinstance(new, Integer) or connection.dialect.name != "sqlite":
        return False
    value = table(table_name, column(column_name)).c[column_name]
    other = cast(cast(value, Integer), String) != cast(value, String)
    return bool(connection.scalar(select(exists().where(other))))


def _has_doubles(connection: Any, table_name: str, names: str) -> bool:
    """Whether two rows have the same values in these columns; NULL is not the same as NULL."""
    from sqlalchemy import and_, column, exists, func, inspect, select, table

    there = {each["name"] for each in inspect(connection).get_columns(table_name)}
    columns: list[Any] = [column(name) for name in names.split(", ") if name]
    if not columns or not there.issuperset(each.name for each in columns):
        return False  # a new column has no values yet
    filled = and_(*(each.is_not(None) for each in columns))
    more = select(*columns).select_from(table(table_name)).where(filled).group_by(*columns)
    return bool(connection.scalar(select(exists(more.having(func.count() > 1)))))


def on_server(engine: Any, metadata: Any, options: Any, report: dict[str, Any]) -> dict[str, Any]:
    """The tables of a database that is no file; its `differences` go into the report.

    Where it does not answer, why: without the password.
    """
    from sqlalchemy import func, inspect, select, table, text

    try:
        with engine.connect() as connection:
            look = inspect(connection)
            names = sorted(look.get_table_names())
            versions: list[str] = []
            if "alembic_version" in names:
                versions = sorted(
                    connection.scalars(text("SELECT version_num FROM alembic_version"))
                )
            tables = [
                {
                    "name": name,
                    "rows": connection.scalar(select(func.count()).select_from(table(name))),
                    "columns": [
                        {
                            "name": column["name"],
                            "type": compiled(column["type"], engine.dialect),
                            "nullable": bool(column["nullable"]),
                            "primary_key": column["name"]
                            in look.get_pk_constraint(name)["constrained_columns"],
                        }
                        for column in look.get_columns(name)
                    ],
                }
                for name in names
                if name != "alembic_version"
            ]
        report["differences"] = compare(engine, metadata, options)
    except Exception as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        if engine.url.password:
            reason = reason.replace(str(engine.url.password), "…")
        return {"exists": False, "error": reason, "problem": "unreachable"}
    return {"exists": True, "tables": tables, "versions": versions}


def run_settings(migrate: Any) -> None:
    """Run env.py as every `flask db` does, where it is not as `flask db init` has made it."""
    import flask_migrate

    file = Path(migrate.directory, "env.py") if migrate else None
    usual = Path(flask_migrate.__file__).parent / "templates/flask/env.py"
    if not file or not file.is_file() or file.read_bytes() == usual.read_bytes():
        return
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = migrate.migrate.get_config()
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=lambda *_: [], dont_mutate=True):
        script.run_env()
