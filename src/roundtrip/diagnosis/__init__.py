"""What a failed command means, and what to do: two lines for an error that is known.

The errors are rows of tables, one for each subject: what was typed (`command_rows`), the app
(`app_rows`), the scripts (`migration_rows`), the database (`database_rows`), the other statements
in `flask shell` (`shell_rows`), and last, for what none of them knows, the learner's own file that
a traceback names (`traceback_rows`). What `git` and `pytest` say is in `git_rows` and
`pytest_rows`. Each row is tested against the error as real commands make it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..env_file import with_env_file
from ..wrapping import wrapped
from .app_rows import APP
from .command_rows import COMMAND
from .database_rows import DATABASE
from .git_rows import GIT
from .migration_rows import MIGRATION
from .pytest_rows import PYTEST
from .python_rows import PYTHON
from .row import Row
from .shell_rows import SHELL
from .traceback_rows import TRACEBACK

ROWS: tuple[Row, ...] = (*COMMAND, *APP, *MIGRATION, *DATABASE, *SHELL, *TRACEBACK)
"""All known errors of `flask`. The first that matches is taken, so the particular come first."""

TOOLS: dict[str, tuple[Row, ...]] = {"git": GIT, "pytest": PYTEST, "python": PYTHON}
"""Those of other commands."""


def lines(command: str, output: str) -> str:
    """What to show under the output of a failed command: what it means, and what to do.

    Empty where that is not known. Only a line that runs `flask`, `git` or `pytest` is explained.
    """
    if _RUNS_FLASK.search(command):
        known = diagnose(output, command)
    else:
        found = _first(_of_tools(command, output), output[-_ENOUGH:], command)
        known = found and found[0].told(found[1])
    if not known:
        return ""
    means, do = known
    told = (*wrapped("means: ", means), *wrapped("do:    ", do))
    return ("" if output.endswith("\n") else "\n") + "".join(f"{line}\n" for line in told)


def diagnose(output: str, command: str = "") -> tuple[str, str] | None:
    """What the error at the end of a failed command's output means, and what to do; else None.

    `output` is what a cell shows: standard output and errors together, as `polish` leaves them.
    Where `command` names another database by `--env-file`, so does what is advised.
    """
    if not (found := find(output)):
        return None
    row, match = found
    means, do = row.told(match)
    if first := _FIRST_WORD.search(command):
        do = do.replace('-m "… ', f'-m "{first[1]} ')
    return means, _for_database(command, do)


def find(output: str) -> tuple[Row, re.Match[str]] | None:
    """The first row that knows the error at the end of `output`, and where it matched."""
    return _first(ROWS, _error(output))


def of_the_app(error: str) -> tuple[str, str] | None:
    """What an error means that stops the app, and what to do; None where it is not known.

    `error` is its last line, `Type: message`, with or without `file, line 3: ` before it; or what
    Flask says when it finds no app, without the `Error: ` of its commands.
    """
    error = re.sub(r"^\S+, line \d+: ", "", error)
    if not (found := _first(APP, error) or _first(APP, f"Error: {error}")):
        return None
    row, match = found
    return row.told(match)


def _first(rows: Iterable[Row], error: str, command: str = "") -> tuple[Row, re.Match[str]] | None:
    for row in rows:
        if match := row.found(error, command):
            return row, match
    return None


def _of_tools(command: str, output: str) -> list[Row]:
    """The rows of the tools that the command runs; where pytest ended it, of pytest alone."""
    tools = ["pytest"] if _END_OF_PYTEST.search(output) else TOOLS
    return [row for tool in tools if _runs(tool, command) for row in TOOLS[tool]]


def _runs(tool: str, command: str) -> bool:
    return bool(re.search(rf"(?:^|[;&|(])\s*{tool}[\d.]*\b", command, re.M))


class Tail:
    """Passes on the pieces of an output, and keeps the end of it."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.text = ""

    def __call__(self, text: str) -> None:
        """Write a piece of a command's output."""
        self._write(text)
        self.text = (self.text + text)[-_ENOUGH:]


_ENOUGH = 20_000
"""How many characters at the end of an output hold any error."""

_END_OF_PYTEST = re.compile(r"^(?:=+ )?(?:\d+ \w+|no tests ran)\b.* in [\d.]+s\b.*\s*\Z", re.M)
"""The last line of a run of pytest, as in `1 failed in 0.52s`."""

_RUNS_FLASK = re.compile(r"(?:^|[;&|(])\s*(?:\w+=\S*\s+)*(?:\S*python[\d.]*\s+-m\s+)?flask\b", re.M)

_BEGIN = re.compile(
    r"^(?:Traceback \(most recent call last\):$|(?:ERROR \[flask_migrate\] )?Error: "
    r'|Usage: .*\nTry .*\n\nError: |  File "<console>", line \d+$)',
    re.M,
)
"""How an error begins: Python's, Flask-Migrate's, click's with its command, the shell's."""

_BECAUSE_OF_IT = re.compile(
    r"(?<=\n\n)Usage: flask \[OPTIONS\] COMMAND \[ARGS\]\.\.\.\nTry 'flask --help' for help\.\n\n"
    r"Error: No such command '[^'\n]*'[^\n]*\s*\Z"
)
"""Where the app cannot be loaded, `flask` says why, and then that it has no command `db` either."""

_SCRIPT_WARNING = re.compile(r"^\S.*: UserWarning: (Revision .* is (?:not )?present.*\n)", re.M)
"""What Alembic remarks, before an error that does not name the cause."""


_FIRST_WORD = re.compile(r"\b(?:migrate|revision)\b[^;&|\n]* (?:-m|--message)[ =]([^\s\"'-]\S*) ")
"""The one word of a message without quotation marks that its option takes."""

_ENV_FILE = re.compile(r"\s(?:--env-file[\s=]|-e\s)\s*(?P<file>[^\s;&|]+)")


def _for_database(command: str, advice: str) -> str:
    """The same advice for the database that a command chose. Scripts are made with the usual."""
    chosen = _ENV_FILE.search(command)
    if len(_RUNS_FLASK.findall(command)) > 1 or "DATABASE_URL=" in command:
        # Which of the databases failed is not known, so no advice may name one.
        if chosen or "DATABASE_URL=" in command:
            return f"{advice} Look first at which database it was; give it the same options."
        return advice
    if not chosen:
        return advice
    advice = advice.replace("instance/app.db`", "instance/*.db`")
    return with_env_file(advice, chosen["file"])


def _error(output: str) -> str:
    """The last error in `output`, after Alembic's remarks on the scripts."""
    output = _BECAUSE_OF_IT.sub("", output[-_ENOUGH:])
    *_, begin = [found.start() for found in _BEGIN.finditer(output)] or [len(output)]
    return "".join(_SCRIPT_WARNING.findall(output[:begin])) + output[begin:]
