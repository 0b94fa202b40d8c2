"""Loads the app that Flask finds in the working directory and prints what it says, as JSON.

Runs as a script, in the learner's Python and the learner's project, and imports nothing of
roundtrip. It leaves no trace: no bytecode, no folder, and an SQLite file is opened read-only;
what the app itself does to one while it loads (`db.create_all()`) happens to a copy in memory.

    python probe.py [ENV_FILE]
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
import threading
import traceback
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

LONGEST = 20
"""Seconds that an app may take to load."""

_connect = sqlite3.connect
_COPY_AT_MOST = 64_000_000


def sqlite_uri(file: Path) -> str:
    """The URI to open an SQLite file read-only, so that not even a helper file is written.

    In write-ahead mode (bytes 18 and 19 of the file, https://sqlite.org/fileformat.html) a reader
    makes helper files unless it says that nobody writes; with no `-wal` file, nobody does.
    """
    with suppress(OSError), file.open("rb") as stream:
        wal = Path(f"{file}-wal")
        if stream.read(20)[18:20] == b"\x02\x02" and not (wal.exists() and wal.stat().st_size):
            return f"file:{quote(file.as_posix())}?mode=ro&immutable=1"
    return f"file:{quote(file.as_posix())}?mode=ro"


def main() -> None:
    """Print the report on what was standard output; whatever the app prints goes elsewhere."""
    sys.stdout.flush()
    report_to = os.dup(1)
    os.dup2(2, 1)
    report: dict[str, Any] = {"found": False, "error": None, "error_file": ""}

    def send() -> None:
        data = json.dumps(_without_passwords(report)).encode()
        while data:
            data = data[os.write(report_to, data) :]

    def give_up() -> None:
        report["found"] = True  # it was being loaded
        report["error"] = f"The app did not finish loading within {LONGEST} seconds."
        send()
        os._exit(0)

    timer = threading.Timer(LONGEST, give_up)
    timer.daemon = True
    timer.start()
    try:
        _look(report, sys.argv[1] if len(sys.argv) > 1 else None)
    except BaseException as error:
        report["error"], report["error_file"] = _sentence(error)
    timer.cancel()
    send()
    os._exit(0)


def _look(report: dict[str, Any], env_file: str | None) -> None:
    _leave_no_trace()
    from flask.cli import NoAppException, ScriptInfo, load_dotenv

    load_dotenv(env_file)
    try:
        app = ScriptInfo(os.environ.get("FLASK_APP")).load_app()
    except NoAppException as error:
        text = str(error.message)
        report["found"] = not text.startswith(("Could not locate", "Could not import"))
        if isinstance(error.__context__, ImportError) and report["found"]:
            raise error.__context__ from None
        report["error"] = " ".join(text.split())
        return
    except BaseException:
        report["found"] = True
        raise
    report["found"] = True
    with app.app_context():
        _look_at_app(report, app)


def _look_at_app(report: dict[str, Any], app: Any) -> None:
    migrate = app.extensions.get("migrate")
    report["migrates"] = migrate is not None
    report["folder"] = Path(getattr(migrate, "directory", None) or "migrations").as_posix()
    db = getattr(migrate, "db", None) or app.extensions.get("sqlalchemy")
    if db is None:
        return
    metadata = db.metadatas[None]
    engine = db.engine
    classes = {mapper.local_table: mapper.class_ for mapper in db.Model.registry.mappers}
    report["tables"] = [
        _table(table, classes.get(table), engine.dialect) for table in metadata.sorted_tables
    ]
    report["odd"] = [note for cls in classes.values() for note in _odd(cls)]
    report["untyped"] = [note for table in metadata.sorted_tables for note in _untyped(table)]
    try:
        db.Model.registry.configure()
    except Exception as error:
        report["unrelated"] = _sentence(error)[0]
    report["url"], report["sqlite_file"] = _url(engine.url)
    options = getattr(migrate, "configure_args", {})
    if engine.dialect.name != "sqlite":
        report["database"] = _server(engine, metadata, options, report)
        return
    file = Path(report["sqlite_file"]) if report["sqlite_file"] else None
    try:
        report["differences"] = _compare(_read_only(file), metadata, options)
    except Exception as error:
        report["uncompared"] = _sentence(error)[0]
    try:
        _run_settings(migrate)
    except BaseException as error:
        report["settings"] = _sentence(error)


def _leave_no_trace() -> None:
    """Keep whatever the app does while it loads from changing the project."""
    sys.dont_write_bytecode = True
    here = str(Path(__file__).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if str(Path(entry or ".").resolve()) != here]
    os.environ["FLASK_RUN_FROM_CLI"] = "true"  # makes a forgotten app.run() do nothing
    os.environ["PGOPTIONS"] = "-c default_transaction_read_only=on"
    os.environ["PGCONNECT_TIMEOUT"] = "3"
    sqlite3.connect = sqlite3.dbapi2.connect = _connect_to_copy
    project, mkdir = Path.cwd(), os.mkdir

    def make(path: Any, *args: Any, **kwargs: Any) -> None:
        if project not in Path(os.fsdecode(path)).absolute().parents:
            mkdir(path, *args, **kwargs)

    os.mkdir = make


def _connect_to_copy(database: Any, *args: Any, **kwargs: Any) -> sqlite3.Connection:
    copy = _connect(":memory:", *args, **(kwargs | {"uri": False}))
    with suppress(OSError, ValueError, sqlite3.Error):
        file = Path(os.fsdecode(database))
        if file.is_file() and file.stat().st_size < _COPY_AT_MOST:
            with closing(_connect(sqlite_uri(file.absolute()), uri=True, timeout=0.5)) as source:
                source.backup(copy, progress=_give_up_when_locked)
    return copy


def _give_up_when_locked(status: int, remaining: int, total: int) -> None:
    """Without this, `backup` would wait for the lock for ever."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _table(table: Any, cls: type | None, dialect: Any) -> dict[str, Any]:
    file = getattr(sys.modules.get(getattr(cls, "__module__", "")), "__file__", None)
    return {
        "name": table.name,
        "class_name": cls.__name__ if cls else "",
        "file": _relative(file) if file else "",
        "columns": [
            {
                "name": column.name,
                "type": _compiled(column.type, dialect),
                "nullable": bool(column.nullable),
                "primary_key": bool(column.primary_key),
                "written": re.sub(r"\b\w+=", "", repr(column.type)),
            }
            for column in table.columns
        ],
    }


def _compiled(kind: Any, dialect: Any) -> str:
    try:
        return kind.compile(dialect=dialect)
    except Exception:
        return type(kind).__name__.upper()


def _odd(cls: type) -> list[str]:
    """What a beginner takes for a column: a type, a key, a column with a comma; what to write."""
    from sqlalchemy import Column, ForeignKey
    from sqlalchemy.orm import MappedColumn, mapped_column
    from sqlalchemy.types import TypeEngine

    found = []
    for name, value in vars(cls).items():
        annotation = vars(cls).get("__annotations__", {}).get(name, "")
        kind = value() if isinstance(value, type) and issubclass(value, TypeEngine) else value
        if isinstance(kind, TypeEngine):
            said = "is a type, not a column"
        elif isinstance(value, ForeignKey):
            said = "is a foreign key, not a column"
        elif value is mapped_column or (isinstance(value, type) and issubclass(value, Column)):
            said, kind = f"is {value.__name__} without brackets, so it is no column", None
        elif str(value).startswith("sqlalchemy.orm.base.Mapped["):
            said, kind, annotation = "has its type after =, so it is no column", None, value
        elif isinstance(value, tuple) and any(isinstance(v, Column | MappedColumn) for v in value):
            said = "has a comma after it, so it is no column"
            column = next(v for v in value if isinstance(v, Column | MappedColumn))
            kind = (column if isinstance(column, Column) else column.column).type
        else:
            continue
        found.append(f"{cls.__name__}.{name} {said}. Write {name}: {_written(kind, annotation)}")
    return found


def _untyped(table: Any) -> list[str]:
    """The columns of which SQLAlchemy knows no type: their script would fail."""
    from sqlalchemy.types import NullType

    found = []
    for column in table.columns:
        if isinstance(column.type, NullType):
            how = "Write one: Mapped[int], for example"
            if column.foreign_keys:
                how = 'Its ForeignKey names no column of a table, as ForeignKey("user.id") does'
            found.append(f"{table.name}.{column.name} has no type. {how}")
    return found


def _written(kind: Any, annotation: Any) -> str:
    """How a column of this type is written, annotated as it is; else it may be empty."""
    from sqlalchemy import ForeignKey

    if isinstance(kind, ForeignKey):
        before, behind = "Mapped[int]", f' = mapped_column(ForeignKey("{kind.target_fullname}"))'
    else:
        length = getattr(kind, "length", None)
        behind = f" = mapped_column(String({length}))" if length else ""
        try:
            before = f"Mapped[{kind.python_type.__name__ if kind else 'int'} | None]"
            before = before.replace("object | None", "…")
        except NotImplementedError:  # a type that has none in Python
            before = "Mapped[…]"
    said = annotation if isinstance(annotation, str) else repr(annotation)
    own = re.search(r"\bMapped\[.+\]$", re.sub(r"\b(?:\w+\.)+(?=\w)", "", said))
    return f"{own[0] if own else before}{behind}"


def _url(url: Any) -> tuple[str, str | None]:
    """The URL as it may be shown, and the path of the SQLite file behind it, if there is one."""
    if url.get_backend_name() != "sqlite":
        return url.set(password=None, query={}).render_as_string(), None
    name = url.database or ""
    if name in ("", ":memory:") or "mode=memory" in name:
        return "sqlite in memory", None
    if name.startswith("file:"):
        name = name.removeprefix("file:").partition("?")[0]
    file = Path(name).absolute()
    return _relative(file), str(file)


def _read_only(file: Path | None) -> Any:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    uri = sqlite_uri(file) if file and file.exists() else "file::memory:"
    return create_engine(
        "sqlite://", poolclass=NullPool, creator=lambda: _connect(uri, uri=True, timeout=0.5)
    )


def _server(engine: Any, metadata: Any, options: Any, report: dict[str, Any]) -> dict[str, Any]:
    """The tables of a database that is no file."""
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
                            "type": _compiled(column["type"], engine.dialect),
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
        report["differences"] = _compare(engine, metadata, options)
    except Exception as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        if engine.url.password:
            reason = reason.replace(str(engine.url.password), "…")
        return {"exists": False, "error": reason, "problem": "unreachable"}
    return {"exists": True, "tables": tables, "versions": versions}


def _compare(engine: Any, metadata: Any, options: Any) -> list[dict[str, Any]]:
    """What `flask db check` would find: the same comparison, by the same library."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        found = compare_metadata(context, metadata)
        flat = [op for entry in found for op in (entry if isinstance(entry, list) else [entry])]
        return [_difference(op, connection) for op in flat]


def _run_settings(migrate: Any) -> None:
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


def _difference(op: tuple, connection: Any) -> dict[str, Any]:
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
            "required": new == "NOT NULL" and _has_null(connection, op[2], op[3]),
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
        "detail": f"{what} on {names}, {where}",
        "required": unique and _has_doubles(connection, item.table.name, names),
    }


def _has_null(connection: Any, table_name: str, column_name: str) -> bool:
    from sqlalchemy import column, exists, select, table

    null = table(table_name, column(column_name)).c[column_name].is_(None)
    return bool(connection.scalar(select(exists().where(null))))


def _has_doubles(connection: Any, table_name: str, names: str) -> bool:
    """Whether two rows have the same values in these columns; NULL is not the same as NULL."""
    from sqlalchemy import and_, column, exists, func, inspect, select, table

    there = {each["name"] for each in inspect(connection).get_columns(table_name)}
    columns = [column(name) for name in names.split(", ") if name]
    if not columns or not there.issuperset(each.name for each in columns):
        return False  # a new column has no values yet
    filled = and_(*(each.is_not(None) for each in columns))
    more = select(*columns).select_from(table(table_name)).where(filled).group_by(*columns)
    return bool(connection.scalar(select(exists(more.having(func.count() > 1)))))


def _said(kind: str, value: Any, dialect: Any) -> str:
    if kind == "modify_nullable":
        return "NULL allowed" if value else "NOT NULL"
    return _compiled(value, dialect) if kind == "modify_type" else str(value or "none")


def _sentence(error: BaseException) -> tuple[str, str]:
    """An error as `file, line n: Type: message`, and the project's file where it happened."""
    message = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    message = " ".join(message.replace(f"{Path.cwd()}{os.sep}", "").split()).rstrip(".") + "."
    places = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    own = [(_relative(file), line) for file, line in places]
    own = [(file, line) for file, line in own if not Path(file).is_absolute() and file[:1] != "<"]
    if not own:
        return message, ""
    file, line = own[-1]
    return f"{file}, line {line}: {message}", file


def _relative(file: str | Path) -> str:
    """The path as seen from the project; files of the installed packages stay as they are."""
    path = Path(file)
    inside = path.is_relative_to(Path.cwd()) and "site-packages" not in path.parts
    return path.relative_to(Path.cwd()).as_posix() if inside else str(file)


def _without_passwords(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"(://[^:/@\s]*):\S*@", r"\1@", value)
    if isinstance(value, dict):
        return {
            key: item if key == "sqlite_file" else _without_passwords(item)
            for key, item in value.items()
        }
    return [_without_passwords(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
