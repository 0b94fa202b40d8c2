"""What a command finds around it: environment variables made from nothing, and no foreign settings.

The learner's own shell leaves no trace in a command. Only names that no database, app or
repository depends on are taken over.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from .errors import Refused, RoundtripError

WIDTH = 100
"""Columns that commands believe their terminal to have."""

SCRIPTS = tuple(dict.fromkeys((str(Path(sys.executable).parent), sysconfig.get_path("scripts"))))
"""The folders of the course's own `python` and `flask`, as they were called (not resolved)."""

_TAKEN_OVER = {
    # who and where one is
    *("HOME", "USER", "LOGNAME", "USERNAME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "TZ"),
    # what programs need to start at all
    *("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
    *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA"),
    *("PROGRAMDATA", "PROGRAMFILES", "NUMBER_OF_PROCESSORS", "CONDA_PREFIX"),
}


def environment(project: Path, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment that a command in `project` gets, whatever `base` (the learner's) holds."""
    taken = {key: value for key, value in base.items() if key.upper() in _TAKEN_OVER}
    return taken | {
        "PATH": os.pathsep.join((*SCRIPTS, base.get("PATH", os.defpath))),
        "LANG": _LOCALE,
        "LC_ALL": _LOCALE,
        "LANGUAGE": "en",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "COLUMNS": str(WIDTH),
        "LINES": "50",
        "PAGER": "cat",
        "EDITOR": _NO_EDITOR,
        "VISUAL": _NO_EDITOR,
        # Python: nothing from the user's own folders, one order, UTF-8, no stale bytecode
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PYTHON_BASIC_REPL": "1",
        "PYTHON_COLORS": "0",
        # pytest: its plugins here are the course's, not the project's
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        # Git: this repository and no other, an identity, and nobody's configuration
        "GIT_DIR": str(project / ".git"),
        "GIT_WORK_TREE": str(project),
        "GIT_CEILING_DIRECTORIES": str(project.parent),
        "GIT_CONFIG_NOSYSTEM": "1",  # for what is read; the next two also for what is written
        "GIT_CONFIG_SYSTEM": str(project / ".git" / "system-config"),
        "GIT_CONFIG_GLOBAL": str(project / ".git" / "global-config"),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TEMPLATE_DIR": "",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": _NO_EDITOR,
        "GIT_SEQUENCE_EDITOR": _NO_EDITOR,
        "GIT_PAGER": "cat",
        **_identity(),
        **_git_settings(),
    }


def shield(project: Path, own: MutableMapping[str, str] = os.environ) -> None:
    """Give the kernel's own environment the same walls, for what does not come through `!`.

    A cell with `%%script` or `subprocess.run` takes its environment from the kernel (`own`). Git
    then still finds no other repository, and an app no other database.
    """
    keep_out(project.parent, own)
    own.update({k: v for k, v in environment(project, own).items() if k.startswith("GIT_")})


def keep_out(home: Path, own: MutableMapping[str, str] = os.environ) -> None:
    """Take a production database, an app and a repository out of a process's environment.

    For JupyterLab and the terminals in it: Git finds a repository inside `home`, but not one that
    `home` lies in.
    """
    for name in list(own):
        if name.upper().startswith(_NOT_FOR_APPS):
            del own[name]
    own["GIT_CEILING_DIRECTORIES"] = str(home)


_NOT_FOR_APPS = ("GIT_", "FLASK_", "DATABASE_URL", "SQLALCHEMY_", "ALEMBIC_")


def shut_out_settings(project: Path) -> None:
    """Keep Flask from reading a `.env` or `.flaskenv` of a folder around the project.

    Flask looks for both upwards from the working directory (python-dotenv's `find_dotenv`) and
    takes the first it finds. `FLASK_SKIP_DOTENV` would shut out the project's own as well. So where
    a folder above the project's has one, an empty one is put beside the project, where the search
    ends. Raises `Refused` when that place is taken, and `RoundtripError` when it cannot be written.
    """
    beside = project.parent
    for name in (".env", ".flaskenv"):
        barrier = beside / name
        if _may_be_read(barrier):
            if not _may_be_read(project / name) and not _is_barrier(barrier):
                raise Refused(
                    f"The file {barrier} would be read by flask as if it were your project's, and "
                    "it may name a database that matters; rename it, then try again."
                )
        elif found := next((d / name for d in beside.parents if _may_be_read(d / name)), None):
            try:
                barrier.write_bytes(_BARRIER)
            except OSError as error:
                raise RoundtripError(
                    f"The file {found} would be read by flask as if it were your project's, and "
                    f"{beside} cannot be written to shut it out ({error.strerror}); rename that "
                    "file, or set ROUNDTRIP_HOME to a folder that you can write to."
                ) from None


_BARRIER = b"# Put here by Roundtrip: keeps flask from reading settings of the folders above.\n"
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_NO_EDITOR = "python -m roundtrip.no_editor"  # without a path: Git prints this name


def _identity() -> dict[str, str]:
    who = {"NAME": "Roundtrip Learner", "EMAIL": "learner@example.com"}
    return {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}


def _git_settings() -> dict[str, str]:
    """Configuration given to Git by environment variables (`git help config`, GIT_CONFIG_COUNT).

    The null device is named here only where Git reads. GIT_CONFIG_GLOBAL must never name it: for
    root, `git config --global` would put a plain file in the place of the device.
    """
    settings = {
        "init.defaultBranch": "main",
        "core.attributesFile": os.devnull,
        "core.autocrlf": "false",
        "core.excludesFile": str(Path(__file__).with_name("ignored_by_git")),
        "core.fileMode": "false",
        "core.hooksPath": os.devnull,
        "commit.gpgSign": "false",
        "tag.gpgSign": "false",
        "gc.auto": "0",
        "maintenance.auto": "false",
        "safe.directory": "*",
    }
    pairs = {"GIT_CONFIG_COUNT": str(len(settings))}
    for place, (key, value) in enumerate(settings.items()):
        pairs |= {f"GIT_CONFIG_KEY_{place}": key, f"GIT_CONFIG_VALUE_{place}": value}
    return pairs


def _may_be_read(path: Path) -> bool:
    """Whether python-dotenv would take it: a file or a pipe, readable or not."""
    return path.exists() and not path.is_dir()


def _is_barrier(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size < 200 and path.read_bytes() == _BARRIER
    except OSError:
        return False
