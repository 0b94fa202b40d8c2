"""Draws text and shapes as SVG."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from . import dark
from .fitting import ID, PILL, Style, pill_width, shorten, width_of

SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


@dataclass
class Canvas:
    """Collects the elements of a picture, in the order in which they are painted."""

    parts: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, style: Style, full: str = "") -> float:
        """Write a text, baseline at `y`; `full` shows on pointing. Returns where it ends."""
        return self.run(x, y, [(text, style)], full)

    def fit(
        self,
        x: float,
        y: float,
        text: str,
        width: float,
        style: Style,
        cut: Callable[[str, float, Style], str] = shorten,
    ) -> None:
        """Write as much of a text as there is room for; what is `cut` shows whole on pointing."""
        shown = cut(text, width, style)
        self.text(x, y, shown, style, text if shown != text else "")

    def lines(
        self, x: float, y: float, lines: Sequence[str], style: Style, step: float, full: str = ""
    ) -> float:
        """Write lines one below the other, `step` pixels apart. Returns the next baseline."""
        for line in lines:
            self.text(x, y, line, style, full)
            y += step
        return y

    def run(
        self,
        x: float,
        y: float,
        pieces: Sequence[tuple[str, Style]],
        full: str = "",
        gap: float = 7,
    ) -> float:
        """Write pieces one behind the other, as one text. Returns where it ends at most."""
        title = f"<title>{_escaped(full)}</title>" if full else ""
        first = pieces[0][1] if pieces else Style()
        if len(pieces) == 1:
            body = _escaped(pieces[0][0])
            self.parts.append(f'<text x="{x:g}" y="{y:g}" {first.attributes}>{title}{body}</text>')
        else:
            body = "".join(
                f'<tspan dx="{gap if n else 0:g}" {style.attributes}>{_escaped(piece)}</tspan>'
                for n, (piece, style) in enumerate(pieces)
            )
            self.parts.append(f'<text x="{x:g}" y="{y:g}">{title}{body}</text>')
        return x + sum(width_of(piece, style) for piece, style in pieces) + gap * (len(pieces) - 1)

    @contextmanager
    def group(self, attributes: str) -> Iterator[None]:
        """Put into one element what is painted inside the block."""
        self.parts.append(f"<g {attributes}>")
        yield
        self.parts.append("</g>")

    def lane(self, name: str, left: float, width: float) -> AbstractContextManager[None]:
        """A group of what must not leave a column; its edges are for the tests."""
        return self.group(f'data-lane="{name}" data-left="{left:g}" data-width="{width:g}"')

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        stroke: str = "",
        radius: float = 6,
        dashed: bool = False,
    ) -> None:
        """Draw a box with round corners."""
        line = f' stroke="{stroke}"' if stroke else ""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" '
            f'fill="{fill}"{line}{dash}/>'
        )

    def circle(
        self, x: float, y: float, radius: float, fill: str, stroke: str, dashed: bool = False
    ) -> None:
        """Draw a dot."""
        dash = ' stroke-dasharray="3 2.5"' if dashed else ""
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" stroke="{stroke}" '
            f'stroke-width="2"{dash}/>'
        )

    def path(
        self, d: str, stroke: str, width: float, dashed: bool = False, fill: str = "none"
    ) -> None:
        """Draw a line."""
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        self.parts.append(
            f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" '
            f'stroke-linecap="round" stroke-linejoin="round"{dash}/>'
        )

    def pill(self, x: float, y: float, text: str, fill: str, ink: str) -> float:
        """Write a short word on a rounded ground, baseline at `y`. Returns where it ends."""
        width = pill_width(text)
        self.rect(x, y - 12.5, width, 17, fill, radius=8.5)
        self.text(x + 7, y, text, replace(PILL, fill=ink))
        return x + width


def document(width: int, height: float, title: str, description: str, body: Sequence[str]) -> str:
    """The whole picture. It fills the column it is in and keeps its proportions.

    An `<img>` takes the width of its column only where the SVG names no width in pixels (measured
     in JupyterLab 4.6, which shows SVG outputs so and limits none).
    """
    drawn = "\n".join(body)
    name = f"board-{_digest(title + description + drawn)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="100%" '
        f'style="max-width:{width}px" class="{dark.CLASS}" role="img" '
        f'aria-labelledby="{name}-title {name}-words" font-family="{SANS}">\n'
        f'<title id="{name}-title">{_escaped(title)}</title>\n'
        f'<desc id="{name}-words">{_escaped(description)}</desc>\n'
        f"{dark.style(body)}\n{drawn}\n</svg>\n"
    )


def _escaped(text: str) -> str:
    """As XML has it, without the characters that it does not allow."""
    return html.escape(_NOT_IN_XML.sub("\ufffd", text), quote=False)


_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _digest(text: str) -> str:
    """A short name made from the content, without what is random in it; too short to be an id."""
    import hashlib

    return hashlib.sha256(ID.sub("", text).encode()).hexdigest()[:6]
