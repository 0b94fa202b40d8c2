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

from columns import no_models, odd_in, outside, table_of, untyped_in
from comparison import compare, on_server, run_settings
from dependents import dependents
from places import connect, read_only, relative, sqlite_uri, url_and_file
from uncompared import look_closer

# The learner may have modules of these names.
for _name in ("columns", "comparison", "dependents", "places", "uncompared"):
    del sys.modules[_name]

LONGEST = 20
"""Seconds that an app may take to load."""

_COPY_AT_MOST = 64_000_000


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
        table_of(table, classes.get(table), engine.dialect) for table in metadata.sorted_tables
    ]
    report["odd"] = [
        *(note for cls in classes.values() for note in odd_in(cls)),
        *no_models(classes.values()),
        *outside(classes.values()),
    ]
    report["untyped"] = [note for table in metadata.sorted_tables for note in untyped_in(table)]
    try:
        db.Model.registry.configure()
    except Exception as error:
        report["unrelated"] = _sentence(error)[0]
    report["url"], report["sqlite_file"] = url_and_file(engine.url)
    options = getattr(migrate, "configure_args", {})
    if engine.dialect.name != "sqlite":
        report["database"] = on_server(engine, metadata, options, report)
        return
    file = Path(report["sqlite_file"]) if report["sqlite_file"] else None
    try:
        report["differences"] = compare(read_only(file), metadata, options)
        look_closer(read_only(file), metadata, report)
    except Exception as error:
        report["uncompared"] = _sentence(error)[0]
    with suppress(Exception):
        report["dependents"] = dependents(read_only(file), engine)
    try:
        run_settings(migrate)
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
    to_copy: Any = _connect_to_copy
    sqlite3.connect = sqlite3.dbapi2.connect = to_copy
    project, mkdir = Path.cwd(), os.mkdir

    def make(path: Any, *args: Any, **kwargs: Any) -> None:
        if project not in Path(os.fsdecode(path)).absolute().parents:
            mkdir(path, *args, **kwargs)

    os.mkdir = make


def _connect_to_copy(database: Any, *args: Any, **kwargs: Any) -> sqlite3.Connection:
    copy = connect(":memory:", *args, **(kwargs | {"uri": False}))
    with suppress(OSError, ValueError, sqlite3.Error):
        file = Path(os.fsdecode(database))
        if file.is_file() and file.stat().st_size < _COPY_AT_MOST:
            with closing(connect(sqlite_uri(file.absolute()), uri=True, timeout=0.5)) as source:
                source.backup(copy, progress=_give_up_when_locked)
    return copy


def _give_up_when_locked(status: int, remaining: int, total: int) -> None:
    """Without this, `backup` would wait for the lock for ever."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise sqlite3.OperationalError("database is locked")


def _sentence(error: BaseException) -> tuple[str, str]:
    """An error as `file, line n: Type: message`, and the project's file where it happened."""
    message = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
    message = " ".join(message.replace(f"{Path.cwd()}{os.sep}", "").split()).rstrip(".") + "."
    places = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    own = [(relative(file), line) for file, line in places]
    own = [(file, line) for file, line in own if not Path(file).is_absolute() and file[:1] != "<"]
    if not own:
        return message, ""
    file, line = own[-1]
    return f"{file}, line {line}: {message}", file


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
