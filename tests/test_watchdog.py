"""A kernel that is killed leaves no command behind that would go on in the next one's workspace."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from kernels import Kernel, kernel
from preloaded import STRANGE, apart, is_over, wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")

SLOW = (
    "import os, time; open('begun', 'a').write(str(os.getpid()) + chr(10)); time.sleep(30); "
    "open('ended', 'w')"
)
LINES = {
    "with more after it": ("pre-loaded", "flask do {} && echo never > more"),
    "that takes no notice": ("pre-loaded", "trap '' TERM; flask do {}"),
    "in a pipe": ("plain", "python -c {} | cat"),
    "plain, that takes no notice": ("plain", "trap '' TERM; flask do {}"),
}


@pytest.mark.parametrize("line", LINES)
def test_a_command_ends_with_a_kernel_that_is_killed(tmp_path, line):
    """As when the machine has no memory left, or somebody types kill -9."""
    way, words = LINES[line]
    options = {"ROUNDTRIP_PRELOAD": "0"} if way == "plain" else {}
    with apart(), kernel(tmp_path / "home", **options) as killed:
        _begin(killed, words)
        command = _command(tmp_path)
        by_helper = way == "pre-loaded" and sys.platform == "linux"
        assert ("server.py" in " ".join(command.cmdline())) == by_helper
        os.kill(killed.manager.provisioner.pid, 9)
        wait_for(lambda: is_over(command.pid))
    with kernel(tmp_path / "home", ROUNDTRIP_PRELOAD="0") as following:
        said = following.run("%load_ext roundtrip\n%lesson 1 --continue\n!git init -q && ls")
        assert said.error is None
        assert said.text.split()[-2:] == ["app.py", "begun"]


@pytest.mark.parametrize("released", [True, False])
def test_what_was_released_stays(released):
    """Its number may be another's by then."""
    other = subprocess.Popen(["sleep", "30"], start_new_session=True)
    reaper = threading.Thread(target=other.wait, daemon=True)  # a zombie would keep its group
    reaper.start()
    code = f"from roundtrip import watchdog; watchdog.guard({other.pid}); "
    code += f"watchdog.release({other.pid}); " if released else ""
    run = [sys.executable, "-c", f"{code}print(watchdog._watchdog.pid)"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    wait_for(lambda: is_over(int(done.stdout)))
    reaper.join(timeout=0.1)
    assert reaper.is_alive() == released
    other.kill()
    other.wait()


def test_one_that_was_killed_is_followed_by_another(tmp_path):
    code = (
        "import os; from pathlib import Path; from roundtrip import terminal, watchdog\n"
        "for _ in range(3):\n"
        "    assert terminal.stream('true', Path.cwd(), Path.cwd(), print) == 0\n"
        "    print(watchdog._watchdog.pid); watchdog._watchdog.kill(); watchdog._watchdog.wait()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert len(set(done.stdout.split())) == 3


def _begin(killed: Kernel, words: str) -> None:
    assert killed.run("%load_ext roundtrip\n%lesson 1").error is None
    assert killed.run(f"%%writefile app.py\n{STRANGE}").error is None
    folder = killed.run("import os\nprint(os.environ.get('ROUNDTRIP_PRELOAD'))").text.strip()
    if folder.startswith("/"):
        wait_for(lambda: Path(folder, "socket").exists())
    killed.client.execute("!" + words.format(shlex.quote(SLOW)))


def _command(tmp_path: Path) -> psutil.Process:
    note = tmp_path / "home" / "workspace" / "begun"
    wait_for(lambda: note.exists() and note.read_text().endswith("\n"))
    return psutil.Process(int(note.read_text()))
