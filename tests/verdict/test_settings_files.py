"""The files of settings that name other databases, or should."""

from __future__ import annotations

import shlex
import shutil

import pytest
from states import Project
from turns import on_production, with_production


def test_a_file_of_settings_with_a_blank_in_its_name(aged: Project):
    aged.write(".gitignore", "instance/\n__pycache__/\n*.env\n")
    aged.commit("Ignore all settings")
    aged.write("my production.env", "DATABASE_URL=sqlite:///production.db\n")
    aged.run(*shlex.split(aged.read().verdict.next))
    assert aged.read().verdict.kind == "agree"
    assert (aged.path / "instance/production.db").is_file()


def test_a_file_of_settings_that_names_the_usual_database(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///app.db\n")
    verdict = project.read().verdict
    assert verdict.kind == "elsewhere"
    assert verdict.headline == "production.env names this database, not another."
    assert verdict.next == "%show production.env"
    assert project.read("production.env").verdict.headline == verdict.headline
    ignored = (project.path / ".gitignore").read_text(encoding="utf-8")
    project.write(".gitignore", f"{ignored}.env\n")
    project.commit("Ignore .env")
    project.write(".env", "DATABASE_URL=sqlite:///production.db\n")  # the other way round
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    (project.path / "instance/app.db").rename(project.path / "instance/production.db")
    verdict = project.read().verdict
    assert verdict.headline == ".env names the database of production.env."
    assert verdict.next == "%show .env"
    (project.path / "instance/production.db").rename(project.path / "instance/app.db")
    (project.path / ".env").unlink()
    project.write("production.env", "DATABASE_URL=sqlite:///app.db\n")
    project.write("dev.env", "DATABASE_URL=sqlite:///app.db\n")
    usual, kept = project.path / "instance/app.db", project.path / "kept.db"
    for old, new in ((usual, kept), (kept, usual)):  # with the file, and without it
        assert all(said.kind != "not_its_own" for said in project.read("dev.env").disagreements)
        old.rename(new)
    (project.path / "dev.env").unlink()
    with_production(project)
    assert "is not there" in project.read().verdict.headline
    on_production(project, "upgrade")
    assert project.read().verdict.kind == "agree"


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
def test_settings_that_name_no_database_here_do_no_harm(aged: Project, settings):
    (aged.path / "odd.env").write_bytes(settings)
    (*_, last) = aged.read().disagreements
    assert last.kind == "not_committed"  # odd.env itself


@pytest.mark.parametrize(
    ("file", "line"),
    [("production.env", "DATABASE=sqlite:///production.db\n"), ("staging.env", "")],
)
def test_a_file_of_settings_that_names_none(project: Project, file: str, line: str):
    """Its commands go to the usual database, without a word."""
    project.write(".gitignore", "instance/\n*.env\n")
    project.commit("Ignore all settings")
    project.write(file, line)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.headline) == ("elsewhere", f"{file} names no database.")
    assert "its commands go to instance/app.db" in verdict.found
    assert verdict.next == f"%show {file}"
    project.sql("DELETE FROM alembic_version")  # of this database nothing else is to be said there
    (there,) = project.read(file).disagreements
    assert (there.kind, there.headline) == ("not_its_own", verdict.headline)


def test_four_slashes_lead_out_of_the_project(aged: Project):
    """To a file at the root of the disk, which an upgrade would make; nobody means that."""
    aged.write(".gitignore", "instance/\n__pycache__/\n*.env\n")
    aged.commit("Ignore all settings")
    aged.write("staging.env", "DATABASE_URL=sqlite:////staging.db\n")
    for read, kind in ((aged.read(), "elsewhere"), (aged.read("staging.env"), "not_its_own")):
        verdict = read.verdict
        assert (verdict.kind, verdict.next) == (kind, "%show staging.env")
        assert "begin at the root of the disk: /staging.db." in verdict.found
    aged.write("staging.env", verdict.why.rpartition(" ")[2])
    assert aged.read().verdict.next == "flask --env-file staging.env db upgrade"
    aged.run(*aged.read().verdict.next.split())
    assert (aged.path / "instance/staging.db").is_file()
    assert aged.read().verdict.kind == "agree"


def test_a_file_of_settings_that_was_deleted(aged: Project):
    """Git ignores it, so nothing else would miss it."""
    with_production(aged)
    on_production(aged, "upgrade")
    (aged.path / "production.env").rename(aged.path / ".env")
    assert aged.read().verdict.kind == "about_to_be_in_git"  # all commands go there
    (aged.path / ".env").unlink()
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%%writefile production.env")
    assert verdict.headline == "No settings name instance/production.db."
    aged.write("production.env", verdict.why.rpartition(" ")[2])
    assert aged.read().verdict.kind == "agree"
    (aged.path / "production.env").rename(aged.path / "prod.env")
    assert all(said.kind != "elsewhere" for said in aged.read().disagreements)
    (aged.path / "prod.env").unlink()
    shutil.copy(aged.path / "instance/production.db", aged.path / "instance/other.db")
    aged.write("production.env", "DATABASE_URL=sqlite:///other.db\n")  # it is there
    assert all(said.kind != "elsewhere" for said in aged.read().disagreements)


def test_the_settings_that_flask_reads_without_being_asked_are_of_no_other_database(
    project: Project,
):
    project.write(".env", "DATABASE_URL=sqlite:///new.db\n")
    assert all("names this database" not in said.headline for said in project.read().disagreements)


def test_settings_that_lead_into_a_folder_that_is_not_there(aged: Project):
    """The upgrade that is told for a database to be made would fail there, again and again."""
    url = "DATABASE_URL=sqlite:///instance/production.db\n"
    aged.write("production.env", url)
    verdict = aged.read().verdict
    assert verdict.headline == "instance/instance/production.db has no folder."
    assert (verdict.kind, verdict.next) == ("elsewhere", "%show production.env")
    assert "begins in instance/ already" in verdict.why
    aged.write("production.env", url.replace("instance/", "data/"))
    assert "Make it, or fix the path" in aged.read().verdict.why
    (aged.path / "instance/data").mkdir()
    aged.follow("elsewhere", "flask --env-file production.env db upgrade")
    assert aged.read().verdict.kind == "agree"


def test_a_rehearsal_that_would_run_on_production(aged: Project):
    aged.write(".gitignore", "instance/\n*.env\n__pycache__/\n")
    aged.commit("Ignore all settings")
    with_production(aged)
    on_production(aged, "upgrade")
    aged.write("staging.env", "DATABASE_URL=sqlite:///production.db\n")
    verdict = aged.read().verdict
    assert verdict.headline == "staging.env names the database of production.env."
    assert (verdict.kind, verdict.next) == ("elsewhere", "%show staging.env")
    assert aged.read("staging.env").verdict.headline == verdict.headline
    assert aged.read("production.env").verdict.kind == "agree"
    aged.write("staging.env", "DATABASE_URL=sqlite:///staging.db\n")
    aged.follow("elsewhere", "flask --env-file staging.env db upgrade")
    assert aged.read().verdict.kind == "agree"
    (aged.path / "staging.env").rename(aged.path / "prod.env")
    aged.write("prod.env", "DATABASE_URL=sqlite:///production.db\n")
    assert all("the database of" not in said.headline for said in aged.read().disagreements)


def test_the_database_that_the_settings_no_longer_name_is_not_forgotten(aged: Project):
    settings = (aged.path / ".flaskenv").read_text(encoding="utf-8")
    aged.write(".flaskenv", f"{settings}DATABASE_URL=sqlite:///dev.db\n")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("pending", "%show instance/app.db")
    assert "There are rows in instance/app.db, which no settings name." in verdict.why
    assert "correct the name in .flaskenv" in verdict.why
    aged.db("upgrade")
    shutil.copy(aged.path / "instance/app.db", aged.path / "instance/dev.db")
    aged.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    assert "instance/dev.db" not in aged.read("production.env").verdict.why, "it is in use"
