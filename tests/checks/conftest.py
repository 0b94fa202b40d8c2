"""The project that the goals are asked of."""

from __future__ import annotations

from pathlib import Path

import pytest
from goal_states import FIRST, sql


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two databases: app.db has three users, production.db two; neither has age."""
    (tmp_path / "instance").mkdir()
    for name, people in (("app.db", "ABC"), ("production.db", "DE")):
        sql(tmp_path, "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)", name)
        sql(tmp_path, "CREATE TABLE alembic_version (version_num TEXT)", name)
        sql(tmp_path, f"INSERT INTO alembic_version VALUES ('{FIRST}')", name)
        for person in people:
            sql(tmp_path, f"INSERT INTO user (name) VALUES ('{person}')", name)
    return tmp_path
