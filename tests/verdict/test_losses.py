"""Advice that would lose something says what, or is not given. Each state is made for real."""

from __future__ import annotations

import shlex
import shutil

import pytest
import states
from states import Project
from turns import CITY, MODELS, NICK, added, committed, on_production, with_production

from roundtrip import board

EMAIL = "    email: Mapped[str] = mapped_column(String(120), unique=True)\n"


def with_sql(project: Project, statement: str, back: str = "pass") -> str:
    """A script that runs SQL of its own; its path."""
    project.db("revision", "-m", "own")
    script = project.script_file("own")
    text = (project.path / script).read_text(encoding="utf-8")
    head, _, _ = text.partition("def upgrade")
    project.write(
        script,
        f'{head}def upgrade():\n    op.execute("{statement}")\n\n\ndef downgrade():\n    {back}\n',
    )
    return script


def test_a_length_that_is_mended_by_a_downgrade_costs_the_values(project: Project):
    line = "    nick: Mapped[str | None]\n"
    committed(project, line, "nick")
    project.edit(MODELS, line, NICK)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("other_length", "flask db downgrade")
    assert verdict.why.endswith("The downgrade drops user.nick with all values.")
    project.sql("DELETE FROM user")
    assert "all values" not in project.read().verdict.why


def test_a_downgrade_of_production_says_what_it_costs(project: Project):
    with_production(project)
    added(project, NICK, "nick")
    on_production(project, "upgrade")
    project.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    project.commit("Nick")
    project.db("downgrade")
    there = next(d for d in project.read().disagreements if d.kind == "elsewhere")
    assert there.next == "flask --env-file production.env db downgrade"
    assert there.why.endswith("The downgrade drops user.nick with all values.")
    project.sql("DELETE FROM user", "production.db")
    there = next(d for d in project.read().disagreements if d.kind == "elsewhere")
    assert "all values" not in there.why


@pytest.mark.parametrize("body", ["pass", "raise NotImplementedError"])
def test_a_downgrade_that_takes_nothing_back_is_not_told(project: Project, body: str):
    script = added(project, NICK, "nick")
    text = (project.path / script).read_text(encoding="utf-8")
    project.write(script, f"{text.partition('def downgrade')[0]}def downgrade():\n    {body}\n")
    project.git("restore", "demo_app")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("database_ahead", f"%show {script}")
    assert "does not undo its upgrade(): fix it first" in verdict.why
    project.write(script, text)
    project.follow("database_ahead", "flask db downgrade")


def test_a_script_that_runs_sql_is_read_before_it_is_run(project: Project):
    script = with_sql(project, "DELETE FROM user")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "What it deletes is gone" in verdict.why


def test_what_sql_has_dropped_is_not_taken_for_a_stamp(project: Project):
    """A stamp back and an upgrade would run it again."""
    with_sql(project, "DROP TABLE user")
    project.db("upgrade")
    assert all(said.kind != "stamped" for said in project.read().disagreements)


def test_a_renamed_table_is_not_dropped_without_a_word(project: Project):
    project.edit(
        MODELS, "class User(db.Model):\n", 'class User(db.Model):\n    __tablename__ = "m"\n'
    )
    project.db("migrate", "-m", "rename")
    verdict = project.read().verdict
    script = project.script_file("rename")
    assert (verdict.kind, verdict.next) == ("pending", f"%show {script}")
    assert "deletes user with all rows" in verdict.why and "op.rename_table" in verdict.why


def test_a_committed_script_that_was_edited_can_be_deleted(project: Project):
    project.add_to_model(NICK)
    project.db("migrate", "-m", "nick")
    project.commit("Nick")
    script = project.script_file("nick")
    project.edit(MODELS, NICK, "")
    project.edit(script, "# ###", "# #")
    project.follow("left_over", f"git rm -f {script}")
    assert not (project.path / script).exists()


def test_two_heads_that_add_the_same_thing_are_not_joined(project: Project):
    """Though one of them adds more: a new database would run both, and fail."""
    (first,) = project.read().migrations.current
    committed(project, NICK, "nick")
    project.db("downgrade")
    project.git("mv", project.script_file("nick"), "aside.py")
    project.add_to_model("    size: Mapped[int | None]\n")
    project.db("migrate", "-m", "both", "--head", first)
    project.git("mv", "aside.py", "migrations/versions/aaaa_nick.py")
    project.commit("Both")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.headline) == ("several_heads", "Two scripts do the same.")
    assert verdict.found.endswith("both add user.nick.")
    project.run(*shlex.split(verdict.next))
    assert project.read().migrations.heads[1:] == ()


def test_scripts_that_were_joined_into_one_need_no_old_ones(project: Project):
    """All that the database has is in the new script, though Git still has the old ones."""
    committed(project, NICK, "nick")
    for script in (project.path / "migrations/versions").glob("*.py"):
        script.unlink()
    app = project.path / "instance/app.db"
    app.rename(app.with_name("aside.db"))
    project.db("migrate", "-m", "All in one")
    app.with_name("aside.db").replace(app)
    project.commit("All in one")
    project.follow("missing_script", "flask db stamp --purge head")
    assert project.read().verdict.kind == "agree"


def test_a_copy_that_was_left_half_made_in_production(project: Project):
    with_production(project)
    on_production(project, "upgrade")
    project.sql("CREATE TABLE _alembic_tmp_user (id INTEGER)", "production.db")
    committed(project, NICK, "nick")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    assert "half-made copy" in verdict.headline
    assert project.read("production.env").verdict.kind == "half_made_copy"


def test_the_way_back_goes_on_whatever_else_is_new(project: Project):
    """The script came back after a reset that was too early; the model has a new line besides."""
    script = committed(project, NICK, "nick")
    project.git("reset", "-q", "--hard", "HEAD~1")
    project.add_to_model("    size: Mapped[int | None]\n")
    project.follow("missing_script", f"git restore --source=ORIG_HEAD -- {script}")
    assert "drops user.nick with all values" in project.follow(
        "database_ahead", "flask db downgrade"
    )


def test_a_script_that_the_usual_database_has_run_is_not_deleted_from_the_board_of_another(
    project: Project,
):
    """Without rows it ran here; in production it would fail."""
    with_production(project)
    on_production(project, "upgrade")
    project.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    project.sql("DELETE FROM user")
    committed(project, "    nick: Mapped[str]\n", "nick")
    assert project.read().verdict.next == "%board --env-file production.env"
    verdict = project.read("production.env").verdict
    assert (verdict.kind, verdict.next) == ("pending", "")
    assert "instance/app.db has run it already: downgrade that one first" in verdict.why


@pytest.mark.parametrize("gone", ["emptied", "deleted, staged alone", "removed"])
def test_a_database_that_git_has_comes_back_with_its_rows(aged: Project, gone: str):
    aged.git("add", "-f", "instance/app.db")
    if "alone" in gone:
        (aged.path / "instance/app.db").unlink()
    else:
        aged.git("commit", "-qm", "The database, too")
        aged.run(*(EMPTY if gone == "emptied" else REMOVE))
    source = "--source=HEAD " if gone == "removed" else ""
    command = f"git restore {source}-- instance/app.db"
    assert states.find(aged, "rows", table="user", count=3, kept=True).next == command
    aged.follow("kept_by_git", command)
    assert aged.sql("SELECT count(*), max(age) FROM user") == [(3, 36)]
    assert aged.read().verdict.kind in ("database_in_git", "not_committed")


EMPTY, REMOVE = ("flask", "db", "downgrade", "base"), ("git", "rm", "-q", "instance/app.db")


def test_databases_that_a_reset_has_taken_come_back_together(aged: Project):
    """They were in a commit, so the reset deleted them, and the settings that name one."""
    with_production(aged)
    on_production(aged, "upgrade")
    aged.git("add", "-A", "-f", "instance", "production.env")
    aged.git("commit", "-qm", "All of it")
    aged.git("reset", "-q", "--hard", "HEAD~1")
    files = "instance/app.db instance/production.db production.env"
    aged.follow("kept_by_git", f"git restore --source=ORIG_HEAD -- {files}")
    assert aged.sql("SELECT count(*) FROM user") == [(3,)]
    assert aged.read().verdict.kind == "agree"


def test_production_that_git_has_is_not_made_anew(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.git("add", "-f", "instance/production.db")
    (aged.path / "instance/production.db").unlink()
    told = [d.next for d in aged.read().disagreements if d.kind == "elsewhere"]
    assert told == ["%board --env-file production.env"]
    there = aged.read("production.env").verdict
    assert (there.kind, there.next) == ("kept_by_git", "git restore -- instance/production.db")


def test_what_was_staged_alone_is_not_given_up_without_a_word(aged: Project):
    aged.git("add", "-f", "instance/app.db")
    assert "staged version" not in aged.read().verdict.why
    aged.sql("DELETE FROM user")
    assert aged.read().verdict.why.endswith("is in no commit, and is dropped.")


def test_a_database_under_another_name_is_named_before_an_empty_one_is_made(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    (aged.path / "instance/app.db").rename(aged.path / "instance/dev.db")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "%show instance/dev.db")
    assert verdict.why.startswith("There are rows in instance/dev.db,")
    assert verdict.back == "flask db upgrade"
    (aged.path / "instance/dev.db").unlink()
    assert aged.read().verdict.next == "flask db upgrade"  # production is no copy


def test_a_copy_of_production_is_not_named_for_the_rows_of_another_database(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade", aged.script_id("create"))
    aged.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    instance = aged.path / "instance"
    shutil.copy(instance / "production.db", instance / "before-age.db")
    on_production(aged, "upgrade")
    shutil.copy(instance / "app.db", instance / "mine.db")
    aged.db("downgrade", "base")
    verdict = aged.read().verdict
    assert verdict.next == "%show instance/mine.db" and "before-age" not in verdict.why
    (instance / "mine.db").unlink()
    verdict = aged.read().verdict
    assert verdict.next == "flask db upgrade" and "Only a copy brings the rows back" in verdict.why
    aged.sql("UPDATE user SET name = 'Katherine'", "production.db")
    assert aged.read().verdict.next == "%show instance/before-age.db"  # whose it is, nobody knows


def test_production_that_was_emptied_is_not_only_waiting(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.sql("INSERT INTO user (name, email) VALUES ('Dorothy', 'd')", "production.db")
    shutil.copy(aged.path / "instance/production.db", aged.path / "instance/before.db")
    on_production(aged, "downgrade", "base")
    verdict = aged.read().verdict
    assert verdict.headline == "instance/production.db was emptied."
    assert verdict.next == "%board --env-file production.env"
    assert aged.read("production.env").verdict.next == "%show instance/before.db"


def test_what_sql_of_a_script_may_have_made_is_not_called_made_by_hand(project: Project):
    with_sql(project, "ALTER TABLE user ADD COLUMN nick TEXT")
    project.db("upgrade")
    verdict = project.read().verdict
    assert verdict.kind == "database_ahead"
    assert "No migration made it" not in verdict.why


def test_what_a_script_has_dropped_is_told_before_it_is_committed(aged: Project):
    aged.edit("demo_app/models.py", states.AGE, "")
    aged.db("migrate", "-m", "Remove age column from user model")
    aged.db("upgrade")
    verdict = aged.read().verdict
    assert verdict.kind == "script_not_committed"
    assert verdict.why.startswith("It has dropped user.age, with all values.")


@pytest.mark.parametrize("staged", [False, True])
def test_a_commit_of_what_was_dropped_is_no_way_back(aged: Project, staged: bool):
    """In lesson 04: the script that drops `email` beside its own work has run."""
    aged.edit(MODELS, EMAIL, "")
    added(aged, CITY, "Add city")
    if staged:
        aged.git("add", ".")
    state = aged.read()
    assert state.verdict.headline == "user.email is gone from this database."
    assert state.verdict.back == ('git commit -m "Add city"' if staged else "git add .")
    said = board.text(state)
    assert f"Or: {state.verdict.back}" in said and "Or back" not in said
