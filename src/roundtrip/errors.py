"""What goes wrong, said in one sentence to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class _InOneLine(BaseException):
    """Shown in a notebook without a Python traceback: the cause is never in the course's code."""

    def _render_traceback_(self) -> list[str]:
        """IPython asks an exception for this before it draws a traceback of its own."""
        return [f"{type(self).__name__}: {self}"]


class RoundtripError(_InOneLine, Exception):
    """Something the learner can fix. Says what was found, why it matters, and what to do next."""


class CommandFailed(RoundtripError):  # noqa: N818 - the name is read by learners
    """A command in a cell ended with an exit code other than 0."""


class Refused(RoundtripError):  # noqa: N818 - the name is read by learners
    """A command or a lesson was not started, because it would have touched the wrong thing."""


class Interrupted(_InOneLine, KeyboardInterrupt):
    """The learner stopped the kernel's work while a command ran. The command has been ended."""


@contextmanager
def in_words() -> Iterator[None]:
    """Say in a sentence what the system says of a file of the course that is in the way."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        raise RoundtripError(
            f"The course cannot work with {error.filename} ({error.strerror}), so this was not "
            "done to its end; move that away, or let yourself read and write it, then try again."
        ) from None
