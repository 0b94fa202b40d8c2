"""Draws a state of the four places: as a picture (SVG), and the same in words.

parts: what a board says, as values. lanes: a state as such values; the two lanes with most to say
are in revisions and tables. news: what is new since the last look. words: the values as text.
picture: the values as SVG, with boxes (tables), lines (commits and revisions) and banner (the
verdict), all on svg, fitting and theme. steps and strip: many states, small.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..state import State
from . import picture, steps, strip, words
from .lanes import lay_out


def text(state: State, since: State | None = None) -> str:
    """The board in words, in lines of at most 96 columns; only a command may take more.

    `since` is the state at the last look: what is new since then is marked.
    """
    return words.say(lay_out(state, since))


def svg(state: State, since: State | None = None) -> str:
    """The board as a picture: an SVG document of its own, with a ground that suits any page."""
    return picture.draw(lay_out(state, since))


def strip_text(trip: Sequence[tuple[str, State]]) -> str:
    """A title and a few lines for each step."""
    return steps.say(steps.read(trip))


def strip_svg(trip: Sequence[tuple[str, State]]) -> str:
    """A small board for each step, in rows."""
    return strip.draw(steps.read(trip))


def html(svg: str, words: str) -> str:
    """A picture with its words for who cannot see it.

    JupyterLab shows an SVG by itself without any, and only in a notebook that it trusts. The
    picture is in the address, where only what a URL cannot hold is escaped: so an id in it can
    still be searched for.
    """
    address = svg.replace("%", "%25").replace("#", "%23").replace("\n", "%0A")
    return (
        f'<img src="data:image/svg+xml,{escape(address)}" alt="{escape(words)}" '
        'style="max-width:100%;height:auto">'
    )
