"""The tables of a model: their columns, and what looks like a column and is none."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable
from typing import Any

from places import relative


def table_of(table: Any, cls: type | None, dialect: Any) -> dict[str, Any]:
    """A table of the model, and the class that makes it, where one does."""
    file = getattr(sys.modules.get(getattr(cls, "__module__", "")), "__file__", None)
    return {
        "name": table.name,
        "class_name": cls.__name__ if cls else "",
        "file": relative(file) if file else "",
        "columns": [
            {
                "name": column.name,
                "type": compiled(column.type, dialect),
                "nullable": bool(column.nullable),
                "primary_key": bool(column.primary_key),
                "written": re.sub(r"\b\w+=", "", repr(column.type)),
            }
            for column in table.columns
        ],
    }


def compiled(kind: Any, dialect: Any) -> str:
    """The type as this database names it; of one that it does not have, its name in Python."""
    try:
        return kind.compile(dialect=dialect)
    except Exception:
        return type(kind).__name__.upper()


def odd_in(cls: type) -> list[str]:
    """What a beginner takes for a column: a type, a key, a column with a comma; what to write."""
    from sqlalchemy import Column, ForeignKey
    from sqlalchemy.orm import MappedColumn, mapped_column
    from sqlalchemy.types import TypeEngine

    found = []
    for name, value in vars(cls).items():
        annotation = _annotations(cls).get(name, "")
        kind = value() if isinstance(value, type) and issubclass(value, TypeEngine) else value
        if isinstance(kind, TypeEngine):
            said = "is a type, not a column"
        elif isinstance(value, ForeignKey):
            said = "is a foreign key, not a column"
        elif value is mapped_column or (isinstance(value, type) and issubclass(value, Column)):
            said, kind = f"is {value.__name__} without brackets, so it is no column", None
        elif str(value).startswith("sqlalchemy.orm.base.Mapped["):
            said, kind, annotation = "has its type after =, so it is no column", None, value
        elif isinstance(value, tuple) and any(isinstance(v, Column | MappedColumn) for v in value):
            said = "has a comma after it, so it is no column"
            column = next(v for v in value if isinstance(v, Column | MappedColumn))
            kind = (column if isinstance(column, Column) else column.column).type
        else:
            continue
        found.append(f"{cls.__name__}.{name} {said}. Write {name}: {_written(kind, annotation)}")
    return found


def no_models(models: Iterable[type]) -> list[str]:
    """The classes beside the models that have columns, and derive from nothing that makes a table.

    What a model derives from may have columns for it.
    """
    from sqlalchemy import Column
    from sqlalchemy.orm import MappedColumn

    found = []
    for module in {sys.modules[model.__module__] for model in models}:
        for cls in vars(module).values():
            if not isinstance(cls, type) or cls.__module__ != module.__name__:
                continue
            has_columns = any(isinstance(v, Column | MappedColumn) for v in vars(cls).values())
            if has_columns and cls.__bases__ == (object,) and not cls.__subclasses__():
                name = cls.__name__
                found.append(f"The class {name} makes no table: class {name}(db.Model) does")
    return found


def outside(models: Collection[type]) -> list[str]:
    """The columns beside the models, at the left edge of their file."""
    from sqlalchemy import Column
    from sqlalchemy.orm import MappedColumn

    found = []
    for file in {model.__module__ for model in models}:
        beside = vars(sys.modules[file])
        classes = [model.__name__ for model in models if model.__module__ == file]
        names = {n for n, v in beside.items() if isinstance(v, Column | MappedColumn)}
        annotated = _annotations(sys.modules[file]).items()
        names |= {n for n, kind in annotated if re.match(r"(?:[\w.]+\.)?Mapped\[", str(kind))}
        own = f"the class {classes[0]}" if len(classes) == 1 else "its class"
        found += [f"{n} is outside {own}: indent its line by four spaces" for n in sorted(names)]
    return found


def _annotations(of: Any) -> dict[str, Any]:
    """Those of a class or a module; none where one cannot be told (from Python 3.14 on)."""
    try:
        return dict(of.__annotations__)
    except (AttributeError, NameError):
        return {}


def untyped_in(table: Any) -> list[str]:
    """The columns of which SQLAlchemy knows no type: their script would fail."""
    from sqlalchemy.types import NullType

    found = []
    for column in table.columns:
        if isinstance(column.type, NullType):
            how = "Write one: Mapped[int], for example"
            if column.foreign_keys:
                how = 'Its ForeignKey names no column of a table, as ForeignKey("user.id") does'
            found.append(f"{table.name}.{column.name} has no type. {how}")
    return found


def _written(kind: Any, annotation: Any) -> str:
    """How a column of this type is written, annotated as it is; else it may be empty."""
    from sqlalchemy import ForeignKey

    if isinstance(kind, ForeignKey):
        before, behind = "Mapped[int]", f' = mapped_column(ForeignKey("{kind.target_fullname}"))'
    else:
        length = getattr(kind, "length", None)
        behind = f" = mapped_column(String({length}))" if length else ""
        try:
            before = f"Mapped[{kind.python_type.__name__ if kind else 'int'} | None]"
            before = before.replace("object | None", "…")
        except NotImplementedError:  # a type that has none in Python
            before = "Mapped[…]"
    said = annotation if isinstance(annotation, str) else repr(annotation)
    own = re.search(r"\bMapped\[.+\]$", re.sub(r"\b(?:\w+\.)+(?=\w)", "", said))
    return f"{own[0] if own else before}{behind}"
