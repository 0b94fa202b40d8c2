"""From states that nobody has thought of, the board's commands lead on, and lose no value."""

from __future__ import annotations

import random
import re
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from starts import Starts
from states import AGE, Project
from turns import CITY, MODELS, POST, with_production

LOOKS = r"git (status|diff|log|show|reflog|stash show)\b|flask db (history|current)\b|%"
SAYS_SO = r"value|rows|drop|lose|lost|gone"


def _line(old: str, new: str) -> Callable[[Project], None]:
    def turn(project: Project) -> None:
        text = (project.path / MODELS).read_text(encoding="utf-8")
        project.write(MODELS, re.sub(old, new, text, count=1))

    return turn


def _typed(*lines: str) -> Callable[[Project], None]:
    def turn(project: Project) -> None:
        for line in lines:
            project.capture(shlex.split(line))

    return turn


def _without_the_newest_script(project: Project) -> None:
    scripts = [*(project.path / "migrations/versions").glob("*.py")]
    for newest in sorted(scripts, key=lambda script: script.stat().st_mtime)[-1:]:
        newest.unlink()


def _age_by_hand(project: Project) -> None:
    with suppress(sqlite3.Error):
        project.sql("ALTER TABLE user ADD COLUMN age INTEGER")


TURNS = [
    *(_line(r"\Z", new) for new in (AGE, CITY, POST)),
    *(
        _line("    age: .*\n", new)
        for new in ("", "    age: Mapped[int]\n", "    size: Mapped[str]\n")
    ),
    *(_typed(f"flask db {it}") for it in ("migrate -m Age", "upgrade", "downgrade", "stamp head")),
    _typed("flask --env-file production.env db upgrade"),
    _typed("git add .", "git commit -m Work"),
    _typed("git add .", "git commit --amend --no-edit"),
    *(_typed(f"git reset {how} HEAD~1") for how in ("--hard", "--mixed", "--soft")),
    *(_typed(f"git {it}") for it in ("stash", "stash -u", "stash pop", "clean -fd")),
    *(_typed(f"git {it}") for it in ("checkout HEAD~1", "switch -c other", "switch main")),
    _without_the_newest_script,
    _age_by_hand,
]


LED_ASTRAY = (31, 70, 217, 251, 255)
"""Of the first 300, those that once ended in a circle or at a command that fails."""


@pytest.mark.parametrize("seed", [*range(6), *LED_ASTRAY])
def test_the_board_leads_on(starts: Starts, tmp_path: Path, seed: int):
    chance = random.Random(seed)
    project = starts[chance.choice(["loose", "aged", "city"])].copy(tmp_path / "p")
    with_production(project)
    for turn in chance.choices(TURNS, k=chance.randint(2, 5)):
        turn(project)
    told: list[str] = []
    for _ in range(15):
        verdict, before = project.read().verdict, _values(project)
        told.append(f"{verdict.kind}: {verdict.found} {verdict.why} next: {verdict.next}")
        if not verdict.next or re.match(LOOKS, verdict.next):
            return
        done = project.capture(["sh", "-c", verdict.next])
        assert done.returncode == 0, "\n".join([*told, done.stdout + done.stderr])
        lost = before - _values(project)
        assert not lost or re.search(SAYS_SO, told[-1]), "\n".join([*told, str(lost)])
    raise AssertionError("\n".join(told))


def _values(project: Project) -> set[tuple[str, object]]:
    """What the databases hold of the users: the file, a value."""
    found: set[tuple[str, object]] = set()
    for file in (project.path / "instance").glob("*.db"):
        with closing(sqlite3.connect(file)) as connection, suppress(sqlite3.Error):
            rows = connection.execute("SELECT * FROM user").fetchall()
            found |= {(file.name, value) for row in rows for value in row if value is not None}
    return found
