"""Databases and settings belong to one machine: they are kept out of Git, or taken out of it."""

from __future__ import annotations

import shlex

import pytest
from states import Project

from roundtrip import checks
from roundtrip.course import Goal

CLEAN = Goal("", "clean", {})


def test_every_database_that_is_in_git_is_named(project: Project):
    project.sql("CREATE TABLE x (y)", "copy.db")
    project.git("add", "-f", "instance")
    project.commit("Add databases")
    project.follow("database_in_git", "git rm -f --cached instance/app.db instance/copy.db")
    assert (project.path / "instance/copy.db").is_file()


@pytest.mark.parametrize("file", ["instance/app.db", "production.env"])
def test_what_git_add_would_take_along_is_named_before_it(loose: Project, file: str):
    loose.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    loose.run("flask", "--env-file", "production.env", "db", "upgrade")
    assert loose.read().verdict.next == "git add ."
    kept = (loose.path / ".gitignore").read_text(encoding="utf-8").splitlines()
    line = "instance/" if file.endswith(".db") else file
    loose.write(".gitignore", "".join(f"{each}\n" for each in kept if each != line))
    verdict = loose.read().verdict
    assert (verdict.kind, verdict.next) == ("about_to_be_in_git", "")
    assert file in verdict.headline and "into the file .gitignore" in verdict.why
    kept_out = "them" if file.endswith(".db") else "it"
    assert verdict.found == f"No line of .gitignore keeps {kept_out} out."


@pytest.mark.parametrize("remove", [("git", "rm", "-q"), ("rm",)])
def test_a_gitignore_that_was_deleted_comes_back(aged: Project, remove: tuple[str, ...]):
    aged.run(*remove, ".gitignore")
    aged.sql(f"VACUUM INTO '{aged.path / 'before.db'}'")
    aged.follow("about_to_be_in_git", "git checkout HEAD -- .gitignore")
    assert aged.read().verdict.headline == "git add . would add before.db."


def test_a_gitignore_that_no_commit_has_is_written(aged: Project):
    text = (aged.path / ".gitignore").read_text(encoding="utf-8")
    aged.git("rm", "-q", ".gitignore")
    aged.git("commit", "-qm", "Without it")
    aged.write(".gitignore", text)
    aged.git("add", ".gitignore")
    (aged.path / ".gitignore").unlink()
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("about_to_be_in_git", "")
    assert "Write instance/ into the file .gitignore before you run git add." in verdict.why


@pytest.mark.parametrize("file", [".env", "production.env"])
def test_settings_that_are_in_git(aged: Project, file: str):
    """Out of the next commit; what a password was, it is no more."""
    aged.write(file, "DATABASE_URL=sqlite:///app.db\nPASSWORD=hunter2\n")
    aged.git("add", "-f", file)
    assert "change every password" not in aged.read().verdict.why  # no commit has it
    assert not checks.check(CLEAN, aged.read(), aged.path).finding.met
    aged.git("commit", "-qm", "Settings")
    said = checks.check(CLEAN, aged.read(), aged.path).finding
    assert (said.met, said.found) == (False, f"in Git: {file}")
    assert said.next == f"git rm -f --cached {file}" and "change every password" in said.cause
    aged.follow("settings_in_git", said.next)
    assert (aged.path / file).is_file()
    aged.write(".gitignore", "instance/\n*.env\n__pycache__/\n")
    aged.commit("Without them")
    assert checks.check(CLEAN, aged.read(), aged.path).finding.met


def test_a_copy_beside_instance_is_moved_and_no_line_is_asked_for_that_is_there(aged: Project):
    aged.sql(f"VACUUM INTO '{aged.path / 'before.db'}'")
    check = checks.check(CLEAN, aged.read(), aged.path).finding
    verdict = aged.read().verdict
    assert check.next == verdict.next and ".gitignore" not in verdict.why + check.cause
    aged.follow("about_to_be_in_git", verdict.next)
    people = "SELECT * FROM user"
    assert aged.sql(people, "before.db") == aged.sql(people)
    assert aged.read().verdict.kind == "agree"


def test_a_database_in_use_is_not_moved(aged: Project):
    aged.write(".flaskenv", "FLASK_APP=demo_app\nDATABASE_URL=sqlite:///../own.db\n")
    aged.db("upgrade")
    (found,) = (d for d in aged.read().disagreements if d.kind == "about_to_be_in_git")
    assert found.next == "" and ".gitignore" in found.why


@pytest.mark.parametrize("name", ["app-backup.sqlite", "dump.bak"])
def test_a_copy_of_a_database_is_kept_out_under_any_name(loose: Project, name: str):
    """Told only once it is in Git, it went in again by the next git add."""
    (loose.path / name).write_bytes((loose.path / "instance/app.db").read_bytes())
    verdict = loose.read().verdict
    assert verdict.kind == "about_to_be_in_git"
    assert checks.check(CLEAN, loose.read(), loose.path).finding.next == verdict.next
    loose.run(*shlex.split(verdict.next))
    assert (loose.path / "instance" / name).is_file() and name not in loose.git("status")
    (loose.path / "instance" / name).rename(loose.path / name)
    loose.git("add", ".")
    why = loose.follow("database_in_git", f"git rm -f --cached {name}")
    assert f"Add {name} to .gitignore" in why
    kept = (loose.path / ".gitignore").read_text(encoding="utf-8")
    loose.write(".gitignore", f"{kept}{name}\n")
    loose.follow("script_not_committed", "git add .")
    assert name not in loose.git("ls-files")
