"""A stash holds what the model lacks."""

from __future__ import annotations

import shlex

from states import AGE, Project
from turns import CITY, MODELS, committed


def test_a_model_in_a_stash_that_git_refuses_to_bring_back(loose: Project):
    loose.git("add", "migrations")
    loose.git("commit", "-q", "-m", "Add age, the script")
    loose.git("stash")
    loose.edit(MODELS, "class User", "# the users\nclass User")
    assert loose.capture(["git", "stash", "pop"]).returncode
    assert "could end in a conflict" in loose.follow("database_ahead", "git stash show -p")
    loose.commit("Say whose class it is")
    loose.follow("database_ahead", "git stash show -p")
    loose.add_to_model()
    assert loose.read().verdict.kind == "not_committed"
    loose.commit("Add age, the model")
    assert "git stash show -p shows it, and git stash drop" in loose.read().verdict.why
    loose.git("stash", "drop")
    assert "stash" not in loose.read().verdict.why


def test_a_stash_with_a_script_that_has_come_back_alone(loose: Project):
    loose.git("stash", "-u")
    loose.add_to_model(CITY)
    assert loose.read().verdict.next.startswith("git restore --source=")
    loose.run(*shlex.split(loose.read().verdict.next))
    loose.git("restore", MODELS)
    assert loose.capture(["git", "stash", "pop"]).returncode
    loose.git("restore", MODELS)
    loose.follow("database_ahead", "git stash show -p")
    loose.add_to_model()
    assert loose.read().verdict.kind == "script_not_committed"


def test_a_stash_that_may_hold_the_missing_line_is_named_before_a_script_drops_it(city: Project):
    city.edit(MODELS, CITY, CITY + AGE)
    city.git("stash")
    city.edit(MODELS, CITY, "    size: Mapped[int | None]\n")
    verdict = city.read().verdict
    assert (verdict.kind, verdict.next) == ("model_ahead", "git stash show -p")
    assert "The stash holds another demo_app/models.py" in verdict.why and "renamed" in verdict.why
    assert verdict.why.endswith("If the line is not there, go on with flask db migrate.")
    city.commit("A size")
    assert CITY in city.git("show", "stash:demo_app/models.py")
    city.follow("model_ahead", "git stash show -p")
    city.edit(MODELS, "    size: ", CITY + "    size: ")
    assert {d.op for d in city.read().differences} == {"add_column"}  # size alone, city is there
    assert city.read().verdict.next.startswith("flask db migrate -m ")


def test_a_stash_that_was_made_to_change_the_branch_is_told_how_to_bring_back(project: Project):
    project.git("checkout", "-q", "-b", "feat")
    committed(project, AGE, "Add age")
    project.git("checkout", "-q", "main")
    project.edit(MODELS, "String(80)", "String(81)")
    assert "on feat, git stash pop brings them" in project.follow("missing_script", "git stash -u")
    project.follow("missing_script", "git checkout feat")
    assert "git stash pop brings it back" in project.read().verdict.why
    project.git("stash", "pop")


def test_a_stash_of_another_branch_is_brought_back_on_that_branch(loose: Project):
    loose.git("checkout", "-q", "-b", "feature")
    loose.git("add", "migrations")
    loose.git("commit", "-q", "-m", "Add age, the script")
    loose.git("stash")
    loose.git("checkout", "-q", "main")
    loose.git("merge", "-q", "feature")
    why = loose.follow("database_ahead", "git stash show -p")
    assert "made on the branch feature" in why
    loose.git("checkout", "-q", "feature")
    loose.follow("database_ahead", "git stash pop")
    assert AGE in (loose.path / MODELS).read_text(encoding="utf-8")


def test_a_stash_whose_branch_is_gone_is_brought_back_here(loose: Project):
    loose.git("checkout", "-q", "-b", "feature")
    loose.git("add", "migrations")
    loose.git("commit", "-q", "-m", "Add age, the script")
    loose.git("stash", "push", "-m", "on it: later")
    loose.git("checkout", "-q", "main")
    loose.git("merge", "-q", "feature")
    loose.git("branch", "-d", "feature")
    loose.follow("database_ahead", "git stash pop")


def test_a_stash_that_would_end_in_a_conflict_gives_its_script_alone(loose: Project):
    loose.git("stash", "-u")
    loose.git("checkout", "-q", "-b", "other")
    loose.edit(MODELS, "class User", "# the users\nclass User")
    loose.add_to_model(CITY)
    loose.commit("More of the model")
    verdict = loose.read().verdict
    assert verdict.kind == "missing_script" and verdict.next.startswith("git restore --source=")
    loose.run(*shlex.split(verdict.next))
    assert loose.script("age").is_file() and "# the users" in loose.git("show", f"HEAD:{MODELS}")
