"""The verdict on mistakes that are easily overlooked: by the eye, or by `flask db check`.

Each state is made with the real commands.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import states
from states import Project

from roundtrip import show, state

MODELS = "demo_app/models.py"
CITY = "    city: Mapped[str | None] = mapped_column(String(80))\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The first lesson's end."""
    return states.first_lesson(tmp_path_factory.mktemp("quiet") / "first")


@pytest.fixture
def project(base: Project, tmp_path: Path) -> Project:
    """A copy of it."""
    return base.copy(tmp_path / "p")


def test_a_number_that_no_script_ever_had(project: Project):
    """All that the scripts make is there, so the number is all that is wrong."""
    head = project.read().migrations.current[0]
    project.sql("UPDATE alembic_version SET version_num = 'junk'")
    project.follow("missing_script", "flask db stamp --purge head")
    assert project.read().verdict.kind == "agree"
    assert project.sql("SELECT version_num FROM alembic_version") == [(head,)]


def test_a_lost_script_is_not_stamped_away(project: Project):
    """Here the database and the model have something that no script makes."""
    project.add_to_model(CITY)
    project.db("migrate", "-m", "Add city")
    project.db("upgrade")
    lost = project.read().migrations.current[0]
    project.script("add_city").unlink()
    project.commit("Add city, without its script")
    verdict = project.read().verdict
    assert verdict.next == f'flask db revision --rev-id {lost} -m "Say what it did"'


def test_a_script_that_gives_others_what_nobody_wants(project: Project):
    """Its line came in after it had run, and was committed: no model and no database has it."""
    script = f"migrations/versions/{project.script('create_user').name}"
    project.edit(
        script,
        "    sa.PrimaryKeyConstraint",
        "    sa.Column('fax', sa.String(length=80), nullable=True),\n    sa.PrimaryKeyConstraint",
    )
    project.commit("Tidy up")
    verdict = project.read().verdict
    assert verdict.kind == "unwanted"
    assert "user.fax" in verdict.found and script in verdict.found
    assert verdict.next == f"git log --oneline -- {script}"
    # a later script that drops it makes all well
    project.write(
        "migrations/versions/later.py",
        "from alembic import op\nrevision = 'b'\n"
        f"down_revision = {project.read().migrations.current[0]!r}\n"
        "def upgrade():\n    op.drop_column('user', 'fax')\n"
        "def downgrade():\n    pass\n",
    )
    project.commit("Drop fax")
    assert "unwanted" not in {each.kind for each in project.read().disagreements}


def test_a_column_that_other_hands_dropped_everywhere(project: Project):
    """The model and this database agree again; a new database would still get it."""
    project.add_to_model(CITY)
    project.db("migrate", "-m", "Add city")
    project.db("upgrade")
    project.commit("Add city")
    project.sql("ALTER TABLE user DROP COLUMN city")
    project.edit(MODELS, CITY, "")
    project.commit("Forget city")
    assert project.ask()[0].code == 0
    verdict = project.read().verdict
    assert verdict.kind == "unwanted"
    assert "user.city" in verdict.found


def test_a_file_of_settings_that_names_the_usual_database(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///app.db\n")
    verdict = project.read().verdict
    assert verdict.kind == "elsewhere"
    assert verdict.headline == "production.env names this database, not another."
    assert verdict.next == "%show production.env"
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    assert project.read().verdict.kind == "agree"


def test_a_default_in_the_model_is_no_reason_to_allow_null(project: Project):
    """The script is older than the default, so it would fail; the model is right."""
    project.add_to_model("    city: Mapped[str] = mapped_column(String(80))\n")
    project.db("migrate", "-m", "Add city")
    project.edit(
        MODELS,
        "mapped_column(String(80))\n",
        'mapped_column(String(80), server_default="Paris")\n',
    )
    script = f"migrations/versions/{project.script('add_city').name}"
    why = project.follow("pending", f"git clean -f {script}")
    assert "Mapped[" not in why and "server_default" in why
    project.db("migrate", "-m", "Add city")
    project.db("upgrade")
    assert project.sql("SELECT DISTINCT city FROM user") == [("Paris",)]


def test_a_script_that_others_follow_is_not_deleted_under_them(project: Project):
    """The last goes first; what the verdict tells leads on, and does not go in a circle."""
    project.add_to_model(CITY)
    project.db("migrate", "-m", "Add city")
    project.commit("Add city")
    project.db("downgrade")
    project.edit(MODELS, "String(120)", "String(60)")
    seen = []
    while (verdict := project.read().verdict).next and len(seen) < 12:
        seen.append(verdict.next)
        project.run(*shlex.split(verdict.next))
    assert seen[0].startswith("git rm migrations/versions/") and "add_city" in seen[0]
    assert "add_city" in seen[0] and "create_user" in seen[1]
    assert verdict.kind == "agree"
    assert len(set(seen) - {"git add .", "git status"}) > 4


def test_a_second_head_that_nobody_wants_is_not_merged(project: Project):
    project.db("downgrade")
    project.add_to_model(CITY)
    project.write(
        "migrations/versions/stray.py",
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = 'b'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('stray', sa.Column('id', sa.Integer()))\n"
        "def downgrade():\n    op.drop_table('stray')\n",
    )
    project.follow("several_heads", "git clean -f migrations/versions/stray.py")
    assert project.read().verdict.kind == "pending"


def test_a_column_that_must_not_be_empty_leads_to_the_model(project: Project):
    """And not from the model to a script, from the script to its deletion, and so on."""
    project.add_to_model("    city: Mapped[str] = mapped_column(String(80))\n")
    why = project.follow("model_ahead", f"git diff {MODELS}")
    assert "NOT NULL" in why and "mend the model first" in why
    project.db("migrate", "-m", "Add city")
    script = f"migrations/versions/{project.script('add_city').name}"
    project.follow("pending", f"git clean -f {script}")
    project.follow("model_ahead", f"git diff {MODELS}")
    project.edit(MODELS, "city: Mapped[str]", "city: Mapped[str | None]")
    assert project.read().verdict.next.startswith("flask db migrate")


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


@pytest.mark.parametrize(
    ("url", "headline"),
    [
        ("sqlite:///instance/production.db", "The database has no folder."),
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


def test_production_has_rows_that_development_has_not(project: Project):
    project.write("production.env", "DATABASE_URL=sqlite:///production.db\n")
    project.run("flask", "--env-file", "production.env", "db", "upgrade")
    project.sql("INSERT INTO user (name, email) VALUES ('Ada', 'a@x')", "production.db")
    project.sql("DELETE FROM user")
    added = "    points: Mapped[int]\n"
    project.add_to_model(added)
    project.db("migrate", "-m", "Add points")
    project.db("upgrade")
    project.commit("Add points")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("elsewhere", "%board --env-file production.env")
    assert "user.points is NOT NULL" in verdict.why
    there = project.read("production.env").verdict
    assert there.headline == "A migration is waiting, and it would fail."


def test_an_app_that_does_not_finish_loading_was_found(project: Project):
    project.write("demo_app/__init__.py", "import time\nwhile True:\n    time.sleep(1)\n")
    probe = Path(state.__file__).with_name("probe.py").read_text(encoding="utf-8")
    project.write("quick_probe.py", probe.replace("LONGEST = 20", "LONGEST = 1"))
    report = json.loads(project.capture(["python", "quick_probe.py"]).stdout)
    assert report["found"] and "did not finish loading" in report["error"]


def test_a_second_script_for_a_table_that_other_hands_dropped(project: Project):
    project.sql("DROP TABLE user")
    project.db("migrate", "-m", "Make it again")
    script = f"migrations/versions/{project.script('make_it_again').name}"
    project.follow("stamped", f"git clean -f {script}")
    project.follow("stamped", "flask db stamp base")
    project.follow("pending", "flask db upgrade")
    assert project.read().verdict.kind == "agree"


def test_a_table_of_a_schema_is_not_told_to_be_dropped(project: Project):
    """Names in the scripts are read without a schema, so nothing is known of such a table."""
    project.edit(
        MODELS, "class User(db.Model):\n", "class User(db.Model):\n    __table_args__ = {}\n"
    )
    text = (project.path / MODELS).read_text(encoding="utf-8")
    post = '\n\nclass Post(db.Model):\n    __table_args__ = {"schema": "main"}\n'
    project.write(MODELS, f"{text}{post}    id: Mapped[int] = mapped_column(primary_key=True)\n")
    project.db("migrate", "-m", "Add post")
    project.db("upgrade")
    kinds = {each.kind for each in project.read().disagreements}
    assert not {"not_made", "unwanted"} & kinds
