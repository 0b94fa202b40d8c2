"""Asks the learner's app for a page, as a browser would: a real `flask run`, a real request."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, Any

from . import diagnosis, terminal
from .errors import RoundtripError
from .polish import Polish

_PATIENCE = 20.0
"""Seconds in which the development server has to answer."""


@dataclass(frozen=True)
class Page:
    """An answer. `problem` is the error line of the server's log, where the app raised one.

    `log` is what the server said then.
    """

    status: int
    reason: str
    html: str
    problem: str | None
    log: str = ""

    @property
    def text(self) -> str:
        """What the page says, without its looks: a line for each block, columns for a table."""
        reader = _Reader()
        reader.feed(self.html)
        reader.close()
        return reader.text()

    @property
    def frame(self) -> str:
        """The page in a frame of its own, where its styles reach nothing else. Scripts are off."""
        return (
            '<iframe sandbox="" title="The page as a browser shows it" '
            f'srcdoc="{escape(self.html)}" '
            'style="width:100%;height:21em;border:1px solid #8886;border-radius:6px"></iframe>'
        )


def get(path: str, options: Sequence[str], project: Path) -> Page:
    """Start `flask OPTIONS run`, ask for `path`, stop the server, and return the answer.

    Redirects are followed as long as they stay in the app. Raises `RoundtripError` when the app
    does not start, or does not answer in time.
    """
    port = _free_port()
    run = ["run", "--host", "127.0.0.1", "--port", str(port), "--no-reload", "--no-debugger"]
    process = terminal.start(
        ["flask", *options, *run],
        project,
        project,
        stdin=subprocess.DEVNULL,
        more={"FLASK_DEBUG": "0"},  # the answer that visitors get
    )
    log: list[str] = []
    # Read all the time: when the pipe is full and nobody reads it, the server blocks.
    reader = threading.Thread(target=lambda: log.extend(terminal.output_of(process)), daemon=True)
    reader.start()
    with terminal.ending(process):
        status, reason, body = _ask(_url(path, port), process)
        alive = process.poll() is None
        deadline = time.monotonic() + 1  # some answer first, then write their log
        while status >= 500 and not _error_line("".join(log), project):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
    reader.join(timeout=5)
    said = "".join(log)
    if not status and alive:
        raise RoundtripError(
            f"The app did not answer within {_PATIENCE:.0f} seconds; look for a loop that does not "
            "end, or a database that another program holds."
        )
    if not status:
        known = diagnosis.lines(" ".join(["flask", *options, "run"]), _polished(said, project))
        raise RoundtripError(f"The app did not start: {_reason(said, project)}{known.rstrip()}")
    if status < 500:
        return Page(status, reason, body, None)
    return Page(status, reason, body, _error_line(said, project), _polished(said, project) + "\n")


def _url(path: str, port: int) -> str:
    quoted = urllib.parse.quote(path, safe="/?&=%+:;,@!$'()*~#[]")
    return f"http://127.0.0.1:{port}/{quoted.lstrip('/')}"


class _InsideOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the same server; one to another is the answer itself."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], *said: Any
    ) -> urllib.request.Request | None:
        (*_, url), split = said, urllib.parse.urlsplit
        if split(url).netloc != split(req.full_url).netloc:
            return None
        return super().redirect_request(req, fp, *said)


def _ask(url: str, process: subprocess.Popen[bytes]) -> tuple[int, str, str]:
    """Status, reason and body; 0 as status when the server ended or did not answer in time."""
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPCookieProcessor(),
        _InsideOnly,
    )
    deadline = time.monotonic() + _PATIENCE
    while (left := deadline - time.monotonic()) > 0 and process.poll() is None:
        try:
            with browser.open(url, timeout=left) as answer:
                return answer.status, answer.reason, _body(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.reason, _body(error)
        except (OSError, http.client.HTTPException):
            time.sleep(0.03)
    return 0, "", ""


def _body(answer: http.client.HTTPResponse | urllib.error.HTTPError) -> str:
    try:
        return answer.read().decode(answer.headers.get_content_charset("utf-8"), "replace")
    except LookupError:
        return ""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _error_line(log: str, project: Path) -> str | None:
    """The line that names the error: the first unindented one after the last traceback's start."""
    _, found, tail = log.rpartition("Traceback (most recent call last):\n")
    lines = [line for line in tail.splitlines() if line and not line.startswith(" ")]
    return _polished(lines[0], project) if found and lines else None


def _reason(log: str, project: Path) -> str:
    """Why the server did not start.

    The error that Python stopped with and the learner's line it stopped in, else what click calls
    an error, else the last line.
    """
    if stopped := _error_line(log, project):
        own = _OWN_FRAME.findall(_polished(log.rpartition("Traceback (most")[2], project))
        return f"{stopped} ({own[-1][0]}, line {own[-1][1]})" if own else stopped
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error: ")]
    said = next(iter([*errors, *lines[-1:]]), None)
    return _polished(said, project) if said else "it ended without a word."


_OWN_FRAME = re.compile(r'^  File "workspace[/\\]([^"\n]+)", line (\d+)', re.MULTILINE)


def _polished(line: str, project: Path) -> str:
    return Polish(project).whole(line + "\n").strip()


_BLOCKS = {
    *("tr", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dt", "dd", "br", "hr"),
    *("div", "pre", "section", "article", "header", "footer", "main", "nav", "form", "fieldset"),
    *("blockquote", "caption", "option", "table"),
}


class _Reader(HTMLParser):
    """Collects a page's words: blocks as lines, the cells of a table in columns."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[list[str]] = [[""]]
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag in ("style", "script", "title"):
            self._hidden = tag
        elif tag in _BLOCKS:
            self._lines.append([""])
        elif tag in ("td", "th"):
            self._lines[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        elif tag in _BLOCKS:
            self._lines.append([""])

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._lines[-1][-1] += data

    def text(self) -> str:
        rows = [[re.sub(r"\s+", " ", cell).strip() for cell in line] for line in self._lines]
        rows = [row for row in rows if any(row)]
        depth = max((len(row) for row in rows), default=0)
        widths = [max(len(r[i]) if i < len(r) > 1 else 0 for r in rows) for i in range(depth)]
        return "\n".join(
            row[0]
            if len(row) == 1
            else "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)).rstrip()
            for row in rows
        )
