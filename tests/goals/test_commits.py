"""Goals about commits, on projects that real commands have brought there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from states import Project, find


def test_a_deleted_file_comes_back_and_no_other_change_is_lost(project: Project):
    project.add_to_model("    city: Mapped[str | None]\n")
    (project.path / "demo_app/templates/users.html").unlink()
    said = find(project, "pending_changes", adds=["user.city"])
    project.run(*shlex.split(said.next))
    assert (project.path / "demo_app/templates/users.html").exists()
    assert "city" in (project.path / "demo_app/models.py").read_text(encoding="utf-8")


def test_a_rebase_that_stands_still_is_not_left_by_a_switch(project: Project):
    assert project.capture(["git", "rebase", "--exec", "exit 1", "HEAD~1"]).returncode == 1
    said = find(project, "head_subject", subject="Another")
    assert (said.met, said.next) == (False, "git status")
    assert "git rebase --continue" in said.cause


def test_a_reset_without_hard_is_taken_back_first(project: Project):
    """Its files are in no commit of the branch, and Git has them in one that it remembers."""
    project.write("notes.txt", "one\n")
    project.commit("Notes")
    kept = project.git("rev-parse", "HEAD").strip()[:7]
    back = {"back": "Add age column to user model"}
    project.git("reset", "-q", "HEAD~1")
    project.git("reset", "-q", "--hard", "HEAD")  # leaves it where it is
    said = find(project, "agree", **back)
    assert (said.met, said.next) == (False, f"git reset {kept}")
    later = project.copy(project.path.with_name("later"))
    later.git("commit", "-q", "--allow-empty", "-m", "Later")  # who goes on meant it so
    assert find(later, "agree", **back).next.startswith("git reset --hard ")
    project.write("notes.txt", "one, and two\n")
    project.run(*shlex.split(said.next))
    assert (project.path / "notes.txt").read_text(encoding="utf-8") == "one, and two\n"
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert find(project, "agree", **back).met
    assert not (project.path / "notes.txt").exists()


def test_a_file_that_was_in_no_commit_is_no_sign_of_a_reset_without_hard(project: Project):
    project.write("notes.txt", "one\n")
    project.git("commit", "-q", "--allow-empty", "-m", "More")
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert find(project, "agree", back="Add age column to user model").next == "git status"


def test_what_a_reset_leaves_alone_does_not_keep_from_one(project: Project):
    place = project.git("rev-parse", "HEAD").strip()[:7]
    project.git("commit", "-q", "--allow-empty", "-m", "More")
    wanted = {"subject": "Add age column to user model", "back": True}
    project.write("notes.txt", "one\n")
    assert find(project, "head_subject", **wanted).next == f"git reset --hard {place}"
    project.add_to_model("    city: Mapped[str | None]\n")
    for command in ("git stash", f"git reset --hard {place}"):
        assert find(project, "head_subject", **wanted).next == command
        project.run(*shlex.split(command))
    assert find(project, "head_subject", **wanted).met


def test_a_commit_that_was_amended_twice_is_had_back_as_it_was(project: Project):
    before = project.git("rev-parse", "HEAD").strip()[:7]
    for text in ("one", "two"):
        project.write("notes.txt", text)
        project.git("add", ".")
        project.git("commit", "-q", "--amend", "-m", "Notes")
    subject = {"subject": "Notes", "commits": 3}
    for said in (find(project, "commits", count=3), find(project, "head_subject", **subject)):
        assert said.next == f"git reset --soft {before}"
    project.run(*shlex.split(said.next))
    for _ in range(2):
        if not (said := find(project, "commits", count=3, message="Notes")).met:
            project.run(*shlex.split(said.next))
    assert find(project, "commits", count=3).met and find(project, "head_subject", **subject).met


def test_a_script_of_the_same_message_is_not_put_into_the_commit_of_the_other(project: Project):
    project.db("revision", "-m", "Add age column to user model")
    project.db("upgrade")
    project.git("add", ".")
    assert project.read().verdict.next == 'git commit -m "Add age column to user model"'


def test_a_second_commit_that_has_the_script_alone(project: Project):
    project.git("reset", "-q", "--soft", "HEAD~1")
    project.git("restore", "--staged", "demo_app")
    project.git("commit", "-qm", "Add age column to user model")
    script = {"count": 2, "script": "migrations/versions/*_add_age_column_to_user_model.py"}
    alone = project.copy(project.path.with_name("more"))
    alone.add_to_model("    city: Mapped[str | None]\n")
    assert find(alone, "commits", **script).met  # the model of another change
    alone = project.copy(project.path.with_name("too many"))
    alone.git("commit", "-q", "--allow-empty", "-m", "More")
    assert find(alone, "commits", **script).next == "git log --oneline"
    for command in ("git add .", "git commit --amend --no-edit"):
        said = find(project, "commits", **script)
        assert said.next == command
        project.run(*shlex.split(command))
    assert find(project, "commits", **script).met


def test_a_first_commit_that_came_too_early_is_amended(project: Project):
    project.git("reset", "-q", "--soft", "HEAD~1")
    message = project.git("log", "--format=%s").strip()
    for _ in range(3):
        said = find(project, "clean", message=message)
        if said.met:
            break
        project.run(*shlex.split(said.next))
    assert project.git("log", "--format=%s").splitlines() == [message]
    assert find(project, "commits", count=1, message=message).met


def test_a_second_commit_of_the_same_message_is_joined_to_the_first(project: Project):
    message = project.git("log", "-1", "--format=%s", "HEAD~1").strip()
    project.git("commit", "-q", "--amend", "-m", message)
    said = find(project, "commits", count=1, message=message)
    assert said.next == "git reset --soft HEAD~1"
    project.run(*shlex.split(said.next))
    project.run(*shlex.split(find(project, "clean", message=message).next))
    assert find(project, "commits", count=1, message=message).met


@pytest.mark.parametrize("beside", [True, False])
def test_of_a_commit_too_many_the_last_two_become_one(project: Project, beside: bool):
    """The last has the script alone; or it has all, and the one before something else."""
    script = project.script_file("add_age")
    project.git("reset", "-q", "--soft", "HEAD~1")
    project.git("reset", "-q")
    project.write("notes.txt", "mine\n")
    project.git("add", "notes.txt" if beside else "demo_app")
    project.git("commit", "-qm", "One")
    project.commit("Two")
    goal = {
        "count": 2,
        "script": f"*/{Path(script).name}",
        "message": "Add age column to user model",
    }
    for command in ("git reset --soft HEAD~2", 'git commit -m "Add age column to user model"'):
        said = find(project, "commits", **goal)
        assert said.next == command, said
        project.run(*shlex.split(command))
    assert find(project, "commits", **goal).met


def test_a_repository_in_the_project_is_moved_out_and_not_cleaned_away(project: Project):
    """`git clean` passes over it without a word."""
    (project.path / "nested").mkdir()
    project.git("-C", "nested", "--git-dir=.git", "--work-tree=.", "init")
    project.write("nested/mine.txt", "mine\n")
    said = find(project, "clean", back=True)
    assert not said.met and "Move it out of the workspace" in said.cause
    assert "git clean -f" not in said.cause


def test_a_commit_without_the_lesson_s_file_gets_it(project: Project):
    """Its message is another one, too; no commit of an earlier lesson is touched."""
    goal = {"subject": "Test the age column", "commits": 3, "file": "tests/test_user.py"}
    project.write("pytest.ini", "[pytest]\n")
    project.commit("test")
    project.write("tests/test_user.py", "import demo_app\n")
    before = project.git("rev-parse", "HEAD~1")
    assert "It is without tests/test_user.py" in find(project, "head_subject", **goal).cause
    told = []
    while not (said := find(project, "head_subject", **goal)).met:
        told.append(said.next)
        project.run(*shlex.split(said.next))
    assert told == ["git add .", 'git commit --amend -m "Test the age column"']
    assert project.git("rev-parse", "HEAD~1") == before
    assert "tests/test_user.py" in project.git("show", "--name-only", "--format=").split()


@pytest.mark.parametrize("staged", [False, True])
def test_no_database_gets_into_a_commit_that_a_goal_tells(starts, tmp_path, staged: bool):
    """A copy that lies beside instance/ would be added, and its rows would be in the history."""
    project = starts["loose"].copy(tmp_path / "p")
    project.sql(f"VACUUM INTO '{project.path / 'before.db'}'")
    if staged:
        project.git("add", ".")
    said = find(project, "committed_migration", adds=["user.age"])
    move = "python -c \"import shutil; shutil.move('before.db', 'instance')\""
    assert said.next == ("git rm -f --cached before.db" if staged else move)
    project.run(*shlex.split(said.next))
    (project.path / "before.db").unlink(missing_ok=True)
    said = find(project, "committed_migration", adds=["user.age"])
    project.run(*shlex.split(said.next))
    assert "before.db" not in project.git("ls-files")


@pytest.mark.parametrize("script", [True, False])
def test_databases_are_asked_for_only_where_a_script_would_go(project: Project, script: bool):
    subject = project.git("log", "-1", "--format=%s").strip()
    project.write("pytest.ini", "[pytest]\n")
    if script:
        project.db("revision", "-m", "By hand")
    project.commit("More")
    said = find(project, "head_subject", subject=subject, commits=2)
    assert "git reset --soft" in said.cause
    assert ("Once no database needs a script of theirs" in said.cause) == script
