"""Each predicate over the model met and not met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from goal_states import (
    AGE,
    BASE,
    BROKEN,
    DELETE,
    LOG,
    LOOK,
    MODEL_AHEAD,
    MODELS,
    ask,
    git,
    made,
    migrations,
    refused,
    second,
    user,
)

from roundtrip.facts import Difference, ModelState, Table
from roundtrip.git_facts import Commit


def test_model_has(project: Path):
    age = {"column": "user.age"}
    assert ask("model_has", MODEL_AHEAD, project, **age).met
    assert ask("model_has", made(), project, **age, present=False).met
    refused(
        "model_has", made(), project, "has id, name, and no age: the line is missing", LOOK, **age
    )
    near = made(model=ModelState((user(replace(AGE, name="agee")),), found=True, migrates=True))
    refused("model_has", near, project, "The model has user.agee.", LOOK, **age)
    large = made(model=ModelState((user(replace(AGE, name="Age")),), found=True, migrates=True))
    refused("model_has", large, project, "The model has user.Age.", LOOK, **age)
    must = {**age, "type": "INTEGER", "nullable": False}
    finding = ask("model_has", MODEL_AHEAD, project, **must)
    assert finding.found == "the model has user.age, as INTEGER, may be empty"
    post = Table("post", (AGE,), class_name="Post", file="demo_app/post.py")
    other = made(model=ModelState((user(), post), found=True, migrates=True))
    refused("model_has", other, project, "Post has it", "%show demo_app/post.py", **age)
    committed = made(model=ModelState((user(AGE),), found=True, migrates=True))
    gone = {**age, "present": False}
    refused("model_has", committed, project, "The line is committed", LOG, **gone)
    commits = (Commit("2" * 40, "x"), *committed.git.commits)
    later = replace(committed, git=git(commits=commits))
    undo = "git revert --no-edit HEAD"
    refused("model_has", later, project, "If the last commit has brought it", undo, **gone)
    loose = replace(later, git=git(commits=commits, untracked=("notes.txt",)))
    refused("model_has", loose, project, "The line is committed", LOG, **gone)
    run = replace(later, migrations=migrations(second(applied=True)))
    refused("model_has", run, project, "The line is committed", LOG, **gone)
    assert ask("model_has", MODEL_AHEAD, project, **age, type="INTEGER").met
    refused("model_has", MODEL_AHEAD, project, "should be TEXT", "git diff", **age, type="TEXT")
    strict = {"column": "user.id", "type": "INTEGER"}
    refused("model_has", made(), project, "may be empty; look at what is in M", LOOK, **strict)
    refused("model_has", MODEL_AHEAD, project, "still in", "git diff", **age, present=False)
    refused("model_has", BROKEN, project, f"Fix {MODELS} first", LOOK, **age)
    bare = made(model=replace(made().model, odd=("User.age is a type, not a column.",)))
    refused("model_has", bare, project, "is a type, not a column", LOOK, **age)


def test_a_table_that_was_made_from_another_model(project: Path):
    change = Difference("add_constraint", "user", "", "unique constraint on email")
    more = second(adds=(), others=("create_unique_constraint",))
    state = made(migrations=migrations(more), differences=(change,))
    one = {"count": 1, "applied": 1, "whole": True}
    refused("revisions", state, project, "made from another model", "%restart", **one)
    same = made(migrations=migrations(more))
    refused("revisions", same, project, "one script too many", DELETE, **one)
    empty = made(migrations=migrations(second(adds=())), differences=(change,))
    refused("revisions", empty, project, "one script too many", DELETE, **one)


def test_a_table_that_the_model_does_not_have(project: Path):
    wanted = {"column": "post.title"}
    refused("model_has", made(), project, "The classes make user, and no post:", LOOK, **wanted)
    posts = Table("posts", BASE, class_name="Posts", file=MODELS)
    near = made(model=ModelState((user(), posts), found=True, migrates=True))
    refused("model_has", near, project, "The model has a table posts", LOOK, **wanted)
    (project / "demo_app").mkdir()
    (project / "demo_app/post.py").write_text("class Post(db.Model):\n    pass\n")
    (project / "demo_app/broken.py").write_text("class Post(:\n")
    refused(
        "model_has", made(), project, "does not import it", "%show demo_app/__init__.py", **wanted
    )
    refused(
        "model_has", made(), project, "from . import post", "%show demo_app/__init__.py", **wanted
    )
    assert ask("model_has", made(), project, **wanted).repair, "the hints name another file"
    (project / "models.py").write_text("class User(db.Model):\n    pass\n")
    elsewhere = {"column": "user.age"}
    refused("model_has", made(), project, f"the app takes {MODELS}", "%show models.py", **elsewhere)
    (project / "demo_app/post.py").write_text("class Post:\n    pass\n")
    refused(
        "model_has", made(), project, "class Post(db.Model)", "%show demo_app/post.py", **wanted
    )
