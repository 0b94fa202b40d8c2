"""Keeps every test run apart from the learner's own work, and a notebook's cells together."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from roundtrip import preload
from roundtrip.environment import environment

_HERE = Path(__file__).resolve().parent
_ROOT = "ROUNDTRIP_TEST_ROOT"


def pytest_configure(config: pytest.Config) -> None:
    """Give this run (and each worker of it) a temporary home, and kernels folders of their own.

    Start states that the course makes are shared by the workers, so that each is made once.
    """
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    if worker == "main":
        os.environ[_ROOT] = tempfile.mkdtemp(prefix="roundtrip tests ")
    root = Path(os.environ[_ROOT])
    places = {
        "ROUNDTRIP_HOME": root / worker / "home",
        "ROUNDTRIP_SNAPSHOTS": Path(os.environ.get("ROUNDTRIP_SNAPSHOTS", root / "made")),
        "IPYTHONDIR": root / worker / "ipython",
        "JUPYTER_CONFIG_DIR": root / worker / "jupyter" / "config",
        "JUPYTER_DATA_DIR": root / worker / "jupyter" / "data",
        "JUPYTER_RUNTIME_DIR": root / worker / "jupyter" / "runtime",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    os.environ.update({name: str(place) for name, place in places.items()})
    os.environ["ROUNDTRIP_PROGRESS"] = "0"
    if worker == "main" and (helper := preload.start(environment(places["ROUNDTRIP_HOME"]))):
        config.add_cleanup(lambda: preload.stop(helper))
    if hasattr(config.option, "nbval_sanitize_with") and not config.option.nbval_sanitize_with:
        config.option.nbval_sanitize_with = str(_HERE / "tests" / "sanitize.cfg")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what this run made."""
    if not hasattr(config, "workerinput") and _ROOT in os.environ:
        shutil.rmtree(os.environ.pop(_ROOT), ignore_errors=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a notebook's cell that was never executed: nbval would compare nothing there."""
    cell = getattr(item, "cell", None)
    if cell is not None and cell.source.strip() and cell.get("execution_count") is None:
        pytest.fail(
            "This cell was committed without having been executed, so nothing of it is compared; "
            "run `roundtrip refresh`.",
            pytrace=False,
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """With `-n`, run the notebooks, then `tests/lessons`, one after the other on one worker.

    A lesson starts where the one before it ended, so on two workers each would have to make what
    the other is running. All other files are handed out as `--dist loadfile` does.
    """
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            in_order = file.endswith(".ipynb") or "tests/lessons/" in file
            return "the notebooks in order" if in_order else file

    return Scheduling(config, log)
