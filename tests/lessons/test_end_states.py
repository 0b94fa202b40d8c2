"""What each lesson leaves behind, seen with git, sqlite3 and the files."""

from __future__ import annotations

import filecmp
import re
from pathlib import Path

import pytest
from outside import columns, flask, git, query, revision, schema, scripts

from roundtrip import making, replay, snapshots
from roundtrip.course import find_course
from roundtrip.home import Home

DEMO_APP = Path(__file__).parents[2] / "demo_app"
USERS = [
    (1, "Ada", "ada@example.com"),
    (2, "Grace", "grace@example.com"),
    (3, "Linus", "linus@example.com"),
]
PRODUCTION = [(1, "Katherine", "katherine@example.com"), (2, "Dorothy", "dorothy@example.com")]
PEOPLE = "SELECT id, name, email FROM user ORDER BY id"
BEFORE = {
    "id": "INTEGER NOT NULL",
    "name": "VARCHAR(80) NOT NULL",
    "email": "VARCHAR(120) NOT NULL",
}
MODEL = "demo_app/models.py"


def test_01_leaves_one_applied_revision_three_users_and_a_clean_tree(end_of):
    project = end_of(1)
    assert list(scripts(project)) == [revision(project)]
    assert columns(project) == BEFORE
    assert query(project, PEOPLE) == USERS
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "--format=%s") == "Create the user table"


def test_01_leaves_the_demo_app_byte_for_byte(end_of):
    project = end_of(1)
    names = sorted(
        file.relative_to(DEMO_APP).as_posix()
        for file in DEMO_APP.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    )
    made = git(project, "ls-files", "demo_app").splitlines()
    assert made == [f"demo_app/{name}" for name in names]
    same, different, missing = filecmp.cmpfiles(
        DEMO_APP, project / "demo_app", names, shallow=False
    )
    assert (sorted(same), different, missing) == (names, [], [])


def test_02_leaves_age_in_the_model_and_nowhere_else(end_of):
    project = end_of(2)
    assert git(project, "status", "--porcelain") == f" M {MODEL}"
    assert "+    age: Mapped[int | None]" in git(project, "diff", "-U0").splitlines()
    assert columns(project) == BEFORE
    assert list(scripts(project)) == [revision(project)]


def test_03_leaves_a_second_revision_pending_and_untracked(end_of):
    project = end_of(3)
    _assert_second_revision_waits(project)


def test_04_leaves_the_same_and_the_unintended_change_gone(end_of):
    project = end_of(4)
    script = _assert_second_revision_waits(project)
    assert "email" not in script.read_text(encoding="utf-8")


def test_05_leaves_age_in_both_databases_and_every_old_value(end_of):
    project = end_of(5)
    for database, people in (("app.db", USERS), ("production.db", PRODUCTION)):
        assert columns(project, database) == BEFORE | {"age": "INTEGER"}
        assert query(project, PEOPLE, database) == people
        assert query(project, "SELECT count(age) FROM user", database) == [(0,)]
        assert revision(project, database) in scripts(project)
    assert len(scripts(project)) == 2
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "--format=%s").splitlines() == [
        "Add age column to user model",
        "Create the user table",
    ]
    changed = git(project, "show", "--format=", "--name-only", "HEAD").splitlines()
    assert sorted(changed) == [MODEL, *_relative(project, revision(project))]


def test_06_leaves_one_user_with_an_age(end_of):
    project = end_of(6)
    assert query(project, "SELECT name, age FROM user ORDER BY id") == [
        ("Ada", 36),
        ("Grace", None),
        ("Linus", None),
    ]
    assert (project / "tests" / "test_user.py").is_file()
    assert git(project, "status", "--porcelain") == ""


def test_07_leaves_the_model_ahead_and_the_rows_unharmed(end_of):
    project = end_of(7)
    for database, people in (("app.db", USERS), ("production.db", PRODUCTION)):
        assert columns(project, database) == BEFORE
        assert query(project, PEOPLE, database) == people
    assert "age: Mapped[int | None]" in (project / MODEL).read_text(encoding="utf-8")
    assert len(scripts(project)) == 2


def test_08_leaves_the_first_commit_and_a_check_without_findings(end_of):
    project = end_of(8)
    assert git(project, "log", "--format=%s") == "Create the user table"
    assert git(project, "status", "--porcelain") == ""
    assert list(scripts(project)) == [revision(project)]
    assert query(project, PEOPLE) == USERS
    check = flask(project, "db", "check")
    assert (check.returncode, "No new upgrade operations detected." in check.stdout) == (0, True)


def test_09_leaves_four_places_that_agree(end_of):
    project = end_of(9)
    for database, people in (("app.db", USERS), ("production.db", PRODUCTION)):
        assert columns(project, database) == BEFORE | {"city": "VARCHAR(60)"}
        assert query(project, PEOPLE, database) == people
    assert query(project, "SELECT city FROM user WHERE name = 'Ada'") == [("London",)]
    assert git(project, "status", "--porcelain") == ""
    assert flask(project, "db", "check").returncode == 0


def test_production_was_copied_each_time_before_it_changed(end_of):
    copies = {5: ("before-age.db", BEFORE), 7: ("before-downgrade.db", BEFORE | {"age": "INTEGER"})}
    copies[9] = ("before-city.db", BEFORE)
    for lesson, (copy, shape) in copies.items():
        project = end_of(lesson)
        assert query(project, PEOPLE, copy) == PRODUCTION
        assert columns(project, copy) == shape


def test_upgrade_downgrade_upgrade_leaves_the_same_schema(end_of):
    project = end_of(5)
    upgraded = schema(project)
    assert flask(project, "db", "downgrade").returncode == 0
    downgraded = schema(project)
    assert "age" not in columns(project)
    assert flask(project, "db", "upgrade").returncode == 0
    assert schema(project) == upgraded != downgraded
    assert query(project, PEOPLE) == USERS


def _assert_second_revision_waits(project: Path) -> Path:
    first = revision(project)
    (second,) = scripts(project).keys() - {first}
    (name,) = _relative(project, second)
    assert name.endswith(f"{second}_add_age_column_to_user_model.py")
    assert git(project, "status", "--porcelain").splitlines() == [f" M {MODEL}", f"?? {name}"]
    assert columns(project) == BEFORE
    script = scripts(project)[second]
    text = script.read_text(encoding="utf-8")
    assert f"down_revision = '{first}'" in text
    assert text.count("add_column(") == text.count("drop_column(") == 1
    return script


def _relative(project: Path, revision_id: str) -> list[str]:
    return [scripts(project)[revision_id].relative_to(project).as_posix()]


def test_what_is_made_is_what_the_notebooks_leave(end_of, tmp_path, monkeypatch):
    """Start states are made without the cells that only look; the ends are the same all the same.

    In a whole run, `end_of` gives what the notebooks have left.
    """
    course, home = find_course(), Home(tmp_path / "home")
    home.private.mkdir(parents=True)
    monkeypatch.setenv("ROUNDTRIP_SNAPSHOTS", str(tmp_path / "made"))
    making.make(course, home, course.lessons[1:-1])
    for lesson in course.lessons[1:-1]:
        made = snapshots.project_in(snapshots.made(home, course, lesson))
        assert facts(made) == facts(end_of(lesson.number)), lesson.name
    assert not (home.private / "make").exists()


@pytest.mark.parametrize(
    "line",
    [
        "!git add .",
        "!git clean -f notes.txt",
        "!git logs",
        "!flask db current > where.txt",
        "!flask db history && git tag released",
        "!flask db upgrade",
        "!git log | python keep.py",
        "found = !git log -1",
        "%lesson 3",
        "%%writefile a.txt",
        "!git reflog expire --all",
        "!git reflog delete HEAD@{1}",
        "!git diff --output=notes.txt",
        "!git log -1 --output notes.txt",
        "print(user.query.delete())",
        "print(user.name, db.session.commit())",
        "user = User.query.first().delete()",
        "users = db.session.scalars(db.select(User)).all() + [db.session.commit()]",
        "for user in users: db.session.delete(user)",
    ],
)
def test_a_cell_that_does_something_is_not_left_out(line):
    assert not replay._only_looks(line)


@pytest.mark.parametrize(
    "line",
    [
        *("%board", "!git status --short", "!flask db current -v", "# x", "!git reflog"),
        *("!git reflog show main", "!git log --oneline", "!git show ORIG_HEAD:tests/test_user.py"),
        *("user = User.query.first()", "print(user.age)", "    print(user.name, user.age)"),
        *("for user in users:", "users = db.session.scalars(db.select(User).order_by(User.id))"),
    ],
)
def test_a_cell_that_looks_is_left_out(line):
    assert replay._only_looks(line)


def facts(project) -> dict[str, object]:
    """All that can be seen of a project from outside, but for hashes, ids and caches."""
    listing = ("ls-files", "--others", "--exclude-standard", "--cached")
    databases = sorted(file.name for file in (project / "instance").glob("*.db"))
    return {
        "commits": git(project, "log", "--format=%s"),
        "reflog": re.sub(r"[0-9a-f]{7,40}", "HASH", git(project, "reflog", "--format=%gs")),
        "status": re.sub(r"[0-9a-f]{12}_", "ID_", git(project, "status", "--porcelain")),
        "files": sorted(re.sub(r"[0-9a-f]{12}_", "ID_", git(project, *listing)).split()),
        "models": (project / "demo_app/models.py").read_text(),
        "schemas": {name: schema(project, name) for name in databases},
        "rows": {name: query(project, "SELECT * FROM user", name) for name in databases},
    }
