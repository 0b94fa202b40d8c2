"""Shows files and databases of the project, each as plain text and as Markdown."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound

from .errors import RoundtripError
from .sqlite_files import columns_in, has_header, opened, sql_name, table_names

_LINES_AT_MOST = 500
_ROWS_AT_MOST = 50


@dataclass(frozen=True)
class Shown:
    """One thing to look at: as plain text and as Markdown."""

    text: str
    markdown: str


def show(project: Path, pattern: str) -> list[Shown]:
    """Every file of the project that `pattern` (a path or a glob) names, in order of its name.

    Raises `RoundtripError` when it names none, when it leaves the project (also by a symbolic
    link), and when the one file that it names is not text and not a database.
    """
    root = project.resolve()
    named = _named(project, pattern)
    files = [file for file in named if file.resolve().is_relative_to(root)]
    if _leaves(pattern) or (named and not files):
        raise RoundtripError(f"{pattern} is outside the workspace; name a file of your project.")
    if not files:
        folder, _, _ = pattern.rpartition("/")
        others = _named(project, f"{folder}/*") if folder and "*" not in folder else []
        beside = [file.name for file in others if file.resolve().is_relative_to(root)]
        where = "look at the file browser for its name"
        if beside:
            where = f"take the name from those in {folder}/: {', '.join(beside)}"
        raise RoundtripError(
            f"There is no file {pattern} in the workspace; "
            f"run the cells above in order, or {where}."
        )
    shown = [_show_file(project, file) for file in files]
    if len(files) == 1 and shown[0] is None:
        raise RoundtripError(f"{pattern} is not a text file, so it cannot be shown here.")
    return [
        each or _note(file.relative_to(project).as_posix(), "(not a text file)")
        for each, file in zip(shown, files, strict=True)
    ]


def _named(project: Path, pattern: str) -> list[Path]:
    """The files of that name, else those that the glob matches; a glob does not look into .git."""
    if _leaves(pattern):
        return []
    if (project / pattern).is_file():
        return [project / pattern]
    try:
        found = sorted(path for path in project.glob(pattern) if path.is_file())
    except (ValueError, IndexError, NotImplementedError):  # not a glob, says pathlib
        return []
    return [file for file in found if ".git" not in file.relative_to(project).parts]


def _leaves(pattern: str) -> bool:
    return Path(pattern).is_absolute() or ".." in Path(pattern).parts


def _show_file(project: Path, file: Path) -> Shown | None:
    name = file.relative_to(project).as_posix()
    if has_header(file):
        return _show_database(name, file)
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise RoundtripError(f"{name} cannot be read ({error.strerror}).") from None
    if "\0" in text:
        return None
    lines = text.rstrip("\n").split("\n")
    left = len(lines) - _LINES_AT_MOST
    body = "\n".join(lines[:_LINES_AT_MOST])
    more = f"\n({left} more lines are not shown here)" if left > 0 else ""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    return Shown(
        text=f"── {name} ──\n{body}{more}",
        markdown=f"**{_escaped(name)}**\n\n{fence}{_language(file)}\n{body}\n{fence}{more}",
    )


def _note(name: str, words: str) -> Shown:
    return Shown(f"── {name} ──\n{words}", f"**{_escaped(name)}**\n\n{words}")


def _language(file: Path) -> str:
    try:
        return get_lexer_for_filename(file.name).aliases[0]
    except (ClassNotFound, IndexError):
        return ""


def _show_database(name: str, file: Path) -> Shown:
    """Every table with its columns, types and rows."""
    texts, marks = [f"── {name} ──"], [f"**{_escaped(name)}**"]
    try:
        with opened(file) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            for table in table_names(connection):
                heads, cells, count = _content(connection, table)
                left = count - len(cells)
                more = f"({left} more rows are not shown here)" if left else ""
                texts.append(f"table {table}\n" + _grid(heads, cells, more))
                marks.append(
                    f"table **{_escaped(table)}**\n\n{_markdown_table(heads, cells)}"
                    + (f"\n\n{more}" if more else "")
                )
    except sqlite3.Error as error:
        raise RoundtripError(f"{name} cannot be read as a database ({error}).") from None
    if len(texts) == 1:
        return _note(name, "(a database with no tables)")
    return Shown("\n\n".join(texts), "\n\n".join(marks))


def _content(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[list[str]], int]:
    """Columns with their types, the first rows, and how many rows there are."""
    name = sql_name(table)
    columns = columns_in(connection, table)
    rows = connection.execute(f"SELECT * FROM {name} LIMIT {_ROWS_AT_MOST}").fetchall()
    ((count,),) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()
    heads = [f"{column} {kind}".strip() for column, kind, *_ in columns]
    return heads, [["NULL" if v is None else _one_line(v) for v in row] for row in rows], count


def _one_line(value: object) -> str:
    return str(value).replace("\r", "\\r").replace("\n", "\\n")


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]], more: str) -> str:
    widths = [max(len(r[i]) for r in (heads, *rows)) for i in range(len(heads))]
    lines = [heads, ["-" * width for width in widths], *rows]
    drawn = [
        "  " + "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    if not rows:
        drawn.append("  (no rows)")
    return "\n".join([*drawn, f"  {more}"] if more else drawn)


def _markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(map(_escaped, cells)) + " |"

    return "\n".join([line(heads), "|" + "---|" * len(heads), *map(line, rows)])


def _escaped(text: str) -> str:
    """So that Markdown shows every sign as it is."""
    return re.sub(r"([\\`*_{}\[\]<>()#|~$&!])", r"\\\1", text)
