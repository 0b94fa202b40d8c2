"""One JupyterLab and one Chromium for the tests of this folder, apart from clone and learner.

Chromium comes from Debian, the packages that drive it from `requirements.lock` beside this file.
Where either is missing the tests are skipped; with ROUNDTRIP_BROWSER=required, as in CI, they fail.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from browsing import Desk
from jupyter_lab import Lab, jupyterlab

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first has no window to paint, and takes a fifth less time."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium without a window, and without a way to any other machine."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("no playwright here: pip install -r tests/browser/requirements.lock")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not program:
        _missing("no Chromium here: apt install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--disable-gpu",
                "--disable-quic",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


def _missing(what: str) -> NoReturn:
    if os.environ.get("ROUNDTRIP_BROWSER") == "required":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def lab(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab, started only where there is a browser for it."""
    with jupyterlab(tmp_path_factory.mktemp("browser")) as lab:
        yield lab


@pytest.fixture(scope="session")
def desk(chromium: Browser, lab: Lab) -> Desk:
    """A window on it."""
    return Desk(chromium, lab)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are left for a person to look at; `pytest -s` says where."""
    folder = tmp_path_factory.mktemp("pictures")
    print(f"\npictures: {folder}")
    return folder
