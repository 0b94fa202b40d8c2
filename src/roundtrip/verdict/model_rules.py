"""What the app and its model say, and whether they say it at all."""

from __future__ import annotations

from ..facts import Disagreement, State
from .commands import undo
from .lookups import model_files
from .wording import listed, rows_in, say, sentence


def app_not_found(state: State) -> Disagreement | None:
    if state.model.found or not state.model.error:
        return None
    return say(
        "Flask does not find the app.",
        sentence(state.model.error.partition(". ")[0]),
        "The file .flaskenv names the app: for the folder demo_app, FLASK_APP=demo_app. "
        "Until then flask says: No such command 'db'.",
        *undo(state, ".flaskenv"),
    )


def no_app(state: State) -> Disagreement | None:
    if state.model.found:
        return None
    why = "Write the app next: its factory create_app, and .flaskenv with the app's name."
    return say("There is no app yet.", "No file here holds a Flask app.", why)


def model_error(state: State) -> Disagreement | None:
    if not state.model.error:
        return None
    file = state.model.error_file
    return say(
        "The app does not load.",
        sentence(state.model.error),
        f"Mend {file or 'the code'} first. Every flask command needs the app.",
        *undo(state, file),
    )


def no_migrate(state: State) -> Disagreement | None:
    if state.model.migrates:
        return None
    return say(
        "The app has no Flask-Migrate.",
        "The app loads, but flask db is not there.",
        "create_app must call migrate.init_app(app, db).",
    )


def not_a_column(state: State) -> Disagreement | None:
    if not state.model.odd:
        return None
    return say(
        "The model has a line that makes no column.",
        state.model.odd[0],
        "flask db migrate does not see it and finds no change. Write it as "
        "age: Mapped[int | None], with no comma at the end.",
        *undo(state, *model_files(state)),
    )


def model_not_imported(state: State) -> Disagreement | None:
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


def no_model(state: State) -> Disagreement | None:
    if state.model.tables or state.migrations.revisions:
        return None
    return say(
        "The app has no model yet.",
        "It loads, but it has no table.",
        "Write a class of db.Model and import it in the app. Before that, flask db migrate finds "
        "nothing to do.",
    )
