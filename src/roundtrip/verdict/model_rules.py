"""What the app and its model say, and whether they say it at all."""

from __future__ import annotations

import re

from .. import diagnosis
from ..env_file import quoted
from ..state import Disagreement, State
from .commands import look_at_model, restore_model, show_settings, undo
from .lookups import APP, database_names
from .wording import are, listed, rows_in, say, sentence


def app_not_found(state: State) -> Disagreement | None:
    """There is code, and Flask does not find the app in it."""
    if state.model.found or not state.model.error:
        return None
    file = state.model.named_in or ".flaskenv"
    look, back = undo(state, file)
    if state.model.error.startswith("Could not import"):  # a file names it, and no other name
        look = look or f"%show {file}"
    names = "names the app, before .flaskenv" if file == ".env" else "names the app"
    return say(
        "Flask does not find the app.",
        sentence(state.model.error.partition(". ")[0]),
        f"The file {file} {names}: for the folder demo_app, FLASK_APP=demo_app. "
        "Until then flask says: No such command 'db'.",
        look,
        back,
    )


def no_app(state: State) -> Disagreement | None:
    """There is no code of an app."""
    if state.model.found:
        return None
    if gone := [path for path in state.git.deleted if path.endswith(".py")]:
        folder = gone[0].rpartition("/")[0] or gone[0]
        why = "This brings back what the last commit has there."
        command = f"git checkout HEAD -- {quoted(folder)}"
        return say("The app is deleted.", f"{are(gone)} deleted.", why, command)
    if any(path.endswith(".py") for path in state.git.removed):
        place = state.git.commits[0].hash[:7]
        why = "The command undoes that commit by a new one, so the files are back."
        found = f"The last commit, {place}, deleted its files."
        if in_the_way := [file for file in state.git.removed if file in state.git.untracked]:
            why = f"{are(in_the_way)} back already, so git revert would refuse. This sets "
            why += "what is in the way aside; then look again."
            places = sorted({quoted(file.partition("/")[0]) for file in in_the_way})
            return say(
                "The app is deleted.", found, why, f"git stash push -u -- {' '.join(places)}"
            )
        return say("The app is deleted.", found, why, "git revert --no-edit HEAD")
    why = "Write the app next: its factory create_app, and .flaskenv with the app's name."
    return say("There is no app yet.", "No file here holds a Flask app.", why)


def model_error(state: State) -> Disagreement | None:
    """The app is found and raises while it is loaded."""
    error, file = state.model.error, state.model.error_file
    if not error:
        return None
    headline, found = "The app does not load.", sentence(error)
    gone = [path for path in state.git.deleted if path.endswith(".py")]
    if gone and "ModuleNotFoundError" in error:
        why = "The last commit has it, and this brings it back."
        return say(
            headline, f"{gone[0]} is deleted.", why, f"git checkout HEAD -- {quoted(gone[0])}"
        )
    module = re.search(r"ModuleNotFoundError: No module named '([\w.]+)\.(\w+)'", error)
    if module and file and module[1] == file.rpartition("/")[0].replace("/", "."):
        missing = f"{module[1].replace('.', '/')}/{module[2]}.py"
        why = f"{file} imports {missing}, which is not there. Was it not written, or misspelt?"
        return say(headline, found, why, *undo(state, file))
    if lost := re.search(r"cannot import name '(\w+)' from '([\w.]+)'", error):
        file = f"{lost[2].replace('.', '/')}.py"
        why = f"{file} has no {lost[1]}. Was it overwritten or misspelt?"
        return say(headline, found, why, *undo(state, file))
    if key := re.search(r"column '(\S+)' could not find table '(\w+)'", error):
        return say(
            "A foreign key points to no table.",
            f"{key[1]} points to the table {key[2]}, and no class makes that.",
            "ForeignKey names the table and its column, as the database has them: "
            'ForeignKey("user.id") for the class User.',
            *undo(state, *(path for path in state.git.modified if path.endswith(".py"))),
        )
    drivers = _DRIVERS if state.database.named_in else "-"  # without an address, the code asks
    if re.search(rf"{_ADDRESS}|NoSuchModuleError|No module named '(?:{drivers})'", error):
        why = (
            "It is about the database's address, not about the code: SQLAlchemy cannot use what "
            "DATABASE_URL says, or lacks the driver for it."
        )
        return say(headline, found, why, show_settings(state))
    why = f"Fix {file or 'the app'} first. Every flask command needs the app."
    if known := diagnosis.of_the_app(error):
        found, why = (text.replace("`", "") for text in known)
    changed = [path for path in state.git.modified if path.endswith(".py")]
    return say(headline, found, why, *undo(state, *([file] if file else changed)))


_ADDRESS = "Could not parse SQLAlchemy URL|Invalid SQLite URL|Expected string or URL object"
"""How SQLAlchemy begins what it says of an address (sqlalchemy.engine.url)."""

_DRIVERS = "psycopg2?|asyncpg|pg8000|MySQLdb|pymysql|oracledb|cx_Oracle|pyodbc"
"""What SQLAlchemy imports for the addresses of other databases (its documentation, Dialects)."""


def no_migrate(state: State) -> Disagreement | None:
    """The app has no `flask db`."""
    if state.model.migrates:
        return None
    return say(
        "The app has no Flask-Migrate.",
        "The app loads, but flask db is not there.",
        "create_app must call migrate.init_app(app, db).",
        *undo(state, APP),
    )


def not_a_column(state: State) -> Disagreement | None:
    """A line in a model looks like a column and makes none."""
    if not state.model.odd:
        return None
    return say(
        "The model has a line that makes no column.",
        f"{state.model.odd[0]}.",
        "flask db migrate does not see it and finds no change.",
        *undo(state, *state.model.files),
    )


def no_type(state: State) -> Disagreement | None:
    """A column of which nobody knows what it holds."""
    if not state.model.untyped:
        return None
    return say(
        "A column has no type.",
        state.model.untyped[0],
        "flask db migrate would write sa.NullType() for it, and the upgrade would fail.",
        look_at_model(state),
        restore_model(state),
    )


def cannot_be_related(state: State) -> Disagreement | None:
    """The tables are known, and SQLAlchemy cannot put the classes together."""
    if not state.model.unrelated:
        return None
    return say(
        "The classes of the model do not fit together.",
        sentence(state.model.unrelated),
        "flask db still works, but every query fails like this. Look at the relationship() "
        "that it names, and at its ForeignKey.",
        look_at_model(state),
        restore_model(state),
    )


def model_not_imported(state: State) -> Disagreement | None:
    """The database has tables, and the app as it is loaded knows none."""
    if state.model.tables or not state.database.tables:
        return None
    tables = state.database.tables
    return say(
        "The app does not know its models.",
        f"The database has {listed(t.name for t in tables)}, the app has no table at all.",
        "Is the module with the models imported, and does it use the app's own db? Do not run "
        f"flask db migrate now: it would drop the table and {rows_in(state, tables[0].name)}.",
        *undo(state, *(file for file in state.git.modified if file.endswith(".py"))),
    )


def class_not_imported(state: State) -> Disagreement | None:
    """A table seems to be gone from the model, and its class is still in a file."""
    if not state.model.left_out:
        return None
    table = state.model.left_out[0]
    look, back = undo(state, APP)
    found = f"{table.file} has the class {table.class_name}, and nothing imports it"
    why = "So flask db migrate does not see it. Import it where the app is built."
    if table.name in database_names(state):
        found += f"; the database has its table {table.name}"
        why = "Import it where the app is built. Do not run flask db migrate now: its script would "
        why += f"drop the table and {rows_in(state, table.name)}."
    return say("The app does not import a class.", f"{found}.", why, look or f"%show {APP}", back)


def no_model(state: State) -> Disagreement | None:
    """The app has no table, and no script makes one."""
    if state.model.tables or state.migrations.revisions:
        return None
    return say(
        "The app has no model yet.",
        "It loads, but it has no table.",
        "Write a class of db.Model and import it in the app. Before that, flask db migrate finds "
        "nothing to do.",
    )
