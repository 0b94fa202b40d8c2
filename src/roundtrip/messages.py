"""What a cell says when a lesson has started, and when it was held against its goals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import attic, progress
from .checks import CHANGES, Result, lost
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


def finished(done: Finished, more: bool = False) -> str:
    """Each goal with what was found and, where it is not met, why and what next; then the sum.

    `more`: whether %hint has a stronger hint.
    """
    lines = [*goals(done.results), ""] if done.results else []
    if done.met == len(done.results):
        lines.append(f"Lesson {done.lesson.number:02d} is complete.")
    else:
        lines.append(f"{done.met} of {len(done.results)} goals are met.")
        mend = f"Fix what is not, then run this cell again{_MORE * more}. "
        on = "Or go on as it is: %finish --anyway"
        lines.append("Kept as it is." if done.kept else mend + on)
    if done.next and done.kept:
        lines.append(f"Next: {done.next.notebook.name}")
    return "\n".join(lines)


def practised(results: Sequence[Result], more: bool = False) -> str:
    """The goals of an exercise, and whether it is done; `more` is as in `finished`."""
    if all(result.met for result in results):
        return "\n".join((*goals(results), "", "Done."))
    return "\n".join((*goals(results), "", f"Not done yet{_MORE * more}."))


_MORE = "; %hint says more"


def goals(results: Sequence[Result]) -> list[str]:
    """Each goal with what was found and, where it is not met, why, what next, and a first hint.

    Where another goal comes first, only that one is named.
    """
    lines = []
    gone, told = lost(results), _Told()
    for result in results:
        lines.append(f"{'✔ met    ' if result.met else '✘ not met'}  {result.goal.text}")
        before = gone.goal.text if gone and result is not gone else told.before(result.finding)
        if before and not result.met:
            lines += _why(f"See first “{_short(before)}”.")
            continue
        lines += wrapped(_INDENT, result.finding.found)
        if not result.met:
            lines += told.of(result)
    return lines


class _Told:
    """What was told under the goals that are not met, from the first to the last.

    Who runs each line as it comes must not run a step twice, nor one that has to wait.
    """

    def __init__(self) -> None:
        self._causes: dict[tuple[str, str], str] = {}  # and their commands: of which goal
        self._commands: dict[str, str] = {}
        self._held = ""  # the first goal that should be met before others are built on

    def of(self, result: Result) -> list[str]:
        """The lines under this goal."""
        cause, command, goal = result.finding.cause, result.finding.next, result.goal.text
        if result.holds_back or _builds(result.finding):
            self._held = self._held or goal
        same = self._commands.get(_step(command))
        self._causes[_said_by(result.finding)] = same or goal
        lines = _why(cause)
        if same:
            lines += wrapped(f"{_INDENT}next: ", f"the same as for “{_short(same)}”.")
        elif command:
            self._commands[_step(command)] = goal
            lines.append(f"{_INDENT}next: {typed(command)}")  # on one line, to be copied
        if result.hints:
            lines += wrapped(f"{_INDENT}hint: ", result.hints[0])
        return lines

    def before(self, finding: Finding) -> str:
        """The goal above that comes first: it tells the same, or this command waits for it."""
        command = finding.next
        if same := self._causes.get(_said_by(finding)):
            return same
        if same := CHANGES.match(command) and self._commands.get(_step(command)):
            return same
        # To another branch, it would undo the one above; and a stamp records where the database is:
        # a step back from elsewhere goes too far.
        stamp = f"{command.partition(' db downgrade')[0]} db stamp "
        undone = (_SWITCH, stamp) if command.startswith(_SWITCH) else (stamp,)
        if waits := [goal for told, goal in self._commands.items() if told.startswith(undone)]:
            return waits[0]
        # Rows wait for their table, a copy for nothing; what comes after rows does not wait.
        in_the_shell = command.startswith("%%flask_shell") and not (
            finding.repair or finding.holds_back
        )
        return self._held if in_the_shell or _builds(finding) else ""


def _said_by(finding: Finding) -> tuple[str, str]:
    """What one cure has in common with another that says no more."""
    return (finding.root, "") if finding.root else (finding.cause, finding.next)


def _short(goal: str) -> str:
    """A goal's text up to its first comma, by which it is found above."""
    name, comma, _ = goal.partition(",")
    return f"{name}, …" if comma else name


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
