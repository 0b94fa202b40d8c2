"""How JupyterLab is started: what it is told, and where it and IPython keep what they write."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .course import Course
from .home import Home
from .safe_files import write_json


def environment(home: Home) -> dict[str, str]:
    """Settings that keep what Jupyter and IPython write together, not all over the user's home.

    A variable that the learner has set stays. This Python's own kernel comes before others.
    """
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)  # else IPython leaves one in the system's /tmp
    folders = {name: os.environ.get(name, str(folder / place)) for name, place in _FOLDERS.items()}
    kernels = [str(Path(sys.prefix) / "share" / "jupyter")]
    kernels += filter(None, os.environ.get("JUPYTER_PATH", "").split(os.pathsep))
    return folders | {"JUPYTER_PATH": os.pathsep.join(dict.fromkeys(kernels))}


def switch_news_off(home: Home) -> None:
    """Keep JupyterLab from asking for news and updates, unless the learner has a setting for it."""
    settings = _folder(home) / _FOLDERS["JUPYTERLAB_SETTINGS_DIR"]
    file = settings / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    if not file.exists():
        write_json(file, {"fetchNews": "false", "checkForUpdates": False})


def arguments(course: Course, home: Home) -> list[str]:
    """What JupyterLab is told on its command line.

    A terminal that would open in the course folder opens in the workspace, where there is one: a
    `git reset` in it is meant for the learner's project, and not for the clone of the course.
    """
    first = course.lessons[0].notebook.relative_to(course.folder).as_posix()
    told = [
        f"--LabApp.default_url=/lab/tree/{first}",
        # looks for language servers by running npm, which leaves its logs in the user's home
        "--LanguageServerManager.autodetect=False",
    ]
    if sys.platform != "win32":
        places = [str(course.folder), str(home.project), os.environ.get("SHELL") or "sh"]
        terminals = {"shell_command": ["sh", "-c", _TERMINAL, "sh", *places]}
        told.append(f"--ServerApp.terminado_settings={terminals!r}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Root is who one is in most containers. Jupyter refuses only lest it be by mistake.
        told.append("--ServerApp.allow_root=True")
    return told


_TERMINAL = '[ "$PWD" != "$1" ] || cd "$2" 2>/dev/null; exec "$3" -l'
"""Starts a terminal: from the first folder it goes to the second; the third is the shell."""

_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}


def _folder(home: Home) -> Path:
    return home.private / "jupyter"
