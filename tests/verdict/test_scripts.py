"""The scripts and their folder: gone, unreadable, there twice, or without a way back."""

from __future__ import annotations

import os
import re
import shlex
import shutil

import pytest
from against_tools import check_against_commands
from states import Project
from turns import NICK, PHONE, fails, fill

from roundtrip import board


def test_files_and_folders_that_were_deleted_come_back(aged: Project):
    (aged.path / "migrations/env.py").unlink()
    aged.follow("script_error", "git checkout HEAD -- migrations/env.py")
    assert aged.read().verdict.kind == "agree"
    shutil.rmtree(aged.path / "migrations")
    aged.follow("folder_gone", "git checkout HEAD -- migrations")
    assert aged.read().verdict.kind == "agree"


ENV = "migrations/env.py"


def test_an_env_py_that_raises(aged: Project):
    usual = (aged.path / ENV).read_text(encoding="utf-8")
    aged.write(ENV, f"{usual}\nchanged = True  # and runs\n")
    assert check_against_commands(aged).verdict.kind == "not_committed"
    aged.write(ENV, f"{usual}\ncontext.config.get_no_option('x')\n")
    verdict = check_against_commands(aged).verdict
    assert verdict.kind == "script_error"
    assert verdict.found.startswith(f"{ENV}, line {usual.count(chr(10)) + 2}: AttributeError: ")
    assert (verdict.next, verdict.back) == (f"git diff {ENV}", f"git restore {ENV}")
    aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"


def test_an_env_py_that_is_looked_at_writes_nothing(aged: Project):
    usual = (aged.path / ENV).read_text(encoding="utf-8")
    rows = "db.session.execute(db.text('DELETE FROM user')); db.session.commit()"
    aged.write(ENV, f"{usual}\ndb = current_app.extensions['migrate'].db; {rows}\n")
    assert aged.read().verdict.kind == "not_committed"
    assert aged.sql("SELECT count(*) FROM user") == [(3,)]
    aged.db("current")
    assert aged.sql("SELECT count(*) FROM user") == [(0,)]


def test_the_template_of_the_scripts_is_gone(project: Project):
    project.add_to_model(PHONE)
    (project.path / "migrations/script.py.mako").unlink()
    project.follow("template_gone", "git checkout HEAD -- migrations/script.py.mako")
    project.follow("model_ahead", 'flask db migrate -m "Add phone column to user model"')


def test_a_parent_script_whose_end_is_committed(aged: Project):
    first = aged.script("create_user_table")
    aged.git("rm", "-q", f"migrations/versions/{first.name}")
    aged.git("commit", "-q", "-m", "Tidy up")
    verdict = aged.read().verdict
    assert verdict.kind == "script_error" and first.name.partition("_")[0] in verdict.found
    aged.run(*shlex.split(verdict.next))
    assert aged.script("create_user_table").read_text() and not aged.read().migrations.error


def test_a_script_that_follows_a_deleted_one_goes_too(aged: Project):
    for name in ("one", "two", "three", "four"):
        aged.db("revision", "-m", name)
    two, three, four = (aged.script_file(name) for name in ("two", "three", "four"))
    (aged.path / two).unlink()
    assert aged.capture(["flask", "db", "history"]).returncode
    why = aged.follow("script_error", f"git clean -f {four}")
    assert "Git does not have it" in why and "four" in why
    aged.follow("script_error", f"git clean -f {three}")
    assert aged.db("history").partition("\n")[0].endswith("one")
    assert aged.read().verdict.kind == "pending"


def test_a_script_that_has_run_and_follows_a_deleted_one_is_kept(aged: Project):
    aged.db("revision", "-m", "one")
    aged.db("revision", "-m", "two")
    aged.db("upgrade")
    (aged.path / aged.script_file("one")).unlink()
    assert (aged.read().verdict.kind, aged.read().verdict.next) == ("script_error", "")
    aged.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    versions = aged.sql("SELECT version_num FROM alembic_version")
    aged.sql("CREATE TABLE alembic_version (version_num TEXT)", "production.db")
    aged.sql(f"INSERT INTO alembic_version VALUES ('{versions[0][0]}')", "production.db")
    (first,) = (r.id for r in aged.read().migrations.revisions if "age" in r.message)
    aged.sql(f"UPDATE alembic_version SET version_num = '{first}'")
    assert (aged.read().verdict.kind, aged.read().verdict.next) == ("script_error", "")


def test_a_script_that_is_there_is_not_said_to_be_gone(aged: Project):
    file = aged.script_file("age")
    aged.edit(file, "def upgrade", "def :upgrade")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("script_error", f"git diff {file}")


BEFORE_AND_BEHIND = ("000000_copy.py", "z_copy.py")
"""Names for a copy of a script, as the folder lists them."""


@pytest.mark.parametrize("name", BEFORE_AND_BEHIND)
@pytest.mark.parametrize("staged", [False, True])
def test_a_copied_script_with_the_same_id(aged: Project, name: str, staged: bool):
    copy = f"migrations/versions/{name}"
    aged.write(copy, aged.script("age").read_text(encoding="utf-8"))
    if staged:
        aged.git("add", copy)
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.headline) == ("script_error", "Two scripts have the same id.")
    assert verdict.next == f"git {'rm' if staged else 'clean'} -f {copy}"
    assert "No commit has this one" in verdict.why
    aged.run(*shlex.split(verdict.next))
    assert aged.read().verdict.kind == "agree"


@pytest.mark.parametrize("name", BEFORE_AND_BEHIND)
def test_of_two_new_scripts_with_one_id_the_younger_goes(loose: Project, name: str):
    script = loose.script("age")
    loose.write(f"migrations/versions/{name}", script.read_text(encoding="utf-8"))
    written = script.stat().st_mtime_ns - 60 * 10**9
    os.utime(script, ns=(written, written))
    verdict = loose.read().verdict
    assert verdict.next == f"git clean -f migrations/versions/{name}"
    assert "No commit has either" in verdict.why and "delete the other one" in verdict.why
    loose.run(*shlex.split(verdict.next))
    assert loose.read().verdict.kind == "script_not_committed"


def test_of_two_committed_scripts_with_one_id_the_commits_are_shown(aged: Project):
    script = aged.script("age")
    aged.write("migrations/versions/000000_copy.py", script.read_text(encoding="utf-8"))
    aged.commit("Copy a script")
    verdict = aged.read().verdict
    assert verdict.headline == "Two scripts have the same id."
    shown = aged.git(*shlex.split(verdict.next)[1:])
    assert "A\tmigrations/versions/000000_copy.py" in shown.partition(script.name)[0]
    assert "git rm with its name" in verdict.why
    aged.git("rm", "migrations/versions/000000_copy.py")
    aged.commit("Without it")
    assert aged.read().verdict.kind == "agree"


def test_a_copied_script_with_another_number(aged: Project):
    file = aged.script("age")
    text = file.read_text(encoding="utf-8")
    number = file.name[:12]
    aged.write("migrations/versions/copy.py", text.replace(number, f"{number[:-1]}z"))
    verdict = aged.read().verdict
    assert verdict.headline == "Two scripts do the same."
    assert verdict.next == "git clean -f migrations/versions/copy.py"
    aged.run(*shlex.split(verdict.next))
    assert aged.read().verdict.kind == "agree"


def test_scripts_that_follow_one_another_in_a_ring(aged: Project):
    script = aged.script_file("age")
    own = aged.script_id("age")
    text = (aged.path / script).read_text(encoding="utf-8")
    aged.write(script, re.sub(r"down_revision = '.*'", f"down_revision = '{own}'", text))
    assert aged.capture(["flask", "db", "current"]).returncode
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("script_error", f"git diff {script}")
    assert "no first one" in verdict.found
    aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"


def test_a_script_without_a_way_back_is_told_before_it_runs_and_after(aged: Project):
    aged.db("revision", "-m", "Add nick")
    aged.add_to_model(NICK)
    script = aged.script("add_nick")
    fill(script, "op.add_column('user', sa.Column('nick', sa.String(20)))")
    aged.commit("Add nick")
    verdict = aged.read().verdict
    look = f"%show {aged.script_file('add_nick')}"
    assert (verdict.kind, verdict.next, verdict.back) == ("pending", look, "flask db upgrade")
    assert "does not undo its upgrade(): fix it first" in verdict.why
    aged.db("upgrade")
    aged.db("downgrade")  # the number alone
    why = aged.follow("not_recorded", "flask db stamp head")
    assert "create_all" not in why and "does not undo its upgrade()" in why
    aged.db("stamp", aged.read().migrations.revisions[-2].id)
    fill(script, "op.drop_column('user', 'nick')")
    assert "create_all" in aged.read().verdict.why


def test_a_folder_with_the_name_of_a_script_is_none(aged: Project):
    """Alembic does not look at it either."""
    (aged.path / "migrations/versions/zz.py").mkdir()
    aged.db("check")
    assert aged.read().verdict.kind == "agree"


def test_a_folder_in_the_place_of_a_script(aged: Project):
    script = aged.script("age")
    script.unlink()
    script.mkdir()
    fails(aged, "current")
    aged.follow("missing_script", f"git checkout HEAD -- migrations/versions/{script.name}")
    assert aged.read().verdict.kind == "agree"


def test_files_that_git_alone_forgot_are_not_gone(aged: Project):
    aged.git("rm", "-q", "--cached", "-r", "migrations")
    aged.db("check")
    assert "deleted" not in board.text(aged.read())
    aged.follow("script_not_committed", "git add .")
    assert aged.read().verdict.kind == "agree"
    aged.git("rm", "-q", "--cached", "-r", "demo_app")
    aged.edit("demo_app/__init__.py", "import Flask", "import Flasc")
    assert aged.read().verdict.headline == "The app does not load."
    assert "checkout" not in aged.read().verdict.next


def test_a_ring_that_is_committed_shows_the_commit_that_closed_it(aged: Project):
    first = aged.script_file("create")
    aged.edit(first, "down_revision = None", f"down_revision = '{aged.script_id('age')}'")
    aged.commit("A ring")
    aged.follow("script_error", "git log -p -1 -- migrations/versions")


@pytest.mark.parametrize("moved", [False, True])
def test_an_app_that_names_another_folder(aged: Project, moved: bool):
    named = 'migrate.init_app(app, db, directory="schema"'
    aged.edit("demo_app/__init__.py", "migrate.init_app(app, db", named)
    verdict = aged.read().verdict
    assert verdict.found == "The app looks for them in schema/, and they are in migrations/."
    assert verdict.next == "git diff demo_app/__init__.py"
    if moved:
        aged.git("commit", "-qam", "Name the folder schema")
        aged.follow("other_folder", "git mv migrations schema")
        aged.commit("Move the migrations")
    else:
        aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"
    aged.db("check")


def test_a_file_among_the_scripts_that_is_none_is_moved_out_and_kept(aged: Project):
    aged.write("migrations/versions/notes.py", "print('hi')\n")
    verdict = aged.read().verdict
    assert verdict.kind == "script_error" and "Is it no migration?" in verdict.why
    fails(aged, "current")
    aged.run(*shlex.split(verdict.next))
    (kept,) = aged.path.glob("notes.py-*.kept")
    assert kept.read_text(encoding="utf-8") == "print('hi')\n"
    aged.db("current")


def test_another_env_py_is_shown(aged: Project):
    env = "migrations/env.py"
    aged.write(env, "")
    why = aged.follow("not_committed", f"git diff {env}")
    assert "Every flask db command runs migrations/env.py" in why
    assert aged.read().verdict.back == f"git restore {env}"
    aged.git("add", env)
    assert aged.read().verdict.next.startswith("git commit")
