"""Two scripts that make the same: a new database would run both, and fail at the second."""

from __future__ import annotations

import re

import pytest
from obeying import runs_anywhere
from states import Project
from turns import NICK, committed, fill, on_production


def made_on_two_branches(both: Project, second: str) -> Project:
    """Two branches add `nick`; production has run the script of one, development the other's."""
    for branch, line, message in (("nick", NICK, "First nick"), ("again", second, "Second nick")):
        both.git("switch", "-q", "-c", branch, "main")
        both.add_to_model(line)
        both.db("migrate", "-m", message)
        both.commit(message)
        if branch == "nick":
            on_production(both, "upgrade")
    both.db("upgrade")
    both.git("merge", "-q", "-X", "ours", "nick", "-m", "Merge nick")
    return both


@pytest.mark.parametrize("has_run", [True, False])
def test_two_on_one_line(both: Project, has_run: bool):
    """A merge has joined them, which does not help a new database."""
    made_on_two_branches(both, NICK)
    both.db("merge", "heads", "-m", "Merge heads")
    both.commit("Merge heads")
    if has_run:
        both.db("stamp", "head")
        on_production(both, "stamp", "head")
    verdict = both.read().verdict
    assert verdict.headline == "Two scripts do the same."
    assert verdict.why.startswith("A new database would run both, and the second fails.")
    if not has_run:
        return
    show, file = verdict.next.split()
    assert show == "%show"
    text = (both.path / file).read_text(encoding="utf-8")
    empty = re.sub(r"(def \w+\(\):\n).*?(?=\n\ndef|\Z)", r"\1    pass\n", text, flags=re.DOTALL)
    both.write(file, empty)
    both.commit("Add nick once")
    assert both.read().verdict.kind == both.read("production.env").verdict.kind == "agree"
    runs_anywhere(both)


@pytest.mark.parametrize("board", [None, "production.env"])
def test_a_merge_is_no_help_where_two_types_are_made(both: Project, board: str | None):
    made_on_two_branches(both, "    nick: Mapped[int | None]\n")
    back = "flask --env-file production.env db downgrade"
    verdict = both.read(board).verdict
    assert (verdict.headline, verdict.next) == ("Two scripts make the same in two ways.", back)
    both.run(*back.split())
    assert both.sql("SELECT age FROM user WHERE id = 1", "production.db") == [(36,)]
    after = both.read(board).verdict
    assert after.next == f"git rm {both.script_file('first_nick')}"
    both.run(*after.next.split())
    both.commit("Add nick once")
    both.run("flask", "--env-file", "production.env", "db", "upgrade")
    assert both.read().verdict.kind == both.read("production.env").verdict.kind == "agree"
    runs_anywhere(both)


def test_the_second_goes_where_nothing_has_run_it(both: Project):
    committed(both, NICK, "Add nick")
    both.db("revision", "-m", "Again")
    fill(both.script("again"), 'op.add_column("user", sa.Column("nick", sa.String(20)))')
    both.commit("Again")
    verdict = both.read().verdict
    assert verdict.headline == "Two scripts do the same."
    assert verdict.next == f"git rm {both.script_file('again')}"


def test_what_sql_may_have_dropped_is_not_made_twice(both: Project):
    committed(both, NICK, "Add nick")
    for name, line in (
        ("gone", 'op.execute("ALTER TABLE user DROP COLUMN nick")'),
        ("again", 'op.add_column("user", sa.Column("nick", sa.String(20)))'),
    ):
        both.db("revision", "-m", name)
        fill(both.script(name), line)
        both.db("upgrade")
    both.commit("Again")
    assert both.read().verdict.kind == "elsewhere", "production waits"
