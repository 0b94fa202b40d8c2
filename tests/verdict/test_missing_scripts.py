"""The database is at a revision that no script has: where the script is, and how it comes back."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from obeying import runs_anywhere
from states import Project
from turns import (
    CITY,
    MODELS,
    NICK,
    PAGES,
    PHONE,
    added,
    committed,
    fill,
    on_production,
    with_production,
)


def test_two_scripts_come_back_one_after_the_other(aged: Project):
    committed(aged, CITY, "Add city column to user model")
    aged.git("reset", "--hard", "HEAD~2")
    aged.add_to_model(PHONE)
    kinds = []
    for _ in range(7):
        verdict = aged.read().verdict
        kinds.append(verdict.kind)
        aged.run(*shlex.split(verdict.next))
    back = ["database_ahead", "left_over"]
    assert kinds == ["missing_script", "script_error", *back, *back, "model_ahead"]
    assert PHONE in (aged.path / MODELS).read_text(encoding="utf-8")
    assert len(aged.read().migrations.revisions) == 2


def test_a_script_in_a_stash_that_git_refuses_to_bring_back(loose: Project, tmp_path: Path):
    loose.git("stash", "-u")
    loose.add_to_model("    nick: Mapped[str | None]\n")
    refusing = loose.copy(tmp_path / "another").capture(["git", "stash", "pop"])
    assert "would be overwritten" in refusing.stderr
    verdict = loose.read().verdict
    assert verdict.kind == "missing_script"
    loose.run(*shlex.split(verdict.next))
    assert loose.read().migrations.missing == ()
    assert "nick" in (loose.path / MODELS).read_text()


def test_a_script_in_an_older_stash(loose: Project):
    loose.git("stash", "-u")
    loose.edit(PAGES, "Show the", "Show all")
    loose.git("stash")
    verdict = loose.read().verdict
    assert (verdict.kind, verdict.next) == ("missing_script", "git stash pop 1")
    loose.run(*shlex.split(verdict.next))
    assert loose.read().migrations.missing == ()


def test_a_stash_of_something_else_is_not_where_a_script_is(aged: Project):
    aged.write("demo_app/__init__.py", "# other\n")
    aged.git("stash")
    aged.git("reset", "--hard", "HEAD~1")
    assert aged.read().verdict.next == "git reset --hard ORIG_HEAD"


def test_a_migrations_folder_whose_end_is_committed(aged: Project):
    aged.git("rm", "-q", "-r", "migrations")
    aged.git("commit", "-m", "Tidy up")
    verdict = aged.read().verdict
    assert re.fullmatch(r"git restore --source=\w+ -- migrations", verdict.next)
    aged.run(*shlex.split(verdict.next))
    aged.commit("Bring the migrations back")
    assert aged.read().verdict.kind == "agree"


def test_an_old_copy_of_the_database_in_its_place(project: Project):
    committed(project, PHONE, "Add phone column to user model")
    old = (project.path / "instance/app.db").read_bytes()
    project.db("downgrade")
    project.git("reset", "--hard", "HEAD~1")
    committed(project, CITY, "Add city column to user model")
    (project.path / "instance/app.db").write_bytes(old)
    verdict = project.read().verdict
    assert verdict.next.startswith("git restore --source=")
    project.run(*shlex.split(verdict.next))
    project.follow("several_heads", "flask db downgrade")
    script = project.script_file("phone")
    project.git("clean", "-f", script)
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT count(*) FROM user") == [(3,)]


def test_a_script_lost_for_good_is_made_again_where_the_model_still_has_all(loose: Project):
    name, rows = loose.script_id("age"), loose.sql("SELECT * FROM user")
    loose.script("age").unlink()
    verdict = loose.read().verdict
    assert verdict.kind == "missing_script"
    loose.run("sh", "-c", verdict.next)
    assert "add_column(sa.Column('age', sa.Integer()" in loose.script(name).read_text()
    assert loose.script_file(name).endswith("_add_age_column_to_user_model.py")
    assert loose.read().verdict.kind == "script_not_committed"
    assert loose.sql("SELECT version_num FROM alembic_version") == [(name,)]
    assert loose.sql("SELECT * FROM user") == rows
    loose.db("downgrade")
    assert "age" not in str(loose.sql("SELECT sql FROM sqlite_master"))


def test_the_first_script_of_all_is_made_again(project: Project):
    first = project.script_id("create")
    project.git("rm", "-q", project.script_file("create"))
    project.git("commit", "-q", "--amend", "-m", "Without it")
    project.git("reflog", "expire", "--expire=now", "--all")
    project.git("gc", "-q", "--prune=now")
    project.run("sh", "-c", project.read().verdict.next)
    assert project.script_file(first).endswith("_create_user_table.py")
    assert project.read().verdict.kind == "script_not_committed"
    runs_anywhere(project)


def test_a_script_lost_for_good_can_be_written_again(loose: Project):
    name = loose.script_id("age")
    loose.script("age").unlink()
    loose.git("restore", MODELS)
    verdict = loose.read().verdict
    assert verdict.kind == "missing_script"
    assert verdict.next.startswith(f"flask db revision --rev-id {name} -m ")
    loose.run(*shlex.split(verdict.next))
    script, verdict = loose.script(name), loose.read().verdict
    assert verdict.kind == "database_ahead"
    assert "stands for a script that is lost, and does nothing yet" in verdict.why
    assert verdict.next == f"%show migrations/versions/{script.name}"
    fill(script, 'op.add_column("user", sa.Column("age", sa.Integer()))')
    assert "does not undo its upgrade(): fix it first" in loose.read().verdict.why


NEW_MERGE = [
    ("several_heads", 'flask db merge heads -m "Merge heads"'),
    ("pending", "flask db upgrade"),
]


@pytest.mark.parametrize(
    ("gone", "upgraded", "told"),
    [
        ("", False, [("several_heads", "git restore {file}"), ("pending", "flask db upgrade")]),
        ("", True, [("missing_script", "git checkout HEAD -- {file}")]),
        ("switch -qc other HEAD~1", False, NEW_MERGE),
        ("switch -qc other HEAD~1", True, [("missing_script", "git checkout main")]),
        ("reset -q --hard HEAD~1", False, NEW_MERGE),
        (
            "reset -q --hard HEAD~1",
            True,
            [("missing_script", "flask db stamp --purge heads"), *NEW_MERGE],
        ),
    ],
)
def test_a_merge_that_is_gone(
    aged: Project, gone: str, upgraded: bool, told: list[tuple[str, str]]
):
    """It changes no table, so nothing else would miss it. What Git has comes back as it was."""
    (first, _) = aged.read().migrations.revisions
    aged.db("revision", "-m", "other", "--head", first.id, "--splice")
    aged.commit("Two heads")
    aged.db("upgrade", "heads")
    aged.db("merge", "heads", "-m", "join")
    aged.commit("One head")
    file = aged.script_file("join")
    if upgraded:
        aged.db("upgrade")
    if gone:
        aged.git(*gone.split())
    else:
        (aged.path / file).unlink()
    for kind, command in told:
        aged.follow(kind, command.format(file=file))
    assert aged.read().verdict.kind in ("agree", "script_not_committed")


def test_a_lost_script_is_not_stamped_away(project: Project):
    """Here the database and the model have something that no script makes."""
    added(project, CITY, "Add city")
    lost = project.read().migrations.current[0]
    project.script("add_city").unlink()
    project.commit("Add city, without its script")
    verdict = project.read().verdict
    assert verdict.next.endswith(f'migrate --rev-id {lost} -m "Add city column to user model"')


def test_a_number_that_no_script_ever_had(project: Project):
    """All that the scripts make is there, so the number is all that is wrong."""
    head = project.read().migrations.current[0]
    project.sql("UPDATE alembic_version SET version_num = 'junk'")
    project.follow("missing_script", "flask db stamp --purge head")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT version_num FROM alembic_version") == [(head,)]


def test_what_is_told_about_another_database_names_it(aged: Project):
    with_production(aged)
    on_production(aged, "upgrade")
    aged.db("downgrade")
    last = aged.script_id("_add_age")
    aged.git("reset", "--hard", "HEAD~1")
    verdict = aged.read("production.env").verdict
    assert verdict.kind == "missing_script"
    first = aged.script_id("_create")
    command = f"flask --env-file production.env db downgrade {first}"
    at = f"every database that is at {last}"
    assert f"{at} ({command} drops user.age with all values), and" in verdict.then
    assert verdict.then.endswith("instance/app.db is back already.")


def test_a_number_that_was_changed_in_a_script_is_put_back(aged: Project):
    script = aged.script_file("age")
    aged.edit(script, "\nrevision = '", "\nrevision = 'f")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("missing_script", f"git diff {script}")
    aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"


def test_a_script_that_came_in_the_place_of_another_is_found(aged: Project):
    """For Git that one commit has renamed the script that was deleted."""
    aged.db("downgrade")
    aged.git("rm", "-q", aged.script_file("age"))
    aged.edit(MODELS, "age: Mapped[int", "age: Mapped[float")
    aged.db("migrate", "-m", "Add the age again")
    aged.db("upgrade")
    aged.commit("Make it anew")
    assert aged.git("show", "--format=", "--name-status", "-M").strip().splitlines()[-1][0] == "R"
    place, script = aged.git("rev-parse", "--short", "HEAD").strip(), aged.script_file("age")
    aged.git("rm", "-q", script)
    aged.commit("A mistake")
    aged.follow("missing_script", f"git restore --source={place} -- {script}")


def test_a_script_that_came_with_a_merge_commit_is_found(aged: Project):
    """A merge commit lists no file as new that only it has, unless Git is asked."""
    aged.git("checkout", "-q", "-b", "words", "HEAD~1")
    aged.write("notes.txt", "one\n")
    aged.commit("Notes")
    aged.git("checkout", "-q", "main")
    aged.git("merge", "-q", "--no-commit", "words")
    aged.add_to_model(NICK)
    aged.db("migrate", "-m", "Add nick")
    aged.db("upgrade")
    aged.commit("Merge words")
    script = aged.script_file("nick")
    aged.git("revert", "--no-edit", "-m", "1", "HEAD")
    verdict = aged.read().verdict
    assert verdict.kind == "missing_script" and "Git still has it" in verdict.why
    aged.run(*shlex.split(verdict.next))
    assert (aged.path / script).is_file()
