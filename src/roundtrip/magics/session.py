"""What the magics of one kernel share: who we are, which lesson runs here, what was seen last."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics
from IPython.display import display

from .. import holding
from ..course import Lesson, find_course, is_course
from ..errors import Interrupted, Refused, in_words
from ..facts import DatabaseState, Table
from ..hints import Hints
from ..home import find_home
from ..questions import Answer
from ..reading.databases import copies_with, read_database
from ..reading.reader import Reader
from ..state import State


class Session:
    """One kernel at work in one home. `lesson` is None until a lesson has been started."""

    def __init__(self) -> None:
        self.course = find_course()
        here = Path.cwd()
        around = next(filter(is_course, (here, *here.parents)), self.course.folder)
        self.stray = None if around.samefile(self.course.folder) else around
        """The course folder that the notebook is in, where that is not the kernel's."""
        self.home = find_home(self.course.folder)
        self.token = uuid.uuid4().hex
        self.reader = Reader(self.home.project)
        self.lesson: Lesson | None = None
        self.fresh = False  # whether it began from the course's start, not from one's own
        self.last_look: State | None = None
        self._filled: dict[tuple[str, str], Table] = {}  # where a look saw rows: database, table
        self.hints = Hints()
        self.guesses: dict[str, Answer] = {}

    def begin(self, lesson: Lesson, fresh: bool) -> None:
        """This lesson runs here from now on; nothing was looked at or guessed in it yet."""
        self.lesson, self.fresh, self.last_look = lesson, fresh, None
        self.hints, self.guesses, self._filled = Hints(), {}, {}
        self._note_rows(read_database(self.home.project, {}, None))

    def looked(self, state: State) -> State:
        """A look at the default database; with what an earlier one saw rows in, and it does not."""
        self._note_rows(state.database)
        now = {(state.database.url, table.name): table.rows for table in state.database.tables}
        gone = [table for place, table in self._filled.items() if now.get(place) == 0]
        url = state.database.url
        copies = copies_with(self.home.project, url, gone[0].name) if gone else ()
        return replace(state, emptied=tuple(gone), copies=copies)

    def _note_rows(self, database: DatabaseState) -> None:
        filled = (table for table in database.tables if table.rows)
        self._filled |= {(database.url, table.name): table for table in filled}

    def here(self) -> Lesson:
        """The lesson that this notebook has started. Raises `Refused` where there is none."""
        if self.lesson is None:
            raise Refused(
                "No lesson has been started since this kernel started, so nothing was run. Run the "
                "notebook's first cell, which begins the lesson; or `%lesson N --continue`, with "
                "the lesson's number for N, to go on with the workspace as it stands."
            )
        return self.lesson

    @contextmanager
    def mine(self) -> Iterator[Lesson]:
        """The lesson here, while the workspace is ours, we are in it, and nobody can take it.

        Raises `Interrupted` where what is done in it is interrupted.
        """
        here = self.here()
        try:
            with in_words(), holding.hold(self.home, self.token, here):
                yield here
        except Interrupted:
            raise
        except KeyboardInterrupt:
            raise Interrupted(
                "the cell was stopped before its end; run it again when you like."
            ) from None

    def is_taken(self) -> bool:
        """Whether another notebook has taken the workspace from the lesson here."""
        return self.lesson is not None and not holding.is_ours(self.home, self.token)


class SessionMagics(Magics):
    """Magics that share the session of their kernel."""

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        super().__init__(shell)
        self._session = session


def write(text: str) -> None:
    """Print a piece of output as it comes."""
    if text:
        print(text, end="", flush=True)


def show(text: str, **more: object) -> None:
    """Display something in words, and in other forms, a MIME type each, for pages with more."""
    display({"text/plain": text, **more}, raw=True)
