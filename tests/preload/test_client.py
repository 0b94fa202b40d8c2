"""What stands for every command: it begins as fast as Python itself."""

from __future__ import annotations

import importlib.util
import os
import struct
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from roundtrip import preload
from roundtrip.environment import environment

CLIENT = Path(preload.__file__).with_name("client.py")


def test_it_imports_nothing_that_takes_long(helper: str, project: Path):
    """`os`, `signal` (for `enum`) and `socket` would take half as long again as all the rest."""
    words = [CLIENT, helper, "flask", "flask", "--version"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", *words],
        cwd=project,
        env=environment(project),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("Python ")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "_socket" in loaded
    assert not {"os", "signal", "enum", "socket", "site", "re", "typing"} & loaded


def test_a_signal_right_before_it_waits_is_not_kept_until_the_end(monkeypatch: pytest.MonkeyPatch):
    """Python runs a handler between two steps of its own, and a wait for the command is one step.

    A signal that comes after the last look, and before the wait has begun, does not end the wait.
    """
    spec = importlib.util.spec_from_file_location("client", CLIENT)
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    ended = iter([TimeoutError, TimeoutError, struct.pack("q", 3 << 8)])

    def recv(size: int) -> bytes:
        answer = next(ended)
        if answer is TimeoutError:
            raise TimeoutError
        return answer

    def leave(code: int) -> NoReturn:
        raise SystemExit(code)

    own = SimpleNamespace(waitstatus_to_exitcode=os.waitstatus_to_exitcode, _exit=leave)
    monkeypatch.setattr(client, "posix", own)
    with pytest.raises(SystemExit) as left:
        client._proxy(SimpleNamespace(recv=recv), 0)
    assert left.value.code == 3
    assert 0 < client._LOOKS_UP < 1
