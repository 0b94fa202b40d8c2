"""Looks at what the course needs from this machine: `%doctor`, `roundtrip doctor`."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from .course import Course, code_in, find_course
from .errors import RoundtripError
from .home import find_home

OLDEST_PYTHON = (3, 11)
"""`tomllib` came with it."""

OLDEST_GIT = (2, 32)
"""GIT_CONFIG_GLOBAL came with it (Git's RelNotes/2.32.0.txt). An older Git does not know the name,
so it would read the learner's own configuration, signing and hooks included."""

LEAST_ROOM = 200
"""MB. A workspace takes about one, and the attic keeps every one that was replaced."""

_NEW_ENVIRONMENT = "Delete the folder .venv in the course folder, then run python3 start.py there."


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `found` is what is so here, `cure` what to do where that is not `ok`.

    `name` is the same on every machine, so that a notebook can show it.
    """

    ok: bool
    name: str
    found: str
    cure: str = ""


def report() -> list[Finding]:
    """Look at everything, in the order in which a learner would fix it."""
    course = find_course()
    return [
        _python(),
        _git(),
        _packages(course.folder / "requirements.lock"),
        _bytecode(),
        _kernel(),
        _guard(),
        _lessons(course),
        *_home(course.folder),
    ]


def locked(lock: Path) -> Iterator[Requirement]:
    """The packages that a lock names for this Python and this system."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.removesuffix("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement


def _python() -> Finding:
    return Finding(
        sys.version_info >= OLDEST_PYTHON,
        f"Python {_dotted(OLDEST_PYTHON)} or newer",
        f"This is Python {_dotted(sys.version_info[:3])}.",
        "Install a newer Python, then start the course with it.",
    )


def _git() -> Finding:
    name = f"Git {_dotted(OLDEST_GIT)} or newer"
    install = "Install a newer Git, then start the course again."
    try:
        said = subprocess.run(
            ["git", "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout.strip()
    except FileNotFoundError:
        return Finding(False, name, "Git was not found.", install)
    except (OSError, subprocess.SubprocessError):
        return Finding(False, name, "Git is there, but it does not run.", install)
    numbers = re.search(r"(\d+)\.(\d+)", said)
    version = tuple(map(int, numbers.groups())) if numbers else (0, 0)
    return Finding(version >= OLDEST_GIT, name, f"This is {said}.", install)


def _packages(lock: Path) -> Finding:
    name = "Every package at the version of requirements.lock"
    try:
        wanted = list(locked(lock))
    except (OSError, ValueError):
        cure = "Get it back with git restore requirements.lock in the course folder."
        return Finding(False, name, "The file requirements.lock cannot be read.", cure)
    wrong = [difference for requirement in wanted if (difference := _difference(requirement))]
    if wrong:
        more = f", and {len(wrong) - 3} more differ" if len(wrong) > 3 else ""
        return Finding(False, name, f"{'; '.join(wrong[:3])}{more}.", _NEW_ENVIRONMENT)
    return Finding(True, name, f"All {len(wanted)} are.")


def _bytecode() -> Finding:
    """What a `flask db` command imports; without bytecode it takes three times as long."""
    heavy = (
        *("alembic", "click", "flask", "flask_migrate", "flask_sqlalchemy", "jinja2", "mako"),
        *("sqlalchemy", "werkzeug"),
    )
    bare = [package for package in heavy if not _is_compiled(package)]
    return Finding(
        not bare,
        "Packages compiled, so that commands start fast",
        f"Not compiled: {', '.join(bare)}." if bare else "They are.",
        'Run in a terminal: python -c "import compileall, sysconfig; '
        "compileall.compile_dir(sysconfig.get_path('purelib'), quiet=1)\"",
    )


def _guard() -> Finding:
    """Whether kernels load `roundtrip.guard` before their first cell."""
    folder = Path(sys.prefix, "etc", "ipython")
    there = all(
        file.is_file() and "roundtrip.guard" in file.read_text(encoding="utf-8")
        for file in (folder / "ipython_config.py", folder / "startup" / "roundtrip_guard.py")
    )
    return Finding(
        there,
        "Cells work in the workspace, from the first one on",
        "They do." if there else "A cell that runs before %lesson could reach the course itself.",
        "Install the course again: python3 start.py, or pip install --no-deps -e . in your own "
        "environment.",
    )


def _lessons(course: Course) -> Finding:
    """Whether the list of lessons and all their notebooks can be read."""
    name = "Every lesson in the course folder"
    try:
        for lesson in course.lessons:
            code_in(lesson.notebook)
    except RoundtripError as error:
        return Finding(False, name, str(error))
    return Finding(True, name, f"All {len(course.lessons)} are there.")


def _kernel() -> Finding:
    """Whether notebooks run in the Python that looks here, and not in another environment's."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_core.paths import jupyter_path

    name = "Notebooks run in the Python of the course"
    try:
        # Not those in IPython's folder, the last that count: to ask for it makes it, or a temporary
        # one where the user's home cannot be written.
        kernels = KernelSpecManager(kernel_dirs=jupyter_path("kernels"))
        program = Path(kernels.get_kernel_spec("python3").argv[0])
    except NoSuchKernel:
        return Finding(False, name, "The kernel python3 was not found.", _NEW_ENVIRONMENT)
    # jupyter_client puts its own Python in the place of a plain `python`. Links are not resolved:
    # the Pythons of all virtual environments are links to the same file.
    plain = {"python", "python3", f"python{_dotted(sys.version_info[:2])}"}
    ours = str(program) in plain or _folder(program) == _folder(Path(sys.executable))
    return Finding(
        ours,
        name,
        "They do." if ours else "The kernel python3 starts the Python of another environment.",
        "Start JupyterLab with python3 start.py, or with roundtrip lab.",
    )


def _home(course_folder: Path) -> Iterator[Finding]:
    name = "A place for your work that can be written"
    try:
        home = find_home(course_folder)
        with tempfile.TemporaryFile(dir=home.root):
            pass
    except RoundtripError as error:
        yield Finding(False, name, str(error), "")
        return
    except OSError as error:
        cure = "Set ROUNDTRIP_HOME to a folder that you can write to, then start the course again."
        yield Finding(False, name, f"It cannot be written ({error.strerror}).", cure)
        return
    yield Finding(True, name, f"It is {home.root}.")
    free = shutil.disk_usage(home.root).free // 1_000_000
    yield Finding(
        free >= LEAST_ROOM,
        f"At least {LEAST_ROOM} MB of room on the disk",
        f"{free} MB are free.",
        "Make room on the disk that holds your work.",
    )


def _difference(requirement: Requirement) -> str:
    """How the installed version differs from the locked one; empty where it does not."""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement.name} is {version} instead of {str(requirement.specifier)[2:]}"


def _is_compiled(package: str) -> bool:
    found = importlib.util.find_spec(package)
    if not found or not found.origin:
        return False
    sources = Path(found.origin).parent.rglob("*.py")
    # The learner's own PYTHONOPTIMIZE, which names other files, reaches no command.
    names = (importlib.util.cache_from_source(str(file), optimization="") for file in sources)
    return all(Path(name).exists() for name in names)


def _folder(program: Path) -> Path:
    return program.absolute().parent


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
