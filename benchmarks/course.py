"""The core course by nbval, and by others that run notebooks, against a plain shell script."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import cells
from measure import Row, Settings, Side, alternate, compare
from places import PLAIN, ROOT, execute, folder, shell_environment

_PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
_BY_PAPERMILL = """
import sys
from pathlib import Path
import papermill
from papermill.exceptions import PapermillExecutionError
for name in sys.argv[1:]:
    try:
        papermill.execute_notebook(name, None, cwd=Path(name).parent, progress_bar=False)
    except PapermillExecutionError as error:  # raised at the end, also for what was meant to fail
        cell = papermill.iorw.load_notebook_node(name).cells[error.cell_index]
        if "raises-exception" not in cell.metadata.tags:
            raise
"""
_BY_TESTBOOK = """
import os
from pathlib import Path
import pytest
from testbook import testbook
@pytest.mark.parametrize("name", os.environ["NOTEBOOKS"].split(os.pathsep))
def test_notebook(name, monkeypatch):
    monkeypatch.chdir(Path(name).parent)
    with testbook(name, execute=True, timeout=600):
        pass
"""


@dataclass(frozen=True)
class _Tool:
    """How Python is asked to run the notebooks. `test`: a file that pytest runs for it."""

    name: str
    module: str
    options: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=lambda: PLAIN)
    test: str = ""


_TOOLS = (
    _Tool("`pytest --nbval`, plain", "nbval", (*_PYTEST, "--nbval")),
    _Tool("`pytest --nbval`, pre-loaded", "nbval", (*_PYTEST, "--nbval"), {}),
    _Tool("nbclient, plain", "nbclient", ("-c", "from nbclient.cli import main; main()")),
    _Tool("papermill, plain", "papermill", ("-c", _BY_PAPERMILL)),
    _Tool("`pytest --nbmake`, plain", "nbmake", (*_PYTEST, "--nbmake", "--nbmake-timeout=600")),
    _Tool("testbook in pytest, plain", "testbook", (*_PYTEST, "-c", os.devnull), test=_BY_TESTBOOK),
)


def rows(settings: Settings) -> Iterator[Row]:
    """Each tool against the script; a row without figures for a tool that is not there."""
    lessons = cells.CORE[:2] if settings.quick else cells.CORE
    notebooks = [str(cells.notebook(number)) for number in lessons]
    here = [tool for tool in _TOOLS if find_spec(tool.module)]
    sides = {tool.name: Side(partial(_by_tool, tool, notebooks)) for tool in here}
    sides["script"] = Side(partial(_by_script, lessons))
    found = alternate(sides, settings.runs, warm=False)
    base = "a shell script with the same commands"
    for tool in _TOOLS:
        if tool in here:
            yield compare(f"the course by {tool.name}", found[tool.name], base, found["script"])
        else:
            yield Row(f"the course by {tool.name}", "not installed")


def _by_script(lessons: Sequence[int]) -> None:
    with folder() as place, socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
        chosen.close()
        file, project = place / "course.sh", place / "project"
        file.write_text(cells.script(lessons, port), encoding="utf-8")
        project.mkdir()
        execute(["bash", str(file)], project, shell_environment())


def _by_tool(tool: _Tool, notebooks: Sequence[str]) -> None:
    """Run them in a new home. The course's `conftest.py` makes another one, for pytest's."""
    with folder() as home:
        env = {**os.environ, **tool.environ, "ROUNDTRIP_HOME": str(home)}
        what = list(notebooks)
        if tool.test:
            env["NOTEBOOKS"] = os.pathsep.join(what)
            what = [str(home / "test_notebooks.py")]
            Path(what[0]).write_text(tool.test, encoding="utf-8")
        execute([sys.executable, *tool.options, *what], ROOT, env)
