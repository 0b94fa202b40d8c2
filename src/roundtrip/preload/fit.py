"""Whether a command would be the same in a fork of the helper as it is plain.

Three things must be so: no library has changed since the helper loaded it (`fingerprint`), the
client is bounded as the helper is (`bounds`), and it wants what the helper was built for, with the
same Python settings and where no file of the learner's would be imported instead (`fits`). Who has
the bounds and settings of another (`likeness`) can have its helper as well.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .child import Command


def fingerprint() -> list[tuple[int, int]]:
    """What changes when a library is changed, or one is added: its files' times and sizes."""
    marks = []
    for file in _files_of_libraries():
        try:
            about = os.stat(file)
            marks.append((about.st_mtime_ns, about.st_size))
        except OSError:
            marks.append((0, 0))
    return marks


def bounds(pid: int) -> tuple[object, ...]:
    """What bounds a process, and is inherited: groups, rights, processors, limits, namespaces."""
    about, spaces = status(pid), f"/proc/{pid}/ns"
    with open(f"/proc/{pid}/limits") as file:  # what is left after a crash limits nothing
        limits = [line for line in file if not line.startswith("Max core file size")]
    for kind in ("cgroup", "oom_score_adj"):  # the latter: whom Linux ends for want of memory
        with open(f"/proc/{pid}/{kind}") as file:
            limits += file
    return (
        *map(about.get, _BOUNDS),
        *limits,
        *(os.readlink(f"{spaces}/{kind}") for kind in sorted(os.listdir(spaces))),
        os.sched_getscheduler(pid),
    )


_BOUNDS = (
    *("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"),
    *("NoNewPrivs", "Seccomp", "Cpus_allowed"),
)


def likeness(pid: int, env: Mapping[str, str]) -> str:
    """The same for processes that could have one helper. `env` is what their commands run in."""
    settings = _python_settings({k.encode(): v.encode("utf-8", "replace") for k, v in env.items()})
    ours = (__file__, sys.prefix, os.getpriority(os.PRIO_PROCESS, pid), sorted(settings.items()))
    return hashlib.sha256(repr((*ours, *bounds(pid))).encode("utf-8", "replace")).hexdigest()


def status(pid: int) -> dict[str, str]:
    """What Linux says about a process: https://docs.kernel.org/filesystems/proc.html, table 1-2."""
    with open(f"/proc/{pid}/status", errors="replace") as file:
        return dict(line.split(":", 1) for line in file)


def fits(command: Command, probe: str) -> bool:
    """Whether it is one of the three commands that we were built for, for our own Python."""
    known = {"flask": [], "module": ["-m", "flask"], "probe": [probe]}.get(command.kind)
    return (
        known is not None
        and command.argv[1 : 1 + len(known)] == known
        and len(command.streams) == 3
        and _python_settings(command.env) == _OURS
        and command.priority >= os.getpriority(os.PRIO_PROCESS, 0)  # lower is nobody's to take
        and not any(map(_shadows_a_library, os.listdir(command.folder)))
    )


def _python_settings(env: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """What Python itself reads at its start, before any program runs."""
    names = (b"PYTHON", b"LC_", b"LANG", b"LD_", b"MALLOC_", b"GLIBC_", b"COVERAGE_")
    read = {k: v for k, v in env.items() if k.startswith(names)}
    return {k: v for k, v in read.items() if k != b"PYTHONSTARTUP"}


_OURS = _python_settings(dict(os.environb))


def _shadows_a_library(name: str) -> bool:
    """Whether Python would have found a file of the learner's own where we found a library's.

    It may hide a library, or describe a package that adds commands to `flask`.
    """
    return name.partition(".")[0] in top_level() or name.endswith((".egg-info", ".dist-info"))


@cache
def top_level() -> frozenset[str]:
    """The names of all modules that are loaded, without those inside packages."""
    return frozenset(name for name in sys.modules if "." not in name)


@cache
def _files_of_libraries() -> tuple[bytes, ...]:
    """The files of everything that is loaded, the folders of libraries, and what adds folders."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    places = (path for folder in sys.path[1:] for path in Path(folder).glob("*.pth"))
    return tuple(map(os.fsencode, (*filter(None, files), *sys.path[1:], *places)))
