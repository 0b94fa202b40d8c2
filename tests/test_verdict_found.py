"""The verdict in states that others built to mislead it; each is made with the real commands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import states
from states import Project

POST = """

class Post(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
"""
NICK = "    nick: Mapped[str | None] = mapped_column(String(20))\n"
PHONE = "    phone: Mapped[str | None] = mapped_column(String(20))\n"


@pytest.fixture(scope="module")
def aged(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """`age` upgraded, nothing of it committed."""
    folder = tmp_path_factory.mktemp("found by others")
    return states.with_age(states.first_lesson(folder / "first"), folder / "aged")


@pytest.fixture
def project(aged: Project, tmp_path: Path) -> Project:
    """The same, committed."""
    made = aged.copy(tmp_path / "p")
    made.commit("Add age column to user model")
    assert made.read().verdict.kind == "agree"
    return made


def with_script(project: Project, body: str, then: str = "", name: str = "change") -> str:
    """A migration of the model's change, with `body` after its first step; the file's path.

    `then`: what takes the place of its whole upgrade().
    """
    project.db("migrate", "-m", name)
    file = f"migrations/versions/{project.script(name).name}"
    text = (project.path / file).read_text(encoding="utf-8")
    start, upgrade, end = re.split(r"(def upgrade\(\):\n.*?)(?=\n\ndef )", text, flags=re.DOTALL)
    upgrade = f"def upgrade():\n    {then}\n" if then else f"{upgrade}\n    {body}\n"
    project.write(file, start + upgrade + end)
    return file


def fails(project: Project, *arguments: str) -> None:
    assert project.capture(["flask", "db", *arguments]).returncode == 1


def test_an_upgrade_that_stopped_before_its_data_step_is_not_stamped(project: Project):
    project.write(
        "demo_app/models.py", project.path.joinpath("demo_app/models.py").read_text() + POST
    )
    with_script(project, 'op.execute("INSERT INTO posts VALUES (1)")')
    fails(project, "upgrade")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_recorded", "")
    assert verdict.headline == "A migration may have run halfway."
    assert "(execute)" in verdict.why


def test_an_upgrade_that_stopped_between_two_columns(project: Project):
    project.add_to_model(PHONE)
    project.add_to_model(NICK)
    add = "op.add_column('user', sa.Column('{0}', sa.String(20)))"
    stop = 'op.alter_column("user", "name", nullable=True)'
    steps = "\n    ".join((add.format("phone"), stop, add.format("nick")))
    file = with_script(project, "", steps)
    fails(project, "upgrade")
    verdict = project.read().verdict
    assert verdict.headline == "A migration has run halfway."
    assert "user.phone is there, user.nick is not" in verdict.found
    # as it advises: the script mended, and for one run without what is there
    text = (project.path / file).read_text(encoding="utf-8")
    mended = text.replace(stop, "pass")
    project.write(file, mended.replace(add.format("phone"), "pass"))
    project.db("upgrade")
    project.write(file, mended)
    project.commit("Add phone and nick")
    assert project.read().verdict.kind == "agree"


def test_a_script_in_an_older_stash(aged: Project, tmp_path: Path):
    project = aged.copy(tmp_path / "p")
    project.git("stash", "-u")
    project.edit("demo_app/pages.py", "Show the", "Show all")
    project.git("stash")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("missing_script", "git stash pop stash@{1}")
    project.run(*shlex.split(verdict.next))
    assert project.read().migrations.missing == ()


def test_a_copied_script_with_another_number(project: Project):
    file = project.script("age")
    text = file.read_text(encoding="utf-8")
    number = file.name[:12]
    project.write("migrations/versions/copy.py", text.replace(number, f"{number[:-1]}z"))
    verdict = project.read().verdict
    assert verdict.headline == "Two scripts do the same."
    assert verdict.next == "git clean -f migrations/versions/copy.py"
    project.run(*shlex.split(verdict.next))
    assert project.read().verdict.kind == "agree"


def test_a_copied_script_with_the_same_number(project: Project):
    text = project.script("age").read_text(encoding="utf-8")
    for name in ("0_copy.py", "z_copy.py"):  # before it in the folder, and behind it
        project.write(f"migrations/versions/{name}", text)
        verdict = project.read().verdict
        assert (verdict.kind, verdict.headline) == ("script_error", "Two scripts have one number.")
        project.run(*shlex.split(verdict.next))
        assert project.read().verdict.kind == "agree"


def test_a_column_of_a_made_table_that_is_lost(project: Project):
    project.sql("DROP TABLE user")
    project.sql(
        "CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, age INTEGER)"
    )
    verdict = project.read().verdict
    assert verdict.kind == "stamped"
    assert verdict.next.startswith("git log --oneline -- migrations/versions/")
    assert "user.email is not there" in verdict.found
    project.db("stamp", "base")  # which would be the cure if nothing of it were there
    fails(project, "upgrade")


def test_a_reset_on_another_branch_is_not_undone_on_this_one(aged: Project, tmp_path: Path):
    project = aged.copy(tmp_path / "p")
    project.git("switch", "-c", "other")
    project.commit("Add age column to user model")
    project.git("reset", "--hard", "HEAD~1")
    project.git("switch", "main")
    head = project.git("rev-parse", "main")
    verdict = project.read().verdict
    assert verdict.next.startswith("git checkout ORIG_HEAD -- migrations/versions/")
    project.run(*shlex.split(verdict.next))
    assert project.read().migrations.missing == ()
    assert project.git("rev-parse", "main") == head


def test_two_rows_in_alembic_version(project: Project):
    first = project.read().migrations.revisions[0].id
    project.sql(f"INSERT INTO alembic_version VALUES ('{first}')")
    verdict = project.read().verdict
    assert verdict.kind == "overlapping"
    project.run(*shlex.split(verdict.next))
    assert project.read().verdict.kind == "agree"
    assert len(project.sql("SELECT * FROM alembic_version")) == 1


def test_a_script_that_was_changed_after_it_had_run(project: Project):
    file = f"migrations/versions/{project.script('age').name}"
    text = (project.path / file).read_text(encoding="utf-8")
    project.write(file, text.replace("sa.Integer()", "sa.String(3)"))
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("script_changed", f"git diff {file}")
    project.run(*shlex.split(verdict.back))
    assert project.read().verdict.kind == "agree"


def test_a_production_database_whose_revision_is_lost(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    project.run("flask", "--env-file", "production.env", "db", "upgrade")
    project.sql("DELETE FROM alembic_version", "production.db")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    there = project.read("production.env").verdict
    assert there.next == "flask --env-file production.env db stamp head"
    project.run(*shlex.split(there.next))
    assert project.read().verdict.kind == "agree"


def test_a_migrations_folder_whose_end_is_committed(project: Project):
    project.git("rm", "-q", "-r", "migrations")
    project.git("commit", "-m", "Tidy up")
    verdict = project.read().verdict
    assert re.fullmatch(r"git checkout \w+ -- migrations", verdict.next)
    project.run(*shlex.split(verdict.next))
    project.commit("Bring the migrations back")
    assert project.read().verdict.kind == "agree"


def test_a_column_that_is_to_be_not_null_over_rows_without_a_value(project: Project):
    project.edit("demo_app/models.py", states.AGE, "    age: Mapped[int]\n")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "user.age becomes NOT NULL, and some rows have no value" in verdict.why
    project.db("migrate", "-m", "age is required")
    fails(project, "upgrade")


def test_a_column_that_is_to_be_not_null_and_has_all_values(project: Project):
    project.sql("UPDATE user SET age = 36")
    project.edit("demo_app/models.py", states.AGE, "    age: Mapped[int]\n")
    assert "Careful" not in project.read().verdict.why
    project.db("migrate", "-m", "age is required")
    project.db("upgrade")


def test_a_table_that_was_renamed_in_the_model(project: Project):
    name = '    __tablename__ = "person"\n'
    project.edit("demo_app/models.py", "class User(db.Model):\n", f"class User(db.Model):\n{name}")
    verdict = project.read().verdict
    assert verdict.kind == "model_ahead"
    assert "also drop user with 3 rows" in verdict.why and "rename_table" in verdict.why


def test_a_production_database_that_was_stamped_while_this_one_is_behind(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    flask = ("flask", "--env-file", "production.env", "db")
    first, head = (r.id for r in project.read().migrations.revisions)
    project.run(*flask, "upgrade", first)
    project.run(*flask, "stamp", head)
    project.db("downgrade")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == (
        "stamped_elsewhere",
        "%board --env-file production.env",
    )
    assert "user.age is not there" in verdict.found
    there = project.read("production.env").verdict
    assert there.next == f"flask --env-file production.env db stamp {first}"
    project.run(*shlex.split(there.next))
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "flask db upgrade")
    assert "git reset --hard" in verdict.back
