"""The database has more or less than it counts as run, or cannot be asked."""

from __future__ import annotations

import re
import shlex

import pytest
from against_tools import check_against_commands
from states import Project, find
from turns import CITY, MODELS, POST, committed, fails, with_script

from roundtrip import show


@pytest.mark.parametrize(
    ("url", "headline"),
    [
        ("sqlite:///instance/production.db", "The database has no folder."),
        ("sqlite:///a/b/production.db", "The database has no folder."),
        ("sqlite:////nowhere/at/all/production.db", "The database has no folder."),
        ("sqlite://", "The database is in memory."),
        ("sqlite:////etc/passwd", "The database cannot be read."),
        ("postgres:nothing", "The app does not load."),
        ("postgresql://someone@localhost/x", "The app does not load."),
    ],
)
def test_an_address_that_leads_nowhere(project: Project, url: str, headline: str):
    """The settings are shown, and no upgrade is told: it would fail, or make nothing that stays."""
    project.write("production.env", f"DATABASE_URL={url}\n")
    verdict = project.read("production.env").verdict
    assert (verdict.headline, verdict.next) == (headline, "%show production.env")
    assert "DATABASE_URL" in verdict.why


def test_a_file_that_is_no_database_is_moved_away_first(aged: Project):
    """Another program may still want it; an upgrade of it would fail."""
    file = aged.path / "instance/app.db"
    for number in b"12":
        file.write_bytes(b"no database, %c" % number * 400)
        aged.run(*shlex.split(aged.read().verdict.next))
    kept = {each.read_bytes()[:14] for each in file.parent.glob("kept-*/app.db")}
    assert len(kept) == 2  # the first is there as well
    aged.follow("pending", "flask db upgrade")
    assert aged.read().verdict.kind == "agree"


def test_stamped_instead_of_upgraded(aged: Project):
    aged.sql("ALTER TABLE user DROP COLUMN age")
    verdict = check_against_commands(aged).verdict
    parent = aged.script_id("create")
    assert (verdict.kind, verdict.next) == ("stamped", f"flask db stamp {parent}")


def test_a_column_of_a_made_table_that_is_lost(aged: Project):
    aged.sql("DROP TABLE user")
    aged.sql("CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, age INTEGER)")
    verdict = aged.read().verdict
    assert verdict.kind == "stamped"
    assert verdict.next.startswith("git log --oneline -- migrations/versions/")
    assert "user.email is not there" in verdict.found
    aged.db("stamp", "base")  # which would be the cure if nothing of it were there
    fails(aged, "upgrade")


def test_a_script_that_was_changed_after_it_had_run_is_not_stamped(city: Project):
    script = city.script_file("add_city")
    text = (city.path / script).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "add_column" in line)
    city.write(script, text.replace(line, f"{line}\n{line.replace('city', 'fax')}"))
    city.add_to_model("    fax: Mapped[str | None] = mapped_column(String(80))\n")
    city.commit("Add fax")
    city.follow("stamped", f"git log --oneline -- {script}")
    assert "user.fax is not there" in city.read().verdict.found


def test_a_second_script_for_a_table_that_other_hands_dropped(project: Project):
    project.sql("DROP TABLE user")
    project.db("migrate", "-m", "Make it again")
    script = project.script_file("make_it_again")
    project.follow("stamped", f"git clean -f {script}")
    said = project.follow("stamped", "flask db stamp base")
    assert said.endswith("What was dropped by hand comes back empty.")
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"


def test_a_generated_column_is_a_column(project: Project):
    """Alembic's `check` sees it; SQLite lists it only in `table_xinfo`."""
    project.edit(MODELS, "from sqlalchemy import ", "from sqlalchemy import Computed, ")
    project.add_to_model(
        '    loud: Mapped[str | None] = mapped_column(String(80), Computed("upper(name)"))\n'
    )
    project.db("migrate", "-m", "Add loud")
    project.db("upgrade")
    project.commit("Add loud")
    assert project.read().verdict.kind == "agree"
    (shown,) = show.show(project.path, "instance/app.db")
    assert "loud VARCHAR(80)" in shown.text and "ADA" in shown.text


def test_tables_made_without_the_migration(project: Project):
    project.sql("DROP TABLE alembic_version")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.next) == ("not_recorded", "flask db stamp head")


def test_scripts_that_git_has_are_brought_back(project: Project):
    kept = project.script("create_user").name
    project.sql("DROP TABLE alembic_version")
    (project.path / "migrations").rename(project.path.with_name("gone"))
    project.db("init")
    project.follow("not_recorded", "git checkout HEAD -- migrations")
    assert (project.path / "migrations/versions" / kept).is_file()
    project.follow("not_recorded", "flask db stamp head")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT count(*) FROM user") == [(3,)]


def test_an_upgrade_that_stopped_before_its_data_step_is_not_stamped(aged: Project):
    aged.add_to_model(POST)
    with_script(aged, 'op.execute("INSERT INTO posts VALUES (1)")')
    fails(aged, "upgrade")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("not_recorded", "")
    assert verdict.headline == "A migration may have run halfway."
    assert "(execute)" in verdict.why


def test_a_script_that_was_changed_after_it_had_run(aged: Project):
    file = aged.script_file("age")
    text = (aged.path / file).read_text(encoding="utf-8")
    aged.write(file, text.replace("sa.Integer()", "sa.String(3)"))
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("script_changed", f"git diff {file}")
    aged.run(*shlex.split(verdict.back))
    assert aged.read().verdict.kind == "agree"


def test_two_rows_in_alembic_version(aged: Project):
    first = aged.read().migrations.revisions[0].id
    aged.sql(f"INSERT INTO alembic_version VALUES ('{first}')")
    verdict = aged.read().verdict
    assert verdict.kind == "overlapping"
    aged.run(*shlex.split(verdict.next))
    assert aged.read().verdict.kind == "agree"
    assert len(aged.sql("SELECT * FROM alembic_version")) == 1


def test_two_rows_too_many_in_alembic_version(aged: Project):
    committed(aged, CITY, "Add city")
    older = [revision.id for revision in aged.read().migrations.revisions[:2]]
    for each in older:
        aged.sql(f"INSERT INTO alembic_version VALUES ('{each}')")
    aged.run(*shlex.split(aged.read().verdict.next))
    assert aged.read().verdict.kind == "agree"


def test_a_row_too_many_beside_two_heads(aged: Project):
    first, second = (revision.id for revision in aged.read().migrations.revisions)
    aged.db("revision", "-m", "one")
    aged.db("revision", "-m", "two", "--head", second, "--splice")
    aged.db("upgrade", "heads")
    heads = aged.sql("SELECT * FROM alembic_version ORDER BY 1")
    aged.sql(f"INSERT INTO alembic_version VALUES ('{first}')")
    verdict = next(said for said in aged.read().disagreements if said.kind == "overlapping")
    aged.run(*shlex.split(verdict.next))
    then = re.search(r"Then (flask db stamp \w+) records the other head\.", verdict.why)
    aged.run(*shlex.split(then[1]))
    assert aged.sql("SELECT * FROM alembic_version ORDER BY 1") == heads


def test_a_half_made_copy_is_named(aged: Project):
    aged.sql("CREATE TABLE _alembic_tmp_user (id INTEGER)")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("half_made_copy", "%%flask_shell")
    assert 'db.session.execute(db.text("DROP TABLE _alembic_tmp_user"))' in verdict.why
    aged.sql("DROP TABLE _alembic_tmp_user")
    assert aged.read().verdict.kind == "agree"


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("RENAME TO users", "ALTER TABLE users RENAME TO user"),
        ("RENAME COLUMN age TO years", "ALTER TABLE user RENAME COLUMN years TO age"),
        ("RENAME COLUMN name TO called", "ALTER TABLE user RENAME COLUMN called TO name"),
    ],
)
def test_what_was_renamed_by_hand_is_not_made_anew(aged: Project, change: str, back: str):
    aged.sql(f"ALTER TABLE user {change}")
    verdict = aged.read().verdict
    assert (verdict.kind, verdict.next) == ("stamped", "%%flask_shell")
    assert f'"{back}"' in verdict.why
    aged.sql(back)
    assert aged.read().verdict.kind == "agree"
    assert aged.sql("SELECT name, age FROM user WHERE id = 1") == [("Ada", 36)]


def test_a_column_of_another_type_is_not_taken_for_the_one_that_is_gone(aged: Project):
    aged.sql("ALTER TABLE user DROP COLUMN age")
    aged.sql("ALTER TABLE user ADD COLUMN note TEXT")
    assert aged.read().verdict.next.startswith("flask db stamp ")


def test_the_rows_of_a_table_that_was_dropped_for_its_copy(aged: Project):
    """The step that gives the copy its name did not come."""
    aged.sql("ALTER TABLE user RENAME TO _alembic_tmp_user")
    (verdict,) = aged.read().disagreements
    assert (verdict.kind, verdict.next) == ("half_made_copy", "%%flask_shell")
    kept = {"table": "user", "kept": True}
    assert find(aged, "rows", count=3, **kept).next == "%board"
    names = [["Ada"], ["Grace"], ["Linus"]]
    said = find(aged, "rows_equal", columns=["name"], values=names, **kept)
    assert (said.next, said.lost) == ("%board", False) and "_alembic_tmp_user" in said.cause
    gone = find(aged, "database_has", column="user.age", present=False)
    assert gone.next == "%board"
    (command,) = told = re.findall(r'db\.text\("(.*?)"\)', verdict.why)
    aged.sql("CREATE TABLE user (id)")  # and an upgrade has made an empty one
    anew = re.findall(r'db\.text\("(.*?)"\)', aged.read().verdict.why)
    assert anew == ["DROP TABLE user", *told]
    aged.sql("DROP TABLE user")
    aged.sql(command)
    assert aged.read().verdict.kind == "agree"
    assert find(aged, "rows", count=3, **kept).met
