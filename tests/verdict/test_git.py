"""Git itself: a merge or a rebase that is not finished, no branch, what is not committed."""

from __future__ import annotations

import shlex
import subprocess

import pytest
from against_tools import check_against_commands
from states import Project
from turns import CITY, PAGES

from roundtrip import checks
from roundtrip.course import Goal

BACK = Goal("", "head_subject", {"subject": "Create user table", "back": True})


@pytest.mark.parametrize("times", [1, 2])
def test_on_no_branch(aged: Project, times: int):
    """Also where the place before was no branch either, so that `git switch -` would not help."""
    aged.git("checkout", "-q", "--detach")
    for _ in range(times - 1):
        aged.git("checkout", "-q", aged.git("rev-parse", "HEAD~1").strip())
        aged.git("checkout", "-q", aged.git("rev-parse", "main").strip())
    aged.follow("no_branch", "git switch main")
    assert aged.read().verdict.kind == "agree"


def test_it_goes_back_to_the_branch_one_came_from(aged: Project):
    aged.git("switch", "-q", "-c", "work")
    aged.git("checkout", "-q", "--detach")
    aged.follow("no_branch", "git switch work")


def test_a_commit_that_no_branch_has_is_kept(aged: Project):
    aged.git("checkout", "-q", "--detach")
    aged.git("branch", "-m", "main", "trunk")
    aged.edit(PAGES, "Show the", "Show all")
    aged.commit("Say all")
    made = aged.git("rev-parse", "HEAD").strip()
    assert aged.read().verdict.why.endswith("then git switch trunk goes back.")
    aged.follow("no_branch", f"git switch -c keep-{made[:7]}")
    assert aged.read().verdict.kind == "agree"
    aged.git("switch", "trunk")
    assert aged.git("rev-parse", f"keep-{made[:7]}").strip() == made


def test_work_beside_the_schema_is_only_not_committed(project: Project):
    project.write("notes.txt", "Notes.\n")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.next) == ("not_committed", "git status")
    project.git("add", ".")
    verdict = project.read().verdict
    assert verdict.next == 'git commit -m "Say what changes"'


def test_a_message_that_ipython_would_take_for_python(loose: Project):
    script = loose.script_file("age")
    loose.edit(script, "Add age column", "Add {age} for $9, a column")
    loose.git("add", ".")
    loose.follow("script_not_committed", 'git commit -m "Add age for 9, a column to user model"')


def test_on_no_branch_at_the_scripts_that_the_database_has_run(aged: Project):
    """To go to the branch would be told to undo the downgrade."""
    aged.db("downgrade")
    last = aged.git("rev-parse", "main").strip()
    aged.git("checkout", "-q", "HEAD~1")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.back) == ("no_branch", "git switch main")
    assert "drops the commits that only main has" in verdict.why
    assert checks.check(BACK, aged.read(), aged.path).finding.next == verdict.next
    aged.run(*shlex.split(verdict.next))
    assert aged.read().verdict.kind == "agree"
    assert checks.check(BACK, aged.read(), aged.path).met
    # and forward again: no branch has that commit
    aged.git("checkout", "-q", last)
    pending, *more = aged.read().disagreements
    assert pending.kind == "pending" and "git switch -C main" not in [said.back for said in more]
    aged.db("upgrade")
    verdict = aged.read().verdict
    assert verdict.next == f"git switch -c keep-{last[:7]}"
    assert "goes back" not in verdict.why
    aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"
    assert aged.git("rev-parse", "main").strip() == last


def test_a_commit_that_has_the_database_alone_is_not_emptied_by_an_amend(aged: Project):
    """Git refuses that."""
    aged.git("add", "-f", "instance/app.db")
    aged.git("commit", "-qm", "The database")
    aged.follow("database_in_git", "git rm -f --cached instance/app.db")
    aged.follow("not_committed", 'git commit -m "Say what changes"')
    assert aged.read().verdict.kind == "agree"


def test_a_commit_that_has_deleted_a_script_does_not_get_it_back_by_an_amend(aged: Project):
    """Nothing would be left in it, and Git refuses that."""
    message, script = aged.read().git.subject, aged.script("age")
    text = script.read_text(encoding="utf-8")
    script.unlink()
    aged.commit(message)
    script.write_text(text, encoding="utf-8")
    aged.follow("script_not_committed", "git add .")
    assert "--amend" not in aged.follow("script_not_committed", f'git commit -m "{message}"')
    assert aged.read().verdict.kind == "agree"


def test_what_is_changed_and_what_is_deleted_is_said_once(aged: Project):
    aged.edit(PAGES, "Show the", "Show all")
    assert aged.read().verdict.found == f"Git sees a change in {PAGES}."
    (aged.path / "demo_app/templates/users.html").unlink()
    found = f"Git sees a change in {PAGES}. demo_app/templates/users.html is deleted."
    assert aged.read().verdict.found == found
    aged.git("restore", PAGES)
    assert aged.read().verdict.found == "demo_app/templates/users.html is deleted."


def test_a_script_that_was_forgotten_in_the_commit_of_its_model_goes_there(loose: Project):
    loose.git("commit", "-qam", "Age")
    assert "has the model's line" in loose.follow("script_not_committed", "git add .")
    loose.follow("script_not_committed", "git commit --amend --no-edit")
    assert len(loose.read().git.commits) == 2 and loose.read().verdict.kind == "agree"


def test_an_empty_script_that_has_run_is_called_empty_before_the_commit(project: Project):
    project.db("revision", "-m", "oops")
    project.db("upgrade")
    verdict = project.read().verdict
    assert verdict.next == "git add ." and "Its upgrade() is empty" in verdict.why


def test_a_branch_with_more_work_is_gone_back_to(aged: Project):
    """Without a look at what it has more, it is not moved."""
    aged.write("notes.txt", "one\n")
    aged.commit("A day of work")
    aged.db("downgrade")
    aged.git("checkout", "-q", "HEAD~2")
    assert "They are 2: git log --oneline HEAD..main" in aged.follow("no_branch", "git switch main")


def test_a_branch_whose_script_another_database_needs_is_not_moved(both: Project):
    both.db("downgrade")
    both.git("checkout", "-q", "HEAD~1")
    verdict = both.read().verdict
    assert "-C" not in f"{verdict.next} {verdict.back} {verdict.why}"
    both.follow("no_branch", "git switch main")
    both.follow("pending", "flask db upgrade")
    assert both.read().verdict.kind == "agree"


def test_a_commit_that_others_have_is_not_amended(aged: Project):
    subprocess.run(["git", "init", "-q", "--bare", "../others.git"], cwd=aged.path, check=True)
    aged.git("remote", "add", "origin", "../others.git")
    aged.add_to_model(CITY)
    aged.db("migrate", "-m", "Add city")
    aged.db("upgrade")
    aged.git("commit", "-qam", "Add city")
    assert "--amend" in aged.read().verdict.why
    aged.git("push", "-q", "-u", "origin", "main")
    assert "--amend" not in aged.read().verdict.why
    aged.follow("script_not_committed", "git add .")
    aged.follow("script_not_committed", 'git commit -m "Add city"')
    assert aged.read().verdict.kind == "agree"


@pytest.mark.parametrize("staged", [True, False])
def test_a_script_of_another_file_name_is_not_put_into_another_commit(aged: Project, staged: bool):
    aged.write("notes.txt", "one\n")
    aged.commit("Notes")
    script, own = aged.script("age"), aged.script_id("age")
    script.rename(script.with_name(f"{own}_years.py"))
    if staged:
        aged.git("add", ".")
    verdict = aged.read().verdict
    assert f"{own}_years.py now" in verdict.found and "--amend" not in verdict.why
    if not staged:
        aged.follow("script_not_committed", "git add .")
    aged.follow("script_not_committed", f'git commit -m "Rename migration {own}"')
    assert aged.read().verdict.kind == "agree"
    assert len(aged.read().git.commits) == 4 and not script.exists()


def test_a_script_of_another_file_name_goes_into_the_commit_that_brought_it(aged: Project):
    aged.git("mv", aged.script_file("age"), f"migrations/versions/{aged.script_id('age')}_x.py")
    assert "--amend" in aged.follow("script_not_committed", "git commit --amend --no-edit")
    assert aged.read().verdict.kind == "agree"
