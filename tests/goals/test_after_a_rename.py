"""A wrong name or line that is noticed late: the goals of 10 and the board lead the same way.

Each command that the first open goal tells is run, and is the one that the board tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from following import copy_production, follow, with_two_in_production, write_into_the_script
from starts import Starts
from states import Project
from turns import CITY, MODELS, PHONE, on_production

from roundtrip import checks
from roundtrip.course import Goal, find_course

YOUR_TURN = find_course().lessons[-1]
COLUMN = "    phone_number: Mapped[str | None] = mapped_column(String(20))\n"
TABLE = """

class Posts(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
"""


@pytest.fixture
def project(starts: Starts, tmp_path: Path) -> Project:
    """The start of lesson 10, but for the message of the last script."""
    project = starts["city"].copy(tmp_path / "p")
    script = project.script_file("add_city")
    project.edit(script, "Add city column to user model", "Say what changes")
    project.git("mv", script, script.replace("add_city_column_to_user_model", "say_what_changes"))
    project.git("commit", "-aq", "--amend", "--no-edit")
    return with_two_in_production(project)


@dataclass(frozen=True)
class Slip:
    """What has the wrong name at first, and the goals that ask for the right one.

    `rename`: what a script says. `value`: what is stored at first. `kept`: how it is read at last.
    """

    line: str
    names: tuple[str, str]
    goals: tuple[Goal, ...]
    rename: str
    value: str
    kept: str


COLUMN_SLIP = Slip(
    COLUMN,
    ("phone_number", "phone"),
    YOUR_TURN.exercise("there").goals,
    "with op.batch_alter_table('user') as batch_op:\n"
    "        batch_op.alter_column('{}', new_column_name='{}')",
    "UPDATE user SET phone_number = '1815' WHERE name = 'Ada'",
    "SELECT phone FROM user WHERE name = 'Ada'",
)
TABLE_SLIP = Slip(
    TABLE,
    ("Posts", "Post"),
    YOUR_TURN.goals,
    "op.rename_table('{}', '{}')",
    "INSERT INTO posts (title, user_id) VALUES ('1815', 1)",
    "SELECT title FROM post",
)
ARTICLE_SLIP = replace(
    TABLE_SLIP,
    line=TABLE.replace("Posts", "Article"),
    names=("Article", "Post"),
    value="INSERT INTO article (title, user_id) VALUES ('1815', 1)",
)
SLIPS = pytest.mark.parametrize("slip", [COLUMN_SLIP, TABLE_SLIP], ids=["column", "table"])


def slipped(project: Project, slip: Slip) -> None:
    """The wrong name in the model, its script, the development database with a value in it."""
    project.edit(MODELS, "import MetaData", "import ForeignKey, MetaData")
    project.add_to_model(slip.line)
    project.db("migrate", "-m", "Add it")
    project.db("upgrade")
    project.sql(slip.value)


def committed(project: Project) -> None:
    project.commit("Add it")
    copy_production(project)
    on_production(project, "upgrade")


def renamed_in_the_model(project: Project, slip: Slip) -> None:
    project.edit(MODELS, *slip.names)


def rename_in_the_script(project: Project, slip: Slip) -> None:
    """As the board says."""
    old, new = map(str.lower, slip.names)
    write_into_the_script(project, slip.rename.format(old, new), slip.rename.format(new, old))


@SLIPS
def test_a_name_that_is_committed_is_renamed_by_another_script(project: Project, slip: Slip):
    slipped(project, slip)
    committed(project)
    renamed_in_the_model(project, slip)
    *_, look = follow(project, slip.goals)
    assert look.startswith("%show migrations/versions/")
    rename_in_the_script(project, slip)
    follow(project, slip.goals)
    assert len(project.read().migrations.revisions) == 4
    assert project.sql(slip.kept) == [("1815",)]


def test_a_name_of_an_earlier_lesson_is_taken_back_first(starts: Starts, tmp_path: Path):
    """In 09 too, where no goal asks for the script itself."""
    project = with_two_in_production(starts["first"].copy(tmp_path / "p"))
    project.add_to_model("    town: Mapped[str | None] = mapped_column(String(60))\n")
    project.db("migrate", "-m", "Add city column to user model")
    project.db("upgrade")
    project.edit(MODELS, "town", "city")
    goals = tuple(g for g in find_course().lesson(9).goals if g.check != "some_value")
    told = follow(project, goals)
    assert told[0] == "flask db downgrade" and told[1].startswith("git clean -f "), told


@SLIPS
def test_a_name_that_is_not_committed_is_taken_back_first(project: Project, slip: Slip):
    slipped(project, slip)
    renamed_in_the_model(project, slip)
    goals = tuple(goal for goal in slip.goals if goal.check != "holds")  # it goes with its table
    told = follow(project, goals)
    assert told[0] == "flask db downgrade" and told[1].startswith("git clean -f "), told
    assert len(project.read().migrations.revisions) == 3


@SLIPS
@pytest.mark.parametrize("keeps", [True, False])
def test_a_script_from_one_name_to_the_other_is_none_too_many(
    project: Project, slip: Slip, keeps: bool
):
    """Made before anything is committed; what was stored under the old name is kept, or lost."""
    slipped(project, slip)
    renamed_in_the_model(project, slip)
    project.db("migrate", "-m", "change")
    (look,) = follow(project, slip.goals)
    assert look.startswith("%show migrations/versions/")
    if keeps:
        rename_in_the_script(project, slip)
    else:
        project.db("upgrade")
    goals = tuple(goal for goal in slip.goals if goal.check != "holds")
    follow(project, slip.goals if keeps else goals)
    assert (("1815",) in project.sql(slip.kept)) is keeps
    (goal,) = [goal for goal in slip.goals if goal.check == "committed_migration"]
    found = checks.check(goal, project.read(), project.path).finding.found
    assert found.endswith(", which was made here under a wrong name")


@pytest.mark.parametrize("slip", [COLUMN_SLIP, TABLE_SLIP, ARTICLE_SLIP], ids=lambda s: s.names[0])
def test_what_the_model_has_in_its_place_is_named(project: Project, slip: Slip):
    """In every place, and committed: only the name is wrong."""
    slipped(project, slip)
    committed(project)
    state = project.read()
    found = [checks.check(goal, state, project.path).finding for goal in slip.goals]
    said = next(finding.cause for finding in found if not finding.met)
    assert slip.names[0].lower() in said, said


@pytest.mark.parametrize(
    "wrong",
    [PHONE.replace("(20))", "(20), index=True)"), "    phone: Mapped[int | None]\n"],
    ids=["index", "type"],
)
def test_a_line_that_is_committed_is_mended_by_another_script(project: Project, wrong: str):
    project.add_to_model(wrong)
    project.db("migrate", "-m", "Add it")
    project.db("upgrade")
    committed(project)
    project.edit(MODELS, wrong, PHONE)
    goals = COLUMN_SLIP.goals
    *told, look = follow(project, goals)
    assert told[:2] == ['flask db migrate -m "Change user table"', "flask db upgrade"]
    assert look == "%board --env-file production.env"
    there = project.read("production.env").verdict.next
    assert there == "flask --env-file production.env db upgrade"
    on_production(project, "upgrade")
    assert follow(project, goals) == []


def test_what_an_earlier_lesson_made_is_no_other_name(project: Project):
    """Whatever message its script has: the line of `city` was replaced, and its values would go."""
    project.edit(MODELS, CITY, PHONE)
    project.db("migrate", "-m", "Add it")
    state = project.read()
    (goal,) = (each for each in COLUMN_SLIP.goals if each.check == "committed_migration")
    said = checks.check(goal, state, project.path).finding
    assert "also drops user.city: the model has lost it. Put its line back first" in said.cause


def test_production_never_gets_the_wrong_name_before_a_copy_is_made(project: Project):
    """It has run neither script, and stands right where a copy is wanted of."""
    slipped(project, COLUMN_SLIP)
    project.commit("Add it")
    renamed_in_the_model(project, COLUMN_SLIP)
    project.db("migrate", "-m", "change")
    rename_in_the_script(project, COLUMN_SLIP)
    project.db("upgrade")
    *_, last = follow(project, COLUMN_SLIP.goals)
    assert last == "a cell that begins with %%flask_shell --env-file production.env"
    (table,) = project.sql("SELECT sql FROM sqlite_master WHERE name = 'user'", "production.db")
    assert "phone" not in table[0]
    copy_production(project)
    follow(project, COLUMN_SLIP.goals)
    (table,) = project.sql("SELECT sql FROM sqlite_master WHERE name = 'user'", "production.db")
    assert "phone VARCHAR" in table[0]
