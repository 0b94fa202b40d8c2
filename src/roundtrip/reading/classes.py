"""Finds classes in the files of a project, without running them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..facts import Table


@dataclass(frozen=True)
class Class:
    """A class in a file of the project; `table` is its table's name, if it is a model.

    `bases` are written as in the code.
    """

    name: str
    file: str
    bases: tuple[str, ...]
    table: str


def classes(project: Path) -> Iterator[Class]:
    """The classes at the top of each file of the project, and of each folder in it."""
    for file in sorted((*project.glob("*.py"), *project.glob("[!._]*/*.py"))):
        try:
            tree = ast.parse(file.read_bytes())
        except (OSError, ValueError, SyntaxError):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                bases = tuple(ast.unparse(base) for base in node.bases)
                name = file.relative_to(project).as_posix()
                yield Class(node.name, name, bases, _table_name(node))


def not_imported(project: Path, tables: Collection[str], imported: Collection[str]) -> list[Table]:
    """The classes of other tables than these, in files that are not among those `imported`.

    Tests may have classes of their own.
    """
    found = {}
    for each in classes(project):
        if each.file in imported or each.file.startswith("tests/"):
            continue
        if each.table not in tables and "db.Model" in each.bases:
            found[each.table] = Table(each.table, class_name=each.name, file=each.file)
    return list(found.values())


def _table_name(node: ast.ClassDef) -> str:
    """What `__tablename__` says, else what Flask-SQLAlchemy makes of the name of the class."""
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            names = [target.id for target in line.targets if isinstance(target, ast.Name)]
            if "__tablename__" in names and isinstance(line.value.value, str):
                return line.value.value
    # flask_sqlalchemy.model.camel_to_snake_case
    words = re.sub(r"(?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z])", r"_\g<0>", node.name)
    return words.lower().lstrip("_")
