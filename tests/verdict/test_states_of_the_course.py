"""The states that the lessons go through, each with its way on, or back."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import states
from against_tools import check_against_commands
from starts import Starts
from states import Project
from turns import with_production

from roundtrip.state import AGREE


def test_from_nothing_to_the_first_commit(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    empty = Project(tmp_path / "empty")
    verdict = empty.read().verdict
    assert (verdict.kind, verdict.next) == ("nothing", "git init")
    empty.git("init")
    assert empty.read().verdict.kind == "no_app"
    project = states.new(tmp_path / "the project")
    steps: list[str] = []
    while (verdict := project.read().verdict) != AGREE and len(steps) < 9:
        steps.append(verdict.next)
        project.run(*shlex.split(verdict.next))
    assert steps == [
        "git init",
        "flask db init",
        'flask db migrate -m "Create user table"',
        "flask db upgrade",
        "git add .",
        'git commit -m "Create user table"',
    ]


def test_from_the_model_to_the_commit(project: Project, starts: Starts, tmp_path: Path):
    project.add_to_model()
    ahead = check_against_commands(project).verdict
    assert ahead.next == 'flask db migrate -m "Add age column to user model"'
    assert ahead.found == "The model has user.age, the database does not."
    shutil.copy(starts["loose"].script("age"), project.path / "migrations/versions")
    waiting = check_against_commands(project).verdict
    assert (waiting.kind, waiting.next, waiting.back) == ("pending", "flask db upgrade", "")
    upgraded = starts["loose"].copy(tmp_path / "loose").read().verdict
    assert (upgraded.kind, upgraded.next) == ("script_not_committed", "git add .")
    assert starts["aged"].copy(tmp_path / "aged").read().verdict == AGREE


def test_after_the_downgrade_both_ways_are_open(aged: Project, starts: Starts):
    aged.write("notes.txt", "A later commit.\n")
    aged.commit("Take notes")
    first = aged.git("rev-list", "--max-parents=0", "HEAD").strip()
    shutil.copy(starts["first"].path / "instance/app.db", aged.path / "instance")
    verdict = check_against_commands(aged).verdict
    assert verdict.kind == "pending"
    assert verdict.next == "flask db upgrade"
    command, _, commit = verdict.back.rpartition(" ")
    assert command == "git reset --hard" and first.startswith(commit)
    assert "takes every commit after" in verdict.why


def test_production_is_looked_at_and_upgraded_by_its_file(aged: Project, starts: Starts):
    with_production(aged)
    before = aged.read("production.env")
    assert (before.database.url, before.database.exists) == ("instance/production.db", False)
    shutil.copy(starts["first"].path / "instance/app.db", aged.path / "instance/production.db")
    verdict = check_against_commands(aged, "production.env").verdict
    assert verdict.next == "flask --env-file production.env db upgrade"
    assert verdict.back == ""
