"""The cells' commands: the `!` hook, `%%bash`, `%%flask_shell`, `%%writefile`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionResult
from IPython.core.magic import cell_magic, magics_class
from IPython.utils.text import SList

from .. import diagnosis, environment, flask_shell, terminal
from ..diagnosis.shell_rows import IN_PYTHON, SQL
from ..errors import CommandFailed, Refused
from ..safe_files import write_text
from ..wrapping import wrapped
from .options import given, words
from .session import SessionMagics, write


@magics_class
class CommandMagics(SessionMagics):
    """Runs commands in the workspace, whatever way a cell asks for it."""

    def hook(self) -> None:
        """Take over `!command` and `name = !command`, and put walls round what is run otherwise."""
        environment.shield(self._session.home.project)
        self.shell.system = self._system
        self.shell.getoutput = self._getoutput
        self.shell.events.register("pre_run_cell", self._stand_back)
        self.shell.events.register("post_run_cell", _tell_of_a_command)

    @cell_magic("flask_shell")
    def talk(self, line: str, cell: str) -> None:
        """`%%flask_shell`: type these lines into a real `flask shell`."""
        with self._session.mine():
            heard = diagnosis.Tail(write)
            project = self._session.home.project
            ended = flask_shell.converse(cell, words(line), project, Path.cwd(), heard)
            if ended.failed or not ended.started:
                write(diagnosis.lines(f"flask {line} shell", heard.text))
            if not ended.started:
                raise CommandFailed(
                    f"`flask shell` did not start (exit code {ended.code}); the reason is above."
                )
            if ended.failed:
                rest = " What comes after it was not sent." if ended.unsent else ""
                first = ended.failed.strip().splitlines()[0]
                raise CommandFailed(
                    f"The statement `{first}` failed; the lines above say why.{rest}"
                )

    @cell_magic
    def bash(self, line: str, cell: str) -> None:
        """`%%bash`: these lines as a script, in the workspace, as `!` runs one line.

        IPython's own takes options, for scripts that run on beside the cells; here they are
        refused, as nobody could take the workspace from them.
        """
        given(line, "%%bash")
        heard = diagnosis.Tail(write)
        if code := self._run(["bash", "-c", cell], heard):
            _fail("%%bash", code, diagnosis.lines(cell, heard.text))

    @cell_magic
    def writefile(self, line: str, cell: str) -> None:
        """`%%writefile FILE`: write the cell into a file of the project; makes its folder.

        IPython's own also takes `-a`, which adds to a file; no lesson needs it, so it is refused.
        """
        name = given(line, "%%writefile FILE")["FILE"]
        with self._session.mine():
            root = self._session.home.project.resolve()
            target = Path(os.path.realpath(root / name))  # `resolve` fails at a circle of links
            if target == root or not target.is_relative_to(root):
                raise Refused("%%writefile needs the name of a file inside the workspace.")
            if target.relative_to(root).parts[0] == ".git":
                raise Refused("%%writefile leaves .git alone: Git itself writes what is in there.")
            verb = "Overwriting" if target.exists() else "Writing"
            write_text(target, cell)
            print(f"{verb} {target.relative_to(root).as_posix()}")

    def _system(self, command: str) -> None:
        """`!command`: run it in the workspace; a non-zero exit code fails the cell."""
        heard = diagnosis.Tail(write)
        if code := self._run(self._expanded(command), heard):
            _fail(command.strip().splitlines()[0], code, diagnosis.lines(command, heard.text))

    def _getoutput(self, command: str, split: bool = True, depth: int = 0) -> SList | str:
        """`lines = !command`: its output as a list of lines."""
        pieces: list[str] = []
        code = self._run(self._expanded(command), pieces.append)
        text = "".join(pieces)
        if code:
            write(text)
            _fail(command.strip().splitlines()[0], code, diagnosis.lines(command, text))
        return SList(text.splitlines()) if split else text

    def _expanded(self, command: str) -> str:
        """The command with the values of the names in `{}` that the cell knows; `@{1}` is Git's."""
        if command.lstrip().startswith("%"):
            raise Refused(
                f"`{command.strip()}` is a command to the notebook, not for the terminal: "
                "leave out the `!`."
            )
        return self.shell.var_expand(_OF_THE_REFLOG.sub(r"@{{\1}}", command), depth=2)

    def _run(self, command: str | Sequence[str], write: Callable[[str], None]) -> int:
        with self._session.mine():
            return terminal.stream(command, self._session.home.project, Path.cwd(), write)

    def _stand_back(self, *_: object) -> None:
        """Before each cell: leave a workspace that is no longer ours, for what looks at nothing.

        Python's own `open` and `subprocess` ask nobody. They find no project and no repository
        then; `%lesson` gives both back. A workspace that went to the attic has taken us along.
        """
        home, in_the_attic = self._session.home, False
        with suppress(OSError):  # the folder is gone
            in_the_attic = Path.cwd().is_relative_to(home.attic)
        if self._session.is_taken() or in_the_attic:
            nowhere = home.private / "nowhere"
            nowhere.mkdir(exist_ok=True)
            os.chdir(nowhere)
            os.environ["GIT_DIR"] = os.devnull


_OF_THE_REFLOG = re.compile(r"@\{(-?\d+)\}")
"""How Git numbers where a name has been (`git help revisions`), as in `HEAD@{1}`."""


def _fail(name: str, code: int, known: str) -> NoReturn:
    """Say what is known of a failed command's error, then fail the cell."""
    write(known)
    where = (
        "; the lines above say why."
        if known
        else ". The reason is in the lines above; read the first error, then the last line."
    )
    raise CommandFailed(f"`{name}` ended with exit code {code}{where}")


def _tell_of_a_command(ran: ExecutionResult) -> None:
    """Below the error of a cell that types a command as in a terminal: what is missing."""
    line, lines = "", (ran.info.raw_cell or "").splitlines()
    error = ran.error_in_exec
    unknown = error.name if isinstance(error, NameError) else ""
    if isinstance(ran.error_before_exec, SyntaxError):
        line = (ran.error_before_exec.text or "").strip()
    elif unknown:  # `pytest -q` could be Python
        line = next((each for each in lines if each.startswith(f"{unknown} -")), "")
    elif isinstance(error, UsageError):
        line = next(
            (each for each in lines if f"`{each.split(' ')[0]}` not found" in str(error)), ""
        )
    magics = [each.strip() for each in lines if each.lstrip().startswith("%%")]
    if magics and not "".join(lines[:1]).startswith("%%") and not ran.success:
        means = f"`{magics[0]}` has to be the very first of its cell, and something is before it."
        _write(means, "Take away the line above it, or the space before it.")
    elif magics and isinstance(error, UsageError) and "body is empty" in str(error):
        means = f"`{magics[0]}` is for the lines below it, and there are none."
        _write(means, "Write them in the same cell: what to do, or what the file is to hold.")
    elif line in lines and _COMMAND.match(line):
        means = f"`{line}` is a command for the terminal, and a cell takes Python."
        _write(means, f"Put `!` before it: `!{line}`.")
    elif line.startswith("%") and _COMMAND.match(line.lstrip("%")):
        means = f"`{line}` is a command for the terminal, and `%` begins one to the notebook."
        _write(means, f"Put `!` in the place of the `%`: `!{line.lstrip('%')}`.")
    elif line in lines and (sql := SQL.match(line)):
        means = f"`{sql[0]}` begins a statement of SQL, and a cell takes Python."
        _write(means, f"Begin the cell with `%%flask_shell`, and write `{IN_PYTHON}`.")
    elif unknown in sys.stdlib_module_names:
        means = f"`{unknown}` is a module of Python, and nothing has imported it here."
        _write(means, f"Put the line `import {unknown}` above.")
    elif unknown in _OF_THE_SHELL:
        means = f"`{unknown}` is known in the Flask shell, and this cell is plain Python."
        _write(means, "Begin the cell with `%%flask_shell`.")
    elif isinstance(error, FileNotFoundError) and error.filename:
        name = Path(error.filename).name
        if Path("instance", name).is_file():
            means = f"There is no `{error.filename}`; a file of that name is in `instance/`."
            _write(means, f"Write `instance/{name}`.")
    elif isinstance(error, IndexError) and (lines_of := _OUTPUT_IN.search("\n".join(lines))):
        means = (
            f"`{lines_of[1]}` is a list of the lines that a command printed, and has not as many."
        )
        _write(means, f"Run `!{lines_of[2]}` by itself: where it prints nothing, look for a typo.")


def _write(means: str, do: str) -> None:
    write("\n".join((*wrapped("means: ", means), *wrapped("do:    ", do), "")))


_OUTPUT_IN = re.compile(r"^(\w+) = !(.+)$", re.MULTILINE)
"""A line that keeps what a command prints."""

_OF_THE_SHELL = ("db", "User", "Post")
"""What the app puts into its shell."""

_COMMAND = re.compile(r"(?:\w+=\S+ +)?(?:flask|git|pytest|python3?|pip) +(?![=.(\[])\S")
"""How a line begins that is typed in a terminal, and is no Python."""
