"""Files of settings (`production.env`): the database that one names, and commands for it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from dotenv import dotenv_values

_GOES_TO_A_DATABASE = re.compile(
    r"flask(?= db (?:current|upgrade|downgrade|stamp)\b)|(?:%board|%%flask_shell)\b(?! --env-file)"
)
"""What takes `--env-file`. Not `flask db migrate`: scripts are made with the usual database."""


_SQLITE_URL = re.compile(r"sqlite(?:\+\w+)?:///(?P<name>[^?]*)")
"""As SQLAlchemy's `make_url` reads it, which a kernel would have to load all of SQLAlchemy for."""


def settings_in(project: Path) -> list[str]:
    """The names of a project's files of settings, without `.env`: that one `flask` always reads."""
    return sorted({file.name for file in project.glob("*.env")} - {".env"})


def names_in(project: Path, settings: str) -> list[str]:
    """The names that a file of settings gives values to; none where it cannot be read."""
    try:
        return list(dotenv_values(project / settings))
    except (OSError, ValueError):
        return []


def value_in(project: Path, settings: str, name: str) -> str:
    """What a file of settings gives this name; empty where it has none, or cannot be read."""
    try:
        return dotenv_values(project / settings).get(name) or ""
    except (OSError, ValueError):
        return ""


def url_in(project: Path, settings: str) -> str:
    """The DATABASE_URL in a file of settings."""
    return value_in(project, settings, "DATABASE_URL")


def file_with(project: Path, name: str) -> str:
    """Of the files that Flask reads by itself, the one that gives this name; empty for none.

    The first counts (https://flask.palletsprojects.com/en/stable/cli, Environment Variables From
    dotenv).
    """
    return next((file for file in (".env", ".flaskenv") if value_in(project, file, name)), "")


def database_named_by(project: Path, settings: str) -> Path | None:
    """The SQLite file in instance/ that a file of settings names, whether it is there or not.

    None where it names no such file. Only what the file says itself is read: an app could find its
    database in any other way.
    """
    found = _SQLITE_URL.match(url_in(project, settings))
    name = found["name"] if found else ""
    too_long = len(os.fsencode(name.rpartition("/")[2])) > 255  # on any usual disk
    if not name or too_long or name.startswith((":", "file:")):
        return None
    # Flask-SQLAlchemy takes a path from instance/ on.
    file = Path(os.path.normpath(project / "instance" / name))
    return file if file.is_relative_to(project / "instance") else None


def named_from_the_root(project: Path, settings: str) -> str:
    """The SQLite file outside instance/ that a file of settings names by four slashes; or empty."""
    found = _SQLITE_URL.match(url_in(project, settings))
    if not found or not found["name"].startswith("/") or database_named_by(project, settings):
        return ""
    return found["name"]


def quoted(path: str) -> str:
    """A path as one word of a command line."""
    return path if re.fullmatch(r"[\w./@:+~^-]*", path) else f'"{path}"'


def with_env_file(text: str, env_file: str) -> str:
    """A command, or a sentence with commands in it, in which each goes to this database.

    Without an `env_file` as it is: commands go to the usual one then.
    """
    if not env_file:
        return text
    option = f"--env-file {quoted(env_file)}"
    return _GOES_TO_A_DATABASE.sub(lambda found: f"{found[0]} {option}", text)
