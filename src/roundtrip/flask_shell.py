"""Drives a real `flask shell` and writes down the conversation as a terminal would show it."""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import terminal
from .polish import Polish
from .statements import statements_in

_START = Path(__file__).with_name("shell_startup.py")


@dataclass(frozen=True)
class Conversation:
    """How a session in the shell ended.

    `started` is False where the shell never asked for a line; `failed` is the statement that raised
    an error (or ended the shell with one), if any; `unsent` counts the statements after it; `code`
    is the exit code.
    """

    started: bool
    failed: str | None
    unsent: int
    code: int


def converse(
    source: str, options: Sequence[str], project: Path, cwd: Path, write: Callable[[str], None]
) -> Conversation:
    """Send the statements of `source`, one after the other, to `flask OPTIONS shell`.

    The first statement that raises an error is the last one sent. A piped `flask shell` exits with
    0 even then, so the prompts tell (see `shell_startup.py`).
    """
    token = uuid.uuid4().hex
    process = terminal.start(
        ["flask", *options, "shell"],
        project,
        cwd,
        stdin=subprocess.PIPE,
        more={"PYTHONSTARTUP": str(_START), "ROUNDTRIP_TOKEN": token},
    )
    talk = _Talk(process, token, Polish(project), write)
    with terminal.ending(process):
        if not talk.begin():
            return Conversation(False, None, 0, process.wait())
        statements = statements_in(source)
        for place, statement in enumerate(statements, start=1):
            unsent = len(statements) - place
            if not talk.say(statement):
                code = talk.close()
                failed = statement if talk.error or code else None
                if unsent and not failed:
                    write("(The shell has ended, so the lines after this were not sent.)\n")
                return Conversation(True, failed, unsent, code)
        if talk.more:
            write("(The shell waits for the rest of this statement, so it did not run.)\n")
            return Conversation(True, statements[-1], 0, talk.close())
        return Conversation(True, None, 0, talk.close())


class _Talk:
    """Both ends of the pipe, and where in the conversation we are."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        token: str,
        polish: Polish,
        write: Callable[[str], None],
    ) -> None:
        self._process = process
        self._pieces: Iterator[str] = terminal.output_of(process)
        self._prompt = re.compile(f"\x1e{token}([12])([ !])\x1f")
        self._length = len(token) + 4
        self._polish = polish
        self._write = write
        self._heard = ""
        self.prompted = False  # it has asked for the next line
        self.more = False  # as the statement goes on there
        self.error = False  # and the one before has raised one

    def begin(self) -> bool:
        """Wait for the first prompt; show what comes before it, but for the shell's greeting.

        Return whether there was a prompt. Where not, all that was heard is shown.
        """
        said = "".join(self._hear())
        if self.prompted:
            said = _GREETING.sub("", said)
        self._write(self._polish.whole(said))
        return self.prompted

    def say(self, statement: str) -> bool:
        """Send one statement, line by line. Return whether it ran, and the shell waits for more."""
        lines = statement.split("\n")
        return all(self._send(line) for line in lines) and (not self.more or self._send(""))

    def close(self) -> int:
        """Leave the shell as Ctrl-D does, let it finish, and return its exit code."""
        with suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        said = _FAREWELL.sub("", "".join((self._heard, *self._pieces)))
        self._write(self._polish.whole(said))
        return self._process.wait()

    def _send(self, line: str) -> bool:
        prompt = "... " if self.more else ">>> "
        self._write(f"{prompt}{line}".rstrip() + "\n")
        try:
            if self._process.stdin:
                self._process.stdin.write(f"{line}\n".encode("utf-8", "replace"))
        except OSError:
            return False
        for piece in self._hear():
            self._write(self._polish.feed(piece))
        self._write(self._polish.finish())
        return self.prompted and not self.error

    def _hear(self) -> Iterator[str]:
        """What the shell says, piece by piece, until it prompts or ends; no piece is empty."""
        self.prompted = False
        while not (prompt := self._prompt.search(self._heard)):
            sign = self._heard.rfind("\x1e")
            begun = sign >= 0 and len(self._heard) - sign < self._length
            said = self._heard[:sign] if begun else self._heard
            self._heard = self._heard[len(said) :]
            if said:
                yield said
            try:
                self._heard += next(self._pieces)
            except StopIteration:
                if self._heard:
                    said, self._heard = self._heard, ""
                    yield said
                return
        said, self._heard = self._heard[: prompt.start()], self._heard[prompt.end() :]
        self.prompted, self.more, self.error = True, prompt[1] == "2", prompt[2] == "!"
        if said:
            yield said


_GREETING = re.compile(r"^Python 3\..*\n(?:\[.*\n)?App: .*\nInstance: .*\n", re.MULTILINE)
_FAREWELL = re.compile(r"\n?now exiting InteractiveConsole\.\.\.\n\Z")
