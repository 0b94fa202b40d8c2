"""Texts are broken between words, and nowhere inside what is to be copied."""

from __future__ import annotations

from roundtrip.board.fitting import Style, wrap
from roundtrip.board.parts import Verdict
from roundtrip.board.words import say_verdict
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


def test_a_type_of_a_model_stays_on_one_line_in_a_message_and_on_the_board():
    kind = "Mapped[str | None]"
    for before in range(60, 96):
        text = f"{'x' * before} {kind} allows NULL."
        board = say_verdict(Verdict("bad", "", text))[1:]
        for lines in (wrapped("why:  ", text), wrap(text, 640, Style()), board):
            assert any(kind in line for line in lines), lines
            assert " ".join(line.strip() for line in lines).endswith(f"{kind} allows NULL.")
