"""A script was changed after it had run: it is put back, and nothing is mended by hand."""

from __future__ import annotations

import shlex

import pytest
from states import AGE, Project
from turns import MODELS, committed, on_production

YEARS = AGE.replace("age", "years")


def renamed(project: Project) -> None:
    """The column has another name in the model, and in the script that has run."""
    file = project.script_file("age")
    project.edit(MODELS, AGE, YEARS)
    project.edit(file, "'age'", "'years'")


def emptied(project: Project) -> None:
    """The column is gone from the model, and from the script that has run."""
    project.edit(MODELS, AGE, "")
    project.edit(project.script_file("age"), "batch_op.", "pass  # ")


def has_more(project: Project) -> None:
    """One more column is in the model, and in the script that has run."""
    project.add_to_model("    shoe: Mapped[int | None]\n")
    file = project.script_file("age")
    text = (project.path / file).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "add_column" in line)
    project.write(file, text.replace(line, f"{line}\n{line.replace('age', 'shoe')}"))


CHANGES = (renamed, emptied, has_more)


def is_put_back(project: Project) -> None:
    """Both boards tell what was changed; the way back is taken, and the script is as it ran."""
    script = project.script("age")
    for env_file in (None, "production.env"):
        verdict = project.read(env_file).verdict
        assert verdict.headline == "A script that has run was changed."
        assert verdict.next.startswith("git diff ")
        assert "by hand" not in verdict.why
    project.run(*shlex.split(verdict.next))
    project.run(*shlex.split(verdict.back))
    assert "'age'" in script.read_text(encoding="utf-8")
    for name in ("app.db", "production.db"):
        assert project.sql("SELECT age FROM user WHERE id = 1", name) == [(36,)]
    assert project.read().verdict.kind in ("model_ahead", "database_ahead")
    assert "flask db migrate" in " ".join((project.read().verdict.why, project.read().verdict.next))


@pytest.mark.parametrize("how", ["", "staged"])
@pytest.mark.parametrize("change", CHANGES)
def test_changed_with_the_model(both: Project, change, how: str):
    change(both)
    if how:
        both.git("add", ".")
    script = both.script_file("age")
    is_put_back(both)
    assert script not in both.git("status", "--short")


@pytest.mark.parametrize("change", CHANGES[:2])
def test_changed_and_committed(both: Project, change):
    change(both)
    both.commit("Change what has run")
    is_put_back(both)
    both.git("add", both.script_file("age"))
    both.git("commit", "-m", "Put it back")
    assert both.read().verdict.kind in ("model_ahead", "database_ahead")


def test_put_back_and_renamed_by_a_script_of_its_own(both: Project):
    renamed(both)
    both.git("restore", both.script_file("age"))
    both.db("revision", "-m", "Rename age")
    file = both.script_file("rename_age")
    text = (both.path / file).read_text(encoding="utf-8")
    line = 'op.alter_column("user", "{}", new_column_name="{}")'
    text = text.replace("    pass", f"    {line.format('age', 'years')}", 1)
    both.write(file, text.replace("    pass", f"    {line.format('years', 'age')}", 1))
    both.follow("pending", "flask db upgrade")
    both.commit("Rename age")
    on_production(both, "upgrade")
    assert both.read().verdict.kind == "agree"
    assert both.sql("SELECT years FROM user WHERE id = 1", "production.db") == [(36,)]


def test_a_script_that_was_mended_before_it_ran_is_as_it_should_be(project: Project):
    project.add_to_model(AGE)
    project.db("migrate", "-m", "Add age")
    project.commit("Add age")
    project.edit(project.script_file("add_age"), "'age'", "'years'")
    project.edit(MODELS, AGE, YEARS)
    project.commit("Call it years")
    project.db("upgrade")
    assert project.read().verdict.kind == "agree"
    project.sql("ALTER TABLE user DROP COLUMN years")
    assert project.read().verdict.headline == "The tables are behind the revision."


def test_an_edit_that_makes_nothing_else_comes_last(both: Project):
    committed(both, "    shoe: Mapped[int | None]\n", "Add shoe")
    both.edit(both.script_file("age"), "# ###", "# #")
    both.db("downgrade")
    assert both.read().verdict.kind == "pending"


def test_a_way_back_that_lacked_is_written_and_committed(both: Project):
    """The upgrade stays what the databases have run, so nothing has to be put back."""
    script = both.script("age")
    whole = script.read_text(encoding="utf-8")
    start, word, _ = whole.partition("def downgrade():\n")
    script.write_text(f"{start}{word}    pass\n", encoding="utf-8")
    both.commit("Forget the way back")
    script.write_text(whole, encoding="utf-8")
    both.follow("not_committed", "git status")
    both.commit("Give it a way back")
    assert both.read().verdict.kind == "agree"
    both.edit(both.script_file("age"), "'age'", "'years'")
    assert both.read().verdict.headline == "A script that has run was changed."
