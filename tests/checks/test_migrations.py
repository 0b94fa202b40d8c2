"""Each predicate over the migration scripts met and not met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from goal_states import (
    AGE,
    AGE_SCRIPT,
    BROKEN,
    DELETE,
    FIRST,
    GONE,
    LOOK,
    MIGRATE,
    MODEL_AHEAD,
    SECOND,
    UPGRADED,
    WAITING,
    ask,
    git,
    made,
    migrations,
    refused,
    second,
    sql,
    user,
)

from roundtrip.facts import Column, DatabaseState, ModelState
from roundtrip.migration_facts import MigrationState
from roundtrip.verdict import disagreements


def test_a_script_that_is_lost_for_good(project: Path):
    gone = replace(GONE, migrations=replace(GONE.migrations, rescue=None))
    gone = replace(gone, disagreements=disagreements(gone))
    assert gone.verdict.next.startswith("flask db revision --rev-id")
    refused("revisions", gone, project, "Git does not have it", "%restart", count=1, applied=1)


def test_a_table_that_no_script_makes(project: Path):
    """`db.create_all()` before the first script: the model is right, and nothing is to be made."""
    by_hand = made(migrations=MigrationState(True, (), (), ()))
    way = 'DATABASE_URL=sqlite:// flask db migrate -m "Create user table"'
    refused("revisions", by_hand, project, "Did db.create_all() run?", way, count=1, applied=1)


def test_revisions(project: Path):
    assert ask("revisions", made(), project, count=1, applied=1).met
    assert ask("revisions", WAITING, project, count=2, applied=1).met
    command = 'flask db migrate -m "Add age column to user model"'
    refused("revisions", MODEL_AHEAD, project, "no migration script", command, count=2, applied=1)
    called = {"count": 2, "applied": 1, "message": "Grow"}
    refused(
        "revisions", MODEL_AHEAD, project, "no migration", 'flask db migrate -m "Grow"', **called
    )
    refused("revisions", made(), project, "holds no new change", LOOK, count=2, applied=1)
    deleted = replace(MODEL_AHEAD, git=git(modified=(AGE_SCRIPT,), deleted=(AGE_SCRIPT,)))
    restore = f"git restore {AGE_SCRIPT}"
    refused("revisions", deleted, project, "the last commit has it", restore, count=2, applied=1)
    refused("revisions", BROKEN, project, "does not load", "%board", count=2, applied=1)
    too_far = {"count": 2, "applied": 1}
    refused("revisions", UPGRADED, project, "should not have yet", "flask db downgrade", **too_far)
    lost = replace(UPGRADED.migrations.revisions[1], drops=("user.email",))
    ran = replace(UPGRADED.migrations, revisions=(UPGRADED.migrations.revisions[0], lost))
    gone = replace(UPGRADED, migrations=ran)
    refused("revisions", gone, project, "what it dropped is gone", "%restart", **too_far)
    early = {"count": 3, "applied": 1}
    refused("revisions", UPGRADED, project, "should not have yet", "flask db downgrade", **early)
    refused("revisions", WAITING, project, AGE_SCRIPT, DELETE, count=1, applied=1)
    refused("revisions", UPGRADED, project, "too many", "flask db downgrade", count=1, applied=1)
    third = replace(second(), id="c" * 12, parents=(SECOND,), file="migrations/versions/c.py")
    more = made(migrations=migrations(second(), third))
    newest = "git clean -f migrations/versions/c.py"
    refused("revisions", more, project, "The newest is", newest, count=1, applied=1)
    apart = migrations(replace(second(), adds=()), replace(third, parents=(), adds=()))
    heads = made(migrations=replace(apart, heads=(SECOND, "c" * 12)))
    command = 'flask db merge heads -m "Merge heads"'
    refused("revisions", heads, project, "2 heads", command, count=3, applied=1)


def test_a_downgrade_that_undoes_nothing_is_not_told(project: Path):
    """It would take the id back, and then only the lesson's beginning is left."""
    early = {"count": 2, "applied": 1}
    first, loose = UPGRADED.migrations.revisions
    for script, changed, following in (
        (replace(loose, undoes=False), (), f"%show {AGE_SCRIPT}"),
        (replace(loose, undoes=False, committed=True), (), f"%show {AGE_SCRIPT}"),
        (replace(loose, undoes=False, committed=True), (AGE_SCRIPT,), f"git restore {AGE_SCRIPT}"),
    ):
        ran = replace(UPGRADED.migrations, revisions=(first, script))
        state = replace(UPGRADED, migrations=ran, git=git(modified=changed))
        sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
        refused("revisions", state, project, "does not undo", following, **early)
        refused("revisions", state, project, "does not undo", following, count=1, applied=1)


def test_what_a_lesson_before_has_run_goes_back_and_did_not_come_too_early(project: Path):
    first, loose = UPGRADED.migrations.revisions
    ran = replace(UPGRADED.migrations, revisions=(first, replace(loose, committed=True)))
    state = replace(UPGRADED, migrations=ran, git=git())
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
    cause = "The downgrade has not run on app.db."
    refused("revisions", state, project, cause, "flask db downgrade", count=2, applied=1)


def test_newest_script(project: Path):
    right = {"message": "Add age column to user model"}
    assert ask("newest_script", WAITING, project, **right).met
    assert ask("newest_script", WAITING, project, message="add age column to User model").met
    wanted = {"message": "Fill in the ages"}
    refused("newest_script", WAITING, project, "No script is called", "flask db history", **wanted)
    nameless = replace(second(), message="empty message")
    forgot = made(migrations=migrations(nameless))
    refused("newest_script", forgot, project, "the message without -m", DELETE, **wanted)
    filled = replace(second(), id="c" * 12, message="Fill in the ages")
    more = made(migrations=migrations(filled, replace(nameless, parents=("c" * 12,))))
    refused("newest_script", more, project, "the message without -m", DELETE, **wanted)
    other = replace(filled, message="Ages", parents=(SECOND,), adds=(), file="c.py")
    wrong = made(migrations=migrations(second(), other))
    refused("newest_script", wrong, project, "has another message", "git clean -f c.py", **wanted)
    more = made(migrations=migrations(filled, second()))
    command = "flask db history"
    refused("newest_script", more, project, "Another script was made after", command, **wanted)
    none = made(migrations=MigrationState(True))
    refused("newest_script", none, project, "no script here made it", "%board", **wanted)
    refused(
        "newest_script",
        GONE,
        project,
        "whose script was deleted",
        "git reset --hard ORIG_HEAD",
        **wanted,
    )


def test_where_nothing_can_be_migrated_at_all(project: Path):
    none = {"count": 1, "applied": 1}
    nothing = made(migrations=MigrationState(), database=DatabaseState("instance/app.db"))
    refused("revisions", nothing, project, "no migrations folder", "flask db init", **none)
    torn = made(migrations=replace(migrations(), error="Two scripts go round in a ring."))
    refused("revisions", torn, project, "", "%board", **none)


def test_pending_changes(project: Path):
    wanted = {"adds": ["user.age"]}
    assert ask("pending_changes", WAITING, project, **wanted).met
    assert ask("pending_changes", made(), project).met
    refused(
        "pending_changes",
        MODEL_AHEAD,
        project,
        "no migration script for it",
        MIGRATE,
        **wanted,
    )
    refused("pending_changes", UPGRADED, project, "run already", "flask db downgrade", **wanted)
    more = replace(WAITING, migrations=migrations(second(drops=("user.email",))))
    refused("pending_changes", more, project, "also changes user.email", DELETE, **wanted)
    for odd, cause in ({"others": ("execute",)}, "execute"), ({"undoes": False}, "not undo"):
        script = replace(WAITING.migrations.pending[0], **odd)
        every = (*WAITING.migrations.revisions[:-1], script)
        state = replace(WAITING, migrations=replace(WAITING.migrations, revisions=every))
        refused("pending_changes", state, project, cause, DELETE, **wanted)
    less = replace(WAITING, migrations=migrations(second(adds=())))
    refused("pending_changes", less, project, "revision compares nothing", DELETE, **wanted)
    other = replace(WAITING, migrations=migrations(second(adds=(), others=("execute",))))
    refused("pending_changes", other, project, "made before the model", DELETE, **wanted)
    hidden = replace(WAITING, migrations=migrations(second(adds=(), opaque=True)))
    command = "flask db history --verbose"
    refused("pending_changes", hidden, project, f"{AGE_SCRIPT} may do it", command, **wanted)
    wished = {"adds": ["user.age", "user.nickname"]}
    nickname = Column("nickname", "VARCHAR(40)", True, False)
    ran = made(
        model=ModelState((user(AGE, nickname),), found=True, migrates=True),
        migrations=migrations(
            second(applied=True),
            replace(second(adds=("user.nickname",)), id="c" * 12, parents=(SECOND,)),
        ),
    )
    command = f"flask db downgrade {FIRST}"
    refused("pending_changes", ran, project, "by a script that has run", command, **wished)
    refused(
        "pending_changes",
        WAITING,
        project,
        "and no nickname: the line is missing",
        "git diff",
        **wished,
    )
    for other in (
        Column("user.age", "TEXT", True, False),
        Column("user.age", "INTEGER", False, False),
    ):
        script = replace(WAITING.migrations.pending[0], makes=(other,))
        every = (*WAITING.migrations.revisions[:-1], script)
        state = replace(WAITING, migrations=replace(WAITING.migrations, revisions=every))
        refused("pending_changes", state, project, "changed later", DELETE, **wanted)


THIRD = replace(second(adds=("user.pet",)), id="c" * 12, parents=(SECOND,), file="c.py")
TWO_ROWS = replace(migrations(second(applied=True), THIRD), current=(FIRST, SECOND))
UNKNOWN = {"database": replace(UPGRADED.database, versions=(FIRST,))}


@pytest.mark.parametrize(
    ("kind", "here", "places", "command"),
    [
        ("not_recorded", migrations(second()), UNKNOWN, "flask db stamp head"),
        ("overlapping", TWO_ROWS, {}, f"flask db stamp --purge {SECOND}"),
    ],
)
def test_an_upgrade_is_not_told_where_it_would_fail(
    kind: str, here: MigrationState, places: dict[str, object], command: str, project: Path
):
    state = made(model=UPGRADED.model, migrations=here, **places)
    assert state.verdict.kind == kind
    all_of_them = {"count": len(here.revisions), "applied": len(here.revisions)}
    refused("revisions", state, project, state.verdict.headline, command, **all_of_them)
