"""The script of a lesson is what was asked for, and committed with its model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from goal_states import (
    ADDS_AGE,
    AGE,
    AGE_SCRIPT,
    DELETE,
    FIRST,
    GONE,
    LOOK,
    MIGRATE,
    MODEL_AHEAD,
    MODELS,
    SECOND,
    UPGRADED,
    WAITING,
    ask,
    git,
    log,
    made,
    migrations,
    refused,
    second,
    user,
)

from roundtrip.facts import Difference, Elsewhere, ModelState, Table
from roundtrip.git_facts import Commit
from roundtrip.verdict import disagreements


def test_a_script_without_the_foreign_key(project: Path):
    """It is mended before it is committed, and not followed by another."""
    post = Table("post", (replace(AGE, name="user_id"),), class_name="Post", file=MODELS)
    for file, text in ((MODELS, "user_id: Mapped[int]"), (AGE_SCRIPT, "op.create_table('post')")):
        (project / file).parent.mkdir(parents=True)
        (project / file).write_text(text)
    script = second(applied=True, adds=("post",), columns=("post.user_id",))
    state = made(
        model=ModelState((user(), post), found=True, migrates=True),
        migrations=replace(migrations(script), current=(SECOND,)),
        git=git(modified=(MODELS,), untracked=(AGE_SCRIPT,)),
        database=replace(made().database, tables=(user(), post), versions=(SECOND,)),
    )
    goal = {"adds": ["post"], "points": "user"}
    refused("committed_migration", state, project, "The column is plain", "git diff", **goal)
    without = replace(post, columns=(replace(AGE, name="title"),))
    titled = migrations(replace(script, columns=("post.title",)))
    none = replace(state, model=replace(state.model, tables=(user(), without)))
    none = replace(none, migrations=replace(titled, current=(SECOND,)))
    refused("committed_migration", none, project, "No column of the model", "git diff", **goal)
    (project / MODELS).write_text('user_id = mapped_column(ForeignKey("user.id"))')
    cause = "The script was made before the model had the foreign key."
    refused("committed_migration", state, project, cause, "flask db downgrade", **goal)
    waits = replace(state, migrations=migrations(replace(script, applied=False)))
    refused("committed_migration", waits, project, cause, f"git clean -f {AGE_SCRIPT}", **goal)
    odd = replace(state, model=replace(state.model, odd=("Post.user_id makes no column.",)))
    refused("committed_migration", odd, project, "makes no column", "git diff", **goal)
    late = replace(script, columns=("post.id",))
    late = replace(state, migrations=replace(migrations(late), current=(SECOND,)))
    cause = "The script was made before the model had post.user_id."
    refused("committed_migration", late, project, cause, "flask db downgrade", **goal)
    # what is committed is mended by another script, not taken back
    committed = replace(script, committed=True, tracked=True, columns=("post.id",))
    committed = replace(odd, migrations=replace(migrations(committed), current=(SECOND,)))
    committed = replace(committed, git=git())
    assert ask("committed_migration", committed, project, **goal).met
    (project / MODELS).unlink()  # between two looks
    refused("committed_migration", waits, project, "The column is plain", "git diff", **goal)
    (project / AGE_SCRIPT).write_text("sa.ForeignKeyConstraint(['user_id'], ['user.id'])")
    refused("committed_migration", state, project, "not committed", "git add .", **goal)


def test_committed_migration(project: Path):
    age = {"adds": ["user.age"]}
    committed = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    assert ask("committed_migration", made(migrations=committed), project, **age).met
    refused("committed_migration", UPGRADED, project, "not committed", "git add .", **age)
    refused(
        "committed_migration", WAITING, project, "has not run on app.db", "flask db upgrade", **age
    )
    refused("committed_migration", made(), project, "and no age: the line is missing", LOOK, **age)
    refused(
        "committed_migration",
        MODEL_AHEAD,
        project,
        "no migration script for it",
        MIGRATE,
        **age,
    )
    other = Difference("add_index", "user", of=("name",), called="ix_user_name")
    more = replace(MODEL_AHEAD, differences=(*MODEL_AHEAD.differences, other))
    more = replace(more, disagreements=disagreements(more))
    assert "Say what changes" in more.verdict.next
    since = {**age, "since": "user"}
    refused("committed_migration", more, project, "no migration script", MIGRATE, **since)
    refused(
        "committed_migration",
        GONE,
        project,
        "whose script was deleted",
        "git reset --hard ORIG_HEAD",
        **age,
    )
    for odd, cause, command in (
        ({"others": ("execute",)}, "does more", "flask db downgrade"),
        ({"drops": ("user.city",)}, "the model has lost it", "%restart"),
        ({"undoes": False}, "no way back", f"%show {AGE_SCRIPT}"),
    ):
        more = migrations(second(applied=True, tracked=True, **odd))
        state = made(migrations=replace(more, current=(SECOND,)))
        refused("committed_migration", state, project, cause, command, **age)
    noted = replace(UPGRADED, git=git(staged=(MODELS, AGE_SCRIPT), added=(AGE_SCRIPT,)))
    command = 'git commit -m "Add age column to user model"'
    refused("committed_migration", noted, project, "not committed", command, **age)
    own = {**age, "after": "Create user table", "since": "user"}
    commits = (Commit("3" * 40, "x"), Commit("2" * 40, "Create user table"))
    alone = replace(UPGRADED, git=git(untracked=(AGE_SCRIPT,), commits=commits))
    refused("committed_migration", alone, project, "has the model alone", "git add .", **own)
    alone = replace(alone, git=git(staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,), commits=commits))
    amend = "git commit --amend --no-edit"
    refused("committed_migration", alone, project, "has the model alone", amend, **own)
    later = (Commit("4" * 40, "clean up"), *commits)  # an amend would make it empty
    later = replace(alone, git=git(staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,), commits=later))
    command = 'git commit -m "Add age column to user model"'
    refused("committed_migration", later, project, "not committed", command, **own)
    hidden = migrations(second(applied=True, tracked=True, adds=(), opaque=True))
    state = made(migrations=replace(hidden, current=(SECOND,)))
    command = "flask db history --verbose"
    refused("committed_migration", state, project, "Write it with op.add", command, **age)
    typo = migrations(second(tracked=True, adds=(), unknown=("add_colum",)))
    refused("committed_migration", made(migrations=typo), project, "no such", command, **age)
    again = replace(second(applied=True, tracked=True), id="c" * 12, parents=(SECOND,))
    twice = replace(migrations(*committed.revisions[1:], again), current=("c" * 12,))
    command = "flask db history"
    refused("committed_migration", made(migrations=twice), project, "left over", command, **age)


def test_a_script_that_belongs_to_an_earlier_lesson(project: Path):
    """What is written into a script that has run reaches no database."""
    age = {"adds": ["user.age"], "after": "Add age column to user model", "since": "user.age"}
    cause = "This script is an earlier lesson's"
    restore, look = f"git restore {AGE_SCRIPT}", f"git log --oneline -- {AGE_SCRIPT}"
    scripts = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    edited = made(migrations=scripts, git=git(modified=(AGE_SCRIPT,)))
    refused("committed_migration", edited, project, cause, restore, **age)
    refused("committed_migration", made(migrations=scripts), project, cause, look, **age)
    own = second(adds=(), others=("create_index",))
    own = replace(own, id="c" * 12, parents=(SECOND,), file="migrations/versions/c.py")
    more = replace(scripts, revisions=(*scripts.revisions, own))
    edited = made(migrations=more, git=git(modified=(AGE_SCRIPT,)))
    refused("committed_migration", edited, project, cause, restore, **age)


def test_a_script_that_is_only_stamped_is_not_to_be_committed_yet(project: Path):
    stamped = replace(UPGRADED, database=replace(UPGRADED.database, tables=(user(),)))
    stamped = replace(stamped, differences=(ADDS_AGE,))
    stamped = replace(stamped, disagreements=disagreements(stamped))
    assert stamped.verdict.kind == "stamped"
    then = stamped.verdict.next
    refused("committed_migration", stamped, project, "", then, adds=["user.age"])
    assert "git" not in then


def test_a_script_that_went_into_the_commit_before(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table", "since": "user"}
    scripts = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    amended = replace(
        UPGRADED, migrations=scripts, git=git(commits=(Commit("5" * 40, "Create user table"),))
    )
    refused("committed_migration", amended, project, "needs its own", "%restart", **age)
    log(project, f"{'0' * 40} {'6' * 40}", "commit (initial): Create user table")
    log(project, f"{'6' * 40} {'5' * 40}", "commit (amend): Create user table")
    refused(
        "committed_migration",
        amended,
        project,
        "restores that commit",
        "git reset --soft 6666666",
        **age,
    )


def test_a_model_that_was_left_out_of_the_commit(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table", "since": "user"}
    scripts = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    commits = (Commit("3" * 40, "x"), Commit("2" * 40, "Create user table"))
    state = replace(UPGRADED, migrations=scripts, git=git(modified=(MODELS,), commits=commits))
    cause = "The script is committed, and the model in the files differs"
    refused("committed_migration", state, project, cause, "git add .", **age)
    third = replace(second(applied=True, adds=("user.pet",)), id="c" * 12, parents=(SECOND,))
    later = replace(scripts, revisions=(*scripts.revisions, third), current=(third.id,))
    more = replace(state, migrations=later)
    refused("committed_migration", more, project, "is not committed", "git add .", **age)
    noted = replace(state, git=git(staged=(MODELS,), commits=commits))
    refused("committed_migration", noted, project, cause, "git commit --amend --no-edit", **age)
    changed = replace(state, differences=(Difference("add_column", "user", "pet"),))
    assert ask("committed_migration", changed, project, **age).met, "that is another change"


def test_a_script_that_followed_is_committed_too(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table", "since": "user"}
    other = replace(second(applied=True, adds=(), others=("alter_column",)), id="c" * 12)
    other = replace(other, parents=(SECOND,), file="migrations/versions/c.py")
    scripts = replace(migrations(second(applied=True, tracked=True), other), current=("c" * 12,))
    commits = (Commit("3" * 40, "x"), Commit("2" * 40, "Create user table"))
    state = replace(UPGRADED, migrations=scripts, git=git(untracked=(other.file,), commits=commits))
    refused("committed_migration", state, project, "c.py has run, and is not", "git add .", **age)
    waits = replace(other, applied=False)
    scripts = replace(migrations(second(applied=True, tracked=True), waits), current=(SECOND,))
    state = made(
        model=UPGRADED.model, migrations=scripts, git=state.git, database=UPGRADED.database
    )
    refused("committed_migration", state, project, "has not run", "flask db upgrade", **age)


def test_a_script_that_does_nothing(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table", "since": "user"}
    waits = replace(WAITING, migrations=migrations(second(adds=())))
    cause, delete = "does nothing: its upgrade() is empty", f"git clean -f {AGE_SCRIPT}"
    refused("committed_migration", waits, project, cause, delete, **age)
    refused("database_has", waits, project, cause, delete, column="user.age")
    run = replace(migrations(second(applied=True, adds=())), current=(SECOND,))
    run = replace(MODEL_AHEAD, migrations=run)
    stamp = f"stamp {FIRST}"
    refused("committed_migration", run, project, cause, f"flask db {stamp}", **age)
    other = Elsewhere("production.env", "instance/production.db", (SECOND,))
    there = replace(waits, elsewhere=(other,))
    there = replace(there, disagreements=disagreements(there))
    stamp = f"flask --env-file production.env db {stamp}"
    refused("committed_migration", there, project, cause, stamp, **age)


def test_a_script_of_a_lesson_before_that_waits_is_run_first(project: Path):
    before = second(adds=("user.city",), tracked=True)
    state = replace(WAITING, migrations=migrations(before))
    cause = "waits. Until it has run, flask db migrate refuses."
    age = {"adds": ["user.age"], "since": "user.city"}
    refused("committed_migration", state, project, cause, "flask db upgrade", **age)
    # where it is to wait, nothing is run
    more = {"count": 3, "applied": 1}
    refused("revisions", state, project, "No further script", "flask db history", **more)


def test_what_an_earlier_part_has_made_does_not_go_with_another_table(project: Path):
    """It is to be taken back there, by a downgrade and a reset."""
    post = Table("post", (replace(AGE, name="id"),), class_name="Post", file=MODELS)
    drop = replace(second(adds=("post",), drops=("user.age",)), id="c" * 12, parents=(SECOND,))
    state = made(
        model=ModelState((user(), post), found=True, migrates=True),
        migrations=migrations(second(applied=True, tracked=True), drop),
    )
    said = "The script also drops user.age"
    refused("committed_migration", state, project, said, DELETE, adds=["post"], since="user")
