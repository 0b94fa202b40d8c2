"""Reads the pages: what their cells say and have printed, the code and commands in their text."""

from __future__ import annotations

import html
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
LESSONS = tomllib.loads((NOTEBOOKS / "course.toml").read_text(encoding="utf-8"))["lesson"]
QUESTIONS = tomllib.loads((NOTEBOOKS / "questions.toml").read_text(encoding="utf-8"))["question"]

PLACEHOLDERS = {"N", "NAME", "HASH", "FILE", "REVISION"}
"""Words in a command that the learner fills in."""


@dataclass(frozen=True)
class Cell:
    """A cell of a lesson. `number` counts all cells from 0, as a notebook's file does."""

    lesson: int
    number: int
    node: nbformat.NotebookNode

    @property
    def where(self) -> str:
        """Such as `03[14]`."""
        return f"{self.lesson:02d}[{self.number}]"

    @property
    def source(self) -> str:
        return self.node.source

    @property
    def is_code(self) -> bool:
        return self.node.cell_type == "code"

    @property
    def printed(self) -> str:
        """What its commands printed."""
        return "".join(o.text for o in self.outputs if o.output_type == "stream")

    @property
    def outputs(self) -> list[nbformat.NotebookNode]:
        return self.node.get("outputs", [])

    def shown(self) -> Iterator[tuple[str, str]]:
        """Each of its outputs: in which form, and the words that a reader sees."""
        for output in self.outputs:
            if output.output_type == "stream":
                yield output.name, output.text
            elif output.output_type == "error":
                yield "error", output.evalue
            for form, text in output.get("data", {}).items():
                yield form, _words(form, text)


def _words(form: str, text: str) -> str:
    """A Markdown output without its backslashes; of HTML and pictures the words in them."""
    if form == "text/markdown":
        return re.sub(r"\\(\W|_)", r"\1", text)
    if form in ("text/html", "image/svg+xml"):
        inner = unquote(html.unescape(text)) if "data:image" in text else text
        return html.unescape(re.sub(r"<[^>]*>", " ", inner))
    return text


CELLS = [
    Cell(row["number"], number, node)
    for row in LESSONS
    for number, node in enumerate(nbformat.read(NOTEBOOKS / row["notebook"], as_version=4).cells)
]


@dataclass(frozen=True)
class Text:
    """A piece of prose, and where it is."""

    where: str
    words: str


MARKDOWN = [Text(cell.where, cell.source) for cell in CELLS if not cell.is_code]
BESIDE = [Text(name, (ROOT / name).read_text("utf-8")) for name in ("README.md", "CONTRIBUTING.md")]


def in_tables() -> Iterator[Text]:
    """What course.toml and questions.toml say to a learner."""
    for row in LESSONS:
        for goal in goals(row):
            place = f"{row['number']:02d} course.toml, “{goal['text']}”"
            yield from (Text(place, words) for words in (goal["text"], *goal["hints"]))
    for question in QUESTIONS:
        place = f"questions.toml, {question['name']}"
        yield Text(place, question["text"])
        for answer in question["answer"]:
            yield from (Text(place, answer[key]) for key in ("text", "reason"))


def goals(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The goals of a lesson, those of its exercises too."""
    for part in (row, *row.get("exercise", ())):
        yield from part.get("goal", ())


def fenced(text: str) -> list[str]:
    """The blocks of code between fences, without those that draw a picture."""
    code = re.sub(r"```mermaid.*?```", "", text, flags=re.S)
    return re.findall(r"^```\w*\n(.*?)^```$", code, re.S | re.M)


def spans(text: str) -> list[str]:
    """The `code spans` of a text; one that runs over the end of a line is put together."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    found = re.findall(r"(?<!`)`([^`]+)`(?!`)", prose)
    return [re.sub(r"\n\s*", " ", each) for each in found]


@dataclass(frozen=True)
class Command:
    """A command as a text names it. `words` are without what stands for more words."""

    where: str
    line: str
    words: tuple[str, ...]

    @property
    def options(self) -> set[str]:
        """The names of its options; `-fdx` are three."""
        found: set[str] = set()
        for word in self.words:
            if word.startswith("--") and word != "--":
                found.add(word.partition("=")[0])
            elif re.match(r"-[a-zA-Z]", word):
                found |= {f"-{letter}" for letter in word[1:]}
        return found

    def __str__(self) -> str:
        return f"{self.where}: `{self.line}`"


def command(where: str, line: str) -> Command | None:
    """The command in a line; None where it is something else."""
    line = re.sub(r"^(?:[A-Z_]+=\S* )+|^!| …$", "", line.strip())
    if not re.match(
        r"(?:flask|git|roundtrip|pytest|python3 start\.py|py start\.py)(?: |$)|%%?\w", line
    ):
        return None
    plain = re.sub(r"^(?:python3|py) start\.py", "roundtrip", line)
    words = shlex.split(plain, comments=not line.startswith("%"))
    return Command(where, line, tuple(w for w in words if not re.fullmatch(r"<\w+>", w)))


def typed(block: str) -> list[str]:
    """The commands in a cell or between fences; of a `%%` cell, its first line."""
    lines = block.splitlines()
    return lines[:1] if block.startswith("%%") else lines
