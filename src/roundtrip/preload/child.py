"""What a fork of the helper does to become the command that a client has handed over."""

from __future__ import annotations

import gc
import importlib
import io
import logging
import os
import runpy
import signal
import sys
import time
import types
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Command:
    """What a client wants run (`kind` is `flask`, `module` or `probe`), and what it is run with.

    `argv` begins with the program. `streams` and `folder` are open files. `ignored` are signals.
    """

    kind: str
    argv: list[str]
    env: dict[bytes, bytes]
    streams: tuple[int, ...]
    folder: int
    umask: int
    ignored: tuple[int, ...]
    priority: int
    session: int


def become(command: Command, flask: str, late: LateImport) -> None:
    """Be the command from here on: as far as it can see, a Python that was started for it."""
    _inherit(command)
    _reset_python()
    late.hide()
    try:
        _run(command, flask)
    except SystemExit as end:
        _exit_codes.append(end.code)
        raise
    except BaseException as error:
        _show_error(error)
        sys.excepthook = lambda *_: None
        raise
    else:
        _exit_codes.append(0)


def _inherit(command: Command) -> None:
    """Have what a process inherits from the one that starts it, as the client has it."""
    for number, stream in enumerate(command.streams):
        os.dup2(stream, number)
    os.fchdir(command.folder)
    os.closerange(3, 256)
    os.umask(command.umask)
    os.setpriority(os.PRIO_PROCESS, 0, command.priority)
    os.environb.clear()
    os.environb.update(command.env)
    for number in command.ignored:
        signal.signal(number, signal.SIG_IGN)


def _reset_python() -> None:
    """Be as Python is when it has started and has not loaded anything."""
    time.tzset()
    log = vars(logging)
    ns = isinstance(log["_startTime"], int)  # from Python 3.13 on
    log["_startTime"] = time.time_ns() if ns else time.time()
    gc.enable()
    importlib.invalidate_caches()
    _open_streams()


def _run(command: Command, flask: str) -> None:
    """Run the program as `__main__`, under the name and with the words that it has plain."""
    main = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=__builtins__)
    if sys.version_info < (3, 14):
        main.__dict__.update(__annotations__={})
    sys.modules["__main__"] = main
    if command.kind == "module":
        sys.path[0] = os.getcwd()
        sys.argv = ["-m", *command.argv[3:]]
        sys.orig_argv = command.argv
        # what `python -m` does, to its tracebacks
        runpy._run_module_as_main("flask")  # type: ignore[attr-defined]
    else:
        sys.argv = [flask, *command.argv[1:]] if command.kind == "flask" else command.argv[1:]
        sys.orig_argv = [sys.executable, *sys.argv]
        main.__file__ = script = sys.argv[0]
        main.__dict__.update(__cached__=None, __loader__=SourceFileLoader("__main__", script))
        sys.path[0] = os.path.dirname(script)
        _set_process_name(command.kind, script)
        code = compile(Path(script).read_bytes(), script, "exec", dont_inherit=True)
        exec(code, main.__dict__)


def _open_streams() -> None:
    """Open the standard streams as Python does: what they can do depends on what is behind them."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        raw = io.FileIO(number, "wb" if number else "rb", closefd=False)
        buffer: Any = raw
        raw.name = f"<{name}>"
        if not number:
            buffer = io.BufferedReader(raw)
        elif not old.write_through:
            buffer = io.BufferedWriter(raw)
        new: Any = io.TextIOWrapper(
            buffer, old.encoding, old.errors, "\n", old.line_buffering, old.write_through
        )
        new.mode = "w" if number else "r"
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


class LateImport(Loader):
    """A part of a package that a plain command loads late, so that an app could miss its import.

    Once hidden, it seems not to be loaded until something imports it; then it is there at once.
    """

    def __init__(self, package: str, part: str) -> None:
        self._package, self._part, self._name = package, part, f"{package}.{part}"
        within = f"{self._name}."
        modules = sys.modules.items()
        self._modules = {n: m for n, m in modules if n == self._name or n.startswith(within)}

    def hide(self) -> None:
        """Seem not to be loaded."""
        delattr(sys.modules[self._package], self._part)
        for name in self._modules:
            del sys.modules[name]
        sys.meta_path.insert(0, self)

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        """Python asks this for whatever is imported and not loaded."""
        return ModuleSpec(name, self) if name == self._name else None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        """Give all of it back."""
        sys.meta_path.remove(self)
        sys.modules.update(self._modules)
        self._spec = self._modules[self._name].__spec__
        return self._modules[self._name]

    def exec_module(self, module: types.ModuleType) -> None:
        """It has been loaded long ago."""
        module.__spec__ = self._spec


def _set_process_name(kind: str, script: str) -> None:
    """Have the name by which `pkill flask` finds a plain command: that of its script.

    Where the path of Python has no room in a script's first line, pip has a shell start it, and the
    command is called as Python is.
    """
    with suppress(OSError), open(script, "rb") as file:
        if kind == "flask" and not file.readline().startswith(b"#!/bin/sh"):
            Path("/proc/self/comm").write_text(Path(script).name)


def _show_error(error: BaseException) -> None:
    """Show an error that ends the command, without the lines of this file."""
    tb = error.__traceback__
    while tb and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    sys.excepthook(type(error), error.with_traceback(tb), tb)


def keep_libraries(names: Iterable[str]) -> None:
    """At the end of a command: leave these modules to the operating system. Saves 30 ms of 100.

    Python would take them apart piece by piece. What the command made is taken apart as ever; what
    Python would do after that is to free its own memory, so the process ends there.
    """
    for code in _exit_codes:
        with suppress(Exception):  # what cannot be written changes the status: Python sees to that
            sys.stdout.flush()
            sys.stderr.flush()
            if code is None or (isinstance(code, int) and 0 <= code < 256):
                vars(sys)["the_end"] = _End(int(code or 0))
    _kept.extend(sys.modules.pop(name) for name in names if name in sys.modules)


_kept: list[object] = []
_kept.append(_kept)  # so that nothing frees it: no count sinks to zero, no collection looks at it

_exit_codes: list[object] = []
"""What the command ended with. Empty while it runs, and after an error."""


class _End:
    """Ends the process when Python lets go of it: in `sys`, that is after all the rest."""

    def __init__(self, status: int) -> None:
        self._status = status

    def __del__(self) -> None:
        os._exit(self._status)
