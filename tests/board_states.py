"""States of the four places for the tests of the board: the course's own, and hard ones."""

from __future__ import annotations

from dataclasses import replace

from roundtrip import board, verdict
from roundtrip.facts import Column, DatabaseState, Difference, ModelState, Table
from roundtrip.git_facts import Commit, GitState
from roundtrip.migration_facts import MigrationState, Revision
from roundtrip.state import Disagreement, State

FIRST, SECOND = "a6796fff0193", "f32f10ad9e28"
FIRST_FILE = f"migrations/versions/{FIRST}_create_user_table.py"
SECOND_FILE = f"migrations/versions/{SECOND}_add_age_column_to_user_model.py"
START = Commit("41d07be" + "0" * 33, "Build the demo app with its first migration")
AGE = Commit("9c1e2fa" + "1" * 33, "Add age to the user model")
CITY = Commit("77aa03c" + "2" * 33, "Add city to the user model")
ONLY_MODEL = Difference("add_column", "user", "age")


def column(name: str, type: str, written: str, nullable: bool = False) -> Column:
    return Column(name, type, nullable, name == "id", written)


_USER = (
    column("id", "INTEGER", "Integer()"),
    column("name", "VARCHAR(80)", "String(80)"),
    column("email", "VARCHAR(120)", "String(120)"),
)
_AGE = column("age", "INTEGER", "Integer", nullable=True)


def model(*more: Column) -> ModelState:
    table = Table("user", (*_USER, *more), class_name="User", file="demo_app/models.py")
    return ModelState((table,), found=True, migrates=True)


def database(version: str, *more: Column, rows: int = 3) -> DatabaseState:
    table = Table("user", (*_USER, *more), rows=rows)
    return DatabaseState("instance/app.db", True, (table,), (version,) if version else ())


def git(*commits: Commit, **more: object) -> GitState:
    return GitState(True, "main", commits[0].hash if commits else None, commits, **more)


def migrations(*revisions: Revision, **more: object) -> MigrationState:
    current = tuple(r.id for r in revisions if r.applied)[-1:]
    heads = (revisions[-1].id,) if revisions else ()
    return replace(MigrationState(True, revisions, heads, current), **more)


def first(applied: bool = True, tracked: bool = True) -> Revision:
    made = Revision(FIRST, "Create user table", (), FIRST_FILE, tracked, applied, ("user",))
    return replace(made, committed=tracked)


def second(applied: bool = False, tracked: bool = True) -> Revision:
    message = "Add age column to user model"
    made = Revision(SECOND, message, (FIRST,), SECOND_FILE, tracked, applied, ("user.age",))
    return replace(made, committed=tracked)


def judged(*places: object) -> State:
    """A state with what the verdict says of it."""
    state = State(*places)
    return replace(state, disagreements=verdict.disagreements(state))


NOTHING = judged()
NO_MIGRATIONS = judged(
    git(untracked=("demo_app/__init__.py", "demo_app/models.py", "demo_app/pages.py", ".flaskenv")),
    model(),
)
LESSON_01 = judged(git(START), model(), migrations(first()), database(FIRST))
LESSON_02 = judged(
    git(START, modified=("demo_app/models.py",)),
    model(_AGE),
    migrations(first()),
    database(FIRST),
    (ONLY_MODEL,),
)
LESSON_03 = judged(
    git(START, modified=("demo_app/models.py",), untracked=(SECOND_FILE,)),
    model(_AGE),
    migrations(first(), second(tracked=False)),
    database(FIRST),
    (ONLY_MODEL,),
)
LESSON_05 = judged(
    git(AGE, START), model(_AGE), migrations(first(), second(applied=True)), database(SECOND, _AGE)
)
LESSON_07 = judged(
    git(AGE, START),
    model(_AGE),
    migrations(first(), second()),
    database(FIRST),
    (ONLY_MODEL,),
)
MISSING = judged(
    git(START),
    model(),
    migrations(first(applied=False), missing=(SECOND,), current=(SECOND,)),
    database(SECOND, _AGE),
    (Difference("remove_column", "user", "age"),),
)
_OTHER = Revision("0b7d91c4e2aa", "Add city column", (FIRST,), "x.py", True, True, committed=True)
TWO_HEADS = judged(
    git(CITY, AGE, START),
    model(_AGE),
    migrations(first(), _OTHER, second(), heads=(SECOND, _OTHER.id), current=(_OTHER.id,)),
    database(_OTHER.id, column("city", "VARCHAR(40)", "String(40)")),
    (ONLY_MODEL, Difference("remove_column", "user", "city")),
)
IMPORT_ERROR = judged(
    git(START, modified=("demo_app/models.py",)),
    ModelState(
        error="demo_app/models.py, line 21: NameError: name 'Intger' is not defined.",
        error_file="demo_app/models.py",
        found=True,
    ),
    migrations(first()),
    database(FIRST),
    (),
)


def _wide() -> State:
    columns = [column(f"column_number_{n:02d}", "VARCHAR(120)", "String(120)") for n in range(19)]
    long = column("a_very_long_column_name_that_goes_on_and_on", "NUMERIC(10, 2)", "Numeric(10, 2)")
    name = "a_table_with_a_name_that_is_much_too_long_for_its_lane"
    file = "demo_app/some/deep/package/models_with_a_long_name.py"
    code = Table(name, (*columns, long, _AGE), class_name="ATableWithAMuchTooLongName", file=file)
    revisions, parents = [], ()
    for n in range(10):
        id = f"{n}b7d91c4e2a{n}"
        message = f"Change number {n} with a message that is longer than the lane is wide, and more"
        revisions.append(Revision(id, message, parents, f"{id}.py", n < 9, n < 8))
        parents = (id,)
    commits = [Commit(f"{n}c1e2fa" + "3" * 33, f"Commit {n}: " + "words " * 20) for n in range(9)]
    return State(
        git(
            *commits,
            modified=tuple(f"demo_app/module_{n}.py" for n in range(7)),
            staged=("README.md",),
            untracked=(f"migrations/versions/{SECOND}_a_message_that_makes_a_long_name.py",),
        ),
        ModelState((code,), found=True, migrates=True),
        migrations(*revisions),
        DatabaseState(
            "postgresql://someone@database.example.org:5432/a_long_name",
            True,
            (Table(name, tuple(columns), rows=1234567),),
            (revisions[7].id,),
        ),
        (Difference("add_column", name, long.name), Difference("add_column", name, "age")),
        (
            replace(
                LESSON_03.verdict,
                next="git checkout ORIG_HEAD -- " + " ".join(f"module_{n}.py" for n in range(9)),
            ),
        ),
    )


WIDE = _wide()
MANY_PROBLEMS = State(
    git(
        START, databases=("instance/app.db",), conflicts=("demo_app/models.py",), deleted=("a.py",)
    ),
    replace(model(), odd=("User.age is a type, not a column.",)),
    MigrationState(True, error="Multiple bases.", error_file="migrations/versions/x.py"),
    DatabaseState("instance/app.db", True, error="database is locked", problem="locked"),
    (
        Difference("add_index", "user", detail="index on email, only in the model"),
        Difference("add_table", "gone"),
    ),
    LESSON_02.disagreements * 4,
)
TYPES = State(
    git(AGE, START),
    ModelState(
        (*model(_AGE).tables, Table("city", (_USER[0],), class_name="City")),
        found=True,
        migrates=True,
    ),
    migrations(first(), second(applied=True)),
    DatabaseState(
        "instance/app.db",
        True,
        (*database(SECOND, _AGE).tables, Table("leftover", (_USER[0],), rows=1)),
        (SECOND,),
    ),
    (
        Difference(
            "modify_type", "user", "name", "VARCHAR(80) in the database, VARCHAR(200) in the model"
        ),
        Difference("add_index", "user", detail="index on email, only in the model"),
        Difference("add_table", "city"),
        Difference("remove_table", "leftover"),
    ),
    LESSON_02.disagreements,
)
HOSTILE = "<script>alert(\"1\" & '2')</script>]]>\x00"
EVIL = State(
    git(Commit("9c1e2fa" + "1" * 33, HOSTILE), modified=(HOSTILE,)),
    ModelState(
        (Table(HOSTILE, (column(HOSTILE, HOSTILE, HOSTILE),), class_name=HOSTILE, file=HOSTILE),),
        found=True,
        migrates=True,
        odd=(HOSTILE,),
    ),
    migrations(replace(first(), message=HOSTILE)),
    DatabaseState(HOSTILE, True, (Table(HOSTILE, rows=1),), (FIRST,)),
    (),
    (Disagreement("evil", ("model",), HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
)

STATES = {
    "nothing": NOTHING,
    "no_migrations": NO_MIGRATIONS,
    "lesson_01": LESSON_01,
    "lesson_02": LESSON_02,
    "lesson_03": LESSON_03,
    "lesson_05": LESSON_05,
    "lesson_07": LESSON_07,
    "missing": MISSING,
    "two_heads": TWO_HEADS,
    "import_error": IMPORT_ERROR,
    "wide": WIDE,
    "many_problems": MANY_PROBLEMS,
    "types": TYPES,
    "evil": EVIL,
}
TRIP = [
    ("01 Build the demo app", LESSON_01),
    ("02 Add the age column", LESSON_02),
    ("03 Create the migration", LESSON_03),
    ("05 Upgrade the database", LESSON_05),
    ("06 Test it", replace(LESSON_05, database=database(SECOND, _AGE, rows=4))),
    ("07 Downgrade", LESSON_07),
    ("08 Reset the code", LESSON_01),
    (
        "09 Go on",
        State(
            git(CITY, START),
            model(column("city", "VARCHAR(40)", "String(40)")),
            migrations(first(), replace(_OTHER, applied=True)),
            database(_OTHER.id, column("city", "VARCHAR(40)", "String(40)")),
        ),
    ),
]
PICTURES = {name: board.svg(state) for name, state in STATES.items()}
PICTURES |= {
    "since_02": board.svg(LESSON_02, LESSON_01),
    "since_03": board.svg(LESSON_03, LESSON_02),
    "since_05": board.svg(LESSON_05, LESSON_03),
    "since_nothing": board.svg(WIDE, NOTHING),
    "strip": board.strip_svg(TRIP),
    "strip_of_all": board.strip_svg(list(STATES.items())),
    "no_strip": board.strip_svg([]),
}
