"""What is told where a script does not do what a goal asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from goal_states import (
    ADDS_AGE,
    AGE,
    AGE_SCRIPT,
    DELETE,
    LOOK,
    MIGRATE,
    MODEL_AHEAD,
    MODELS,
    SECOND,
    UPGRADED,
    WAITING,
    ask,
    git,
    made,
    migrations,
    refused,
    second,
    user,
)

from roundtrip.facts import Column, Difference, Elsewhere, ModelState, Table


@pytest.mark.parametrize(
    ("script", "more", "model", "cause"),
    [
        ({"others": ("create_index",)}, "add_index", (), "take index=True out of it,"),
        (
            {"others": ("create_unique_constraint",)},
            "add_constraint",
            (),
            "take unique=True out of it,",
        ),
        ({"others": ("drop_constraint",)}, "remove_constraint", (), "asks for it: fix that"),
        ({"adds": ("user.age", "user.pet")}, "add_column", ("pet",), "take user.pet out of it,"),
        ({"drops": ("user.name",)}, "remove_column", None, "Put its line back first"),
    ],
)
def test_where_the_model_asks_for_more_it_is_mended_first(script, more, model, cause, project):
    """One that is deleted and made again would do the same."""
    columns = [replace(AGE, name=name) for name in model or ()]
    here = user(AGE, *columns)
    if model is None:
        here = replace(here, columns=tuple(c for c in here.columns if c.name != "name"))
    tables = ModelState((here,), found=True, migrates=True)
    name = {"add_column": "pet", "remove_column": "name"}.get(more, "")
    asks = Difference(more, "user", name, "unique index on age, only in the model")
    waits = {"migrations": migrations(second(**script)), "model": tables}
    state = made(**waits, differences=(ADDS_AGE, asks))
    age = {"adds": ["user.age"]}
    refused("committed_migration", state, project, cause, LOOK, **age)
    refused("pending_changes", state, project, cause, LOOK, **age)
    # the model is mended, the script is not
    state = made(**waits, differences=(ADDS_AGE,))
    refused("committed_migration", state, project, "Delete it", DELETE, **age)
    refused("pending_changes", state, project, "Delete it", DELETE, **age)
    if "drops" in script:
        return  # what it took has gone with it
    run = replace(migrations(second(applied=True, **script)), current=(SECOND,))
    here = replace(UPGRADED.database, tables=(user(AGE, *columns),))
    state = made(migrations=run, model=tables, database=here)
    refused("committed_migration", state, project, cause, LOOK, **age)
    mended = made(
        migrations=run, model=UPGRADED.model, database=here, differences=(replace(asks, op="x"),)
    )
    refused("committed_migration", mended, project, "Undo it", "flask db downgrade", **age)


def test_what_a_script_has_dropped_does_not_come_back_with_another(project: Path):
    lost = second(applied=True, adds=("user.age",), drops=("user.email",))
    again = replace(second(adds=("user.email",)), id="c" * 12, parents=(SECOND,))
    both = {"migrations": replace(migrations(lost, again), current=(SECOND,))}
    state = made(**both, differences=(Difference("add_column", "user", "email"),))
    age = {"adds": ["user.age"]}
    refused("pending_changes", state, project, "gone: user.email. No down", "%restart", **age)


def test_what_the_database_has_lost_does_not_come_back_with_another(project: Path):
    again = second(adds=("user.age", "user.name"))
    here = replace(made().migrations.revisions[0], adds=("user", "user.id", "user.name"))
    nameless = replace(user(), columns=user().columns[:1])
    state = made(
        model=ModelState((user(AGE),), found=True, migrates=True),
        migrations=replace(migrations(again), revisions=(here, again)),
        database=replace(made().database, tables=(nameless,)),
        differences=(ADDS_AGE, Difference("add_column", "user", "name")),
    )
    lost = "user.name is gone from the database with its values"
    refused("pending_changes", state, project, lost, "%restart", adds=["user.age"])
    unread = replace(state, database=replace(state.database, tables=()))
    finding = ask("pending_changes", unread, project, adds=["user.age"])
    assert "is gone" not in finding.cause, "of a database that cannot be read nothing is known"


def test_a_script_of_a_lesson_before_that_waits_again(project: Path):
    """Its table was dropped, and the rows with it: an upgrade would bring the table alone back."""
    first = replace(made().migrations.revisions[0], applied=False)
    waiting = replace(migrations(second()), revisions=(first, second()), current=())
    state = replace(WAITING, migrations=waiting)
    age = {"adds": ["user.age"]}
    early = replace(WAITING, migrations=migrations(second(tracked=True)))
    assert ask("pending_changes", early, project, **age).met
    refused(
        "pending_changes", state, project, "waits again: one downgrade too many", "%restart", **age
    )


def test_what_is_taken_out_of_the_model_is_what_still_stands_in_it(project: Path):
    """Where there is more than one thing, the one that is mended is not named again."""
    pet, index = Difference("add_column", "user", "pet"), Difference("add_index", "user")
    model = ModelState((user(AGE, replace(AGE, name="pet")),), found=True, migrates=True)
    script = second(adds=("user.age", "user.pet"), others=("create_index",))
    age = {"adds": ["user.age"]}
    for differences, told in (
        ((pet, index), "take user.pet and index=True out of it,"),
        ((pet,), "take user.pet out of it,"),
        ((index,), "take index=True out of it,"),
    ):
        waits = {"migrations": migrations(script), "model": model}
        state = made(**waits, differences=(ADDS_AGE, *differences))
        refused("committed_migration", state, project, told, LOOK, **age)
        refused("pending_changes", state, project, told, LOOK, **age)


def test_an_index_on_a_new_table_is_asked_for_by_the_model_too(project: Path):
    post = Table("post", (replace(AGE, name="title"),), class_name="Post", file=MODELS)
    model = ModelState((user(), post), found=True, migrates=True)
    waits = {"migrations": migrations(second(adds=("post",), others=("create_index",)))}
    index = Difference("add_index", "post", "", "index on title, only in the model")
    makes = Difference("add_table", "post")
    state = made(**waits, model=model, differences=(makes, index))
    goal = {"adds": ["post"]}
    refused("committed_migration", state, project, "take index=True out", LOOK, **goal)
    state = made(**waits, model=model, differences=(makes,))
    refused("committed_migration", state, project, "Delete it", DELETE, **goal)
    script = second(applied=True, adds=("post", "post.title"), others=("create_index",))
    run = {"migrations": replace(migrations(script), current=(SECOND,))}
    here = replace(UPGRADED.database, tables=(user(), post))
    state = made(**run, model=model, database=here)
    alone = "asks for it: take index=True out of it"
    refused("committed_migration", state, project, alone, LOOK, **goal)


def test_a_script_of_another_name_is_taken_back_and_not_followed_by_one_more(project: Path):
    wanted = {"adds": ["user.age"], "after": "Create user table", "since": "user"}
    years = second(adds=("user.years",))
    model = ModelState((user(AGE),), found=True, migrates=True)
    waits = made(model=model, migrations=migrations(years), differences=(ADDS_AGE,))
    said = "The script makes user.years, and the model has user.age instead."
    refused("committed_migration", waits, project, said, f"git clean -f {AGE_SCRIPT}", **wanted)
    run = replace(migrations(replace(years, applied=True)), current=(SECOND,))
    ran = made(model=model, migrations=run, differences=(ADDS_AGE,))
    refused("committed_migration", ran, project, said, "flask db downgrade", **wanted)
    # an earlier lesson's script is left alone
    early = {**wanted, "since": "user.years"}
    command = MIGRATE
    refused("committed_migration", ran, project, "no migration script for it", command, **early)


def test_a_downgrade_of_a_script_with_rows_says_what_it_takes(project: Path):
    wrong = Column("user.age", "TEXT", True, False)
    script = second(applied=True, tracked=True, makes=(wrong,))
    state = made(
        model=UPGRADED.model,
        migrations=replace(migrations(script), current=(SECOND,)),
        database=UPGRADED.database,
    )
    said = "The downgrade drops user.age with all values."
    refused("committed_migration", state, project, said, "flask db downgrade", adds=["user.age"])
    renames = replace(script, named_back=("user.age",))
    state = replace(state, migrations=replace(migrations(renames), current=(SECOND,)))
    finding = ask("committed_migration", state, project, adds=["user.age"])
    assert (finding.next, "drops" in finding.cause) == ("flask db downgrade", False)


def test_a_script_that_production_has_run_is_not_deleted(project: Path):
    wrong = Column("user.age", "TEXT", True, False)
    has = Elsewhere("production.env", "instance/production.db", (SECOND,), names=("user.age",))
    state = replace(WAITING, migrations=migrations(second(makes=(wrong,))), elsewhere=(has,))
    back = "flask --env-file production.env db downgrade"
    refused(
        "committed_migration",
        state,
        project,
        "downgrade that database first",
        back,
        adds=["user.age"],
    )


def test_a_deleted_script_that_no_database_misses_is_made_again(project: Path):
    gone = git(modified=(AGE_SCRIPT,), deleted=(AGE_SCRIPT,))
    state = replace(MODEL_AHEAD, git=gone)
    age = {"adds": ["user.age"]}
    command = MIGRATE
    refused("committed_migration", state, project, "no migration script for it", command, **age)
    has_run = Elsewhere("production.env", "instance/production.db", (SECOND,))
    missed = replace(state, elsewhere=(has_run,))
    command = f"git restore {AGE_SCRIPT}"
    refused("committed_migration", missed, project, "last commit has it", command, **age)


def test_two_scripts_are_not_one(project: Path):
    third = replace(second(adds=("user.pet",)), id="c" * 12, parents=(SECOND,), file="c.py")
    state = replace(WAITING, migrations=migrations(second(), third))
    pets = made(model=ModelState((user(AGE, replace(AGE, name="pet")),), found=True, migrates=True))
    state = replace(state, model=pets.model)
    both = {"adds": ["user.age", "user.pet"]}
    refused("pending_changes", state, project, "one should do it", "git clean -f c.py", **both)


def test_what_no_script_makes_is_not_said_to_be_missing_from_the_model(project: Path):
    """The script is deleted and the number taken away: model and database agree."""
    first = replace(made().migrations.revisions[0], columns=("user.id", "user.name"))
    state = replace(UPGRADED, migrations=replace(made().migrations, revisions=(first,)))
    cause = "has user.age already, and no script here made it"
    refused("revisions", state, project, cause, "%board", count=2, applied=1)
    empty = replace(second(adds=()), file="migrations/versions/b.py")
    state = replace(UPGRADED, migrations=replace(migrations(empty), revisions=(first, empty)))
    refused("pending_changes", state, project, cause, "%board", adds=["user.age"])
    # what cannot be read may make it
    unread = replace(first, opaque=True)
    state = replace(UPGRADED, migrations=replace(made().migrations, revisions=(unread,)))
    refused("revisions", state, project, "holds no new change", "git diff", count=2, applied=1)
