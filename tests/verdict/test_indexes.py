"""An index that other hands made or dropped: no script is told that would fail elsewhere."""

from __future__ import annotations

import pytest
from obeying import obey, runs_anywhere
from states import Project
from turns import MODELS, fill, on_production

NAME = "name: Mapped[str] = mapped_column(String(80)"


def indexes(project: Project, database: str = "app.db") -> list[str]:
    """The names of all that CREATE INDEX made."""
    found = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    return [name for (name,) in project.sql(found, database)]


def indexed_everywhere(project: Project, how: str = "index=True") -> None:
    """The model says it of `name`, a committed script has made it, and both databases have run."""
    project.edit(MODELS, NAME, f"{NAME}, {how}")
    project.db("migrate", "-m", "Index")
    project.db("upgrade")
    project.commit("Index")
    on_production(project, "upgrade")


@pytest.mark.parametrize("kind", ["INDEX", "UNIQUE INDEX"])
def test_an_index_of_other_hands_is_dropped_by_hand(both: Project, kind: str):
    both.sql(f"CREATE {kind} hand ON user (name)")
    verdict = both.read().verdict
    assert verdict.kind == "model_ahead" and "no script makes the index hand" in verdict.why
    assert obey(both) == ["%%flask_shell"]
    assert indexes(both) == []
    assert both.read("production.env").verdict.kind == "agree"
    runs_anywhere(both)


def test_an_index_of_other_hands_that_the_model_wants_gets_a_script(both: Project):
    both.sql("CREATE INDEX ix_user_name ON user (name)")
    both.edit(MODELS, NAME, f"{NAME}, index=True")
    there = both.read("production.env").verdict
    assert (there.kind, there.next) == ("only_here", "%board")
    told = obey(both)
    assert told[0].endswith('flask db migrate -m "Add ix_user_name index"')
    assert indexes(both) == indexes(both, "production.db") == ["ix_user_name"]
    runs_anywhere(both)


@pytest.mark.parametrize("more", ["index=True", "index=True, unique=True"])
def test_an_index_that_other_hands_dropped_is_made_again(both: Project, more: str):
    indexed_everywhere(both, more)
    made = both.sql("SELECT sql FROM sqlite_master WHERE name = 'ix_user_name'")
    both.sql("DROP INDEX ix_user_name")
    assert both.read("production.env").verdict.kind == "agree"
    assert obey(both) == ["%%flask_shell"]
    assert both.sql("SELECT sql FROM sqlite_master WHERE name = 'ix_user_name'") == made
    assert both.sql("SELECT age FROM user WHERE id = 1") == [(36,)]
    runs_anywhere(both)


def test_an_index_whose_name_only_a_run_could_tell(both: Project):
    """Then a script may have made it, and nothing is said of hands."""
    both.edit(MODELS, NAME, f"{NAME}, index=True")
    both.db("migrate", "-m", "Index")
    script = both.script_file("_index")
    both.edit(script, "batch_op.f('ix_user_name'), ['name']", "NAME, ['name']")
    both.edit(script, "def upgrade():", "NAME = 'ix_user_name'\n\n\ndef upgrade():")
    both.db("upgrade")
    both.commit("Index")
    assert both.read().verdict.headline == "instance/production.db waits."


def test_an_index_that_a_script_made_goes_by_a_script(both: Project):
    indexed_everywhere(both)
    both.edit(MODELS, ", index=True", "")
    both.follow("model_ahead", 'flask db migrate -m "Change user table"')
    both.follow("pending", "flask db upgrade")
    both.commit("No index")
    on_production(both, "upgrade")
    assert indexes(both) == indexes(both, "production.db") == []


@pytest.mark.parametrize("run", [False, True])
def test_a_script_that_drops_an_index_of_other_hands_is_told_of(both: Project, run: bool):
    both.sql("CREATE INDEX hand ON user (name)")
    both.db("migrate", "-m", "No index")
    if run:
        both.db("upgrade")
    both.commit("No index")
    fresh = ["env", "DATABASE_URL=sqlite:///fresh.db", "flask", "db", "upgrade"]
    assert both.capture(fresh).returncode
    verdict = both.read().verdict
    assert verdict.kind == "drops_unmade"
    assert "drops the index hand, which no script makes" in verdict.found
    both.edit(both.script_file("no_index"), "batch_op.", "pass  # batch_op.")
    both.commit("Drop nothing that no script makes")
    assert both.read().verdict.kind != "drops_unmade"
    (both.path / "instance/fresh.db").unlink()
    runs_anywhere(both)


def test_an_index_that_becomes_unique_was_not_dropped(both: Project):
    indexed_everywhere(both)
    both.edit(MODELS, "index=True", "index=True, unique=True")
    verdict = both.read().verdict
    assert "by hand" not in verdict.why
    both.follow("model_ahead", 'flask db migrate -m "Say what changes"')
    both.follow("pending", "flask db upgrade")
    (made,) = both.sql("SELECT sql FROM sqlite_master WHERE name = 'ix_user_name'")[0]
    assert "UNIQUE" in made
    runs_anywhere(both)


def test_an_index_that_only_a_script_has_is_not_dropped_without_a_word(both: Project):
    both.db("revision", "-m", "Index")
    fill(both.script("index"), 'op.create_index("ix_user_name", "user", ["name"])')
    both.db("upgrade")
    both.commit("Index")
    verdict = both.read().verdict
    assert verdict.next == 'flask db migrate -m "Change user table"'
    assert "will drop the index ix_user_name" in verdict.why and "index=True" in verdict.why
    both.edit(MODELS, NAME, f"{NAME}, index=True")
    assert both.read().verdict.kind == "not_committed"
