"""Who may work in the workspace: one notebook at a time, from inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import Timeout

from . import workspace
from .course import Lesson
from .errors import Refused
from .home import Home
from .safe_files import read_json, write_json


@dataclass(frozen=True)
class Owner:
    """Who holds the workspace: one kernel, in one lesson, since a moment (ISO 8601, local).

    `fresh`: the lesson began from the course's start, not from the learner's own end before it.
    """

    token: str
    lesson: int
    since: str
    fresh: bool = False


def take(home: Home, token: str, lesson: int, fresh: bool = False) -> None:
    """Record that the kernel with this token now holds the workspace for this lesson."""
    since = datetime.now().isoformat(timespec="seconds")
    write_json(home.private / "owner.json", asdict(Owner(token, lesson, since, fresh)))


def let_go(home: Home) -> None:
    """Record that nobody holds the workspace."""
    (home.private / "owner.json").unlink(missing_ok=True)


def owner(home: Home) -> Owner | None:
    """Who holds the workspace; None when nobody does (or its record cannot be read)."""
    row = read_json(home.private / "owner.json")
    match row:
        case {"token": str(token), "lesson": int(lesson), "since": str(since)}:
            return Owner(token, lesson, since, row.get("fresh") is True)
    return None


@contextmanager
def hold(home: Home, token: str, here: Lesson) -> Iterator[None]:
    """Keep the workspace for the kernel with this token, which runs lesson `here`.

    Nobody can take it until the block is left. Raises `Refused` when it is another's, when it is
    gone, when we are not in it, or when another's command is running there.
    """
    with alone(home):
        _check(home, token, here)
        yield


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Have the workspace to ourselves until the block is left, whoever holds it.

    Raises `Refused` when another's command does not end in time.
    """
    lock = workspace.lock(home)
    try:
        lock.acquire()
    except Timeout:
        raise Refused(
            "A command of another notebook is running in the workspace, so nothing was run; "
            "wait for it or stop it there, then run this cell again."
        ) from None
    try:
        yield
    finally:
        lock.release()


def is_ours(home: Home, token: str) -> bool:
    """Whether the workspace is this kernel's, or nobody's."""
    holder = owner(home)
    return holder is None or holder.token == token


def must_exist(home: Home, here: Lesson) -> None:
    """Raise `Refused` where there is no workspace to run commands in.

    A link is none: what it leads to may be another project, whose work a reset would take.
    """
    if home.project.is_symlink():
        raise Refused(
            "The workspace is a link to another folder, where commands of the course must not run. "
            f"Run `%lesson {here.number}` for a new one; the link goes to the attic."
        )
    if not home.project.is_dir():
        raise Refused(
            "The workspace is gone: its folder was moved or deleted. "
            f"Run `%lesson {here.number}` for a new one."
        )


def _check(home: Home, token: str, here: Lesson) -> None:
    holder = owner(home)
    if holder and holder.token != token:
        who = "Another notebook has taken" if holder.token else "`roundtrip restart` has replaced"
        raise Refused(
            f"{who} the workspace, for lesson {holder.lesson:02d}, at {holder.since[11:16]}. To "
            f"take it back, run `%lesson {here.number}` (from the start; what is there goes to the "
            f"attic) or `%lesson {here.number} --continue` (as it stands)."
        )
    must_exist(home, here)
    try:
        inside = Path.cwd().is_relative_to(home.project)
    except OSError:
        inside = False
    if holder and holder.lesson != here.number:  # put back from the attic
        raise Refused(
            f"What is in the workspace is lesson {holder.lesson:02d}'s. Go on in its notebook, "
            f"with `%lesson {holder.lesson} --continue`; or run `%lesson {here.number}` for a new "
            "start of the lesson here."
        )
    if not inside:
        raise Refused(
            "This notebook has left the workspace, and commands run nowhere else. To come "
            f"back, run `%lesson {here.number} --continue`."
        )
