"""A way to another commit leads over a file that no commit has: it is put aside first."""

from __future__ import annotations

import shlex

import pytest
from states import Project
from turns import CITY, committed

MINE, THEIRS = "# mine\n", "# theirs\n"


def kept(project: Project, name: str) -> list[str]:
    """What the files hold that were put aside, and had this name."""
    return [file.read_text(encoding="utf-8") for file in project.path.glob(f"{name}-*.kept")]


def obey(project: Project) -> str:
    """The command of the board, which is run."""
    verdict = project.read().verdict
    project.run(*shlex.split(verdict.next))
    return verdict.next


def test_a_reset_is_not_undone_over_untracked_files(aged: Project):
    for name in ("tests/test_user.py", "pytest.ini", "same.txt"):
        aged.write(name, THEIRS)
    aged.commit("Test the user")
    aged.git("reset", "-q", "--hard", "HEAD~2")
    aged.write("same.txt", THEIRS)
    for name in ("tests/test_user.py", "pytest.ini", "other.txt"):
        aged.write(name, MINE)
    assert "overwrite your pytest.ini" in aged.read().verdict.why
    assert "shutil.move('pytest.ini'" in obey(aged)
    assert "shutil.move('tests/test_user.py'" in obey(aged)
    assert obey(aged) == "git reset --hard ORIG_HEAD"
    assert kept(aged, "pytest.ini") == kept(aged, "test_user.py") == [MINE]
    for name in ("tests/test_user.py", "pytest.ini", "same.txt"):
        assert (aged.path / name).read_text(encoding="utf-8") == THEIRS
    assert (aged.path / "other.txt").read_text(encoding="utf-8") == MINE
    assert aged.read().verdict.kind == "not_committed"
    assert aged.sql("SELECT age FROM user WHERE id = 1") == [(36,)]


def test_a_reset_too_far_is_not_taken_back_over_an_untracked_file(city: Project):
    city.write("notes.txt", THEIRS)
    city.git("add", "notes.txt")
    city.git("commit", "-q", "--amend", "--no-edit")
    wanted = city.git("rev-parse", "--short", "HEAD").strip()
    committed(city, CITY.replace("city", "town"), "Add town column to user model")
    city.db("downgrade")
    city.git("reset", "-q", "--hard", "HEAD~2")
    city.write("notes.txt", MINE)
    assert "shutil.move('notes.txt'" in obey(city)
    assert obey(city) == f"git reset --hard {wanted}"
    assert kept(city, "notes.txt") == [MINE]
    assert city.sql("SELECT city FROM user WHERE name = 'Ada'") == [("London",)]


def test_files_in_the_place_of_a_folder_and_the_other_way_round(aged: Project):
    aged.write("docs/one.txt", THEIRS)
    aged.write("notes", THEIRS)
    aged.commit("Write docs")
    aged.git("reset", "-q", "--hard", "HEAD~2")
    aged.write("docs", MINE)
    aged.write("notes/one.txt", MINE)
    assert "shutil.move('docs'" in obey(aged)
    assert "shutil.move('notes/one.txt'" in obey(aged)
    assert obey(aged) == "git reset --hard ORIG_HEAD"
    assert kept(aged, "docs") == kept(aged, "one.txt") == [MINE]
    assert (aged.path / "notes").read_text(encoding="utf-8") == THEIRS


def test_a_database_that_a_lost_commit_has_is_not_overwritten(aged: Project):
    """Git ignores it here, and a reset would take the older copy without a word."""
    app = aged.path / "instance/app.db"
    aged.git("add", "-f", "instance/app.db")
    aged.commit("The database, too")
    aged.sql("UPDATE user SET age = 41 WHERE id = 1")
    newest = app.read_bytes()
    aged.git("reset", "-q", "--hard", "HEAD~2")
    app.parent.mkdir(exist_ok=True)
    app.write_bytes(newest)
    assert obey(aged).startswith("git restore --source=ORIG_HEAD -- migrations/versions/")
    assert aged.sql("SELECT age FROM user WHERE id = 1") == [(41,)]


def test_a_script_does_not_come_back_over_another_one_of_its_name(loose: Project):
    loose.git("switch", "-q", "-c", "work")
    loose.commit("Add age column to user model")
    script = loose.script_file("age")
    loose.git("rm", "-q", script)
    loose.commit("Tidy up")
    loose.write(script, f"{MINE}revision = 'b'\ndown_revision = '{loose.script_id('create')}'\n")
    assert f"shutil.move('{script}'" in obey(loose)
    assert obey(loose).startswith("git restore --source=")
    (mine,) = kept(loose, script.rpartition("/")[2])
    assert mine.startswith(MINE)
    assert loose.read().migrations.missing == ()


@pytest.mark.parametrize("name", ["notes.txt", "instance/app.db"])
def test_no_reset_back_is_told_over_what_git_has_let_go(aged: Project, name: str):
    aged.git("reset", "-q", "--hard", "HEAD~1")
    aged.write("notes.txt", THEIRS)
    aged.git("add", "-f", name)
    aged.git("commit", "-qm", "Too much")
    aged.git("cherry-pick", "ORIG_HEAD")
    aged.git("rm", "-q", "--cached", name)
    aged.git("commit", "-qm", "Less")
    aged.write("notes.txt", MINE)
    aged.db("downgrade")
    verdict = aged.read().verdict
    assert (verdict.next, verdict.back) == ("flask db upgrade", "")
    assert f"the reset would overwrite {name}" in verdict.why
