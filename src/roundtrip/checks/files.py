"""Goals about the files of the project."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..course import find_course
from ..state import State
from .commit_causes import why_changed
from .finding import Cure, Finding, met, unmet
from .reflog import ask_git, overwritten_by_a_reset, taken_by_a_reset


def has_file(state: State, project: Path, file: str, tested: bool = False) -> Finding:
    """The project has this file; `tested`: it has a test of the app, and none failed last."""
    if (project / file).is_file():
        no_proof = _not_passed(project, file) or _of_nothing(project, file) if tested else None
        return unmet(f"{file} is there", no_proof) if no_proof else met(f"{file} is there")
    if file in state.git.deleted:
        return unmet(f"no file {file}", why_changed(state, file))
    if taken := _reset_away(state, project, file):
        return unmet(f"no file {file}", taken)
    cause = "It was not written yet."
    name = Path(file).name
    for place in project.glob(f"**/{name}"):
        cause = f"{place.relative_to(project).as_posix()} is in another place: write it as {file}, "
        cause += "and delete that one."
    return unmet(f"no file {file}", Cure(cause, f"%%writefile {file}"))


def _reset_away(state: State, project: Path, file: str) -> Cure | None:
    """The cure where the file went with a commit that a reset, the last move, has taken."""
    for entry in taken_by_a_reset(state, project):
        place = entry.after[:7]
        if not ask_git(project, "ls-tree", "--name-only", place, "--", file):
            continue
        cause = f"{place} has it, and a reset took that commit off the branch."
        if overwritten_by_a_reset(state, project, place):
            cause += " A reset to it would overwrite what is not committed: write the file again."
            return Cure(cause, f"%%writefile {file}")
        return Cure(cause, f"git reset --hard {place}", repair=True)
    return None


def _not_passed(project: Path, file: str) -> Cure | None:
    """Why a file of tests is no proof; what pytest keeps of its last run says whether it failed.

    https://docs.pytest.org/en/stable/how-to/cache.html
    """
    text = (project / file).read_text(encoding="utf-8", errors="replace")
    if not re.search(r"^\s*def test_", text, re.MULTILINE):
        return Cure("It has no test: a function whose name begins with test_.", f"%show {file}")
    cache = project / ".pytest_cache/v/cache"
    try:
        ran = (cache / "nodeids").stat().st_mtime
        failed = json.loads((cache / "lastfailed").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # it has not run here, or nothing has failed yet
    written_since = ran < (project / file).stat().st_mtime
    # pytest keeps one that failed until it passes: for good, where it has another name now.
    if any(
        test.partition("::")[0] == file and (written_since or _has_test(text, test))
        for test in failed
    ):
        cause = "Its test failed in the last run of pytest; see there."
        if written_since:
            cause = "Its test failed in the last run of pytest, and the file was written since."
        return Cure(cause, "pytest -q")
    return None


def _has_test(text: str, test: str) -> bool:
    """Whether a file has the test that pytest calls so; a file that could not be read has it."""
    name = test.partition("[")[0].partition("::")[2].rpartition("::")[2]
    return not name or bool(re.search(rf"\bdef {re.escape(name)}\b", text))


def _of_nothing(project: Path, file: str) -> Cure | None:
    """Why a file of tests is no proof, if neither it nor a fixture imports the app."""
    files = [*(project / file).parent.glob("*.py"), *project.glob("conftest.py")]
    imports = re.compile(r"^\s*(?:from|import) +demo_app\b", re.MULTILINE)
    if any(imports.search(each.read_text("utf-8", errors="replace")) for each in files):
        return None
    cause = "Its test does not import demo_app, so it would pass whatever the app does."
    return Cure(cause, f"%show {file}")


def same_files(state: State, project: Path, folder: str) -> Finding:
    """The files in this folder are those of the course's folder of that name, byte for byte."""
    ours, theirs = _files(find_course().folder / folder), _files(project / folder)
    different = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
    if not different:
        return met(f"{folder} is as the course has it")
    first = different[0]
    what = "differs" if first in ours and first in theirs else "is missing"
    what = what if first in ours else "does not belong"
    cause = "A cell that writes this file did not run, or the file was changed afterwards."
    following = "git status" if first in theirs else f"%%writefile {folder}/{first}"
    if first in theirs and not state.git.commits:  # so Git has nothing to compare with
        following = f"%show {folder}/{first}"
    return unmet(f"{folder}/{first} {what}", Cure(cause, following))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
