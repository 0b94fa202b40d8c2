"""What the helper answers: its own user, what it was built for, and to the last word."""

from __future__ import annotations

import os
import shlex
import socket
import struct
import sys
from pathlib import Path

import pytest
from preloaded import begin, finish, is_over, libraries_loaded_before, wait_for

from roundtrip import preload
from roundtrip.environment import environment


def test_its_folder_is_private(helper):
    assert Path(helper).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("kind", ["flask", "module", "probe", "python", ""])
def test_a_request_that_it_was_not_built_for_is_not_answered(helper, strange, kind):
    client = Path(preload.__file__).with_name("client.py")
    words = [sys.executable, "-I", "-S", str(client), helper, kind, "/bin/echo", "plain"]
    plain = [] if kind == "flask" else ["plain"]
    process = begin(shlex.join(words), strange, helper)
    ended = finish(process)
    # As `flask` the words are arguments of flask: the program is the helper's own, not the named.
    assert ended.out.split() == plain
    assert ("No such command 'plain'" in ended.err) == (kind == "flask")


def test_a_request_of_nonsense_does_it_no_harm(helper, strange):
    for data in (b"", b"x", b"\xff" * 100, b"\0" * 8, b"\x05" + b"\0" * 7 + b"a\0b\0c"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"{helper}/socket")
            assert connection.recv(1) == b"."
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(8) == b""
    assert libraries_loaded_before(strange, helper)


@pytest.mark.parametrize("word", [b"", b"."])
def test_a_command_waits_for_the_last_word_of_its_client(helper, strange, monkeypatch, word):
    """Until then, what the helper has read of the client could be another process's."""
    monkeypatch.chdir(strange)
    env = [f"{k}={v}" for k, v in environment(strange).items()]
    code = "open('begun', 'w').close()"
    request = "\0".join(["flask", "3", "flask", "do", code, *env]).encode()
    with socket.socket(socket.AF_UNIX) as connection, Path(os.devnull).open("r+b") as null:
        connection.connect(f"{helper}/socket")
        assert connection.recv(1) == b"."
        socket.send_fds(connection, [struct.pack("q", len(request))], [null.fileno()] * 3)
        connection.sendall(request)
        (pid,) = struct.unpack("q", connection.recv(8))
        connection.sendall(word)
        connection.shutdown(socket.SHUT_WR) if not word else connection.recv(8)
        wait_for(lambda: is_over(pid))
    assert Path("begun").exists() == bool(word)


# --- ends with whoever started it -----------------------------------------------------------------
