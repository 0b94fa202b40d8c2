"""Each predicate met and not met, and the right cause for the common mistakes.

The states are put together by hand, the databases written with sqlite3: no command is run.
"""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import replace
from inspect import signature
from pathlib import Path

import pytest
import states

from roundtrip import checks, verdict
from roundtrip.course import Goal, find_course
from roundtrip.errors import RoundtripError
from roundtrip.facts import (
    Column,
    Commit,
    DatabaseState,
    Difference,
    GitState,
    MigrationState,
    ModelState,
    Rescue,
    Revision,
    State,
    Table,
)

NAMES_ANOTHER = {
    "": "no DATABASE_URL of its own, so its commands go to app.db",
    "DATABASE_URL=sqlite:///x.db": "names x.db",
    "DATABASE_URL=sqlite:///app.db": "names app.db",
    "DATABASE_URL=sqlite:////srv/production.db": "names no file in instance/",
    "DATABASE_URL=sqlite:///:memory:": "names no file in instance/",
    "DATABASE_URL=postgresql:///production": "names no file in instance/",
    "DATABASE_URL=postgresql://ada@host:port/production.db": "names no file in instance/",
}
"""What production.env could hold, and what is said then of a goal on production.db."""

MODELS = "demo_app/models.py"
LOOK = f"%show {MODELS}"
FIRST, SECOND = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
AGE_SCRIPT = f"migrations/versions/{SECOND}_add_age_column_to_user_model.py"
ADDS_AGE = Difference("add_column", "user", "age")
BASE = [Column("id", "INTEGER", False, True), Column("name", "VARCHAR(80)", False, False)]
AGE = Column("age", "INTEGER", True, False)


def user(*more: Column) -> Table:
    return Table("user", (*BASE, *more), rows=3, class_name="User", file=MODELS)


def made(**places: object) -> State:
    """Lesson 01's end with other places put in, and its disagreements as the rules find them."""
    state = State(
        GitState(True, "main", "1" * 40, (Commit("1" * 40, "Create the user table"),)),
        ModelState((user(),), found=True, migrates=True),
        migrations(),
        DatabaseState("instance/app.db", True, (user(),), (FIRST,)),
    )
    state = replace(state, **places)
    return replace(state, disagreements=verdict.disagreements(state))


def migrations(*more: Revision, **others: object) -> MigrationState:
    first = Revision(
        FIRST, "Create user table", (), "migrations/versions/a.py", True, True, ("user",)
    )
    everything = (replace(first, committed=True), *more)
    return MigrationState(True, everything, (everything[-1].id,), (FIRST,), **others)


def second(applied: bool = False, tracked: bool = False, **others: object) -> Revision:
    defaults = {"adds": ("user.age",), "committed": tracked} | others
    message = "Add age column to user model"
    return Revision(SECOND, message, (FIRST,), AGE_SCRIPT, tracked, applied, **defaults)


def git(**lists: object) -> GitState:
    return replace(made().git, **lists)


GONE = made(
    migrations=migrations(missing=(SECOND,), rescue=Rescue("orig_head", "ORIG_HEAD", AGE_SCRIPT)),
    database=DatabaseState("instance/app.db", True, (user(AGE),), (SECOND,)),
    differences=(Difference("remove_column", "user", "age"),),
)
MODEL_AHEAD = made(
    model=ModelState((user(AGE),), found=True, migrates=True),
    git=git(modified=(MODELS,)),
    differences=(ADDS_AGE,),
)
WAITING = made(
    model=ModelState((user(AGE),), found=True, migrates=True),
    git=git(modified=(MODELS,), untracked=(AGE_SCRIPT,)),
    migrations=migrations(second()),
    differences=(ADDS_AGE,),
)
UPGRADED = made(
    model=ModelState((user(AGE),), found=True, migrates=True),
    git=git(modified=(MODELS,), untracked=(AGE_SCRIPT,)),
    migrations=replace(migrations(second(applied=True)), current=(SECOND,)),
    database=DatabaseState("instance/app.db", True, (user(AGE),), (SECOND,)),
)
NOT_IMPORTED = made(
    model=ModelState((), found=True, migrates=True),
    differences=(Difference("remove_table", "user"),),
)
BROKEN = made(
    model=ModelState(error=f"{MODELS}, line 3: NameError.", error_file=MODELS, found=True)
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two databases: app.db has three users, production.db two; neither has age."""
    (tmp_path / "instance").mkdir()
    for name, people in (("app.db", "ABC"), ("production.db", "DE")):
        sql(tmp_path, "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)", name)
        sql(tmp_path, "CREATE TABLE alembic_version (version_num TEXT)", name)
        sql(tmp_path, f"INSERT INTO alembic_version VALUES ('{FIRST}')", name)
        for person in people:
            sql(tmp_path, f"INSERT INTO user (name) VALUES ('{person}')", name)
    return tmp_path


def sql(project: Path, statement: str, database: str = "app.db") -> None:
    with closing(sqlite3.connect(project / "instance" / database)) as connection:
        connection.execute(statement)
        connection.commit()


def add_age(project: Path, database: str = "app.db") -> None:
    sql(project, "ALTER TABLE user ADD COLUMN age INTEGER", database)


def ask(name: str, state: State, project: Path, **arguments: object) -> checks.Finding:
    """What a goal finds; where it is met there is nothing to say about causes."""
    finding = checks.check(Goal("", name, arguments), state, project).finding
    assert finding.found
    assert bool(finding.cause) is not finding.met
    return finding


def log(project: Path, move: str, what: str) -> None:
    """Another line in Git's reflog."""
    file = project / ".git" / "logs" / "HEAD"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as lines:
        lines.write(f"{move} Somebody <a@example.com> 1780000000 +0000\t{what}\n")


def refused(name: str, state: State, project: Path, cause: str, next: str, **arguments: object):
    finding = ask(name, state, project, **arguments)
    assert not finding.met
    assert cause in finding.cause, finding
    assert finding.next.startswith(next) and bool(finding.next) == bool(next), finding


# The common mistakes, by name


def test_the_upgrade_was_forgotten(project: Path):
    cause = "The upgrade has not run"
    refused("revisions", WAITING, project, cause, "flask db upgrade", count=2, applied=2)
    refused("database_has", WAITING, project, cause, "flask db upgrade", column="user.age")
    refused("some_value", WAITING, project, cause, "flask db upgrade", column="user.age")
    refused("agree", WAITING, project, "One migration is waiting", "flask db upgrade")


def test_the_model_is_not_imported(project: Path):
    cause = "The model is not imported"
    refused("model_has", NOT_IMPORTED, project, cause, LOOK, column="user.age")
    refused("revisions", NOT_IMPORTED, project, cause, "", count=2, applied=1)
    refused("database_has", NOT_IMPORTED, project, cause, "", column="user.age")


def test_the_script_is_not_committed(project: Path):
    refused("clean", UPGRADED, project, "The migration script is not committed", "git add .")
    refused("commits", UPGRADED, project, "not in a commit", "git add .", count=2)
    refused("agree", UPGRADED, project, "Model and migration are not committed", "git add .")


def test_the_wrong_database_was_upgraded(project: Path):
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    add_age(project)
    production = {"column": "user.age", "database": "production.db"}
    command = "flask --env-file production.env db upgrade"
    refused(
        "database_has",
        UPGRADED,
        project,
        "production.db has not run all that app.db has",
        command,
        **production,
    )
    assert ask("database_has", UPGRADED, project, column="user.age").met
    sql(project, "ALTER TABLE user DROP COLUMN age")
    add_age(project, "production.db")
    refused(
        "database_has",
        WAITING,
        project,
        "app.db has not run all that production.db has",
        "flask db upgrade",
        column="user.age",
    )


def test_there_was_one_downgrade_too_many(project: Path):
    gone = {"column": "user.age", "present": False}
    assert ask("database_has", WAITING, project, **gone).met
    sql(project, "DROP TABLE user")
    sql(project, "DELETE FROM alembic_version")
    refused("database_has", WAITING, project, "One downgrade too many", "%restart", **gone)
    users = {"table": "user", "count": 3}
    refused("rows", WAITING, project, "One downgrade too many", "%restart", **users)


def test_the_reset_came_before_the_downgrade(project: Path):
    add_age(project)
    cause, command = "deleted or reset too early", "git reset --hard ORIG_HEAD"
    board = "%board --env-file production.env"
    refused("revisions", GONE, project, cause, command, count=1, applied=1)
    refused("database_has", GONE, project, cause, command, column="user.age", present=False)
    refused("agree", GONE, project, "The reset came before the downgrade", command)
    # Only production was forgotten: the usual database has nothing to say about it.
    sql(project, "ALTER TABLE user DROP COLUMN age")
    add_age(project, "production.db")
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'", "production.db")
    forgotten = {"column": "user.age", "present": False, "database": "production.db"}
    refused("database_has", made(), project, cause, board, **forgotten)
    loose = made(git=git(modified=(MODELS,)))
    refused("database_has", loose, project, cause, board, **forgotten)


def test_what_comes_before_the_upgrade_is_a_detour(project: Path):
    both = {"count": 2, "applied": 2}
    assert not ask("revisions", WAITING, project, **both).detour
    dropping = replace(WAITING, migrations=migrations(second(drops=("user.email",))))
    finding = ask("revisions", dropping, project, **both)
    assert "also drops user.email" in finding.cause
    assert finding.detour


# Git


def test_commits(project: Path):
    assert ask("commits", made(), project, count=1).met
    refused("commits", made(), project, "earlier step", "git status", count=2)
    refused("commits", made(git=GitState()), project, "no repository", "git init", count=1)
    log(project, f"{'1' * 40} {'2' * 40}", "commit: Add phone")
    refused("commits", made(), project, "222 is on the branch no more", "git reflog", count=2)
    staged = made(git=git(staged=("x",)))
    refused("commits", staged, project, "not in a commit", "git commit", count=2)
    refused("commits", made(), project, "later work", "git log", count=0)


def test_head_subject(project: Path):
    assert ask("head_subject", made(), project, subject="Create the user table").met
    later = made(git=git(commits=(Commit("2" * 40, "Later"), *made().git.commits)))
    refused("head_subject", later, project, "1111111", "git log", subject="Create the user table")
    loose = made(git=git(branch=None))
    refused("head_subject", loose, project, "no branch", "git switch main", subject="Other")
    aside = made(git=git(branch="first"))
    same = {"subject": "Create the user table"}
    refused("head_subject", aside, project, "leaves main as it was", "git switch main", **same)
    refused("head_subject", made(), project, "No commit is called", "git log", subject="Other")
    renamed = {"subject": "Other", "commits": 1}
    refused("head_subject", made(), project, "by its message", "git commit --amend -m", **renamed)
    # an earlier lesson's commit is not written anew
    early = {"subject": "Other", "commits": 2}
    refused("head_subject", made(), project, "not made yet", 'git commit -m "Other"', **early)
    loose = made(git=git(modified=(MODELS,)))
    refused("head_subject", loose, project, "not made yet", "git add .", **early)
    folded = {"subject": "Create the user table", "commits": 2}
    refused("head_subject", made(), project, "on the branch no more", "git reflog", **folded)
    empty = made(git=git(commits=(), head=None))
    commit = 'git commit -m "x"'
    refused("head_subject", empty, project, "Nothing was committed", commit, subject="x")


def test_clean(project: Path):
    assert ask("clean", made(), project).met
    refused("clean", made(git=git(untracked=("x",))), project, "after the last", "git status")
    refused("clean", made(git=git(staged=("x",))), project, "did not follow", "git commit")
    named, command = {"message": "Add x"}, 'git commit -m "Add x"'
    refused("clean", made(git=git(staged=("x",))), project, "did not follow", command, **named)
    refused("clean", made(git=GitState()), project, "no repository yet", "git init")
    torn = made(git=GitState(error="bad object HEAD"))
    refused("clean", torn, project, "bad object HEAD", "%restart")
    refused("commits", torn, project, "bad object HEAD", "%restart", count=1)
    refused("head_subject", torn, project, "bad object HEAD", "%restart", subject="x")
    staged = made(git=git(staged=(MODELS,)))
    command = f"git restore --staged --worktree {MODELS}"
    refused("clean", staged, project, "git add has noted", command, back=True)
    refused("clean", MODEL_AHEAD, project, "still in the file", "git status", back=True)
    harmful = second(adds=("user.age",), required=("user.age",))
    failing = made(
        model=WAITING.model,
        git=WAITING.git,
        migrations=migrations(harmful),
        database=DatabaseState("instance/app.db", True, (replace(user(), rows=3),), (FIRST,)),
        differences=(ADDS_AGE,),
    )
    refused("clean", failing, project, "it would fail", f"git clean -f {AGE_SCRIPT}")
    on_production = {"column": "user.age", "database": "production.db"}
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    command = f"git clean -f {AGE_SCRIPT}"
    refused("database_has", failing, project, "it would fail", command, **on_production)
    refused("clean", made(git=git(untracked=("x",))), project, "no commit", "git status", back=True)


def test_changed_only(project: Path):
    assert ask("changed_only", MODEL_AHEAD, project, files=[MODELS]).met
    refused("changed_only", made(), project, "was not saved", "git log", files=[MODELS])
    other = made(git=git(modified=(MODELS, "demo_app/pages.py")))
    refused("changed_only", other, project, "Another file", "git diff", files=[MODELS])
    refused("changed_only", WAITING, project, "too early", "git clean -f", files=[MODELS])
    gone = made(git=git(modified=(MODELS,), deleted=(MODELS,)))
    lost = {"files": [MODELS, "demo_app/pages.py"]}
    refused("changed_only", gone, project, "was deleted", f"git restore {MODELS}", **lost)
    beside = made(git=git(modified=(MODELS,), untracked=("demo_app/user.py",)))
    refused("changed_only", beside, project, "adds no file", "git status", files=[MODELS])


def test_untracked(project: Path):
    pattern = {"pattern": "migrations/versions/*_add_age_column_to_user_model.py"}
    assert ask("untracked", WAITING, project, **pattern).met
    refused("untracked", MODEL_AHEAD, project, "was not made", "git status", **pattern)
    other = "migrations/versions/c_add_age.py"
    named = made(git=git(untracked=(other,)), migrations=migrations(replace(second(), file=other)))
    refused("untracked", named, project, "another name", f"git clean -f {other}", **pattern)
    staged = made(git=git(staged=(AGE_SCRIPT,), added=(AGE_SCRIPT,)))
    refused("untracked", staged, project, "staged already", "git restore --staged", **pattern)
    committed = made(migrations=migrations(second(tracked=True)))
    refused("untracked", committed, project, "committed already", "git log", **pattern)


def test_has_file(project: Path):
    (project / "notes.txt").write_text("x")
    assert ask("has_file", made(), project, file="notes.txt").met
    refused("has_file", made(), project, "not written", "git status", file="other.txt")
    deleted = made(git=git(deleted=("other.txt",), modified=("other.txt",)))
    refused("has_file", deleted, project, "deleted", "git restore other.txt", file="other.txt")


def test_taken_back(project: Path):
    here = {"subject": "Create the user table"}
    refused("taken_back", made(), project, "No commit is called", "git log", subject="Other")
    refused("taken_back", made(), project, "never made", "git log --oneline", **here)
    log(project, f"{'0' * 40} {'1' * 40}", "commit (initial): Create the user table")
    refused("taken_back", made(), project, "never made", "git log --oneline", **here)
    log(project, f"{'1' * 40} {'2' * 40}", "commit: Add phone")
    later = made(git=git(commits=(Commit("2" * 40, "Add phone"), *made().git.commits)))
    other = {"subject": "Add phone"}
    refused("taken_back", later, project, "still there", "git log --oneline", **other)
    refused("taken_back", later, project, "further back", "git log --oneline", **here)
    log(project, f"{'2' * 40} {'1' * 40}", "reset: moving to HEAD~1")
    assert ask("taken_back", made(), project, subject="Create the user table").met
    back = {"subject": "Add phone"}
    refused("head_subject", made(), project, "is 2222222: no branch has it", "git reflog", **back)


def test_same_files(project: Path):
    shutil.copytree(states.DEMO_APP, project / "demo_app")
    assert ask("same_files", made(), project, folder="demo_app").met
    (project / "demo_app/pages.py").write_bytes(b"# other\n")
    finding = ask("same_files", made(), project, folder="demo_app")
    assert (finding.met, finding.found) == (False, "demo_app/pages.py differs")
    (project / "demo_app/pages.py").unlink()
    assert ask("same_files", made(), project, folder="demo_app").found.endswith("is missing")
    shutil.copy(states.DEMO_APP / "pages.py", project / "demo_app")
    (project / "demo_app/extra.py").touch()
    assert ask("same_files", made(), project, folder="demo_app").found.endswith("is one too many")


# Model and migrations


def test_model_has(project: Path):
    age = {"column": "user.age"}
    assert ask("model_has", MODEL_AHEAD, project, **age).met
    assert ask("model_has", made(), project, **age, present=False).met
    refused("model_has", made(), project, "line is missing from User", LOOK, **age)
    near = made(model=ModelState((user(replace(AGE, name="agee")),), found=True, migrates=True))
    refused("model_has", near, project, "The model has user.agee.", LOOK, **age)
    post = Table("post", (AGE,), class_name="Post", file="demo_app/post.py")
    other = made(model=ModelState((user(), post), found=True, migrates=True))
    refused("model_has", other, project, "Post has it", "%show demo_app/post.py", **age)
    committed = made(model=ModelState((user(AGE),), found=True, migrates=True))
    refused("model_has", committed, project, "in the last commit", "git log", **age, present=False)
    assert ask("model_has", MODEL_AHEAD, project, **age, type="INTEGER").met
    refused("model_has", MODEL_AHEAD, project, "should be TEXT", "git diff", **age, type="TEXT")
    strict = {"column": "user.id", "type": "INTEGER"}
    refused("model_has", made(), project, "may be empty; look at what stands in M", LOOK, **strict)
    refused("model_has", MODEL_AHEAD, project, "still in", "git diff", **age, present=False)
    refused("model_has", BROKEN, project, f"Look at {MODELS}", "", **age)
    bare = made(model=replace(made().model, odd=("User.age is a type, not a column.",)))
    refused("model_has", bare, project, "is a type, not a column", LOOK, **age)


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
    (project / "models.py").write_text("class User(db.Model):\n    pass\n")
    elsewhere = {"column": "user.age"}
    refused("model_has", made(), project, f"the app takes {MODELS}", "%show models", **elsewhere)
    (project / "demo_app/post.py").write_text("class Post:\n    pass\n")
    refused("model_has", made(), project, "class Post(db.Model)", "%show demo_app/post", **wanted)


def test_revisions(project: Path):
    assert ask("revisions", made(), project, count=1, applied=1).met
    assert ask("revisions", WAITING, project, count=2, applied=1).met
    command = 'flask db migrate -m "Add age column to user model"'
    refused("revisions", MODEL_AHEAD, project, "not made yet", command, count=2, applied=1)
    refused("revisions", made(), project, "holds no new change", LOOK, count=2, applied=1)
    refused("revisions", BROKEN, project, "does not load", "", count=2, applied=1)
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
    more = made(migrations=migrations(filled, second()))
    refused("newest_script", more, project, "Another script was made after", "flask", **wanted)
    none = made(migrations=MigrationState(True))
    refused("newest_script", none, project, "holds no new change", LOOK, **wanted)
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
    refused("committed_migration", MODEL_AHEAD, project, "not made yet", "flask db migrate", **age)
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
    hidden = migrations(second(applied=True, tracked=True, adds=(), opaque=True))
    state = made(migrations=replace(hidden, current=(SECOND,)))
    refused("committed_migration", state, project, "Write it with op.add", "flask db h", **age)
    typo = migrations(second(tracked=True, adds=(), unknown=("add_colum",)))
    refused("committed_migration", made(migrations=typo), project, "no such", "flask db h", **age)
    again = replace(second(applied=True, tracked=True), id="c" * 12, parents=(SECOND,))
    twice = replace(migrations(*committed.revisions[1:], again), current=("c" * 12,))
    refused("committed_migration", made(migrations=twice), project, "left over", "flask db", **age)


def test_pending_changes(project: Path):
    wanted = {"adds": ["user.age"]}
    assert ask("pending_changes", WAITING, project, **wanted).met
    assert ask("pending_changes", made(), project).met
    refused("pending_changes", MODEL_AHEAD, project, "not made yet", "flask db migrate", **wanted)
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


# Databases


def test_database_has(project: Path):
    age = {"column": "user.age"}
    assert ask("database_has", made(), project, **age, present=False).met
    refused("database_has", MODEL_AHEAD, project, "script was not made", "flask db migrate", **age)
    add_age(project)
    assert ask("database_has", UPGRADED, project, **age).met
    off = {**age, "present": False}
    refused("database_has", UPGRADED, project, "no script that it counts", "%restart", **off)
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
    refused("database_has", UPGRADED, project, "has not run on app.db", "flask db downgrade", **off)
    hollow = replace(UPGRADED.migrations.revisions[1], undoes=False)
    ran = replace(UPGRADED.migrations, revisions=(UPGRADED.migrations.revisions[0], hollow))
    state = replace(UPGRADED, migrations=ran)
    refused("database_has", state, project, "does not drop it", f"%show {AGE_SCRIPT}", **off)
    third = replace(second(applied=True, adds=("pet",)), id="c" * 12, parents=(SECOND,))
    later = replace(UPGRADED.migrations, revisions=(*UPGRADED.migrations.revisions, third))
    state = replace(UPGRADED, migrations=later)
    sql(project, f"UPDATE alembic_version SET version_num = '{third.id}'")
    refused("database_has", state, project, "far enough", f"flask db downgrade {FIRST}", **off)
    sql(project, f"UPDATE alembic_version SET version_num = '{SECOND}'")
    kind = {**age, "type": "TEXT"}
    assert ask("database_has", UPGRADED, project, **age, type="INTEGER").met
    refused("database_has", UPGRADED, project, "should be TEXT", "flask db downgrade", **kind)
    sql(project, "DELETE FROM alembic_version")
    refused("database_has", UPGRADED, project, "no migration as run", "%board", **age)
    sql(project, f"INSERT INTO alembic_version VALUES ('{SECOND}')")
    (project / "instance/production.db").unlink()
    shutil.copy(project / "instance/app.db", project / "instance/copy.db")
    copy = {"column": "user.city", "database": "copy.db"}
    more = made(migrations=migrations(second(applied=True, adds=("user.city",))))
    refused("database_has", more, project, "it was overwritten", "%restart", **copy)
    refused("database_has", more, project, "copy.db was overwritten", "%restart", **copy, copy=True)
    named = {"column": "user.age", "database": "copy.db"}
    refused("database_has", UPGRADED, project, "no copy.env names it", "%%writefile copy", **named)
    assert ask("database_has", UPGRADED, project, **named, copy=True).met
    (project / "copy.env").write_text("DATABASE_URL=sqlite:///app.db")
    refused("database_has", UPGRADED, project, "names app.db", "%show copy.env", **named)
    gone = {"column": "user.id", "database": "production.db"}
    refused("database_has", made(), project, "no production.env yet", "%%writefile", **gone)
    settings = project / "production.env"
    for text, cause in NAMES_ANOTHER.items():
        settings.write_text(text)
        refused("database_has", made(), project, cause, "%show production.env", **gone)
    settings.write_text("DATABASE_URL=sqlite:///production.db")
    command = "flask --env-file production.env db upgrade"
    refused("database_has", made(), project, "No command has made it", command, **gone)
    back = {**gone, "commit": "Later"}
    refused("database_has", made(), project, "the commit “Later”", "git reflog", **back)
    required = made(
        model=ModelState((user(AGE),), found=True, migrates=True),
        migrations=migrations(second(required=("user.age",))),
    )
    (project / "instance/app.db").unlink()
    sql(project, "CREATE TABLE user (id INTEGER PRIMARY KEY)")
    refused("database_has", required, project, "it would fail", "git clean -f", **age)


@pytest.mark.parametrize("text", NAMES_ANOTHER)
def test_a_database_that_its_settings_do_not_name_is_not_used(project: Path, text: str):
    add_age(project, "production.db")
    age = {"column": "user.age", "database": "production.db"}
    refused("database_has", made(), project, "no production.env names it", "%%writefile", **age)
    (project / "production.env").write_text(text)
    look, cause = "%show production.env", NAMES_ANOTHER[text]
    refused("database_has", made(), project, cause, look, **age)
    # Nor is it one that another database could be taken for.
    sql(project, "DELETE FROM user")
    refused("rows", made(), project, "not added", "%%flask_shell", table="user", count=3)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///production.db",
        "sqlite+pysqlite:///production.db",
        "sqlite:///production.db?timeout=5",
        "sqlite:///{0}/instance/production.db",
    ],
)
def test_settings_can_name_a_database_in_many_ways(project: Path, url: str):
    add_age(project, "production.db")
    (project / "production.env").write_text(f"DATABASE_URL={url.format(project)}\n")
    assert ask("database_has", UPGRADED, project, column="user.age", database="production.db").met


def test_rows(project: Path):
    assert ask("rows", made(), project, table="user", count=3).met
    assert ask("rows", made(), project, table="user", count=2, database="production.db").met
    refused(
        "rows", made(), project, "commit() did not follow", "%%flask_shell", table="user", count=4
    )
    refused("rows", made(), project, "rows too many", "%%flask_shell", table="user", count=2)
    post = {"table": "post", "count": 1}
    refused("rows", made(), project, "does not have post", LOOK, **post)
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    sql(project, "DELETE FROM user")
    emptied = {"table": "user", "count": 3}
    refused("rows", made(), project, "an upgrade made it anew", "%restart", **emptied)
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY)")
    new = {"table": "post", "count": 1}  # no other database has rows of it: nothing was lost
    refused("rows", made(), project, "Rows were not added", "%%flask_shell", **new)
    sql(project, "DROP TABLE post")
    sql(project, "DROP TABLE user")
    sql(project, "DELETE FROM alembic_version")
    user = {"table": "user", "count": 3}
    refused("rows", made(), project, "One downgrade too many", "%restart", **user)


def test_rows_equal(project: Path):
    wanted = {"table": "user", "columns": ["id", "name"]}
    values = [[1, "A"], [2, "B"], [3, "C"]]
    assert ask("rows_equal", made(), project, **wanted, values=values).met
    sql(project, "UPDATE user SET name = 'Z' WHERE id = 2")
    finding = ask("rows_equal", made(), project, **wanted, values=values)
    assert (finding.met, finding.found) == (False, "app.db: user has the row 2, Z")
    assert "2, B is missing" in finding.cause
    sql(project, "DELETE FROM user WHERE id = 2")
    assert "2, B is missing" in ask("rows_equal", made(), project, **wanted, values=values).cause
    sql(project, "INSERT INTO user VALUES (2, 'B'), (9, 'Z')")
    finding = ask("rows_equal", made(), project, **wanted, values=values)
    assert (finding.met, finding.found) == (False, "app.db: user has the row 9, Z")
    assert """db.text("DELETE FROM user WHERE id = 9")""" in finding.cause
    assert ask("rows_equal", made(), project, **wanted, values=values, more=True).met
    # SQLite takes an unknown name between double quotes for a text, so this must not be met.
    texts = {"table": "user", "columns": ["age"], "values": [["age"], ["age"]]}
    assert not ask("rows_equal", made(), project, **texts).met


def test_some_value(project: Path):
    age = {"column": "user.age"}
    assert ask("some_value", made(), project, **age, present=False).met
    add_age(project)
    refused("some_value", UPGRADED, project, "commit() did not follow", "%%flask_shell", **age)
    sql(project, "UPDATE user SET age = 36 WHERE id = 1")
    assert ask("some_value", UPGRADED, project, **age).met
    refused("some_value", UPGRADED, project, "is set", "%%flask_shell", **age, present=False)


def test_holds(project: Path):
    ada = {"table": "user", "row": {"name": "A", "age": 36}}
    refused("holds", WAITING, project, "The upgrade has not run", "flask db upgrade", **ada)
    add_age(project)
    refused("holds", UPGRADED, project, "commit() did not follow", "%%flask_shell", **ada)
    assert ask("holds", UPGRADED, project, table="user", row={"name": "A"}, empty=["age"]).met
    sql(project, "UPDATE user SET age = 37 WHERE name = 'A'")
    refused("holds", UPGRADED, project, "Another value", "%%flask_shell", **ada)
    sql(project, "UPDATE user SET age = 36 WHERE name = 'A'")
    assert ask("holds", UPGRADED, project, **ada).met
    assert ask("holds", UPGRADED, project, table="user", row={"name": "A"}).met
    sql(project, "INSERT INTO user (name, age) VALUES ('A', 1)")
    refused("holds", UPGRADED, project, "Another value", "%%flask_shell", **ada)
    someone = {"table": "user", "row": {"name": "Nobody", "age": 36}}
    refused("holds", UPGRADED, project, "there have name A, B, C", "%%flask_shell", **someone)
    (project / "production.env").write_text("DATABASE_URL=sqlite:///production.db\n")
    other = {"table": "user", "row": {"name": "D"}}
    refused("holds", UPGRADED, project, "production.db has it", "%%flask_shell", **other)
    sql(project, "DELETE FROM user WHERE age = 1")
    assert ask("holds", UPGRADED, project, **ada, alone=True).met
    bob = {"table": "user", "row": {"name": "B", "age": 36}}
    refused("holds", UPGRADED, project, "another row: A has it", "%%flask_shell", **bob)
    sql(project, "UPDATE user SET age = 36")
    refused("holds", UPGRADED, project, "B has it too", "%restart", **ada, alone=True)
    sql(project, "DELETE FROM user")
    refused("holds", UPGRADED, project, "commit() did not follow", "%%flask_shell", **bob)


def test_same_rows(project: Path):
    copied = {"database": "production.db", "source": "copy.db"}
    look = "%show instance/production.db"
    refused(
        "same_rows",
        made(),
        project,
        "not made yet, moved, deleted or damaged",
        "%restart",
        **copied,
    )
    sql(project, "VACUUM INTO '" + str(project / "instance" / "copy.db") + "'", "production.db")
    assert ask("same_rows", made(), project, **copied).met  # other bytes, the same rows
    sql(project, "UPDATE user SET name = 'Other' WHERE id = 1", "production.db")
    refused("same_rows", made(), project, "not copied", look, **copied)
    shutil.copy(project / "instance/copy.db", project / "instance/production.db")
    assert ask("same_rows", made(), project, **copied).met
    sql(project, "ALTER TABLE user ADD COLUMN age INTEGER", "production.db")
    refused("same_rows", made(), project, "not copied", look, **copied)


def test_references(project: Path):
    wanted = {"column": "post.user_id", "target": "user"}
    refused("references", made(), project, "does not have post", LOOK, **wanted)
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, user_id INTEGER)")
    refused("references", made(), project, 'without ForeignKey("user.id")', LOOK, **wanted)
    sql(project, "DROP TABLE post")
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, user_id TEXT REFERENCES user (id))")
    refused("references", made(), project, "the type of the column", LOOK, **wanted)
    sql(project, "DROP TABLE post")
    sql(project, "CREATE TABLE post (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id))")
    assert ask("references", made(), project, **wanted).met
    assert not ask("references", made(), project, column="post.user_id", target="city").met


def test_agree(project: Path):
    assert ask("agree", made(), project).met
    refused("agree", MODEL_AHEAD, project, "The model is ahead", "flask db migrate")
    two_ways = made(
        model=ModelState((user(AGE),), found=True, migrates=True),
        migrations=migrations(second(tracked=True, before="1111111")),
    )
    refused("agree", two_ways, project, "ahead of the database", "flask db upgrade")
    refused("agree", two_ways, project, "ahead", "git reset --hard 1111111", back="Elsewhere")
    here = "Create the user table"
    refused("agree", two_ways, project, "ahead", "flask db upgrade", back=here)


# The table of goals


def test_every_check_has_a_test_here():
    written = Path(__file__).read_text(encoding="utf-8")
    assert not [name for name in checks.CHECKS if f"def test_{name}(" not in written]


def test_every_goal_of_the_course_asks_for_a_check_that_exists():
    file = find_course().folder / "notebooks" / "course.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["lesson"]
    rows += [exercise for row in rows for exercise in row.get("exercise", ())]
    goals = [goal for row in rows for goal in row.get("goal", ())]
    assert goals
    for goal in goals:
        signature(checks.CHECKS[goal["check"]]).bind(None, None, **goal.get("with", {}))


def test_a_wrong_row_in_the_table_of_goals_is_said(project: Path):
    with pytest.raises(RoundtripError, match="does not exist"):
        checks.check(Goal("", "nonsense", {}), made(), project)
    with pytest.raises(RoundtripError, match="wrongly"):
        checks.check(Goal("", "rows", {"tabel": "user"}), made(), project)
