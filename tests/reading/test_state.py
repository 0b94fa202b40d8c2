"""The four places together, and where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from by_hand import FIRST
from states import Project

from roundtrip.errors import RoundtripError
from roundtrip.facts import Column
from roundtrip.reading import state
from roundtrip.state import State


def test_the_four_places(project: Project):
    found = project.read()
    assert (found.git.branch, len(found.git.commits)) == ("main", 1)
    assert found.git.head == project.git("rev-parse", "HEAD").strip()
    assert found.git.commits[0].subject == "Create user table"
    assert found.git.uncommitted == ()

    (user,) = found.model.tables
    assert (user.class_name, user.file) == ("User", "demo_app/models.py")
    assert user.columns == (
        Column("id", "INTEGER", False, True, "Integer()"),
        Column("name", "VARCHAR(80)", False, False, "String(80)"),
        Column("email", "VARCHAR(120)", False, False, "String(120)"),
    )

    (first,) = found.migrations.revisions
    assert (first.id, first.message, first.parents) == (FIRST, "Create user table", ())
    assert (first.tracked, first.committed, first.applied) == (True, True, True)
    assert (found.migrations.heads, found.migrations.current) == ((FIRST,), (FIRST,))

    assert (found.database.url, found.database.version) == ("instance/app.db", FIRST)
    (table,) = found.database.tables
    assert (table.name, table.rows) == ("user", 3)
    assert [(c.name, c.type, c.nullable) for c in table.columns][1] == (
        "name",
        "VARCHAR(80)",
        False,
    )
    assert found.disagreements == ()
    assert State.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_an_app_that_ends_python_is_a_state(project: Project):
    project.edit("demo_app/__init__.py", "import os\n", "import os\nos._exit(3)\n")
    found = project.read()
    assert found.model.error.startswith("The app could not be loaded")
    assert found.verdict.kind == "model_error"


def test_a_file_or_a_folder_that_is_not_there(project: Project, tmp_path: Path):
    with pytest.raises(RoundtripError, match=r"no file nope\.env"):
        project.read("nope.env")
    with pytest.raises(RoundtripError, match="no folder"):
        state.read(tmp_path / "nowhere", project.capture)
