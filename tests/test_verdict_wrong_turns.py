"""The verdict after a wrong turn: its command does no harm, and leads on.

Each state is made with the real commands.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import states
from alembic.operations import BatchOperations, Operations
from states import Project

from roundtrip.scripts import OPERATIONS

MODELS = "demo_app/models.py"
CITY = "    city: Mapped[str | None] = mapped_column(String(80))\n"
PHONE = "    phone: Mapped[str | None] = mapped_column(String(20))\n"
POST = """

class Post(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The first lesson's end."""
    return states.first_lesson(tmp_path_factory.mktemp("wrong turns") / "first")


@pytest.fixture
def project(base: Project, tmp_path: Path) -> Project:
    """A copy of it."""
    return base.copy(tmp_path / "p")


@pytest.fixture
def city(project: Project) -> Project:
    """`city` all the way, Ada in London."""
    added(project, CITY, "Add city column to user model")
    project.sql("UPDATE user SET city = 'London' WHERE name = 'Ada'")
    return project


def added(project: Project, line: str, message: str) -> None:
    """A column, all the way to the commit."""
    project.add_to_model(line)
    project.db("migrate", "-m", message)
    project.db("upgrade")
    project.commit(message)


def test_a_reset_too_far_is_not_answered_with_a_downgrade(city: Project):
    wanted = city.git("rev-parse", "--short", "HEAD").strip()
    added(city, PHONE, "Add phone column to user model")
    city.db("downgrade")
    city.git("reset", "--hard", "HEAD~2")
    city.add_to_model("    # a note\n")
    verdict = city.read().verdict
    assert verdict.next.startswith(f"git checkout {wanted} -- migrations/versions/")
    city.git("restore", MODELS)
    city.follow("missing_script", f"git reset --hard {wanted}")
    assert city.read().verdict.kind == "agree"
    assert city.sql("SELECT city FROM user WHERE name = 'Ada'") == [("London",)]


def test_a_renamed_column_is_not_upgraded_without_a_look(city: Project):
    city.edit(MODELS, "city:", "town:")
    city.db("migrate", "-m", "rename")
    verdict = city.read().verdict
    script = city.script("rename").name
    assert (verdict.kind, verdict.back) == ("pending", "flask db upgrade")
    assert verdict.next == f"%show migrations/versions/{script}"
    assert "deletes user.city" in verdict.why
    assert "alter_column" in verdict.why


def test_another_type_is_warned_of_before_and_after_the_script(city: Project):
    city.edit(MODELS, CITY, "    city: Mapped[int | None]\n")
    verdict = city.read().verdict
    assert verdict.kind == "model_ahead"
    assert "user.city gets another type, and values that do not fit are lost" in verdict.why
    city.db("migrate", "-m", "type")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")
    assert "values that do not fit are lost" in verdict.why


def test_scripts_that_git_has_are_brought_back(project: Project):
    kept = project.script("create_user").name
    project.sql("DROP TABLE alembic_version")
    (project.path / "migrations").rename(project.path.with_name("gone"))
    project.db("init")
    project.follow("not_recorded", "git checkout HEAD -- migrations")
    assert (project.path / "migrations/versions" / kept).is_file()
    project.follow("not_recorded", "flask db stamp head")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT count(*) FROM user") == [(3,)]


def test_a_script_that_was_changed_after_it_had_run_is_not_stamped(city: Project):
    script = f"migrations/versions/{city.script('add_city').name}"
    text = (city.path / script).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "add_column" in line)
    city.write(script, text.replace(line, f"{line}\n{line.replace('city', 'fax')}"))
    city.add_to_model("    fax: Mapped[str | None] = mapped_column(String(80))\n")
    city.commit("Add fax")
    city.follow("stamped", f"git log --oneline -- {script}")
    assert "user.fax is not there" in city.read().verdict.found


def test_two_branches_that_add_the_same_are_not_merged(city: Project):
    city.git("switch", "-c", "other")
    added(city, PHONE, "Add phone here")
    city.db("downgrade")
    city.git("switch", "main")
    added(city, PHONE, "Add phone on main")
    city.git("merge", "-X", "ours", "other")
    here, there = (f"migrations/versions/{city.script(name).name}" for name in ("here", "on_main"))
    city.follow("several_heads", f"git rm {here}")
    assert (city.path / there).is_file()
    assert not city.read().migrations.heads[1:]
    city.db("upgrade")


def test_a_table_that_no_script_makes(project: Project):
    models = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, models + POST)
    project.sql("CREATE TABLE post (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR(200) NOT NULL)")
    project.commit("Add posts")
    assert "No changes" in project.db("migrate", "-m", "post")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_made", "%%flask_shell")
    (command,) = re.findall(r'"(DROP TABLE \w+)"', verdict.why)
    project.sql("INSERT INTO post VALUES (1, 'kept')")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_made", 'flask db revision -m "Create post table"')
    assert "DROP" not in verdict.why
    project.sql(command)
    verdict = project.read().verdict
    assert verdict.next == 'flask db migrate -m "Create post table"'


def test_production_has_it_already(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    project.run("flask", "--env-file", "production.env", "db", "upgrade")
    project.sql("ALTER TABLE user ADD COLUMN phone VARCHAR(20)", "production.db")
    added(project, PHONE, "Add phone column to user model")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    there = project.read("production.env").verdict
    assert there.next == "flask --env-file production.env db stamp head"
    project.run(*shlex.split(there.next))
    assert project.read().verdict.kind == "agree"


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("    nick: Mapped[str | None] = mapped_column(String(4))\n", ("String(4)", "String(40)")),
        ("    nick: Mapped[str | None]\n", ("None]\n", "None] = mapped_column(db.Text)\n")),
        ("    nick: Mapped[int | None]\n", ("int", "float")),
    ],
)
def test_a_script_that_is_older_than_the_model(project: Project, line: str, mended: tuple):
    project.add_to_model(line)
    project.db("migrate", "-m", "nick")
    old, new = mended
    project.edit(MODELS, line, line.replace(old, new))
    script = f"migrations/versions/{project.script('nick').name}"
    project.follow("pending", f"git clean -f {script}")
    project.db("migrate", "-m", "nick")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")


def test_a_script_that_a_later_one_changes_is_not_older(project: Project):
    project.edit(MODELS, "String(80)", "String(90)")
    project.db("migrate", "-m", "longer")
    project.db("upgrade")
    project.commit("Longer names")
    (project.path / "instance/app.db").unlink()  # as in a new clone: every script waits
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"


def test_a_script_that_waits_is_not_blamed_for_what_has_no_script_yet(city: Project):
    city.add_to_model(PHONE)
    city.db("migrate", "-m", "phone")
    city.edit(MODELS, "city: Mapped[str | None]", "city: Mapped[str]")
    city.follow("pending", "flask db upgrade")
    verdict = city.read().verdict
    assert (verdict.kind, "user.city becomes NOT NULL" in verdict.why) == ("model_ahead", True)


def test_a_length_in_a_table_with_rows_is_not_mended_by_a_downgrade(project: Project):
    models = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, models + POST.replace("String(200)", "String()"))
    project.db("migrate", "-m", "post")
    project.db("upgrade")
    project.sql("INSERT INTO post VALUES (1, 'kept')")
    project.write(MODELS, models + POST)
    project.commit("Posts")
    project.follow("other_length", 'flask db revision -m "Change post table"')
    assert project.sql("SELECT title FROM post") == [("kept",)]


def test_a_length_that_flask_db_check_does_not_see(project: Project):
    line = "    phone: Mapped[str | None]\n"
    added(project, line, "Add phone column to user model")
    project.edit(MODELS, line, PHONE)
    project.commit("Mend the model")
    assert "No new upgrade operations" in project.db("check")
    why = project.follow("other_length", "flask db downgrade")
    assert "only where both have one" in why
    script = f"migrations/versions/{project.script('add_phone').name}"
    project.follow("pending", f"git rm {script}")
    project.db("migrate", "-m", "phone")
    project.db("upgrade")
    assert [row[2] for row in project.sql("PRAGMA table_info(user)")][-1] == "VARCHAR(20)"


def test_an_operation_that_alembic_does_not_have(project: Project):
    project.add_to_model(PHONE)
    project.db("migrate", "-m", "phone")
    script = f"migrations/versions/{project.script('phone').name}"
    project.edit(script, "batch_op.add_column", "batch_op.add_colum")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "add_colum," in verdict.found
    assert "add_column" in verdict.why
    assert project.capture(["flask", "db", "upgrade"]).returncode == 1


def test_the_operations_are_those_of_alembic():
    there = {name for each in (Operations, BatchOperations) for name in dir(each)}
    assert {name for name in there if name[0] != "_"} - OPERATIONS == {"create_module_class_proxy"}
    assert not OPERATIONS - there


def test_not_null_over_empty_rows_is_seen_when_the_script_waits(city: Project):
    city.edit(MODELS, "city: Mapped[str | None]", "city: Mapped[str]")
    city.db("migrate", "-m", "required")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "%%flask_shell")
    assert "user.city becomes NOT NULL" in verdict.found
    assert city.capture(["flask", "db", "upgrade"]).returncode == 1


def test_a_foreign_key_to_a_table_that_does_not_exist(project: Project):
    project.edit(MODELS, "import MetaData", "import ForeignKey, MetaData")
    project.add_to_model('    boss: Mapped[int | None] = mapped_column(ForeignKey("users.id"))\n')
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("model_error", f"git diff {MODELS}")
    assert "user.boss points to the table users" in verdict.found


def test_a_module_that_lost_what_others_import(project: Project):
    text = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, text.replace("class User", "class Person"))
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("model_error", f"git diff {MODELS}")
    assert f"{MODELS} is found, and has no User" in verdict.why
    assert str(project.path) not in verdict.found


@pytest.mark.parametrize("by_git", [False, True])
def test_a_module_that_is_deleted(project: Project, by_git: bool):
    if by_git:
        project.git("rm", MODELS)
    else:
        (project.path / MODELS).unlink()
    project.follow("model_error", f"git checkout HEAD -- {MODELS}")
    assert project.read().verdict.kind == "agree"


def test_the_template_of_the_scripts_is_gone(project: Project):
    project.add_to_model(PHONE)
    (project.path / "migrations/script.py.mako").unlink()
    project.follow("template_gone", "git checkout HEAD -- migrations/script.py.mako")
    project.follow("model_ahead", 'flask db migrate -m "Add phone column to user model"')


def test_an_old_copy_of_the_database_in_its_place(project: Project):
    added(project, PHONE, "Add phone column to user model")
    old = (project.path / "instance/app.db").read_bytes()
    project.db("downgrade")
    project.git("reset", "--hard", "HEAD~1")
    added(project, CITY, "Add city column to user model")
    (project.path / "instance/app.db").write_bytes(old)
    verdict = project.read().verdict
    assert verdict.next.startswith("git checkout ")
    project.run(*shlex.split(verdict.next))
    project.follow("several_heads", "flask db downgrade")
    script = f"migrations/versions/{project.script('phone').name}"
    project.git("rm", "-f", script)
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT count(*) FROM user") == [(3,)]


def test_production_waits_while_development_has_run_halfway(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    project.run("flask", "--env-file", "production.env", "db", "upgrade")
    project.add_to_model(PHONE + CITY)
    project.db("migrate", "-m", "two")
    project.sql("ALTER TABLE user ADD COLUMN phone VARCHAR(20)")
    state = project.read()
    assert "halfway" in state.verdict.headline
    assert not [said for said in state.disagreements if "says more" in said.headline]


def test_every_database_that_is_in_git_is_named(project: Project):
    project.sql("CREATE TABLE x (y)", "copy.db")
    project.git("add", "-f", "instance")
    project.commit("Add databases")
    project.follow("database_in_git", "git rm --cached instance/app.db instance/copy.db")
    assert (project.path / "instance/copy.db").is_file()
