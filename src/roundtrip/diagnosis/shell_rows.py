"""Errors of a statement in `flask shell` that the database has no part in."""

from __future__ import annotations

import re

from .row import Row, row

CONSOLE = r'^Traceback.*\n  File "<console>"[\s\S]*'
"""What was typed, in a traceback."""

NOT_A_MODEL = r"(?:Query|Session|SQLAlchemy|Flask|Table|Column|Engine|Select|TextClause|\w*Result)'"
"""Classes of the libraries that a statement meets most often."""

_WORDS = r"(?P<word>VACUUM|SELECT|INSERT|UPDATE|DELETE|ALTER|DROP|PRAGMA)"
SQL = re.compile(rf"{_WORDS}(?= +[\w*])", re.IGNORECASE)
"""How a line begins that is a statement of SQL, and no Python."""

IN_PYTHON = 'db.session.execute(db.text("…"))'
"""What makes SQL of a text."""

LOOK_AT_THE_SEARCH = (
    "Look at how the row is searched: `.get(…)` takes the id, "
    '`.filter_by(name="…").first()` a name. If that is right, see with `User.query.all()` whether '
    "the table has any rows: a downgrade may have dropped it."
)

SHELL: tuple[Row, ...] = (
    row(
        "SQL in the shell",
        rf'^  File "<console>", line \d+\n +(?:.*\bdb\.text\([\'"]?)?(?i:{_WORDS}) +[\w*].*\n'
        r"[\s\S]*^SyntaxError: ",
        "`{word}` begins a statement of SQL, and this shell takes only Python.",
        f"Write it between double quotation marks, in `{IN_PYTHON}`.",
    ),
    row(
        "part of db",
        rf"{CONSOLE}^NameError: name '(?P<name>session|text|select)' is not defined",
        "This shell knows `{name}` only as a part of `db`.",
        "Write `db.{name}` in its place.",
    ),
    row(
        "part of the session",
        rf"{CONSOLE}^AttributeError: (?P<name>add|add_all|commit|delete|execute|get|scalars)$",
        "`db` itself has nothing called `{name}`; its session has.",
        "Write `db.session.{name}(…)`.",
    ),
    row(
        "name of no model",
        rf"{CONSOLE}^NameError: name '(?P<name>[A-Z][a-z]\w*)' is not defined",
        "This shell has every model that the app imports, and none is called `{name}`.",
        "Add the class, or fix the name: `%show demo_app/models.py` shows those that are there. "
        "What is no model has to be made or imported in the same cell, above this line.",
    ),
    row(
        "name of another shell",
        rf"{CONSOLE}^NameError: name '(?P<name>\w+)' is not defined",
        "This shell knows no `{name}`: each `flask shell`, and so each such cell, starts empty.",
        "Put the line that makes `{name}` into the same cell, above this one; or fix the name.",
    ),
    row(
        "no row found",
        rf"{CONSOLE}^AttributeError: 'NoneType' object has no attribute '(?P<name>\w+)'",
        "The variable holds `None`, which has no `{name}`: no row was found.",
        LOOK_AT_THE_SEARCH,
    ),
    row(
        "method without brackets",
        rf"{CONSOLE}^AttributeError: '(?:function|method)' object has no attribute "
        r"'(?P<name>\w+)'",
        "What should have `{name}` is a method: it was named, and not called with brackets.",
        "Write the brackets of the method, as in `User.query.first()`.",
    ),
    row(
        "None in place of a row",
        r"^[\w.]+: Class 'builtins\.NoneType' is not mapped",
        "`None` was given in place of a row, usually because none was found.",
        LOOK_AT_THE_SEARCH,
    ),
    row(
        "class in place of a row",
        r"^[\w.]+: Class '[^']+' is not mapped; was a class \((?:\w+\.)*(?P<model>\w+)\) supplied",
        "`{model}` is the class of the rows, and here a row itself is wanted.",
        "Give it a new one, `{model}(…)` with its values in the brackets, or one that was found, "
        "as by `{model}.query.first()`.",
    ),
    row(
        "no such attribute",
        r"^TypeError: '(?P<name>\w+)' is an invalid keyword argument for (?P<model>\w+)$",
        "The model `{model}` has no attribute `{name}`, whatever the database has.",
        "Leave it out, or add it to the model; `%show demo_app/models.py` shows what is there.",
    ),
    row(
        "no such attribute in a query",
        r'^[\w.]+: Entity namespace for "(?P<table>\w+)" has no property "(?P<name>\w+)"',
        "The model of the table `{table}` has no attribute `{name}`, whatever the database has.",
        "Fix the name, or add it to the model; `%show demo_app/models.py` shows what is there.",
    ),
    row(
        "no such attribute of an object",
        rf"{CONSOLE}^AttributeError: (?:type object )?'(?!{NOT_A_MODEL})(?P<model>[A-Z]\w*)'"
        r"(?: object)? has no attribute '(?P<name>\w+)'",
        "The class `{model}` has no attribute `{name}`, whatever the database has.",
        "Is the name misspelt? `%show demo_app/models.py` shows those of a model; a column that is "
        "missing there has to be added to the model first.",
    ),
    row(
        "no such method of the session",
        rf"{CONSOLE}^AttributeError: 'scoped_session' object has no attribute '(?P<name>\w+)'",
        "`db.session` has nothing called `{name}`.",
        "Fix the name; those used most are `add`, `add_all`, `delete`, `get`, `execute`, "
        "`commit` and `rollback`.",
    ),
    row(
        "no such method of a query",
        rf"{CONSOLE}^AttributeError: 'Query' object has no attribute '(?P<name>\w+)'",
        "A query has nothing called `{name}`.",
        "Fix the name, such as `all`, `first`, `get`, `filter_by` or `count`; or, for a column, "
        "get a row first, as by `.first()`.",
    ),
    row(
        "filter by a name",
        rf"{CONSOLE}^TypeError: Query\.filter\(\) got an unexpected keyword argument "
        r"'(?P<name>\w+)'",
        "`.filter(…)` takes a comparison; a name with one `=` is for `.filter_by(…)`.",
        "Write `.filter_by({name}=…)`.",
    ),
    row(
        "value without its column",
        rf"{CONSOLE}^TypeError: Query\.filter_by\(\) takes 1 positional argument",
        "`.filter_by(…)` has to know which column should have that value.",
        'Write its name before it, as in `.filter_by(name="Ada")`; an id goes into `.get(…)`.',
    ),
    row(
        "values without their columns",
        rf"{CONSOLE}^TypeError: [\w.]*__init__\(\) takes 1 positional argument but \d+ were given",
        "A new row takes its values by name, and these have none.",
        'Write the column before each value, as in `User(name="Ada", email="ada@example.com")`.',
    ),
    row(
        "text in place of a date",
        r"^[\w.]+: \([\w.]+\) SQLite \w+ type only accepts Python (?P<type>datetime|date|time)\b",
        "The column takes a `{type}`, and something else was given, such as a text.",
        "Write `from datetime import {type}` above, and the value as in `date(1815, 12, 10)`.",
    ),
    row(
        "command in the shell",
        r'^  File "<console>", line \d+\n +!?(?P<tool>flask|git|pytest|python|pip) +'
        r"(?!=)\S.*\n[\s\S]*^SyntaxError: ",
        "`{tool}` is a command of its own, and this shell takes only Python.",
        "Put that line into a cell without `%%flask_shell`, with `!` before it.",
    ),
)
