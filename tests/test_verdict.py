"""The verdict against what `flask db check`, `flask db current` and `git status` say.

Every state is made with the real commands. The first table is that of Git against the database:
what happens to a migration whose code is taken back in all the ways that Git knows.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import states
from states import AGE, Project

from roundtrip import terminal
from roundtrip.facts import (
    AGREE,
    DatabaseState,
    GitState,
    MigrationState,
    ModelState,
    Revision,
    State,
    Table,
)
from roundtrip.verdict import disagreements

NOT_UP_TO_DATE = {"pending", "left_over", "several_heads", "not_recorded"}
OPERATIONS = {"model_ahead", "database_ahead", "model_not_imported", "stamped"}
BROKEN = {"app_not_found", "no_app", "nothing", "model_error", "no_migrate", "script_error"}
BROKEN |= {"no_folder", "folder_gone"}


@dataclass(frozen=True)
class Known:
    """Projects to start from, made once: lesson 01's end; `age` upgraded; `age` committed.

    The first was made by the verdict's own commands, `steps`.
    """

    steps: list[str]
    first: Project
    aged: Project
    committed: Project


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("a path with spaces")
    first = states.new(folder / "first")
    steps: list[str] = []
    while (verdict := first.read().verdict) != AGREE and len(steps) < 9:
        steps.append(verdict.next)
        terminal.stream(verdict.next, first.path, first.path, lambda text: None)
    states.add_users(first)
    aged = states.with_age(first, folder / "aged")
    committed = aged.copy(folder / "committed")
    committed.commit("Add age column to user model")
    return Known(steps, first, aged, committed)


def check_against_commands(project: Project, env_file: str = "") -> State:
    """Read the state and hold its verdict against the three commands."""
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(project.ask, *(["--env-file", env_file] if env_file else []))
        state = project.read(env_file or None)
        check, current = asking.result()
    status = project.git("status", "--porcelain")
    kind = state.verdict.kind

    said = check.out + check.err
    assert (kind in NOT_UP_TO_DATE) == ("Target database is not up to date" in said), said
    assert (kind in OPERATIONS) == ("New upgrade operations detected" in said), said
    assert (kind == "missing_script") == ("Can't locate revision" in current.err), said
    if kind in BROKEN:
        assert check.code and current.code, said
    elif kind == "missing_script":
        assert f"'{state.migrations.missing[0]}'" in current.err
    else:
        ids = tuple(sorted(line.split()[0] for line in current.out.splitlines()))
        assert (current.code, ids) == (0, state.migrations.current)
        assert (check.code == 0) == (kind not in NOT_UP_TO_DATE | OPERATIONS), said
    assert bool(status) == bool(state.git.uncommitted)
    assert not (status and kind == "agree")
    return state


def follow(project: Project, state: State, steps: int) -> list[str]:
    """Type what the verdict says, `steps` times; return the kinds of verdict on the way."""
    kinds = [state.verdict.kind]
    for _ in range(steps):
        command = state.verdict.next
        printed: list[str] = []
        code = terminal.stream(command, project.path, project.path, printed.append)
        assert code == 0, f"{command}: {''.join(printed)}"
        state = project.read()
        kinds.append(state.verdict.kind)
    return kinds


def committed_downgrade_reset(known: Known, place: Path) -> Project:
    project = known.committed.copy(place)
    project.db("downgrade")
    project.git("reset", "--hard", "HEAD~1")
    return project


def committed_reset(known: Known, place: Path) -> Project:
    project = known.committed.copy(place)
    project.git("reset", "--hard", "HEAD~1")
    return project


def untracked_reset(known: Known, place: Path) -> Project:
    project = known.aged.copy(place)
    project.git("reset", "--hard")
    return project


def untracked_downgrade_reset(known: Known, place: Path) -> Project:
    project = known.aged.copy(place)
    project.db("downgrade")
    project.git("reset", "--hard")
    return project


def staged_reset(known: Known, place: Path) -> Project:
    project = known.aged.copy(place)
    project.git("add", ".")
    project.git("reset", "--hard")
    assert not list((place / "migrations/versions").glob("*age*"))
    return project


def ignored_reset(known: Known, place: Path) -> Project:
    project = known.aged.copy(place)
    project.edit(".gitignore", "instance/\n", "instance/\nmigrations/\n")
    project.git("rm", "-r", "-q", "--cached", "migrations")
    project.git("add", ".gitignore")
    project.git("commit", "-m", "Ignore the migrations")
    project.git("reset", "--hard")
    return project


def database_tracked_reset(known: Known, place: Path) -> Project:
    project = known.first.copy(place)
    project.git("add", "-f", "instance/app.db")
    project.git("commit", "-m", "Add the database")
    for file in ("instance/app.db", "demo_app/models.py"):
        shutil.copy(known.aged.path / file, place / file)
    shutil.copy(known.aged.script("age"), place / "migrations/versions")
    project.commit("Add age column to user model")
    project.git("reset", "--hard", "HEAD~1")
    return project


def stash(known: Known, place: Path) -> Project:
    project = known.aged.copy(place)
    project.git("stash")
    return project


def stash_untracked(known: Known, place: Path) -> Project:
    project = known.aged.copy(place)
    project.git("stash", "-u")
    return project


def checkout(known: Known, place: Path) -> Project:
    project = known.committed.copy(place)
    project.git("checkout", "-q", "-b", "age")
    project.git("branch", "-q", "-f", "main", "HEAD~1")
    project.git("checkout", "-q", "main")
    return project


def revert(known: Known, place: Path) -> Project:
    project = known.committed.copy(place)
    project.git("revert", "--no-edit", "HEAD")
    return project


GIT_AGAINST_DATABASE = [
    (committed_downgrade_reset, "", ["agree"]),
    (committed_reset, "git reset --hard ORIG_HEAD", ["missing_script", "agree"]),
    (untracked_reset, "flask db downgrade", ["database_ahead", "left_over", "agree"]),
    (untracked_downgrade_reset, "git clean -f migrations/versions/", ["left_over"]),
    (staged_reset, "git show ", ["missing_script", "database_ahead"]),
    (ignored_reset, "flask db downgrade", ["database_ahead"]),
    (database_tracked_reset, "git rm --cached instance/app.db", ["database_in_git"]),
    (stash, "git stash pop", ["database_ahead"]),
    (stash_untracked, "git stash pop", ["missing_script", "script_not_committed"]),
    (checkout, "git checkout age", ["missing_script", "agree"]),
    (revert, "git checkout ", ["missing_script", "database_ahead"]),
]


@pytest.mark.parametrize(
    ("make", "next_command", "kinds"),
    GIT_AGAINST_DATABASE,
    ids=[row[0].__name__ for row in GIT_AGAINST_DATABASE],
)
def test_git_against_the_database(
    known: Known,
    tmp_path: Path,
    make: Callable[[Known, Path], Project],
    next_command: str,
    kinds: list[str],
):
    project = make(known, tmp_path / "the project")
    state = check_against_commands(project)
    assert state.verdict.kind == kinds[0]
    assert state.verdict.next.startswith(next_command)
    assert bool(state.verdict.next) == bool(next_command)
    assert follow(project, state, len(kinds) - 1) == kinds


def test_what_git_ignores_is_named(known: Known, tmp_path: Path):
    state = ignored_reset(known, tmp_path / "project").read()
    assert "Git ignores migrations/versions/" in state.verdict.why
    assert [each.kind for each in state.disagreements] == ["database_ahead", "scripts_ignored"]


# States of the course


def test_from_nothing_to_the_first_commit(known: Known, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    empty = Project(tmp_path / "empty")
    verdict = empty.read().verdict
    assert (verdict.kind, verdict.next) == ("nothing", "git init")
    empty.git("init")
    assert empty.read().verdict.kind == "no_app"
    assert known.steps == [
        "git init",
        "flask db init",
        'flask db migrate -m "Create user table"',
        "flask db upgrade",
        "git add .",
        'git commit -m "Create user table"',
    ]


def test_from_the_model_to_the_commit(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.add_to_model()
    ahead = check_against_commands(project).verdict
    assert ahead.next == 'flask db migrate -m "Add age column to user model"'
    assert ahead.found == "The model has user.age, the database does not."
    shutil.copy(known.aged.script("age"), project.path / "migrations/versions")
    waiting = check_against_commands(project).verdict
    assert (waiting.kind, waiting.next, waiting.back) == ("pending", "flask db upgrade", "")
    upgraded = known.aged.read().verdict
    assert (upgraded.kind, upgraded.next) == ("script_not_committed", "git add .")
    assert known.committed.read().verdict == AGREE


def test_after_the_downgrade_both_ways_are_open(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "project")
    project.write("notes.txt", "A later commit.\n")
    project.commit("Take notes")
    first = project.git("rev-list", "--max-parents=0", "HEAD").strip()
    shutil.copy(known.first.path / "instance/app.db", project.path / "instance")
    verdict = check_against_commands(project).verdict
    assert verdict.kind == "pending"
    assert verdict.next == "flask db upgrade"
    command, _, commit = verdict.back.rpartition(" ")
    assert command == "git reset --hard" and first.startswith(commit)
    assert "takes every commit after" in verdict.why


def test_production_is_looked_at_and_upgraded_by_its_file(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "project")
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    before = project.read("production.env")
    assert (before.database.url, before.database.exists) == ("instance/production.db", False)
    shutil.copy(known.first.path / "instance/app.db", project.path / "instance/production.db")
    verdict = check_against_commands(project, "production.env").verdict
    assert verdict.next == "flask --env-file production.env db upgrade"
    assert verdict.back == ""


def test_a_column_removed_by_hand_goes_forward_or_back(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "project")
    project.edit("demo_app/models.py", AGE, "")
    verdict = project.read().verdict
    assert verdict.kind == "database_ahead"
    assert verdict.next == 'flask db migrate -m "Remove age column from user model"'
    assert verdict.back == "git restore demo_app/models.py"
    assert "deletes the values" in verdict.why


# States that are in no table


def test_a_model_that_is_not_imported(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.edit("demo_app/__init__.py", "from .models import db\n", "")
    project.edit("demo_app/__init__.py", "from .pages import pages\n", "")
    project.edit("demo_app/__init__.py", "    app.register_blueprint(pages)\n", "")
    project.edit(
        "demo_app/__init__.py",
        "migrate = Migrate()",
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nmigrate = Migrate()",
    )
    verdict = check_against_commands(project).verdict
    assert verdict.kind == "model_not_imported"
    assert "drop the table and 3 rows" in verdict.why
    assert "migrate" not in verdict.next


def test_two_heads_are_merged(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    parent = project.script("create").name[:12]
    for name, column in (("aaaaaaaaaaaa", "age"), ("bbbbbbbbbbbb", "city")):
        script = known.aged.script("age").read_text(encoding="utf-8")
        own = known.aged.script("age").name[:12]
        script = script.replace(own, name).replace("'age'", f"'{column}'")
        project.write(f"migrations/versions/{name}_{column}.py", script)
        assert f"down_revision = '{parent}'" in script
    project.add_to_model(AGE + "    city: Mapped[int | None]\n")
    state = check_against_commands(project)
    assert state.migrations.heads == ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
    assert state.verdict.kind == "several_heads"
    assert follow(project, state, 1) == ["several_heads", "pending"]


def test_an_app_that_does_not_load(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.edit("demo_app/models.py", "db = SQLAlchemy", "bd = SQLAlchemy")
    state = check_against_commands(project)
    assert state.verdict.kind == "model_error"
    assert state.verdict.found.startswith("demo_app/models.py, line 24: NameError: name 'db'")
    assert state.verdict.back == "git restore demo_app/models.py"
    assert state.database.tables[0].rows == 3


def test_an_app_that_flask_does_not_find(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.write(".flaskenv", "FLASK_APP=demo_ap\n")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.found) == ("app_not_found", "Could not import 'demo_ap'.")


def test_stamped_instead_of_upgraded(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "project")
    project.sql("ALTER TABLE user DROP COLUMN age")
    verdict = check_against_commands(project).verdict
    parent = project.script("create").name[:12]
    assert (verdict.kind, verdict.next) == ("stamped", f"flask db stamp {parent}")


def test_tables_made_without_the_migration(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.sql("DROP TABLE alembic_version")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.next) == ("not_recorded", "flask db stamp head")


def test_a_script_that_does_more_than_the_model_says(known: Known, tmp_path: Path):
    project = known.aged.copy(tmp_path / "project")
    shutil.copy(known.first.path / "instance/app.db", project.path / "instance")
    script = project.script("age")
    line = "batch_op.add_column(sa.Column('age', sa.Integer(), nullable=True))"
    project.edit(
        f"migrations/versions/{script.name}", line, f"{line}; batch_op.drop_column('name')"
    )
    verdict = project.read().verdict
    assert verdict.kind == "left_over"
    assert "drops user.name" in verdict.found and "adds" not in verdict.found
    assert verdict.next == f"git clean -f migrations/versions/{script.name}"


def test_a_script_lost_for_good_can_be_written_again(known: Known, tmp_path: Path):
    project = known.aged.copy(tmp_path / "project")
    name = project.script("age").name[:12]
    project.script("age").unlink()
    state = project.read()
    assert state.verdict.next.startswith(f"flask db revision --rev-id {name} -m ")
    assert follow(project, state, 1) == ["missing_script", "not_made"]
    script, verdict = project.script(name), project.read().verdict
    assert f"migrations/versions/{script.name} has run and does nothing" in verdict.why
    body = 'op.add_column("user", sa.Column("age", sa.Integer()))'
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("    pass", f"    {body}", 1), encoding="utf-8")
    assert project.read().verdict.kind == "script_not_committed"


def test_a_reset_is_not_undone_over_uncommitted_work(known: Known, tmp_path: Path):
    project = committed_reset(known, tmp_path / "project")
    project.edit("demo_app/pages.py", "Show the", "Show me the")
    verdict = project.read().verdict
    assert verdict.next.startswith("git checkout ORIG_HEAD -- migrations/versions/")
    project.git(*verdict.next.split()[1:])
    assert "Show me the" in (project.path / "demo_app/pages.py").read_text(encoding="utf-8")
    assert project.read().verdict.next == "flask db downgrade"


def test_files_and_folders_that_were_deleted_come_back(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "project")
    (project.path / "migrations/env.py").unlink()
    assert follow(project, project.read(), 1) == ["script_error", "agree"]
    shutil.rmtree(project.path / "migrations")
    assert follow(project, project.read(), 1) == ["folder_gone", "agree"]


def test_lines_that_look_like_columns_and_are_none(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.add_to_model("    age = db.Integer\n    city = mapped_column(db.Integer),\n")
    state = project.read()
    assert state.verdict.kind == "not_a_column"
    assert state.model.odd == (
        "User.age is a type, not a column. Write age: Mapped[int | None]",
        "User.city has a comma behind it, so it is no column. Write city: Mapped[int | None]",
    )


def test_a_required_column_is_warned_of_before_it_fails(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.add_to_model("    age: Mapped[int]\n")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "3 rows would have no value" in verdict.why


@pytest.mark.parametrize(
    ("git", "command"),
    [
        ({}, "git clean -f x.py"),
        ({"ignored": True}, "git clean -fx x.py"),
        ({"tracked": True}, "git rm -f x.py"),
        ({"tracked": True, "committed": True}, "git rm x.py"),
    ],
)
def test_a_left_over_script_is_deleted_as_git_knows_it(git: dict[str, bool], command: str):
    script = Revision("x", "Add age", (), "x.py", **({"tracked": False, "applied": False} | git))
    state = State(
        GitState(repository=True),
        ModelState((Table("user"),), found=True, migrates=True),
        MigrationState(True, (replace(script, adds=("user.age",)),), ("x",)),
        DatabaseState("app.db", exists=True, tables=(Table("user"),)),
    )
    (first, *_) = disagreements(state)
    assert (first.kind, first.next) == ("left_over", command)
    assert "deletes the script" in first.why


def test_a_rename_is_told_from_a_new_column(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.edit("demo_app/models.py", "    name: Mapped", "    full_name: Mapped")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "alter_column" in verdict.why and "lose every value" in verdict.why


def test_work_beside_the_schema_is_only_not_committed(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.write("notes.txt", "Notes.\n")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.next) == ("not_committed", "git status")
    project.git("add", ".")
    verdict = project.read().verdict
    assert verdict.next == 'git commit -m "Say what changes"'


def test_a_merge_that_is_not_finished(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "project")
    project.git("checkout", "-q", "-b", "other")
    project.edit("demo_app/pages.py", "Show the", "Show her")
    project.commit("Hers")
    project.git("checkout", "-q", "main")
    project.edit("demo_app/pages.py", "Show the", "Show his")
    project.commit("His")
    assert project.capture(["git", "merge", "other"]).returncode
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("conflict", "git status")
    assert "demo_app/pages.py" in verdict.found


# Another database of the project


def with_production(known: Known, place: Path) -> Project:
    """Everything committed and upgraded; `production.env` names a database that is not there."""
    project = known.committed.copy(place)
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    assert project.read().disagreements == ()
    return project


def on_production(project: Project, *arguments: str) -> None:
    project.run("flask", "--env-file", "production.env", "db", *arguments)


def test_a_database_that_waits(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    on_production(project, "upgrade", "+1")
    first = project.read().verdict
    assert (first.kind, first.next) == ("elsewhere", "flask --env-file production.env db upgrade")
    assert "instance/production.db is at " in first.found
    project.run(*shlex.split(first.next))
    assert project.read().verdict.kind == "agree"
    # seen from there, this one is no other database
    assert project.read("production.env").verdict.kind == "agree"


def test_a_database_that_has_to_go_back(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    on_production(project, "upgrade")
    project.db("downgrade")
    project.git("revert", "--no-edit", "HEAD~0", "--no-commit")
    project.git("restore", "--staged", "--worktree", "migrations")
    project.git("commit", "-qam", "Take the line out of the model")
    script = project.script("age")
    verdict = project.read().verdict
    assert verdict.kind == "left_over", verdict  # the script first
    project.db("upgrade")
    project.db("downgrade")
    project.git("rm", "-q", script.relative_to(project.path).as_posix())
    project.git("commit", "-qm", "Without the script")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    assert "The file of " in verdict.why
    project.git("reset", "-q", "--hard", "HEAD~1")
    on_production(project, "downgrade")
    assert all(said.kind != "elsewhere" for said in project.read().disagreements)


def test_a_database_that_is_ahead(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    on_production(project, "upgrade")
    project.db("downgrade")
    first, *_, last = project.read().disagreements
    back = "flask --env-file production.env db downgrade"
    assert (last.kind, last.next) == ("elsewhere", back)
    assert last.headline == "instance/production.db is ahead of this database."
    # no reset while another database has run the script
    assert (first.kind, first.next, first.back) == ("pending", "flask db upgrade", back)
    project.run(*shlex.split(first.back))
    first, *rest = project.read().disagreements
    assert first.back.startswith("git reset --hard ")
    assert not rest


def test_a_script_that_another_database_has_run_is_not_deleted(known: Known, tmp_path: Path):
    project = known.aged.copy(
        tmp_path / "p"
    )  # the script is untracked: Git could not bring it back
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    on_production(project, "upgrade")
    project.db("downgrade")
    project.git("restore", "demo_app/models.py")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == (
        "left_over",
        "flask --env-file production.env db downgrade",
    )
    project.run(*shlex.split(verdict.next))
    assert project.read().verdict.next.startswith("git clean -f migrations/versions/")


def test_another_database_that_says_more_than_it_has(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    on_production(project, "upgrade", "+1")
    on_production(project, "stamp", "head")
    verdict = project.read().verdict
    assert verdict.headline == "instance/production.db says more than it has."
    assert "user.age is not there" in verdict.found
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    there = project.read("production.env").verdict
    assert there.kind == "stamped"
    project.run(*shlex.split(there.next))
    on_production(project, "upgrade")
    assert project.read().verdict.kind == "agree"


def test_another_database_that_is_damaged(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    file = project.path / "instance/production.db"
    file.write_bytes(b"no database, " * 400)
    verdict = project.read().verdict
    assert verdict.headline == "instance/production.db cannot be read."
    file.rename(project.path.parent / "kept.db")
    project.run(*shlex.split(verdict.next))
    assert project.read().verdict.kind == "agree"


def test_two_rows_in_alembic_version_are_no_other_place(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    on_production(project, "upgrade")
    first, _ = project.read().migrations.revisions
    project.sql(f"INSERT INTO alembic_version VALUES ('{first.id}')", "production.db")
    assert all(said.kind != "elsewhere" for said in project.read().disagreements)


@pytest.mark.parametrize(
    "settings",
    [
        b"DATABASE_URL=sqlite:////etc/hostname",
        b"DATABASE_URL=sqlite:///:memory:",
        b"DATABASE_URL=postgresql://ada@host:port/production.db",
        b"\xff\xfe=1",
        b"=",
        b"DATABASE_URL=sqlite:///" + b"x" * 5000,
    ],
)
def test_settings_that_name_no_database_here_do_no_harm(known: Known, tmp_path: Path, settings):
    project = known.committed.copy(tmp_path / "p")
    (project.path / "odd.env").write_bytes(settings)
    (*_, last) = project.read().disagreements
    assert last.kind == "not_committed"  # odd.env itself


# What no migration makes


def with_nick(known: Known, place: Path) -> Project:
    """A column in the model that an ALTER TABLE brought to the database."""
    project = known.committed.copy(place)
    project.add_to_model("    nick: Mapped[str | None] = mapped_column(String(20))\n")
    project.sql("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")
    assert "No new upgrade operations" in project.ask()[0].out  # flask db check sees nothing
    return project


def test_a_column_that_no_migration_makes(known: Known, tmp_path: Path):
    project = with_nick(known, tmp_path / "p")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.found) == (
        "not_made",
        "Model and database have user.nick, but no script makes it.",
    )
    assert verdict.next == 'flask db revision -m "Add nick column to user model"'
    project.run(*shlex.split(verdict.next))
    script = project.script("nick")
    body = 'op.add_column("user", sa.Column("nick", sa.String(20)))'
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("    pass", f"    {body}", 1), encoding="utf-8")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_recorded", "flask db stamp head")
    project.run(*shlex.split(verdict.next))
    project.commit("Add nick column to user model")
    assert project.read().verdict.kind == "agree"


@pytest.mark.parametrize(
    "body",
    [
        'op.execute("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")',
        'op.get_bind().exec_driver_sql("ALTER TABLE user ADD COLUMN nick VARCHAR(20)")',
        'name = "nick"; op.add_column("user", sa.Column(name, sa.String(20)))',
        'for n in ("nick",): op.add_column("user", sa.Column(n, sa.String(20)))',
    ],
)
def test_a_script_that_cannot_be_told_by_reading_is_trusted(known: Known, tmp_path: Path, body):
    project = known.committed.copy(tmp_path / "p")
    project.add_to_model("    nick: Mapped[str | None] = mapped_column(String(20))\n")
    project.db("revision", "-m", "nick")
    script = project.script("nick")
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("    pass", f"    {body}", 1), encoding="utf-8")
    project.db("upgrade")
    project.commit("Add nick")
    assert project.read().verdict.kind == "agree"


def test_a_stash_of_something_else_is_not_where_a_script_is(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "p")
    project.write("demo_app/__init__.py", "# other\n")
    project.git("stash")
    project.git("reset", "--hard", "HEAD~1")
    assert project.read().verdict.next == "git reset --hard ORIG_HEAD"


def test_a_committed_script_that_would_fail(known: Known, tmp_path: Path):
    project = known.first.copy(tmp_path / "p")
    project.add_to_model("    age: Mapped[int]\n")
    project.db("migrate", "-m", "Add age")
    project.commit("Add age")
    verdict = project.read().verdict
    assert verdict.headline == "A migration is waiting, and it would fail."
    assert verdict.next.startswith("git rm ")
    project.edit("demo_app/models.py", "age: Mapped[int]", "age: Mapped[int | None]")
    assert "the script is older" in project.read().verdict.why


def test_what_is_told_about_another_database_names_it(known: Known, tmp_path: Path):
    project = with_production(known, tmp_path / "p")
    on_production(project, "upgrade")
    project.db("downgrade")
    project.git("reset", "--hard", "HEAD~1")
    verdict = project.read("production.env").verdict
    assert verdict.kind == "missing_script"
    assert "(flask --env-file production.env db downgrade, once for each" in verdict.why


def test_a_half_made_copy_is_named(known: Known, tmp_path: Path):
    project = known.committed.copy(tmp_path / "p")
    project.sql("CREATE TABLE _alembic_tmp_user (id INTEGER)")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("half_made_copy", "")
    assert 'db.session.execute(db.text("DROP TABLE _alembic_tmp_user"))' in verdict.why
    project.sql("DROP TABLE _alembic_tmp_user")
    assert project.read().verdict.kind == "agree"
