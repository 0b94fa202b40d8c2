"""One list of dependencies: pyproject's bounds, the lock and the environment for conda agree."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).resolve().parents[1]
LOCK = (TOP / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
BOUNDS = [
    Requirement(line)
    for line in PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
]
CONDA = yaml.safe_load((TOP / "environment.yml").read_text(encoding="utf-8"))


def entries() -> list[tuple[Requirement, str]]:
    """Every entry of the lock, for every platform, with the lines of its hashes."""
    joined = LOCK.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    split = [re.match(r"(.*?)\s+(--hash=.*)?$", line + " ").groups() for line in lines]
    return [(Requirement(wanted), hashes or "") for wanted, hashes in split]


@pytest.mark.parametrize("bound", BOUNDS, ids=str)
def test_the_lock_holds_a_version_within_each_bound(bound: Requirement) -> None:
    name = canonicalize_name(bound.name)
    locked = [entry for entry, _ in entries() if canonicalize_name(entry.name) == name]
    assert locked, f"{name} is not in the lock"
    for entry in locked:
        (pin,) = entry.specifier
        assert pin.operator == "=="
        assert bound.specifier.contains(pin.version), f"{entry} is outside {bound}"


def test_each_entry_is_pinned_and_hashed() -> None:
    found = entries()
    assert len(found) > 50
    for entry, hashes in found:
        assert [pin.operator for pin in entry.specifier] == ["=="], entry
        assert re.fullmatch(r"(--hash=sha256:[0-9a-f]{64}\s*)+", hashes), entry


def test_the_lock_needs_nothing_that_it_does_not_hold() -> None:
    """conda calls pip without `--no-deps`: there, each need must be met, its extras included.

    pip with hashes takes `jsonschema[format-nongpl]` for another package than `jsonschema`
    (pip's issue 9644), so the lock is made with uv's `--no-strip-extras`.
    """
    here = default_environment() | {"extra": ""}
    locked = {
        canonicalize_name(e.name): e for e, _ in entries() if not e.marker or e.marker.evaluate()
    }
    for holder in locked.values():
        needs = [Requirement(line) for line in importlib.metadata.requires(holder.name) or ()]
        for extra in ("", *holder.extras):
            for need in needs:
                if need.marker and not need.marker.evaluate(here | {"extra": extra}):
                    continue
                entry = locked.get(canonicalize_name(need.name))
                assert entry, f"{holder} needs {need}"
                (pin,) = entry.specifier
                assert need.specifier.contains(pin.version), f"{holder} needs {need}"
                assert need.extras <= entry.extras, f"{holder} needs {need}"


def test_each_package_has_one_version_for_a_given_system() -> None:
    """pip refuses a lock that names two; so markers of the same package must not overlap."""
    for python in ("3.11.2", "3.11.9", "3.12.4", "3.13.1"):
        here = default_environment() | {
            "python_full_version": python,
            "python_version": python.rpartition(".")[0],
        }
        for system in ({"sys_platform": "win32", "os_name": "nt"}, {"sys_platform": "darwin"}, {}):
            environment = here | system
            names = [
                canonicalize_name(entry.name)
                for entry, _ in entries()
                if entry.marker is None or entry.marker.evaluate(environment)
            ]
            assert len(names) == len(set(names)), (python, system)


@pytest.mark.parametrize("file", ["pyproject.toml", "requirements.lock", "environment.yml"])
def test_no_address_is_written_anywhere(file: str) -> None:
    text = (TOP / file).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|\s@\s", text)


def test_the_package_that_slows_jupyterlab_down_is_left_out() -> None:
    assert "rfc3987-syntax" not in {canonicalize_name(entry.name) for entry, _ in entries()}


def test_conda_brings_python_git_and_pip_and_the_lock_the_rest() -> None:
    *packages, rest = CONDA["dependencies"]
    names = [re.match(r"[a-z]+", package).group() for package in packages]
    assert names == ["python", "git", "pip"]
    assert rest == {"pip": ["-r requirements.lock"]}


def test_conda_brings_a_python_that_the_project_accepts() -> None:
    (python,) = (entry for entry in CONDA["dependencies"] if str(entry).startswith("python"))
    # repo2docker reads one minor version; a range counts as none
    version = re.fullmatch(r"python=(3\.\d+)", python).group(1)
    accepted = Requirement(f"python{PROJECT['project']['requires-python']}").specifier
    assert accepted.contains(version)


# What tests/browser and the check of the type hints need besides


@pytest.mark.parametrize(
    ("group", "lock"),
    [("browser", "tests/browser/requirements.lock"), ("types", "tests/mypy.lock")],
)
def test_further_packages_are_pinned_and_hashed_and_agree_with_the_lock(
    group: str, lock: str
) -> None:
    text = (TOP / lock).read_text(encoding="utf-8")
    assert "://" not in text
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    names = set()
    for line in lines:
        wanted, hashes = re.match(r"(.*?)\s+(--hash=.*)$", line).groups()
        requirement = Requirement(wanted)
        names.add(canonicalize_name(requirement.name))
        assert [pin.operator for pin in requirement.specifier] == ["=="], line
        assert re.fullmatch(r"(--hash=sha256:[0-9a-f]{64}\s*)+", hashes), line
    assert not names & {canonicalize_name(entry.name) for entry, _ in entries()}
    for bound in map(Requirement, PROJECT["dependency-groups"][group]):
        assert canonicalize_name(bound.name) in names
