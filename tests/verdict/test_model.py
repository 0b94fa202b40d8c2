"""An app or a model that Flask does not find, that does not load, or that has no column."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest
from against_tools import check_against_commands
from states import Project
from turns import MODELS, POST

from roundtrip import board, checks
from roundtrip.course import Goal
from roundtrip.probing import PROBE

INIT = "demo_app/__init__.py"


def test_an_app_that_flask_does_not_find(project: Project):
    project.write(".flaskenv", "FLASK_APP=demo_ap\n")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.found) == ("app_not_found", "Could not import 'demo_ap'.")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("FLASK_APP=nothing", "app_not_found"),
        ("DATABASE_URL=sqlite:////nowhere/app.db", "database_problem"),
        ("DATABASE_URL=nothing", "model_error"),
    ],
)
def test_the_file_that_flask_reads_first_is_the_one_to_look_at(
    project: Project, line: str, kind: str
):
    """Flask reads .env before .flaskenv, and .gitignore often hides it."""
    project.write(".env", f"{line}\n")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == (kind, "%show .env")
    if kind == "app_not_found":
        assert "The file .env names the app, before .flaskenv: " in verdict.why


@pytest.mark.parametrize("how", ["by hand", "by Git"])
def test_an_app_that_was_deleted_comes_back_from_the_commit(project: Project, how: str):
    if how == "by Git":
        project.git("rm", "-rq", "demo_app")
    shutil.rmtree(project.path / "demo_app", ignore_errors=True)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.headline) == ("no_app", "The app is deleted.")
    assert "demo_app/models.py" in verdict.found
    assert verdict.next == "git checkout HEAD -- demo_app"
    project.run(*shlex.split(verdict.next))
    assert project.read().verdict.kind == "agree"


def test_an_app_that_a_commit_deleted_comes_back_by_another_commit(project: Project):
    """As after `git revert`, which takes back the only commit there is."""
    project.git("revert", "--no-edit", "HEAD")
    assert not (project.path / "demo_app").exists()
    project.follow("no_app", "git revert --no-edit HEAD")
    assert project.read().verdict.kind == "agree"
    assert project.git("diff", "HEAD~2") == ""


def test_a_module_of_the_app_that_is_not_there_is_named(project: Project):
    project.edit(INIT, ".models", ".modells")
    verdict = check_against_commands(project).verdict
    assert verdict.why.startswith(f"{INIT} imports demo_app/modells.py, which is not there.")
    assert verdict.back == f"git restore {INIT}"


def test_an_app_that_does_not_load(project: Project):
    project.edit(MODELS, "db = SQLAlchemy", "bd = SQLAlchemy")
    state = check_against_commands(project)
    assert state.verdict.kind == "model_error"
    assert state.verdict.found.startswith(f"{MODELS}, line 24: NameError: name 'db'")
    assert state.verdict.back == f"git restore {MODELS}"
    assert state.database.tables[0].rows == 3


def test_an_app_that_does_not_finish_loading_was_found(project: Project, tmp_path: Path):
    project.write(INIT, "import time\nwhile True:\n    time.sleep(1)\n")
    probe = shutil.copytree(PROBE.parent, tmp_path / "quick") / PROBE.name
    text = probe.read_text(encoding="utf-8")
    probe.write_text(text.replace("LONGEST = 20", "LONGEST = 1"), encoding="utf-8")
    report = json.loads(project.capture(["python", str(probe)]).stdout)
    assert report["found"] and "did not finish loading" in report["error"]


def test_a_foreign_key_to_a_table_that_does_not_exist(project: Project):
    project.edit(MODELS, "import MetaData", "import ForeignKey, MetaData")
    project.add_to_model('    boss: Mapped[int | None] = mapped_column(ForeignKey("users.id"))\n')
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("model_error", f"git diff {MODELS}")
    assert "user.boss points to the table users" in verdict.found


def test_a_module_that_lost_what_others_import(project: Project):
    text = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, text.replace("class User", "class Person"))
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("model_error", f"git diff {MODELS}")
    assert f"{MODELS} has no User" in verdict.why
    assert str(project.path) not in verdict.found


@pytest.mark.parametrize("by_git", [False, True])
def test_a_module_that_is_deleted(project: Project, by_git: bool):
    if by_git:
        project.git("rm", MODELS)
    else:
        (project.path / MODELS).unlink()
    project.follow("model_error", f"git checkout HEAD -- {MODELS}")
    assert project.read().verdict.kind == "agree"


def test_a_class_whose_import_is_lost_is_not_dropped(project: Project):
    models = (project.path / MODELS).read_text(encoding="utf-8")
    imports = models[: models.index("class Base")].replace("from flask_sq", "# from flask_sq")
    project.write("demo_app/posts.py", f"{imports}\nfrom .models import db\n{POST}")
    line = "from .posts import Post\n"
    project.edit(INIT, "\nmigrate = ", f"{line}\nmigrate = ")
    project.db("migrate", "-m", "Create post table")
    project.db("upgrade")
    project.sql("INSERT INTO post VALUES (1, 'kept')")
    project.commit("Create post table")
    project.edit(INIT, line, "")
    verdict = check_against_commands(project).verdict
    assert (verdict.kind, verdict.back) == ("class_not_imported", f"git restore {INIT}")
    assert verdict.found.startswith("demo_app/posts.py has the class Post, and nothing imports it")
    assert "would drop the table and 1 row" in verdict.why
    project.commit("Tidy up")
    assert project.read().verdict.next == f"%show {INIT}"
    project.db("migrate", "-m", "tidy")
    deleted = check_against_commands(project).verdict
    assert (deleted.kind, deleted.next) == (
        "left_over",
        f"git clean -f {project.script_file('tidy')}",
    )
    project.run(*shlex.split(deleted.next))
    project.edit(INIT, "\nmigrate = ", f"{line}\nmigrate = ")
    project.commit("Import the posts")
    assert project.read().verdict.kind == "agree"
    # a class that is gone is meant to be
    project.edit(INIT, line, "")
    (project.path / "demo_app/posts.py").unlink()
    project.commit("No posts")
    assert project.read().verdict.kind == "database_ahead"


@pytest.mark.parametrize("committed", [False, True])
def test_a_new_class_that_nothing_imports(project: Project, committed: bool):
    """`flask db migrate` says that nothing has changed, and there seems to be nothing to do."""
    project.write("demo_app/posts.py", f"from .models import *\nfrom .models import db\n{POST}")
    if committed:
        project.commit("Posts")
    assert "No changes in schema detected" in project.db("migrate", "-m", "Create post table")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("class_not_imported", f"%show {INIT}")
    assert "flask db migrate does not see it" in verdict.why
    project.edit(INIT, "\nmigrate = ", "from .posts import Post\n\nmigrate = ")
    project.follow("model_ahead", 'flask db migrate -m "Create post table"')


def test_a_driver_that_the_code_imports_is_not_about_an_address(project: Project):
    models = (project.path / MODELS).read_text(encoding="utf-8")
    project.write(MODELS, f"import psycopg2\n{models}")
    project.follow("model_error", f"git diff {MODELS}")
    project.write(".flaskenv", "FLASK_APP=demo_app\nDATABASE_URL=postgresql://me@nowhere/app\n")
    project.write(MODELS, models)
    assert project.read().verdict.next == "%show .flaskenv"


def test_a_model_that_is_not_imported(project: Project):
    project.edit(INIT, "from .models import db\n", "")
    project.edit(INIT, "from .pages import pages\n", "")
    project.edit(INIT, "    app.register_blueprint(pages)\n", "")
    project.edit(
        INIT,
        "migrate = Migrate()",
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nmigrate = Migrate()",
    )
    verdict = check_against_commands(project).verdict
    assert verdict.kind == "model_not_imported"
    assert "drop the table and 3 rows" in verdict.why
    assert "migrate" not in verdict.next


def test_lines_that_look_like_columns_and_are_none(project: Project):
    project.add_to_model(
        "    age = db.Integer\n    city = mapped_column(db.Integer),\n"
        "    nick: Mapped[str] = String(20)\n    boss: Mapped[int] = db.ForeignKey('user.id')\n"
        "    size = Mapped[int | None]\n    mood = mapped_column\n    form = db.Column\n"
        "    rank = db.Column(db.Integer),\n    pair = (1, mapped_column(db.Integer))\n"
        "    other: Mapped[int] = mapped_column(db.ForeignKey('user'))\n"
    )
    state = project.read()
    assert state.verdict.kind == "not_a_column"
    assert state.model.odd == (
        "User.age is a type, not a column. Write age: Mapped[int | None]",
        "User.city has a comma after it, so it is no column. Write city: Mapped[int | None]",
        "User.nick is a type, not a column. Write nick: Mapped[str] = mapped_column(String(20))",
        "User.boss is a foreign key, not a column. Write boss: Mapped[int] = "
        'mapped_column(ForeignKey("user.id"))',
        "User.size has its type after =, so it is no column. Write size: Mapped[int | None]",
        "User.mood is mapped_column without brackets, so it is no column. Write mood: "
        "Mapped[int | None]",
        "User.form is Column without brackets, so it is no column. Write form: Mapped[int | None]",
        "User.rank has a comma after it, so it is no column. Write rank: Mapped[int | None]",
        "User.pair has a comma after it, so it is no column. Write pair: Mapped[int | None]",
    )
    assert state.model.untyped == (
        "user.other has no type. Its ForeignKey names no column of a table, as "
        'ForeignKey("user.id") does',
    )


def test_a_class_with_columns_that_is_no_model(project: Project):
    """It makes no table, and no command says so; a part of a model makes one there."""
    line = "    title: Mapped[str] = mapped_column(String(200))\n"
    project.add_to_model(f"\n\nclass Titled:\n{line}\n\nclass Book(Titled, db.Model):\n")
    project.add_to_model("    id: Mapped[int] = mapped_column(primary_key=True)\n")
    assert project.read().verdict.kind == "model_ahead"
    project.add_to_model(f"\n\nclass Post:\n{line}\n\nclass Kind:\n    title = 'no column'\n")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_a_column", f"git diff {MODELS}")
    assert verdict.found == "The class Post makes no table: class Post(db.Model) does."


@pytest.mark.parametrize(
    "line",
    [
        "age: Mapped[int | None]",
        "age: 'orm.Mapped[int]'",
        "age: Mapped[int] = mapped_column()",
        "age = db.Column(db.Integer)",
    ],
)
def test_a_column_at_the_left_edge(project: Project, line: str):
    project.add_to_model(f"\n\n{line}\n")
    assert "No new upgrade operations" in project.db("check")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("not_a_column", f"git diff {MODELS}")
    assert verdict.found == "age is outside the class User: indent its line by four spaces."
    project.add_to_model(POST)
    assert project.read().model.odd == ("age is outside its class: indent its line by four spaces",)


def test_classes_that_do_not_fit_together(project: Project):
    project.edit(MODELS, "from sqlalchemy.orm import ", "from sqlalchemy.orm import relationship, ")
    project.add_to_model('    posts: Mapped[list["Post"]] = relationship()\n')
    assert "No new upgrade operations" in project.db("check")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("cannot_be_related", f"git diff {MODELS}")
    assert "'Post'" in verdict.found and "every query fails" in verdict.why
    project.run(*shlex.split(verdict.back))
    assert project.read().verdict.kind == "agree"


def test_a_column_without_a_type_is_told_before_its_script_fails(project: Project):
    project.add_to_model("    boss: Mapped[int] = mapped_column(db.ForeignKey('user'))\n")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("no_type", f"git diff {MODELS}")
    assert verdict.found.startswith("user.boss has no type. Its ForeignKey names no column")


def test_a_mistake_in_the_model_is_not_said_to_be_about_the_address(project: Project):
    lines = "\n\nclass Post(db.Model):\n    id: Mapped[int]\n"
    project.write(MODELS, (project.path / MODELS).read_text(encoding="utf-8") + lines)
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("model_error", f"git diff {MODELS}")
    assert "The model of the table post has no primary key" in verdict.found
    assert "mapped_column(primary_key=True)" in verdict.why and "DATABASE" not in verdict.why
    project.git("restore", MODELS)
    project.write(".flaskenv", "FLASK_APP=demo_app\nDATABASE_URL=app.db\n")
    verdict = project.read().verdict
    assert (verdict.kind, verdict.next) == ("model_error", "%show .flaskenv")


def test_what_a_restore_of_the_model_would_throw_away_is_said(project: Project):
    """A class that no commit has would be lost with the line that is wrong."""
    key = '    user_id: Mapped[int] = mapped_column(db.ForeignKey("User.id"))\n'
    project.add_to_model(POST + key)
    state = project.read()
    assert state.verdict.back == f"git restore {MODELS}"
    drawn = " ".join(board.text(state).split())
    assert "The other command throws away all that is new in the file." in drawn
    told = checks.check(Goal("", "model_has", {"column": "post.user_id"}), state, project.path)
    assert "other command" not in told.finding.cause, "a check tells one command"


def test_an_app_that_has_lost_its_migrate_shows_the_change(aged: Project):
    aged.edit("demo_app/__init__.py", "migrate.init_app(app, db)", "pass")
    aged.follow("no_migrate", "git diff demo_app/__init__.py")
    aged.run(*aged.read().verdict.back.split())
    assert aged.read().verdict.kind == "agree"
