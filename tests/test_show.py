"""What `%show` shows of a project: all of it, and nothing from outside."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from roundtrip.errors import RoundtripError
from roundtrip.show import show


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my home" / "workspace"
    (folder / "migrations" / "versions").mkdir(parents=True)
    (folder / "app.py").write_text("import flask\n\nname = 'Ädä'\n")
    (folder / "migrations" / "versions" / "b_two.py").write_text("two = 2\n")
    (folder / "migrations" / "versions" / "a_one.py").write_text("one = 1\n")
    return folder


def test_a_file_as_text_and_highlighted(project):
    (shown,) = show(project, "app.py")
    assert shown.text == "── app.py ──\nimport flask\n\nname = 'Ädä'"
    assert shown.markdown == "**app.py**\n\n```python\nimport flask\n\nname = 'Ädä'\n```"


def test_a_database_is_not_read_whole(project, monkeypatch):
    with closing(sqlite3.connect(project / "app.db")) as database:
        database.execute("CREATE TABLE user (name VARCHAR(80))")
    monkeypatch.setattr(Path, "read_bytes", None)
    assert "user" in show(project, "app.db")[0].text


def test_a_glob_in_order(project):
    shown = show(project, "migrations/versions/*.py")
    assert [each.text.splitlines()[0] for each in shown] == [
        "── migrations/versions/a_one.py ──",
        "── migrations/versions/b_two.py ──",
    ]
    assert r"migrations/versions/a\_one.py" in shown[0].markdown


def test_a_glob_does_not_look_into_git(project):
    (project / ".git").mkdir()
    (project / ".git" / "config").write_text("[core]")
    assert [s.text.split()[1] for s in show(project, "**/*")] == [
        *("app.py", "migrations/versions/a_one.py", "migrations/versions/b_two.py")
    ]
    assert show(project, ".git/config")[0].text == "── .git/config ──\n[core]"


def test_names_with_signs_of_a_glob_in_them(project):
    (project / "a[1]*.py").write_text("x")
    assert len(show(project, "a[1]*.py")) == 1


@pytest.mark.parametrize("pattern", ["../secret", "/etc/passwd", "a/../../secret", "link", "up/*"])
def test_what_is_outside_is_refused(project, tmp_path, pattern):
    (tmp_path / "my home" / "secret").write_text("secret")
    (project / "link").symlink_to(project.parent / "secret")
    (project / "up").symlink_to(project.parent)
    with pytest.raises(RoundtripError, match="outside the workspace"):
        show(project, pattern)


@pytest.mark.parametrize("pattern", ["no.py", "*.no", "", ".", "migrations", "**no"])
def test_what_is_not_there_is_named(project, pattern):
    with pytest.raises(RoundtripError, match="There is no file"):
        show(project, pattern)


@pytest.mark.parametrize("name", ["*_three.py", "a_on.py"])
def test_a_name_that_is_not_there_is_told_what_is_in_its_folder(project, tmp_path, name):
    """Without `-m`, the name of a script has no words."""
    with pytest.raises(RoundtripError, match=r"in migrations/versions/: a_one\.py, b_two\.py\.$"):
        show(project, f"migrations/versions/{name}")
    (tmp_path / "secret").write_text("secret")
    (project / "up").symlink_to(tmp_path)
    for pattern in ("up/no.py", "**/no.py", "no/*.py", "no\0/no.py"):
        with pytest.raises(RoundtripError, match=r"look at the file browser for its name\.$"):
            show(project, pattern)


def test_a_file_that_is_no_text(project):
    (project / "x.png").write_bytes(b"\x89PNG\r\n\0\xff")
    (project / "x.txt").write_text("text\n")
    with pytest.raises(RoundtripError, match=r"x\.png is not a text file"):
        show(project, "x.png")
    assert [each.text for each in show(project, "x.*")] == [
        "── x.png ──\n(not a text file)",
        "── x.txt ──\ntext",
    ]


def test_backticks_in_a_file_do_not_end_the_frame(project):
    (project / "a.md").write_text("```python\n````\n")
    (shown,) = show(project, "a.md")
    assert shown.markdown.split("\n", 2)[2] == "`````markdown\n```python\n````\n`````"


def test_a_long_file_says_what_is_left_out(project):
    (project / "long.txt").write_text("".join(f"{n}\n" for n in range(507)))
    (shown,) = show(project, "long.txt")
    assert shown.text.endswith("\n499\n(7 more lines are not shown here)")
    assert shown.markdown.endswith("\n499\n```\n(7 more lines are not shown here)")


def _database(file: Path, *statements: str) -> None:
    file.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_database_with_columns_types_and_rows(project):
    _database(
        project / "instance" / "app.db",
        "CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(80), age INTEGER)",
        "INSERT INTO user (name, age) VALUES ('Ada', 36), ('<b>|Grace*', NULL), ('two\nlines', 0)",
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
    )
    (shown,) = show(project, "instance/app.db")
    assert shown.text == (
        "── instance/app.db ──\n\n"
        "table alembic_version\n"
        "  version_num VARCHAR(32)\n"
        "  -----------------------\n"
        "  (no rows)\n\n"
        "table user\n"
        "  id INTEGER  name VARCHAR(80)  age INTEGER\n"
        "  ----------  ----------------  -----------\n"
        "  1           Ada               36\n"
        "  2           <b>|Grace*        NULL\n"
        "  3           two\\nlines        0"
    )
    assert r"| 2 | \<b\>\|Grace\* | NULL |" in shown.markdown
    assert "| id INTEGER | name VARCHAR\\(80\\) | age INTEGER |" in shown.markdown


def test_rows_beyond_fifty_are_counted(project):
    _database(
        project / "app.db",
        "CREATE TABLE t (n INTEGER)",
        "WITH RECURSIVE c(n) AS (VALUES(1) UNION ALL SELECT n+1 FROM c WHERE n<53) "
        "INSERT INTO t SELECT n FROM c",
    )
    (shown,) = show(project, "app.db")
    assert shown.text.endswith("\n  50\n  (3 more rows are not shown here)")
    assert shown.markdown.endswith("(3 more rows are not shown here)")


def test_looking_at_a_database_writes_nothing(project):
    _database(project / "app.db", "PRAGMA journal_mode=WAL", "CREATE TABLE t (n INTEGER)")
    before = sorted(p.name for p in project.iterdir())
    show(project, "app.db")
    assert sorted(p.name for p in project.iterdir()) == before


def test_a_broken_or_empty_database(project):
    (project / "bad.db").write_bytes(b"SQLite format 3\0" + b"garbage" * 200)
    with pytest.raises(RoundtripError, match="cannot be read as a database"):
        show(project, "bad.db")
    _database(project / "new.db", "CREATE TABLE t (n)", "DROP TABLE t")
    assert show(project, "new.db")[0].text == "── new.db ──\n(a database with no tables)"
