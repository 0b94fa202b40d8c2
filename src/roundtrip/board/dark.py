"""The board where the page around it is dark: each of its colours becomes another.

JupyterLab says of its page whether it is dark, GitHub and a browser do, and a picture in an `<img>`
hears of it. What knows no style sheets shows the light board, which carries its own ground.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CLASS = "roundtrip"
"""Of the whole picture: where it is put into a page as it is, the colours of the page stay."""

DARK = {
    **{"#fbfbfd": "#1a1c21", "#cbd0da": "#3d434f"},  # the card and its edge
    **{"#ffffff": "#24272e", "#f3f4f6": "#2e323b", "#d1d5db": "#4b515d"},  # what lies on it
    **{"#e5e7eb": "#353a45", "#9ca3af": "#7c8594"},  # lines
    **{"#1f2937": "#e8eaee", "#4b5563": "#b0b7c3"},  # texts
    **{"#065f46": "#6ee7b7", "#ecfdf5": "#12291f", "#10b981": "#0f9f70", "#047857": "#34d399"},
    **{"#92400e": "#fcd34d", "#fffbeb": "#2b2413", "#f59e0b": "#d98c0a", "#b45309": "#fbbf24"},
    **{"#fef3c7": "#43360f", "#fde68a": "#55430c"},  # marked, and the word for it
    **{"#991b1b": "#fca5a5", "#fef2f2": "#331a1c", "#dc2626": "#ef4444"},
    **{"#3730a3": "#c7d2fe", "#e0e7ff": "#2f3159"},  # names
    **{"#1e40af": "#93c5fd", "#dbeafe": "#1e3354", "#eff6ff": "#1b2a41", "#2563eb": "#60a5fa"},
}
"""From each colour to the one in its place. Rows go together: ink, ground, edge, mark."""


def style(body: Sequence[str]) -> str:
    """The element that makes what is drawn in `body` dark where the page is."""
    used = sorted({found for part in body for found in re.findall(r'(fill|stroke)="(#\w+)"', part)})
    rules = "".join(
        f'.{CLASS} [{what}="{colour}"]{{{what}:{DARK[colour]}}}' for what, colour in used
    )
    return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"
