"""Each predicate over the project's files met and not met."""

from __future__ import annotations

import shutil
from pathlib import Path

import states
from goal_states import ask, git, made, refused

from roundtrip.git_facts import GitState


def test_has_file(project: Path):
    (project / "notes.txt").write_text("x")
    assert ask("has_file", made(), project, file="notes.txt").met
    refused("has_file", made(), project, "not written", "%%writefile other.txt", file="other.txt")
    astray = {"file": "tests/notes.txt"}
    said = "notes.txt is in another place: write it as tests/notes.txt"
    refused("has_file", made(), project, said, "%%writefile tests/notes.txt", **astray)
    deleted = made(git=git(deleted=("other.txt",), modified=("other.txt",)))
    refused("has_file", deleted, project, "deleted", "git restore other.txt", file="other.txt")


def test_same_files(project: Path):
    shutil.copytree(states.DEMO_APP, project / "demo_app")
    assert ask("same_files", made(), project, folder="demo_app").met
    (project / "demo_app/pages.py").write_bytes(b"# other\n")
    finding = ask("same_files", made(), project, folder="demo_app")
    assert (finding.met, finding.found) == (False, "demo_app/pages.py differs")
    assert finding.next == "git status"
    for nothing in (GitState(), GitState(True, "main")):  # no repository, or no commit in it
        finding = ask("same_files", made(git=nothing), project, folder="demo_app")
        assert finding.next == "%show demo_app/pages.py"
    (project / "demo_app/pages.py").unlink()
    finding = ask("same_files", made(), project, folder="demo_app")
    assert finding.next == "%%writefile demo_app/pages.py"
    assert ask("same_files", made(), project, folder="demo_app").found.endswith("is missing")
    shutil.copy(states.DEMO_APP / "pages.py", project / "demo_app")
    (project / "demo_app/extra.py").touch()
    assert ask("same_files", made(), project, folder="demo_app").found.endswith("does not belong")
