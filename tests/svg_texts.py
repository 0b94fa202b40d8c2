"""Reads the texts of an SVG picture back: where each is, on what ground, in what colour."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from roundtrip.board.fitting import Style, width_of

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Drawn:
    """A text of the picture: on the topmost box under it, in its lane."""

    words: str
    fills: tuple[str, ...]
    left: float
    right: float
    low: float
    box: tuple[float, float, float, float, str]
    lane: tuple[str, float, float]
    title: str


def texts(svg: str) -> list[Drawn]:
    """Every text of a picture, in the order of painting. There are some."""
    boxes: list[tuple[float, float, float, float, str]] = []

    def walk(parent: ET.Element, lane: tuple[str, float, float]) -> Iterator[Drawn]:
        for element in parent:
            if element.tag == f"{SVG}g":
                inner = lane
                if "data-lane" in element.attrib:
                    left, width = (float(element.get(f"data-{k}")) for k in ("left", "width"))
                    inner = (element.get("data-lane"), left, left + width)
                yield from walk(element, inner)
            elif element.tag == f"{SVG}rect":
                x, y, w, h = (float(element.get(k)) for k in ("x", "y", "width", "height"))
                boxes.append((x, y, x + w, y + h, element.get("fill")))
            elif element.tag == f"{SVG}text":
                yield _drawn(element, boxes, lane)

    found = list(walk(ET.fromstring(svg), ("", 24.0, 1016.0)))
    assert found
    return found


def _drawn(element: ET.Element, boxes: list, lane: tuple[str, float, float]) -> Drawn:
    x, y = float(element.get("x")), float(element.get("y"))
    title = element.findtext(f"{SVG}title") or ""
    spans = element.findall(f"{SVG}tspan") or [element]
    words, fills, right = [], [], x
    for span in spans:
        inner = span.find(f"{SVG}title")
        said = (span.text or "") + ((inner.tail or "") if inner is not None else "")
        style = Style(
            float(span.get("font-size")),
            bold=bool(span.get("font-weight")),
            mono="mono" in (span.get("font-family") or ""),
        )
        right += width_of(said, style) + float(span.get("dx") or 0)
        words.append(said)
        fills.append(span.get("fill"))
    under = [b for b in boxes if b[0] <= x <= b[2] and b[1] <= y - 4 <= b[3]]
    return Drawn(" ".join(words), tuple(fills), x, right, y, under[-1], lane, title)


def in_the_dark(svg: str) -> str:
    """The picture as it is where its page is dark: what its own style sheet says is done to it."""
    (sheet,) = re.findall(r"<style>@media \(prefers-color-scheme:dark\)\{(.+)\}</style>", svg)
    rules = re.findall(r'\.roundtrip \[((fill|stroke)="#\w{6}")\]\{(\2):(#\w{6})\}', sheet)
    assert "".join(f".roundtrip [{old}]{{{what}:{new}}}" for old, _, what, new in rules) == sheet
    by_what = {old: f'{what}="{new}"' for old, _, what, new in rules}
    return re.sub(r'(?:fill|stroke)="#\w+"(?!\])', lambda found: by_what[found[0]], svg)


def ratio(one: str, other: str) -> float:
    """Contrast as WCAG 2 defines it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
