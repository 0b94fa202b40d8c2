"""Copies of a database that were made too early, as far as Git and the files' times tell."""

from __future__ import annotations

import os
import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from goal_states import SECOND, add_age, ask, made, migrations, refused, second, sql

COPY: dict[str, Any] = {"database": "production.db", "adds": "user.age"}


def copy(project: Path, name: str, source: str = "production.db") -> None:
    shutil.copy(project / "instance" / source, project / "instance" / name)


def a_reset(project: Path, moved: bool = True) -> int:
    """Git's note of a reset, older than the script and younger than any copy made before this."""
    later = int(time.time()) + 60
    old, new = "a" * 40, ("b" if moved else "a") * 40
    log = project / ".git/logs/HEAD"
    log.parent.mkdir(parents=True)
    log.write_text(f"{old} {new} Ada <ada@example.com> {later} +0000\treset: moving to HEAD~1\n")
    script = project / second().file
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"Create Date: {datetime.fromtimestamp(later + 60).isoformat(' ')}\n")
    return later


@pytest.mark.parametrize(
    ("after", "by", "script", "counts"),
    [
        (0.2, "a", 0.8, False),
        (0.6, "a", 0.8, True),
        (0.2, "a", 0.1, True),  # the reset, at 0.4, came after the script
        (0.2, "c", 0.8, True),  # ORIG_HEAD is of a reset that came later
    ],
)
def test_a_copy_from_the_second_of_the_reset(
    project: Path, after: float, by: str, script: float, counts: bool
):
    """Git's note has whole seconds. A quick reader of the lessons, or a test, makes all in one."""
    copy(project, "before.db")
    moment = a_reset(project)
    made_at = datetime.fromtimestamp(moment + script).isoformat(" ")
    (project / second().file).write_text(f"Create Date: {made_at}\n")
    add_age(project, "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    os.utime(project / "instance/before.db", (moment + after,) * 2)
    (project / ".git/ORIG_HEAD").write_text(by * 40)
    os.utime(project / ".git/ORIG_HEAD", (moment + 0.4,) * 2)
    assert ask("copied", made(migrations=migrations(second())), project, **COPY).met is counts


@pytest.mark.parametrize("moved", [True, False])
def test_a_copy_from_before_the_last_reset_is_of_an_earlier_change(project: Path, moved: bool):
    copy(project, "before.db")
    a_reset(project, moved)
    state = made(migrations=migrations(second()))
    assert ask("copied", state, project, **COPY).met, "production has not changed since"
    add_age(project, "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    finding = ask("copied", state, project, **COPY)
    assert finding.met is not moved
    assert ("before.db was made for an earlier change." in finding.cause) is moved


def test_a_copy_from_before_a_drop_may_be_older_than_a_reset(project: Path):
    for database in ("app.db", "production.db"):
        sql(project, "ALTER TABLE user ADD COLUMN age INTEGER", database)
    sql(project, "UPDATE user SET age = 36", "production.db")
    copy(project, "before.db")
    a_reset(project)
    drops = second(adds=(), drops=("user.age",))
    sql(project, "ALTER TABLE user DROP COLUMN age", "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    state = made(migrations=migrations(drops))
    assert ask("copied", state, project, database="production.db", drops="user.age").met


def aged(project: Path, name: str) -> None:
    """A file in instance/ was written an hour ago."""
    then = time.time() - 3600
    os.utime(project / "instance" / name, (then, then))


def test_a_copy_is_newer_than_the_last_change_as_long_as_that_can_be_seen(project: Path):
    copy(project, "before.db")
    aged(project, "before.db")
    said = "before.db is older than the last change of production.db. Make it before"
    shell = "%%flask_shell --env-file production.env"
    sql(project, "INSERT INTO user (name) VALUES ('F')", "production.db")
    refused("copied", made(), project, said, shell, **COPY)
    aged(project, "production.db")
    aged(project, "before.db")
    assert ask("copied", made(), project, **COPY).met
    copy(project, "production.db", "before.db")  # and back in its place
    aged(project, "before.db")
    assert ask("copied", made(), project, **COPY).met
