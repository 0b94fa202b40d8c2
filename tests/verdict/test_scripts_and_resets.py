"""A reset, or a change of branch, has taken a script that the database has run."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import (
    CITY,
    MODELS,
    PAGES,
    PHONE,
    committed,
)


def test_a_reset_too_far_is_not_answered_with_a_downgrade(city: Project):
    wanted = city.git("rev-parse", "--short", "HEAD").strip()
    committed(city, PHONE, "Add phone column to user model")
    city.db("downgrade")
    city.git("reset", "--hard", "HEAD~2")
    city.add_to_model("    # a note\n")
    verdict = city.read().verdict
    assert verdict.next.startswith(f"git restore --source={wanted} -- migrations/versions/")
    city.git("restore", MODELS)
    city.follow("missing_script", f"git reset --hard {wanted}")
    assert city.read().verdict.kind == "agree"
    assert city.sql("SELECT city FROM user WHERE name = 'Ada'") == [("London",)]


def test_a_reset_too_far_is_not_undone_over_a_commit_made_since(city: Project):
    wanted = city.git("rev-parse", "--short", "HEAD").strip()
    script = city.script_file("city")
    committed(city, PHONE, "Add phone column to user model")
    city.db("downgrade")
    city.git("reset", "--hard", "HEAD~2")
    city.write("notes.txt", "Mine.\n")
    city.commit("Take notes")
    city.follow("missing_script", f"git restore --source={wanted} -- {script}")
    assert (city.path / "notes.txt").exists()
    assert city.git("log", "-n1", "--format=%s") == "Take notes\n"


@pytest.mark.parametrize("left", ["detached", "deleted"])
def test_a_commit_that_no_branch_has_is_named_and_kept(project: Project, left: str):
    project.git("checkout", "-q", *(["--detach"] if left == "detached" else ["-b", "feat"]))
    script = committed(project, CITY, "Add city column to user model")
    work = project.git("rev-parse", "--short", "HEAD").strip()
    project.git("checkout", "-q", "main")
    if left == "deleted":
        project.git("branch", "-qD", "feat")
        project.write("notes.txt", "Mine.\n")
        project.commit("Take notes")
    verdict = project.read().verdict
    assert verdict.back == f"git restore --source={work} -- {script}"
    why = project.follow("missing_script", f"git branch keep-{work} {work}")
    assert f"It is in the commit {work}, which no branch has" in why
    project.follow("missing_script", f"git checkout keep-{work}")
    assert project.read().verdict.kind == "agree"
    assert CITY in (project.path / MODELS).read_text(encoding="utf-8")


def test_two_resets_in_a_row_are_undone_to_the_commit_of_the_script(project: Project):
    project.write("notes.txt", "Mine.\n")
    project.commit("Take notes")
    committed(project, CITY, "Add city column to user model")
    work = project.git("rev-parse", "--short", "HEAD").strip()
    for _ in range(2):
        project.git("reset", "-q", "--hard", "HEAD~1")
    project.follow("missing_script", f"git reset --hard {work}")
    assert project.read().verdict.kind == "agree"


def test_a_reset_is_not_undone_over_uncommitted_work(aged: Project):
    aged.git("reset", "--hard", "HEAD~1")
    aged.edit(PAGES, "Show the", "Show me the")
    verdict = aged.read().verdict
    assert verdict.next.startswith("git restore --source=ORIG_HEAD -- migrations/versions/")
    aged.git(*verdict.next.split()[1:])
    assert "Show me the" in (aged.path / PAGES).read_text(encoding="utf-8")
    assert aged.read().verdict.next == "flask db downgrade"


def test_a_reset_on_another_branch_is_not_undone_on_this_one(loose: Project):
    loose.git("switch", "-c", "other")
    loose.commit("Add age column to user model")
    loose.git("reset", "--hard", "HEAD~1")
    loose.git("switch", "main")
    head = loose.git("rev-parse", "main")
    verdict = loose.read().verdict
    assert verdict.next.startswith("git restore --source=ORIG_HEAD -- migrations/versions/")
    loose.run(*shlex.split(verdict.next))
    assert loose.read().migrations.missing == ()
    assert loose.git("rev-parse", "main") == head


def test_a_script_that_was_stamped_away_and_reset_comes_back_for_its_downgrade(aged: Project):
    """No number asks for it any more; what it made is still there."""
    script = aged.script_file("age")
    first = aged.read().migrations.revisions[0]
    aged.db("stamp", first.id)
    aged.git("reset", "-q", "--hard", "HEAD~1")
    told = aged.read().verdict
    assert told.kind == "database_ahead" and "Git still has one" in told.found
    aged.run(*shlex.split(told.next))
    assert aged.script_file("age") == script
    aged.follow("not_recorded", "flask db stamp head")
    assert "drops user.age with all values" in aged.follow("database_ahead", "flask db downgrade")
    aged.follow("left_over", f"git clean -f {script}")
    assert aged.read().verdict.kind == "agree"
