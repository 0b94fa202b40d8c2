"""Projects to run commands in, and helpers to run them with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from preloaded import STRANGE, apart, ready_helper
from states import DEMO_APP

from roundtrip import preload


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The helper is for Linux; elsewhere every command is a plain one."""
    if sys.platform != "linux":
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason="the helper is for Linux"))


@pytest.fixture(scope="module")
def helper() -> Iterator[str]:
    """A helper of this module's own; its folder."""
    with apart():
        process = ready_helper()
        folder = os.environ["ROUNDTRIP_PRELOAD"]
    yield folder
    preload.stop(process)


@pytest.fixture
def alone() -> Iterator[Path]:
    """No helper, and none to join; the folder where one would live."""
    with apart() as folder:
        yield folder


@pytest.fixture
def on_its_own(alone: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A helper for a test that does it harm."""
    process = ready_helper()
    yield process
    preload.stop(process)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "mein Übungsordner" / "workspace"
    folder.mkdir(parents=True)
    return folder.resolve()


@pytest.fixture
def app(project: Path) -> Path:
    """The project with the demo app in it."""
    shutil.copytree(DEMO_APP, project / "demo_app", ignore=shutil.ignore_patterns("__pycache__"))
    (project / ".flaskenv").write_text("FLASK_APP=demo_app\n")
    return project


@pytest.fixture
def strange(project: Path) -> Path:
    """The project with an app whose commands tell what they find, and behave badly."""
    (project / "app.py").write_text(STRANGE, encoding="utf-8")
    return project
