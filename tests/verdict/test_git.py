"""Git itself: a merge or a rebase that is not finished, no branch, what is not committed."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest
from against_tools import check_against_commands
from states import Project
from turns import CITY, PAGES

from roundtrip import checks
from roundtrip.course import Goal

CLEAN = Goal("", "clean", {})
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


def test_a_rebase_that_is_not_finished(aged: Project):
    assert aged.capture(["git", "rebase", "--exec", "false", "HEAD~1"]).returncode
    verdict = aged.read().verdict
    assert verdict.headline == "A rebase is not finished."
    aged.git("rebase", "--abort")
    assert aged.read().verdict.kind == "agree"


def test_a_conflict_that_is_mended_and_not_added(aged: Project):
    aged.git("switch", "-q", "-c", "work")
    aged.edit(PAGES, "Show the", "Show all")
    aged.commit("Say all")
    aged.git("switch", "-q", "main")
    aged.edit(PAGES, "Show the", "List the")
    aged.commit("Say list")
    assert aged.capture(["git", "merge", "work"]).returncode
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("conflict", "git status")
    text = (aged.path / PAGES).read_text(encoding="utf-8")
    aged.write(PAGES, re.sub(r"(?ms)^<{7} .*?\n(.*?)^={7}\n.*?^>{7} .*?\n", r"\1", text))
    aged.follow("conflict", f"git add {PAGES}")
    aged.follow("merge_not_committed", "git commit --no-edit")
    assert aged.read().verdict.kind == "agree"
    assert len(aged.git("rev-parse", "HEAD^@").split()) == 2


def test_a_merge_that_is_not_finished(project: Project):
    project.git("checkout", "-q", "-b", "other")
    project.edit(PAGES, "Show the", "Show her")
    project.commit("Hers")
    project.git("checkout", "-q", "main")
    project.edit(PAGES, "Show the", "Show his")
    project.commit("His")
    assert project.capture(["git", "merge", "other"]).returncode
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("conflict", "git status")
    assert PAGES in verdict.found


def test_work_beside_the_schema_is_only_not_committed(project: Project):
    project.write("notes.txt", "Notes.\n")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.next) == ("not_committed", "git status")
    project.git("add", ".")
    verdict = project.read().verdict
    assert verdict.next == 'git commit -m "Say what changes"'


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


def test_a_message_that_ipython_would_take_for_python(loose: Project):
    script = loose.script_file("age")
    loose.edit(script, "Add age column", "Add {age} for $9, a column")
    loose.git("add", ".")
    loose.follow("script_not_committed", 'git commit -m "Add age for 9, a column to user model"')


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


def test_the_end_of_a_merge_does_not_put_back_a_database(aged: Project):
    aged.git("checkout", "-q", "-b", "words")
    aged.write("notes.txt", "one\n")
    aged.commit("Notes")
    aged.git("checkout", "-q", "main")
    aged.git("merge", "-q", "--no-ff", "--no-commit", "words")
    assert "--abort puts the files back." in aged.read().verdict.why
    aged.db("revision", "-m", "Of this merge")
    aged.db("upgrade")
    aged.git("add", ".")
    why = next(d.why for d in aged.read().disagreements if d.kind == "merge_not_committed")
    assert "not the database, which has run “Of this merge”" in why


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


@pytest.mark.parametrize("how", ["cherry-pick", "revert"])
def test_a_commit_that_git_has_prepared_keeps_its_message(aged: Project, how: str):
    aged.git("switch", "-q", "-c", "words")
    for word in ("one", "two", "three"):
        aged.write("notes.txt", f"{word}\n")
        aged.commit(f"Say {word}")
    if how == "cherry-pick":
        aged.git("switch", "-q", "main")
        aged.write("notes.txt", "none\n")
        aged.commit("Say nothing")
    aged.capture(["git", how, "words~1"])
    aged.write("notes.txt", "both\n")
    aged.follow("conflict", "git add notes.txt")
    verdict = aged.read().verdict
    assert verdict.headline == f"A {how} is not finished." and f"git {how} --abort" in verdict.why
    aged.follow("merge_not_committed", "git commit --no-edit")
    assert "Say two" in aged.git("log", "-1", "--format=%s")


def test_a_rebase_with_a_conflict_goes_on_and_keeps_its_message(aged: Project):
    aged.git("switch", "-q", "-c", "words")
    aged.write("notes.txt", "one\n")
    aged.commit("Say one")
    aged.git("switch", "-q", "main")
    aged.write("notes.txt", "none\n")
    aged.commit("Say nothing")
    aged.capture(["git", "rebase", "main", "words"])
    aged.write("notes.txt", "both\n")
    aged.follow("conflict", "git add notes.txt")
    why = aged.follow("no_branch", "git commit --no-edit")
    assert "then git rebase --continue goes on" in why
    aged.git("rebase", "--continue")
    assert aged.git("log", "-1", "--format=%s").strip() == "Say one"
