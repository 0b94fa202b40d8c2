"""Makes a command's output the same on every machine, line by line, while it streams.

Nothing is changed but this: the folder of the project becomes `workspace`, the folders of Python
and of the installed packages lose their place, colours are taken off, and in a traceback, of Python
or of `pytest --tb=short`, only the frames of the learner's own files are shown, each with its first
line of code.
"""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path
from urllib.parse import quote

from . import preload
from .environment import SCRIPTS

_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line \d+(?P<called>, in )?')
_PYTEST_FRAME = re.compile(r"^(?P<file>[\w./<~\\].*):\d+: (?P<called>in )[\w<>]+$")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FOLDED = "  ... calls inside libraries ...\n"


class Polish:
    """One command's output on its way to the learner."""

    def __init__(self, project: Path) -> None:
        paths = dict.fromkeys(str(p) for p in (project, project.resolve()))
        self._own = tuple(paths)
        places = dict.fromkeys(paths, "workspace") | _PLACES | _commands(*preload.search_path())
        self._places = [(_place(path), name) for path, name in places.items()]
        self._starts = tuple(path[: n + 1] for path in paths for n in range(len(path)))
        self._half = ""
        self._in_traceback = False
        self._hidden = False  # the frame that we are in is a library's
        self._code_lines = 0  # how many lines of its code may still be shown
        self._folding = False

    def feed(self, text: str) -> str:
        """Take the next piece; return what can be shown of it by now.

        Whole lines are shown; of the last, unfinished one, what is there when the command pauses
        (an empty piece says so).
        """
        if not text:
            return self._pause()
        *lines, self._half = (self._half + text).split("\n")
        return "".join(self._line(line.removesuffix("\r") + "\n") for line in lines)

    def finish(self) -> str:
        """Return what is left at the end of the output."""
        last, self._half = self._half, ""
        return self._line(last) if last else self._fold()

    def whole(self, text: str) -> str:
        """All that is to be shown of an output, or of the end of one, that is there at once."""
        return self.feed(text) + self.finish()

    def _pause(self) -> str:
        half_a_path = self._half.endswith(self._starts)
        if self._in_traceback or half_a_path or self._half.endswith("\r"):
            return ""
        half, self._half = self._half, ""
        return self._shorten(half)

    def _line(self, line: str) -> str:
        line = _COLOUR.sub("", line)
        if line.rstrip().endswith(_TRACEBACK):
            self._in_traceback, self._hidden = True, False
        elif (self._in_traceback or _PYTEST_FRAME.match(line)) and self._is_left_out(line):
            return ""
        return self._fold() + self._shorten(line)

    def _is_left_out(self, line: str) -> bool:
        """Whether this line of a traceback belongs to a library, or is shown by some Pythons only.

        Python versions differ in how many lines of code, and which marks (`^^^^`), they print for a
        frame, so the first line alone is kept; and none of what was typed, which 3.11 cannot print.
        """
        if frame := _FRAME.match(line) or _PYTEST_FRAME.match(line):
            self._in_traceback = True
            self._hidden = frame["called"] is not None and not self._is_own(frame["file"])
            self._folding |= self._hidden
            self._code_lines = 0 if frame["file"] in _TYPED else 1
            if not frame["called"]:  # a SyntaxError's place: its code and the mark under it
                self._code_lines = 2
        elif line.startswith("    "):
            self._code_lines -= 1
            return self._hidden or self._code_lines < 0
        elif not line.startswith("  [Previous line repeated "):
            self._in_traceback = line.startswith(" ")
            self._hidden = False
        return self._hidden

    def _fold(self) -> str:
        folding, self._folding = self._folding, False
        return _FOLDED if folding else ""

    def _is_own(self, file: str) -> bool:
        if file.startswith("<"):
            return file in _TYPED
        return file.startswith(self._own) or not (file[:2] == ".." or Path(file).is_absolute())

    def _shorten(self, text: str) -> str:
        for place, name in self._places:
            text = place.sub(name, text)
        return _COLOUR.sub("", text)


def _commands(*folders: str) -> dict[str, str]:
    """The paths of the course's own commands, each with its name."""
    return {str(Path(folder, name)): name for folder in folders for name in ("python", "flask")}


_TYPED = ("<console>", "<stdin>", "<string>")
_PLACES = {
    sysconfig.get_path("purelib"): "site-packages",
    sysconfig.get_path("platlib"): "site-packages",
    sysconfig.get_path("stdlib"): "python",
    **_commands(*SCRIPTS),
}


def _place(path: str) -> re.Pattern[str]:
    """Finds a path, also as Python's `repr` and as URLs write it, but no part of a longer name."""
    ways = (path, repr(path)[1:-1], quote(path), quote(path, safe=" +/"))  # the last: SQLAlchemy
    written = "|".join(map(re.escape, dict.fromkeys(ways)))
    return re.compile(rf"(?<![\w.-])(?:{written})(?!-?\w)")
