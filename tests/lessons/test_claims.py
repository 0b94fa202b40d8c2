"""What the lessons say of places where they do not go, seen there."""

from __future__ import annotations

from pathlib import Path

import pytest
import states
from states import Project

CHILDREN = """

class Post(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))


@event.listens_for(Engine, "connect")
def enforce(connection, _):
    connection.execute("PRAGMA foreign_keys = ON")
"""


@pytest.fixture
def aged(tmp_path: Path) -> Project:
    """`age` in the model, in a script and in the database."""
    project = states.with_age(states.first_lesson(tmp_path / "one"), tmp_path / "two")
    project.commit("Add age column to user model")
    return project


def test_the_sql_of_a_script_that_drops_is_not_to_be_had_on_sqlite(aged: Project):
    """Lesson 04."""
    aged.edit("demo_app/models.py", states.AGE, "")
    aged.db("migrate", "-m", "Drop age")
    done = aged.capture(["flask", "db", "upgrade", "--sql"])
    assert done.returncode != 0
    assert "This operation cannot proceed in --sql mode" in done.stdout + done.stderr
    assert "age" in {row[1] for row in aged.sql("PRAGMA table_info(user)")}


@pytest.mark.parametrize(("native", "left"), [(False, 0), (True, 2)])
def test_a_column_that_is_dropped_in_a_batch_can_take_rows_of_other_tables(
    aged: Project, native: bool, left: int
):
    """Lesson 07: with the pragma on, and `ON DELETE CASCADE`."""
    models = "demo_app/models.py"
    aged.edit(models, "import MetaData, String", "import ForeignKey, MetaData, String, event")
    aged.edit(
        models, "from sqlalchemy.orm", "from sqlalchemy.engine import Engine\nfrom sqlalchemy.orm"
    )
    aged.write(models, (aged.path / models).read_text(encoding="utf-8") + CHILDREN)
    aged.db("migrate", "-m", "Posts")
    aged.db("upgrade")
    aged.edit(models, states.AGE, f"{states.AGE}    city: Mapped[str | None]\n")
    aged.db("migrate", "-m", "City")
    aged.db("upgrade")
    aged.sql("INSERT INTO post (user_id) VALUES (1), (2)")
    if native:
        script = f"migrations/versions/{aged.script('city').name}"
        text = (aged.path / script).read_text(encoding="utf-8")
        head, found, _ = text.partition("def downgrade():\n")
        aged.write(script, f"{head}{found}    op.drop_column('user', 'city')\n")
    aged.db("downgrade")
    assert "city" not in {row[1] for row in aged.sql("PRAGMA table_info(user)")}
    assert aged.sql("SELECT count(*) FROM user") == [(3,)]
    assert aged.sql("SELECT count(*) FROM post") == [(left,)]
