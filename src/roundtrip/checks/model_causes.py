"""Why the app does not load, or the model has no such table or column; and where to look."""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches
from pathlib import Path

from ..facts import Table
from ..reading.classes import classes
from ..state import State
from ..verdict.lookups import APP, models_file
from ..verdict.model_rules import app_not_found, model_error
from .finding import Cure, as_told


def look_at(state: State, file: str = "") -> str:
    """The command that shows what a file says, by default that of the models."""
    file = file or models_file(state)
    if file in state.git.modified:
        return "git diff"
    return "git diff --staged" if file in state.git.staged else f"%show {file}"


def app_fails(state: State) -> Cure | None:
    """The cure where no `flask db` command works, as the app is not found or does not load."""
    said = app_not_found(state) or model_error(state)
    return as_told(said, "%board") if said else None


def why_lacking(state: State, project: Path, name: str) -> Cure:
    """Why the model does not have `table` or `table.column`, and where to look."""
    model = state.model
    here = look_at(state)
    if not model.tables:
        return Cure(
            "The model is not imported: the app has no table at all. Look at its imports.", here
        )
    if model.odd:
        return Cure(f"{model.odd[0]}.", here)
    wanted, _, column = name.partition(".")
    tables = {table.name: table for table in model.tables}
    if wanted not in tables:
        return _no_table(state, project, wanted)
    table = tables[wanted]
    here = look_at(state, table.file)
    names = {each.name.lower(): each.name for each in table.columns}
    if near := [names[each] for each in get_close_matches(column.lower(), names, 1, 0.7)]:
        return Cure(f"The model has {wanted}.{near[0]}. If you meant that, fix the name.", here)
    for each in classes(project):
        if each.name == table.class_name and each.file != table.file:
            cause = f"{each.file} has a class {each.name} too; the app takes {table.file}."
            return Cure(cause, look_at(state, each.file))
    for other in model.tables:
        if column and other is not table and column in [each.name for each in other.columns]:
            cause = f"The class {other.class_name} has it. It belongs in {table.class_name}."
            return Cure(cause, look_at(state, other.file))
    if column and (said := _no_column(_text(project, table), table.class_name, column)):
        return Cure(said, here)
    there = ", ".join(each.name for each in table.columns)
    cause = (
        f"{table.class_name} has {there}, and no {column}: the line is missing, has another name, "
        "was not saved, or is in a file outside the workspace."
    )
    return Cure(cause, here)


def in_the_wrong_class(project: Path, table: Table, column: str) -> str:
    """Why a column is not where it should be, although its table has it: empty if it is.

    A class below that of the table has it, or the class is inside another one.
    """
    try:
        tree = ast.parse((project / table.file).read_bytes())
    except (OSError, ValueError, SyntaxError):
        return ""
    own = {e.name for e in classes(project) if e.table == table.name and "db.Model" in e.bases}
    for node in (each for each in tree.body if isinstance(each, ast.ClassDef)):
        inner = (each.name for each in node.body if isinstance(each, ast.ClassDef))
        if table.class_name in inner:
            return f"The class {table.class_name} is inside {node.name}: begin it at the left edge."
        has_it = [each for each in node.body if ast.unparse(each).startswith(f"{column}: ")]
        for above in own & {*map(ast.unparse, node.bases)} if has_it else ():
            return f"The class {node.name} has it. It belongs in {above}."
    return ""


def points_astray(project: Path, table: Table, column: str) -> str:
    """Why a foreign key has not the type of an id: it points to another column; empty if not."""
    key = rf"^ +{column}\b.*ForeignKey\([\"'](\w+)\.(\w+)"
    found = re.search(key, _text(project, table), re.M)
    if not found or found[2] == "id":
        return ""
    return f"It points to {found[1]}.{found[2]}; it should point to {found[1]}.id."


def _no_column(text: str, class_name: str, name: str) -> str:
    """Why a line of the models that begins with this name makes no column; empty without one."""
    if re.search(rf"^{name}\b *[:=]", text, re.M):
        return f"{name} is outside the class {class_name}: indent its line by four spaces."
    if re.search(rf"^ *# *{name}\b *[:=]", text, re.M):
        return f"The line of {name} is a comment: take the # away."
    if found := re.search(rf"^ +({name} *= *[^\n]+)", text, re.M):
        return f"{found[1]} makes no column: a column has a colon and Mapped[…] after its name."
    return ""


def _text(project: Path, table: Table) -> str:
    """What the file of a table's class says; nothing where it cannot be read."""
    try:
        return (project / table.file).read_text("utf-8", "replace")
    except OSError:
        return ""


def _no_table(state: State, project: Path, wanted: str) -> Cure:
    """Why no class makes a table."""
    name = wanted.title().replace("_", "")
    for each in classes(project):
        if each.name != name:
            continue
        if "db.Model" not in each.bases:
            cause = f"The class {name} makes no table: class {name}(db.Model) does."
            return Cure(cause, look_at(state, each.file))
        if each.file not in state.model.files:
            cause = (
                f"{each.file} has the class {name}, and the app does not import it. Move it into "
                f"{models_file(state)}, or import it below the imports of {APP}: "
                f"from . import {Path(each.file).stem}"
            )
            return Cure(cause, f"%show {APP}", repair=True)
    names = [table.name for table in state.model.tables]
    if near := get_close_matches(wanted, names, 1, 0.7):
        cause = f"The model has a table {near[0]}. A table is named after its class: {name} makes "
        return Cure(f"{cause}{wanted}.", look_at(state))
    cause = (
        f"The classes make {', '.join(names)}, and no {wanted}: the class is missing, has another "
        "name, or was not saved."
    )
    return Cure(cause, look_at(state))
