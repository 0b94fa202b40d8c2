"""Keeps every test run apart from the learner's own work, and a notebook's cells together."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from roundtrip import preload
from roundtrip.environment import environment

if TYPE_CHECKING:
    from early_kernels import EarlyKernels

_HERE = Path(__file__).resolve().parent
_ROOT = "ROUNDTRIP_TEST_ROOT"
_KERNELS: pytest.StashKey[EarlyKernels] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    """Give this run (and each worker of it) a temporary home, and kernels folders of their own.

    Start states that the course makes are shared by the workers, so that each is made once.
    """
    # A run in the background of a shell ignores Ctrl+C, and so would all that it starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
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
        # A learner's pytest would remove the oldest run of this suite from the common folder, which
        # takes seconds. A short name: the helper's socket lies below, and 108 characters is all.
        "TMPDIR": root / worker / "tmp",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    os.environ.update({name: str(place) for name, place in places.items()})
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        os.environ.pop(name, None)  # so that each JupyterLab of the tests has its own
    os.environ["ROUNDTRIP_PROGRESS"] = "0"
    if worker == "main":
        _start_helper(config, root)
    if hasattr(config.option, "nbval_sanitize_with"):
        _start_kernels_early(config)
        if not config.option.nbval_sanitize_with:
            config.option.nbval_sanitize_with = str(_HERE / "tests" / "sanitize.cfg")


def _start_helper(config: pytest.Config, root: Path) -> None:
    """Start a helper for this run: it joins nobody's, and nobody joins it."""
    usual, tempfile.tempdir = tempfile.tempdir, str(root)
    if helper := preload.start(environment(root)):
        config.add_cleanup(lambda: preload.stop(helper))
    tempfile.tempdir = usual


def _start_kernels_early(config: pytest.Config) -> None:
    """Have nbval's kernels ready when their notebooks begin."""
    from early_kernels import EarlyKernels
    from nbval import kernel

    config.stash[_KERNELS] = kernel.start_new_kernel = EarlyKernels()
    config.add_cleanup(config.stash[_KERNELS].end)


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


_LONGEST_FIRST = (
    *("tests/browser/test_lessons.py", "tests/browser/", "notebooks/"),
    *("tests/preload/test_same.py", "tests/lessons/test_wrong_answers.py", "tests/preload/"),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that at the end no worker waits for another."""

    def rank(item: pytest.Item) -> int:
        for place, begin in enumerate(_LONGEST_FIRST):
            if item.nodeid.startswith(begin):
                return place
        return len(_LONGEST_FIRST)

    items.sort(key=rank)
    if _KERNELS in config.stash:
        config.stash[_KERNELS].notebooks = len({i.parent for i in items if hasattr(i, "cell")})


def pytest_collection_finish() -> None:
    """Leave what the collection made out of every later collection of garbage."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """With `-n`, run the notebooks one after the other on one worker, in their order.

    A lesson starts where the one before it ended, so on two workers each would have to make what
    the other is running; so do the tests that look at the ends of lessons. Those in a browser share
    one. All other files are handed out as `--dist loadfile` does.
    """
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            if file.endswith((".ipynb", "test_end_states.py", "test_lies.py")):
                return "the notebooks in order"
            return "the browser" if file.startswith("tests/browser/") else file

    return Scheduling(config, log)
