"""Reads what follows a magic's name, and says so where the magic does not take it."""

from __future__ import annotations

import os
import re
import shlex
from typing import NoReturn

from ..errors import RoundtripError


def given(line: str, form: str) -> dict[str, str]:
    """What a line gives to the magic of this form, such as `%page [--env-file FILE] [PATH]`.

    By the names in the form; of an option without a value, an empty text. What is in brackets may
    be missing. A value follows a blank or `=`. Raises `RoundtripError` for all that the form
    does not know: a magic that passed over it would do something else than what was asked.
    """
    _, *places = re.sub(r"\[--.*?\]", "", form).split()
    options = dict(re.findall(r"\[(--[\w-]+) ?(\w*)\]", form))
    found: dict[str, str] = {}
    rest = words(line)
    problem = ""
    while rest and not problem:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if options.get(name) and not equals and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        if name in options and bool(value) == bool(options[name]):
            found[name] = value
        elif options.get(name):
            problem = f"needs a {options[name]} after `{name}`"
        elif places and not word.startswith("-"):
            found[places.pop(0).strip("[]")] = word
        else:
            problem = f"does not take `{word}`"
    if not problem and (missing := [place for place in places if not place.startswith("[")]):
        problem = f"needs a {missing[0]}"
    if problem:
        _refuse(problem, form)
    return found


def names(line: str, form: str) -> list[str]:
    """The words of a line for the magic of this form. Raises `RoundtripError` where it has none."""
    return words(line) or _refuse("needs a name", form)


def words(line: str) -> list[str]:
    """The words of a line, as a shell splits it; on Windows a backslash is part of a path.

    Raises `RoundtripError` where a quotation mark is missing, or a name is too long for any file.
    """
    reader = shlex.shlex(line, posix=True)
    reader.whitespace_split, reader.commenters = True, ""
    if os.sep == "\\":
        reader.escape = ""
    try:
        found = list(reader)
    except ValueError:
        raise RoundtripError(f"A quotation mark is missing in: {line}") from None
    for part in re.split(r"[/\\]", "/".join(found)):
        if len(os.fsencode(part)) > _LONGEST_NAME:
            raise RoundtripError(f"No file can have a name as long as {part[:40]}…; shorten it.")
    return found


_LONGEST_NAME = 255
"""Bytes of a name, on the file systems of Linux, macOS and Windows (NAME_MAX)."""


def _refuse(problem: str, form: str) -> NoReturn:
    magic = form.split()[0]
    raise RoundtripError(f"{magic} {problem}, so nothing was done; write it like this: {form}")
