"""Texts are broken between words, and nowhere inside what is to be copied."""

from __future__ import annotations

from roundtrip.wrapping import wrapped

COMMAND = "`git log --oneline --name-status --follow -- migrations/versions/1a2b3c4d5e6f_x.py`"


def test_no_line_is_too_long_for_a_cell():
    lines = wrapped("do:    ", "one two three " * 20)
    assert len(lines) > 2 and max(map(len, lines)) <= 96
    assert [line[:7] for line in lines] == ["do:    ", *[" " * 7] * (len(lines) - 1)]


def test_a_command_stays_on_one_line():
    for before in range(0, 90, 7):
        text = f"{'x' * before}: {COMMAND} shows it, or look at `%board`."
        lines = wrapped("do:    ", text)
        assert any(COMMAND in line for line in lines)
        assert " ".join(line[7:] for line in lines) == text.strip()


def test_a_command_that_is_longer_than_a_line_is_not_broken():
    command = f"`{'git log ' * 20}`"
    assert command in "\n".join(wrapped("", f"Run {command}."))
