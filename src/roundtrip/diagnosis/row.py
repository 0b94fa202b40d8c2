"""A known error: how the output of a command tells it, what it means, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

APP_FRAME = (
    r'^Traceback(?![\s\S]*^  File "(?:<console>|workspace[/\\]migrations[/\\]))'
    r'[\s\S]*^  File "workspace[/\\](?P<file>[^"\n]+)", line (?P<line>\d+)'
)
"""The learner's own file in which the app stopped while it was loaded."""

AFTER_LOADING = (
    r'^Traceback(?![\s\S]*^  File "(?:<console>|workspace[/\\]migrations[/\\]))'
    r'(?![\s\S]*^  File "workspace[/\\][^"\n]+", line \d+, in (?:<module>|create_\w+|make_\w+)$)'
    r'[\s\S]*^  File "workspace[/\\](?P<file>[^"\n]+)", line (?P<line>\d+), in (?P<function>\w+)$'
)
"""The same, where no module and no factory was at work: a command of the app's own, for one."""

SCRIPT_FRAME = (
    r'^  File "workspace[/\\](?P<script>migrations[/\\]versions[/\\](?P<revision>[^_"\n]+)[^"\n]*)"'
    r", line (?P<line>\d+)"
)
"""A migration script in a traceback."""

ERROR = r"^(?:\w+\.)*(?P<error>[A-Z]\w+)(?=:|$)"
"""The name of the exception under a traceback."""

SQLITE = r"^(?:[\w.]+: \(sqlite3\.\w+\) |sqlite3\.\w+: )"
"""How SQLAlchemy (or sqlite3 itself) begins to quote what SQLite says."""

SAID = r"^(?:ERROR \[flask_migrate\] )?Error: "
"""How click and Flask-Migrate begin what they have to say."""


MARK = r"(?:<{7} |={7}$|>{7} )"
"""A line of Git's, at one of the places where two sides changed the same lines."""

IS_A_MARK = (
    "Line {line} of `{file}` is a mark that Git left, where two sides changed the same lines."
)
DELETE_MARKS = (
    "Keep the lines that you want, delete every mark (`<<<<<<<`, `=======`, `>>>>>>>`), and save."
)


@dataclass(frozen=True)
class Row:
    """One known error.

    `pattern` is searched in the last error of the output; `means` and `do` are one sentence each
    and may name its groups, as in `{revision}`. Where there is `ran`, it must also be found in the
    command, for several commands can end with one sentence. `name` is for the tests.
    """

    name: str
    pattern: re.Pattern[str]
    means: str
    do: str
    ran: re.Pattern[str] | None = None

    def found(self, error: str, command: str) -> re.Match[str] | None:
        """Where the pattern matches the error; None where it is not the error of this row."""
        if self.ran and not self.ran.search(command):
            return None
        return self.pattern.search(error)

    def told(self, match: re.Match[str]) -> tuple[str, str]:
        """What the error means and what to do, with what was found."""
        found = match.groupdict()
        return self.means.format_map(found), self.do.format_map(found)


def row(name: str, pattern: str, means: str, do: str, ran: str = "") -> Row:
    """A row from patterns in which `^` and `$` stand for the ends of a line."""
    command = re.compile(ran, re.MULTILINE) if ran else None
    return Row(name, re.compile(pattern, re.MULTILINE), means, do, command)


def said(name: str, pattern: str, means: str, do: str) -> Row:
    """A row for a sentence of click or Flask-Migrate."""
    return row(name, SAID + pattern, means, do)


def sqlite(name: str, pattern: str, means: str, do: str) -> Row:
    """A row for what SQLite says, whoever asked."""
    return row(name, SQLITE + pattern, means, do)


def sqlite_in_script(name: str, pattern: str, means: str, do: str) -> Row:
    """A row for what SQLite says to a migration script."""
    return row(name, SCRIPT_FRAME + r"[\s\S]*" + SQLITE + pattern, means, do)
