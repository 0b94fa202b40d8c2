"""Scripts that do not follow one another: merged or not, and where a database has run one."""

from __future__ import annotations

import re
import shlex

import pytest
from against_tools import check_against_commands
from starts import Starts
from states import AGE, Project
from turns import CITY, MODELS, NICK, PHONE, added, committed, fill, on_production, with_production

SHOE = "000000000000"  # before every other one in the folder


def test_two_heads_are_merged(project: Project, starts: Starts):
    parent = project.script_id("create")
    for name, column in (("aaaaaaaaaaaa", "age"), ("bbbbbbbbbbbb", "city")):
        script = starts["loose"].script("age").read_text(encoding="utf-8")
        own = starts["loose"].script("age").name[:12]
        script = script.replace(own, name).replace("'age'", f"'{column}'")
        project.write(f"migrations/versions/{name}_{column}.py", script)
        assert f"down_revision = '{parent}'" in script
    project.add_to_model(AGE + "    city: Mapped[int | None]\n")
    state = check_against_commands(project)
    assert state.migrations.heads == ("aaaaaaaaaaaa", "bbbbbbbbbbbb")
    project.follow("several_heads", 'flask db merge heads -m "Merge heads"')
    assert project.read().verdict.kind == "pending"


def test_two_branches_that_add_the_same_are_not_merged(city: Project):
    city.git("switch", "-c", "other")
    committed(city, PHONE, "Add phone here")
    city.db("downgrade")
    city.git("switch", "main")
    committed(city, PHONE, "Add phone on main")
    city.git("merge", "-X", "ours", "other")
    here, there = (city.script_file(name) for name in ("here", "on_main"))
    city.follow("several_heads", f"git rm {here}")
    assert (city.path / there).is_file()
    assert not city.read().migrations.heads[1:]
    city.db("upgrade")


def test_a_second_head_that_nobody_wants_is_not_merged(project: Project):
    project.db("downgrade")
    project.add_to_model(CITY)
    project.write(
        "migrations/versions/stray.py",
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = 'b'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('stray', sa.Column('id', sa.Integer()))\n"
        "def downgrade():\n    op.drop_table('stray')\n",
    )
    project.follow("several_heads", "git clean -f migrations/versions/stray.py")
    assert project.read().verdict.kind == "pending"


def test_a_second_head_that_a_changed_line_makes_is_not_merged(aged: Project):
    script = aged.script_file("age")
    text = (aged.path / script).read_text(encoding="utf-8")
    aged.write(script, re.sub(r"down_revision = '.*'", "down_revision = None", text))
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("several_heads", f"git diff {script}")
    aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"


@pytest.mark.parametrize("merged", [False, True])
def test_a_script_that_lost_its_parent_is_not_merged(aged: Project, merged: bool):
    script = aged.script_file("age")
    (first, _) = aged.read().migrations.revisions
    aged.edit(script, f"down_revision = '{first.id}'", "down_revision = None")
    aged.commit("Tidy up")
    if merged:
        aged.db("merge", "heads", "-m", "Merge heads")
        aged.commit("Merge heads")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("several_heads", f"git log -p --oneline -- {script}")
    assert f"-down_revision = '{first.id}'" in aged.run(*shlex.split(verdict.next))
    aged.edit(script, "down_revision = None", f"down_revision = '{first.id}'")
    assert aged.read().verdict.headline != verdict.headline


def shoe_beside_age(project: Project) -> str:
    """A committed script for `shoe`, which the model does not want, beside that for `age`."""
    (first, _) = project.read().migrations.revisions
    project.db("revision", "--head", first.id, "--splice", "-m", "Add shoe", "--rev-id", SHOE)
    script = project.script("shoe")
    fill(script, 'op.add_column("user", sa.Column("shoe", sa.Integer()))')
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace("    pass", '    op.drop_column("user", "shoe")'), "utf-8")
    project.commit("Add shoe")
    return project.script_file("shoe")


def test_production_takes_back_the_script_that_nobody_wants_and_no_other(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.sql("INSERT INTO user (name, email, age) VALUES ('Dorothy', 'd', 51)", "production.db")
    script = shoe_beside_age(aged)
    on_production(aged, "upgrade", "heads")
    back = f"flask --env-file production.env db downgrade {SHOE}@-1"
    assert "instance/production.db has run it." in aged.read().verdict.found
    assert aged.read("production.env").verdict.back == back
    verdict = aged.read().verdict
    assert (verdict.next, verdict.back) == (f"%show {script}", back)
    assert "Was its line in the model lost" in verdict.why
    assert verdict.why.endswith("drops user.shoe with all values.")
    aged.run(*shlex.split(back))
    assert aged.sql("SELECT age FROM user", "production.db") == [(51,)]
    assert aged.read().verdict.back == f"git rm {script}"
    aged.git("rm", "-q", script)
    aged.git("commit", "-qm", "Without shoe")
    assert aged.read().verdict.kind == "agree"


def test_production_at_two_heads_gives_up_the_one_that_is_not_here(aged: Project):
    """Both are wanted; `age` has run here as well, and stays there."""
    with_production(aged)
    on_production(aged, "upgrade")
    shoe_beside_age(aged)
    on_production(aged, "upgrade", "heads")
    aged.add_to_model("    shoe: Mapped[int | None]\n")
    (said,) = (d for d in aged.read().disagreements if d.kind == "elsewhere")
    aged.run(*shlex.split(said.next))
    columns = [row[1] for row in aged.sql("PRAGMA table_info(user)", "production.db")]
    assert "age" in columns and "shoe" not in columns


def test_production_has_run_a_script_that_was_made_anew_and_amended(project: Project):
    """The first one made another type of it, and comes back for its downgrade alone."""
    with_production(project)
    text = "    age: Mapped[str | None] = mapped_column(String(9))\n"
    old = committed(project, text, "Add age")
    on_production(project, "upgrade")
    project.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    project.db("downgrade")
    project.edit(MODELS, text, AGE)
    project.git("rm", "-q", old)
    new = added(project, "", "Add age again")
    project.git("add", ".")
    project.git("commit", "-q", "--amend", "--no-edit")
    there = project.read("production.env").verdict
    assert there.next.endswith(f" -- {old}")
    project.run(*shlex.split(there.next))
    back = "flask --env-file production.env db downgrade"
    for board in (project.read(), project.read("production.env")):
        assert (board.verdict.kind, board.verdict.next) == ("several_heads", back)
        assert "drops user.age with all values" in board.verdict.why
    project.run(*shlex.split(back))
    project.follow("several_heads", f"git clean -f {old}")
    project.follow("elsewhere", "flask --env-file production.env db upgrade")
    assert project.read().verdict.kind == project.read("production.env").verdict.kind == "agree"
    assert new in project.git("ls-files")


@pytest.mark.parametrize("env_file", [None, "production.env"])
def test_two_databases_have_run_two_scripts_that_add_the_same(both: Project, env_file: str | None):
    """A stamp joins them without a change of a table, and a new database can be made again."""
    both.git("switch", "-qc", "nick")
    both.add_to_model(NICK)
    both.db("migrate", "-m", "Nick")
    both.commit("Nick")
    on_production(both, "upgrade")
    both.git("switch", "-q", "main")
    committed(both, NICK, "Too")
    both.git("merge", "-q", "nick")
    kept, other = both.script_id("too"), both.script_file("_nick")
    verdict = both.read(env_file).verdict
    command = f"flask --env-file production.env db stamp --purge {kept}"
    assert (verdict.headline, verdict.next) == ("Two scripts do the same.", command)
    both.run(*shlex.split(command))
    both.follow("several_heads", f"git rm {other}")
    both.git("commit", "-qm", "One is enough")
    assert both.read().verdict.kind == "agree"
    assert both.sql("SELECT version_num FROM alembic_version", "production.db") == [(kept,)]
    assert both.sql("SELECT age, nick FROM user", "production.db") == [(36, None)]
    both.run("env", "DATABASE_URL=sqlite:///fresh.db", "flask", "db", "upgrade")


def test_scripts_that_make_another_type_are_not_taken_for_one(both: Project):
    both.git("switch", "-qc", "nick")
    both.add_to_model(NICK)
    both.db("migrate", "-m", "Nick")
    both.commit("Nick")
    on_production(both, "upgrade")
    both.git("switch", "-q", "main")
    committed(both, NICK.replace("20", "40"), "Too")
    both.git("merge", "-q", "-X", "ours", "nick")
    assert "stamp" not in both.read().verdict.next


def test_a_line_that_a_merge_has_lost_is_asked_for_before_its_script_goes(project: Project):
    with_production(project)
    project.git("checkout", "-qb", "phone")
    committed(project, PHONE, "Add phone")
    on_production(project, "upgrade")
    row = "('Ada', 'ada@example.com', '12')"
    project.sql(f"INSERT INTO user (name, email, phone) VALUES {row}", "production.db")
    project.db("downgrade")
    project.git("checkout", "-q", "main")
    committed(project, AGE, "Add age")
    project.git("merge", "-q", "-X", "ours", "--no-edit", "phone")
    verdict = project.read().verdict
    assert verdict.next == f"%show {project.script_file('phone')}"
    assert "lost, as in a merge? Then put it in again: flask db merge heads" in verdict.why
    project.add_to_model(PHONE)
    project.follow("several_heads", 'flask db merge heads -m "Merge heads"')
    project.follow("pending", "flask db upgrade")
    project.commit("Both lines")
    on_production(project, "upgrade")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT phone FROM user", "production.db") == [("12",)]


def test_one_script_for_all_goes_once_the_others_are_back(aged: Project):
    """It was made where they had been deleted."""
    for script in (aged.path / "migrations/versions").glob("*.py"):
        script.unlink()
    aged.run("sh", "-c", "DATABASE_URL=sqlite:///tmp.db flask db migrate -m Squashed")
    (aged.path / "instance/tmp.db").unlink(missing_ok=True)
    squashed = aged.script_file("squashed")
    told = []
    while (verdict := aged.read().verdict).kind != "agree" and len(told) < 6:
        told.append(verdict.next)
        aged.run(*shlex.split(verdict.next))
    assert told[2:] == [f"git clean -f {squashed}"]
    assert aged.sql("SELECT age FROM user WHERE id = 1") == [(36,)]


def test_a_reset_before_the_downgrade_of_one_of_two_heads(project: Project):
    project.git("checkout", "-qb", "phone")
    committed(project, PHONE, "Add phone")
    project.db("downgrade")
    project.git("checkout", "-q", "main")
    committed(project, AGE, "Add age")
    project.capture(["git", "merge", "-q", "-X", "ours", "phone"])
    project.add_to_model(PHONE)
    project.git("commit", "-qa", "--amend", "--no-edit")
    project.db("upgrade", "heads")
    project.git("reset", "-q", "--hard", "HEAD~1")
    verdict = project.read().verdict
    assert verdict.next == "git reset --hard ORIG_HEAD"
    project.run(*shlex.split(verdict.next))
    command = re.search(r"\((flask db downgrade \S+) drops user.phone", verdict.then)[1]
    project.run(*shlex.split(command))
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert project.read().verdict.kind == "agree"


def test_a_lost_script_beside_two_heads_is_not_written_by_an_upgrade(aged: Project):
    """It would not know which of the two is meant, and fail."""
    first = aged.read().migrations.revisions[0].id
    added(aged, NICK, "Add nick")
    aged.db("revision", "--head", first, "--splice", "-m", "Another", "--rev-id", SHOE)
    aged.script("add_nick").unlink()
    assert aged.read().verdict.next.startswith("flask db revision --rev-id")
