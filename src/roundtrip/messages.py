"""What a cell says when a lesson has started, and when it was held against its goals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import attic, progress
from .checks import Result, lost
from .checks.finding import Finding
from .course import command
from .home import Home
from .lesson import Finished, Started
from .wrapping import wrapped


def started(started: Started, home: Home) -> list[str]:
    """Lines: the lesson, where its start came from, where the old workspace went."""
    source = "an empty folder."
    if started.before and started.source == "own":
        source = f"as you left it at the end of {started.before.name}."
        entry = progress.read(home).lessons.get(started.before.number)
        if entry and not entry.completed:
            source = f"{source[:-1]};\n       some of its goals are not met yet. "
            source += "`%restart --fresh` takes the course's own end of it."
    elif started.before and started.source == "made":
        source = f"as {started.before.name} leaves it."
    if started.aside:
        aside = f"what was in the workspace is now in {home.shown(started.aside)};\n       "
        aside += "to put it back, in a terminal in the course folder:\n       "
        aside += f"{command()} attic restore {started.aside.name}"
    else:
        aside = "there was nothing to set aside."
    title = f"Lesson {started.lesson.number:02d} · {started.lesson.title}"
    return [title, f"Start: {source}", f"Attic: {aside}", *attic.left_behind(started.aside)]


def finished(done: Finished) -> str:
    """Each goal with what was found and, where it is not met, why and what next; then the sum."""
    lines = [*goals(done.results), ""] if done.results else []
    if done.met == len(done.results):
        lines.append(f"Lesson {done.lesson.number:02d} is complete.")
    else:
        lines.append(f"{done.met} of {len(done.results)} goals are met.")
        lines.append(
            "Fix what is not, then run this cell again; %hint says more. "
            "Or go on as it is: %finish --anyway"
            if not done.kept
            else "Kept as it is."
        )
    if done.next and done.kept:
        lines.append(f"Next: {done.next.notebook.name}")
    return "\n".join(lines)


def practised(results: Sequence[Result]) -> str:
    """The goals of an exercise, and whether it is done."""
    if all(result.met for result in results):
        return "\n".join((*goals(results), "", "Done."))
    return "\n".join((*goals(results), "", "Not done yet; %hint says more."))


def goals(results: Sequence[Result]) -> list[str]:
    """Each goal with what was found and, where it is not met, why, what next, and a first hint."""
    lines = []
    gone, told = lost(results), _Told()
    for result in results:
        lines.append(f"{'✔ met    ' if result.met else '✘ not met'}  {result.goal.text}")
        lines += wrapped(_INDENT, result.finding.found)
        if gone and not result.met and result is not gone:
            lines += _why(f"See first “{gone.goal.text}”.")
        elif not result.met:
            lines += told.of(result)
    return lines


class _Told:
    """What was told under the goals that are not met, from the first to the last.

    Who runs each line as it comes must not run a step twice, nor one that has to wait.
    """

    def __init__(self) -> None:
        self._causes: dict[tuple[str, str], str] = {}  # and their commands: of which goal
        self._commands: dict[str, str] = {}
        self._held = False  # one of the goals above should be met before others are built on
        self._above = ""

    def of(self, result: Result) -> list[str]:
        """The lines under this goal."""
        cause, command = result.finding.cause, result.finding.next
        if self._waits(result.finding):
            return _why("Do what is said above first; then look again.")
        self._held = self._held or result.holds_back or _builds(result.finding)
        if goal := self._causes.get((cause, command)):
            lines = _why(self._same_as(goal))
        else:
            lines = [*_why(cause), *self._next(command)]
        self._above = self._causes.setdefault((cause, command), result.goal.text)
        self._commands.setdefault(_step(command), result.goal.text)
        if result.hints:
            lines += wrapped(f"{_INDENT}hint: ", result.hints[0])
        return lines

    def _next(self, command: str) -> list[str]:
        if not command:
            return []
        if goal := self._commands.get(_step(command)):
            return wrapped(f"{_INDENT}next: ", self._same_as(goal))
        return [f"{_INDENT}next: {typed(command)}"]  # on one line, to be copied

    def _same_as(self, goal: str) -> str:
        return "the same as above." if goal == self._above else f"the same as for “{goal}”."

    def _waits(self, finding: Finding) -> bool:
        """Whether the next command should not be told yet, below what was told."""
        command = finding.next
        if _step(command) in self._commands:
            return False
        if command.startswith(_SWITCH) and any(c.startswith(_SWITCH) for c in self._commands):
            return True  # to another branch: it would undo the one above
        stamp = f"{command.partition(' db downgrade')[0]} db stamp "
        if any(c.startswith(stamp) for c in self._commands):
            return True  # it records where the database is: a step back from elsewhere goes too far
        # Rows wait for their table, a copy for nothing; what comes after rows does not wait.
        in_the_shell = command.startswith("%%flask_shell") and not (
            finding.repair or finding.holds_back
        )
        return self._held and (in_the_shell or _builds(finding))


def _why(cause: str) -> list[str]:
    return wrapped(f"{_INDENT}why:  ", cause)


def _builds(finding: Finding) -> bool:
    """Whether the next command builds on what is there, so that it waits where that has to change.

    One that is a repair itself does not wait, unless it would commit what has to change; to look at
    another database before its upgrade does.
    """
    return finding.next.startswith(("%board --env-file", "git add", "git commit")) or bool(
        not finding.repair and _GOES_ON.match(finding.next)
    )


_SWITCH = "git switch"
_GOES_ON = re.compile(r"flask (?:--env-file \S+ )?db (?:upgrade|migrate)\b|git reset --hard\b")

_INDENT = " " * 13


def typed(command: str) -> str:
    """A command as one types it: a magic of a whole cell does nothing alone."""
    return f"a cell that begins with {command}" if command.startswith("%%") else command


def _step(command: str) -> str:
    """A command without the message that it gives: a second commit would find nothing to do."""
    return command.partition(' -m "')[0]
