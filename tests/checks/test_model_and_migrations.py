"""Each predicate over the model and the scripts met and not met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from goal_states import (
    ADDS_AGE,
    AGE,
    AGE_SCRIPT,
    BASE,
    BROKEN,
    FIRST,
    GONE,
    LOOK,
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

from roundtrip.facts import (
    Column,
    Commit,
    DatabaseState,
    Difference,
    Elsewhere,
    MigrationState,
    ModelState,
    Table,
)
from roundtrip.verdict import disagreements


def test_model_has(project: Path):
    age = {"column": "user.age"}
    assert ask("model_has", MODEL_AHEAD, project, **age).met
    assert ask("model_has", made(), project, **age, present=False).met
    refused("model_has", made(), project, "line is missing from User", LOOK, **age)
    near = made(model=ModelState((user(replace(AGE, name="agee")),), found=True, migrates=True))
    refused("model_has", near, project, "The model has user.agee.", LOOK, **age)
    large = made(model=ModelState((user(replace(AGE, name="Age")),), found=True, migrates=True))
    refused("model_has", large, project, "The model has user.Age.", LOOK, **age)
    post = Table("post", (AGE,), class_name="Post", file="demo_app/post.py")
    other = made(model=ModelState((user(), post), found=True, migrates=True))
    refused("model_has", other, project, "Post has it", "%show demo_app/post.py", **age)
    committed = made(model=ModelState((user(AGE),), found=True, migrates=True))
    gone = {**age, "present": False}
    refused("model_has", committed, project, "The line is committed", "git log", **gone)
    commits = (Commit("2" * 40, "x"), *committed.git.commits)
    later = replace(committed, git=git(commits=commits))
    undo = "git revert --no-edit HEAD"
    refused("model_has", later, project, "undoes the last one", undo, **gone)
    run = replace(later, migrations=migrations(second(applied=True)))
    refused("model_has", run, project, "The line is committed", "git log", **gone)
    assert ask("model_has", MODEL_AHEAD, project, **age, type="INTEGER").met
    refused("model_has", MODEL_AHEAD, project, "should be TEXT", "git diff", **age, type="TEXT")
    strict = {"column": "user.id", "type": "INTEGER"}
    refused("model_has", made(), project, "may be empty; look at what stands in M", LOOK, **strict)
    refused("model_has", MODEL_AHEAD, project, "still in", "git diff", **age, present=False)
    refused("model_has", BROKEN, project, f"Look at {MODELS}", LOOK, **age)
    bare = made(model=replace(made().model, odd=("User.age is a type, not a column.",)))
    refused("model_has", bare, project, "is a type, not a column", LOOK, **age)


def test_a_table_that_was_made_from_another_model(project: Path):
    change = Difference("add_constraint", "user", "", "unique constraint on email")
    more = second(adds=(), others=("create_unique_constraint",))
    state = made(migrations=migrations(more), differences=(change,))
    one = {"count": 1, "applied": 1, "whole": True}
    refused("revisions", state, project, "made from another model", "%restart", **one)
    same = made(migrations=migrations(more))
    refused("revisions", same, project, "a script too many", "git clean -f", **one)
    empty = made(migrations=migrations(second(adds=())), differences=(change,))
    refused("revisions", empty, project, "a script too many", "git clean -f", **one)


def test_a_script_that_is_lost_for_good(project: Path):
    gone = replace(GONE, migrations=replace(GONE.migrations, rescue=None))
    gone = replace(gone, disagreements=disagreements(gone))
    assert gone.verdict.next.startswith("flask db revision --rev-id")
    refused("revisions", gone, project, "Git does not have it", "%restart", count=1, applied=1)


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
    (project / AGE_SCRIPT).write_text("sa.ForeignKeyConstraint(['user_id'], ['user.id'])")
    refused("committed_migration", state, project, "not committed", "git add .", **goal)


def test_a_table_that_no_script_makes(project: Path):
    """`db.create_all()` before the first script: the model is right, and nothing is to be made."""
    by_hand = made(migrations=MigrationState(True, (), (), ()))
    refused(
        "revisions", by_hand, project, "db.create_all(), a change", "%board", count=1, applied=1
    )


def test_a_table_that_the_model_does_not_have(project: Path):
    wanted = {"column": "post.title"}
    refused("model_has", made(), project, "No class makes the table post", LOOK, **wanted)
    posts = Table("posts", BASE, class_name="Posts", file=MODELS)
    near = made(model=ModelState((user(), posts), found=True, migrates=True))
    refused("model_has", near, project, "The model has a table posts", LOOK, **wanted)
    (project / "demo_app").mkdir()
    (project / "demo_app/post.py").write_text("class Post(db.Model):\n    pass\n")
    (project / "demo_app/broken.py").write_text("class Post(:\n")
    refused("model_has", made(), project, "does not import it", "%show demo_app/__in", **wanted)
    refused("model_has", made(), project, "from . import post", "%show demo_app/__in", **wanted)
    assert ask("model_has", made(), project, **wanted).detour, "the hints name another file"
    (project / "models.py").write_text("class User(db.Model):\n    pass\n")
    elsewhere = {"column": "user.age"}
    refused("model_has", made(), project, f"the app takes {MODELS}", "%show models", **elsewhere)
    (project / "demo_app/post.py").write_text("class Post:\n    pass\n")
    refused("model_has", made(), project, "class Post(db.Model)", "%show demo_app/post", **wanted)


def test_revisions(project: Path):
    assert ask("revisions", made(), project, count=1, applied=1).met
    assert ask("revisions", WAITING, project, count=2, applied=1).met
    command = 'flask db migrate -m "Add age column to user model"'
    refused("revisions", MODEL_AHEAD, project, "no migration script", command, count=2, applied=1)
    refused("revisions", made(), project, "holds no new change", LOOK, count=2, applied=1)
    refused("revisions", BROKEN, project, "does not load", "%board", count=2, applied=1)
    too_far = {"count": 2, "applied": 1}
    refused("revisions", UPGRADED, project, "should not have yet", "flask db downgrade", **too_far)
    lost = replace(UPGRADED.migrations.revisions[1], drops=("user.email",))
    ran = replace(UPGRADED.migrations, revisions=(UPGRADED.migrations.revisions[0], lost))
    gone = replace(UPGRADED, migrations=ran)
    refused("revisions", gone, project, "what it dropped is gone", "%restart", **too_far)
    early = {"count": 3, "applied": 1}
    refused("revisions", UPGRADED, project, "should not have yet", "flask db downgrade", **early)
    refused("revisions", WAITING, project, AGE_SCRIPT, "git clean -f", count=1, applied=1)
    refused("revisions", UPGRADED, project, "too many", "flask db downgrade", count=1, applied=1)
    third = replace(second(), id="c" * 12, parents=(SECOND,), file="migrations/versions/c.py")
    more = made(migrations=migrations(second(), third))
    newest = "git clean -f migrations/versions/c.py"
    refused("revisions", more, project, "The newest is", newest, count=1, applied=1)
    apart = migrations(replace(second(), adds=()), replace(third, parents=(), adds=()))
    heads = made(migrations=replace(apart, heads=(SECOND, "c" * 12)))
    refused("revisions", heads, project, "2 heads", "flask db merge heads", count=3, applied=1)


def test_newest_script(project: Path):
    right = {"message": "Add age column to user model"}
    assert ask("newest_script", WAITING, project, **right).met
    wanted = {"message": "Fill in the ages"}
    refused("newest_script", WAITING, project, "No script is called", "flask db history", **wanted)
    nameless = replace(second(), message="empty message")
    forgot = made(migrations=migrations(nameless))
    refused("newest_script", forgot, project, "when -m is left out", "git clean -f", **wanted)
    filled = replace(second(), id="c" * 12, message="Fill in the ages")
    more = made(migrations=migrations(filled, replace(nameless, parents=("c" * 12,))))
    refused("newest_script", more, project, "when -m is left out", "git clean -f", **wanted)
    other = replace(filled, message="Ages", parents=(SECOND,), adds=(), file="c.py")
    wrong = made(migrations=migrations(second(), other))
    refused("newest_script", wrong, project, "has another message", "git clean -f c.py", **wanted)
    more = made(migrations=migrations(filled, second()))
    refused("newest_script", more, project, "Another script was made after", "flask", **wanted)
    none = made(migrations=MigrationState(True))
    refused("newest_script", none, project, "no script here made it", "%board", **wanted)
    refused("newest_script", GONE, project, "file is gone", "git reset", **wanted)


def test_committed_migration(project: Path):
    age = {"adds": ["user.age"]}
    committed = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    assert ask("committed_migration", made(migrations=committed), project, **age).met
    refused("committed_migration", UPGRADED, project, "not committed", "git add .", **age)
    refused(
        "committed_migration", WAITING, project, "has not run on app.db", "flask db upgrade", **age
    )
    refused("committed_migration", made(), project, "does not have user.age", LOOK, **age)
    refused(
        "committed_migration",
        MODEL_AHEAD,
        project,
        "no migration script for it",
        "flask db migrate",
        **age,
    )
    refused("committed_migration", GONE, project, "file is gone", "git reset", **age)
    for odd, cause, command in (
        ({"others": ("execute",)}, "does more", "flask db downgrade"),
        ({"drops": ("user.city",)}, "the model has lost it", "%restart"),
        ({"undoes": False}, "no way back", f"%show {AGE_SCRIPT}"),
    ):
        more = migrations(second(applied=True, tracked=True, **odd))
        state = made(migrations=replace(more, current=(SECOND,)))
        refused("committed_migration", state, project, cause, command, **age)
    noted = replace(UPGRADED, git=git(staged=(MODELS, AGE_SCRIPT), added=(AGE_SCRIPT,)))
    refused("committed_migration", noted, project, "not committed", "git commit -m", **age)
    own = {**age, "after": "Create user table"}
    commits = (Commit("3" * 40, "x"), Commit("2" * 40, "Create user table"))
    alone = replace(UPGRADED, git=git(untracked=(AGE_SCRIPT,), commits=commits))
    refused("committed_migration", alone, project, "has the model alone", "git add .", **own)
    alone = replace(alone, git=git(staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,), commits=commits))
    amend = "git commit --amend --no-edit"
    refused("committed_migration", alone, project, "has the model alone", amend, **own)
    later = (Commit("4" * 40, "clean up"), *commits)  # an amend would make it empty
    later = replace(alone, git=git(staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,), commits=later))
    refused("committed_migration", later, project, "not committed", "git commit -m", **own)
    hidden = migrations(second(applied=True, tracked=True, adds=(), opaque=True))
    state = made(migrations=replace(hidden, current=(SECOND,)))
    refused("committed_migration", state, project, "Write it with op.add", "flask db h", **age)
    typo = migrations(second(tracked=True, adds=(), unknown=("add_colum",)))
    refused("committed_migration", made(migrations=typo), project, "no such", "flask db h", **age)
    again = replace(second(applied=True, tracked=True), id="c" * 12, parents=(SECOND,))
    twice = replace(migrations(*committed.revisions[1:], again), current=("c" * 12,))
    refused("committed_migration", made(migrations=twice), project, "left over", "flask db", **age)


def test_a_script_that_belongs_to_an_earlier_lesson(project: Path):
    """What is written into a script that has run reaches no database."""
    age = {"adds": ["user.age"], "after": "Add age column to user model"}
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
    age = {"adds": ["user.age"], "after": "Create user table"}
    scripts = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    amended = replace(
        UPGRADED, migrations=scripts, git=git(commits=(Commit("5" * 40, "Create user table"),))
    )
    refused("committed_migration", amended, project, "to have its own", "%restart", **age)
    log(project, f"{'0' * 40} {'6' * 40}", "commit (initial): Create user table")
    log(project, f"{'6' * 40} {'5' * 40}", "commit (amend): Create user table")
    refused("committed_migration", amended, project, "as it was", "git reset --soft 6666666", **age)


def test_a_model_that_was_left_out_of_the_commit(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table"}
    scripts = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
    commits = (Commit("3" * 40, "x"), Commit("2" * 40, "Create user table"))
    state = replace(UPGRADED, migrations=scripts, git=git(modified=(MODELS,), commits=commits))
    cause = "The commit has the script alone"
    refused("committed_migration", state, project, cause, "git add .", **age)
    noted = replace(state, git=git(staged=(MODELS,), commits=commits))
    refused("committed_migration", noted, project, cause, "git commit --amend --no-edit", **age)
    changed = replace(state, differences=(Difference("add_column", "user", "pet"),))
    assert ask("committed_migration", changed, project, **age).met, "that is another change"


def test_a_script_that_followed_is_committed_too(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table"}
    other = replace(second(applied=True, adds=(), others=("alter_column",)), id="c" * 12)
    other = replace(other, parents=(SECOND,), file="migrations/versions/c.py")
    scripts = replace(migrations(second(applied=True, tracked=True), other), current=("c" * 12,))
    commits = (Commit("3" * 40, "x"), Commit("2" * 40, "Create user table"))
    state = replace(UPGRADED, migrations=scripts, git=git(untracked=(other.file,), commits=commits))
    refused("committed_migration", state, project, "c.py has run, and is not", "git add .", **age)
    waits = replace(other, applied=False)
    scripts = replace(migrations(second(applied=True, tracked=True), waits), current=(SECOND,))
    assert ask("committed_migration", replace(state, migrations=scripts), project, **age).met


def test_where_nothing_can_be_migrated_at_all(project: Path):
    none = {"count": 1, "applied": 1}
    nothing = made(migrations=MigrationState(), database=DatabaseState("instance/app.db"))
    refused("revisions", nothing, project, "no migrations folder", "flask db init", **none)
    torn = made(migrations=replace(migrations(), error="Two scripts go round in a ring."))
    refused("revisions", torn, project, "", "%board", **none)


def test_a_script_that_does_nothing(project: Path):
    age = {"adds": ["user.age"], "after": "Create user table"}
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
    age = {"adds": ["user.age"]}
    refused("committed_migration", state, project, cause, "flask db upgrade", **age)
    # where it is to wait, nothing is run
    more = {"count": 3, "applied": 1}
    refused("revisions", state, project, "No further script", "flask db history", **more)


def test_pending_changes(project: Path):
    wanted = {"adds": ["user.age"]}
    assert ask("pending_changes", WAITING, project, **wanted).met
    assert ask("pending_changes", made(), project).met
    refused(
        "pending_changes",
        MODEL_AHEAD,
        project,
        "no migration script for it",
        "flask db migrate",
        **wanted,
    )
    refused("pending_changes", UPGRADED, project, "run already", "flask db downgrade", **wanted)
    more = replace(WAITING, migrations=migrations(second(drops=("user.email",))))
    refused("pending_changes", more, project, "also changes user.email", "git clean -f", **wanted)
    for odd, cause in ({"others": ("execute",)}, "execute"), ({"undoes": False}, "not undo"):
        script = replace(WAITING.migrations.pending[0], **odd)
        every = (*WAITING.migrations.revisions[:-1], script)
        state = replace(WAITING, migrations=replace(WAITING.migrations, revisions=every))
        refused("pending_changes", state, project, cause, "git clean -f", **wanted)
    less = replace(WAITING, migrations=migrations(second(adds=())))
    refused("pending_changes", less, project, "made before the model", "git clean -f", **wanted)
    hidden = replace(WAITING, migrations=migrations(second(adds=(), opaque=True)))
    refused("pending_changes", hidden, project, f"{AGE_SCRIPT} may do it", "flask db h", **wanted)
    wished = {"adds": ["user.age", "user.nickname"]}
    nickname = Column("nickname", "VARCHAR(40)", True, False)
    ran = made(
        model=ModelState((user(AGE, nickname),), found=True, migrates=True),
        migrations=migrations(
            second(applied=True),
            replace(second(adds=("user.nickname",)), id="c" * 12, parents=(SECOND,)),
        ),
    )
    refused("pending_changes", ran, project, "by a script that has run", "flask db down", **wished)
    refused(
        "pending_changes", WAITING, project, "does not have user.nickname", "git diff", **wished
    )
    for other in (
        Column("user.age", "TEXT", True, False),
        Column("user.age", "INTEGER", False, False),
    ):
        script = replace(WAITING.migrations.pending[0], makes=(other,))
        every = (*WAITING.migrations.revisions[:-1], script)
        state = replace(WAITING, migrations=replace(WAITING.migrations, revisions=every))
        refused("pending_changes", state, project, "changed later", "git clean -f", **wanted)


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
