"""Errors on the way to the app: it is not found, does not load, or says something impossible."""

from __future__ import annotations

from .row import APP_FRAME, DELETE_MARKS, IS_A_MARK, MARK, Row, row, said

APP: tuple[Row, ...] = (
    row(
        "mark of a conflict",
        rf'^  File "workspace[/\\](?P<file>[^"\n]+)", line (?P<line>\d+)\n +{MARK}[\s\S]*'
        r"^(?:Syntax|Indentation)Error: ",
        IS_A_MARK,
        DELETE_MARKS,
    ),
    said(
        "no app named",
        r"Could not locate a Flask application",
        "`flask` does not know which app to load: no `.flaskenv` says so.",
        "Write the line `FLASK_APP=demo_app` into the file `.flaskenv`, or name the app each time: "
        "`flask --app demo_app …`.",
    ),
    said(
        "app not found",
        r"Could not import '(?P<app>[^']*)'",
        "There is no `{app}` to import in the folder where the command ran.",
        "Run it in the folder that holds `demo_app` (`%cd ..` leads one folder up), or fix the "
        "name: after `--app`, in `.env` or in `.flaskenv`.",
    ),
    said(
        "no app inside",
        r"Failed to find Flask application or factory in module '(?P<module>[^']*)'",
        "`{module}` was imported, but has no app in it, and no `create_app` that returns one.",
        "Is there a file `demo_app/__init__.py`? If not, write it; if so, look at its "
        "`create_app`: its name, and `return app` at its end.",
    ),
    said(
        "not an app",
        r"(?:Failed to find attribute|A valid Flask application was not obtained)",
        "What the name after the colon stands for is not an app.",
        "Leave it out: `flask --app demo_app …` finds `create_app` by itself.",
    ),
    said(
        "factory with arguments",
        r"Detected factory '(?P<factory>[^']*)' in module .* could not call it without arguments",
        "`flask` calls `{factory}()` without arguments, and it requires some.",
        "Give each parameter a default, as in `def {factory}(settings=None):`.",
    ),
    row(
        "circular import",
        r"^ImportError: cannot import name '(?P<name>\w+)' from partially initialized module "
        r"'(?P<module>[\w.]+)'",
        "Two files import each other: `{name}` was asked for before `{module}` had made it.",
        "Let only one of the two import the other; what both need goes into a third file.",
    ),
    row(
        "missing module of your own",
        r'^(?=Traceback[\s\S]*^  File "workspace[/\\](?P<package>\w+)[/\\])'
        + APP_FRAME
        + r"[\s\S]*^ModuleNotFoundError: No module named '(?P<module>(?P=package)\.[\w.]+)'",
        "Line {line} of `{file}` needs the module `{module}`, a file of the project, and there is "
        "none.",
        "Look for a typo in the name; if the name is right, `git status --short` marks a deleted "
        "file with `D`, and `git checkout HEAD -- FILE` brings it back.",
    ),
    row(
        "missing name of your own",
        r'^(?=Traceback[\s\S]*^  File "workspace[/\\](?P<package>\w+)[/\\])'
        + APP_FRAME
        + r"[\s\S]*^ImportError: cannot import name '(?P<name>\w+)' from "
        r"'(?P<module>(?P=package)(?:\.\w+)*)'",
        "Line {line} of `{file}` imports `{name}`, and `{module}` has nothing of that name.",
        "Look for a typo in the name, in both files; `git diff` shows what was changed in them.",
    ),
    row(
        "missing module",
        APP_FRAME + r"[\s\S]*^ModuleNotFoundError: No module named '(?P<module>[^']+)'",
        "Line {line} of `{file}` needs the module `{module}`, and Python does not find it.",
        "Look for a typo in the name; if the name is right, its package is not installed here.",
    ),
    row(
        "name that nothing imports",
        APP_FRAME + r"[\s\S]*^NameError: name '(?P<name>\w+)' is not defined",
        "Line {line} of `{file}` uses `{name}`, and nothing above it makes or imports that name.",
        "Look for a typo in it; if there is none, add it to the imports at the top of the file.",
    ),
    row(
        "name in an annotation",  # from Python 3.14 on, or where annotations are texts
        APP_FRAME + r"[\s\S]*^[\w.]+: Could not (?:interpret annotation |resolve all types within "
        r"mapped annotation: \".*?Mapped\[)(?:ForwardRef\(')?"
        r"(?P<type>\w[\w. |]*(?:\[[^\]\n]*\][\w.]*)?)",
        "In `{file}`, the annotation `{type}` has a name that is misspelt or that nothing imports.",
        "Look for a typo in it; if there is none, add it to the imports at the top of the file.",
    ),
    row(
        "annotation",
        r'^[\w.]+: Type annotation for "(?P<model>\w+)\.(?P<column>\w+)" can\'t be correctly',
        "The type of `{column}` in the model `{model}` is not inside `Mapped[…]`.",
        "Put it inside, as in `{column}: Mapped[str | None]` for a text, or `Mapped[int | None]` "
        "for a whole number.",
    ),
    row(
        "base in place of the model",
        r"^[\w.]+: Class <class '(?:\w+\.)*(?P<model>\w+)'> does not have a __table__ or "
        r"__tablename__",
        "The class `{model}` has no table: it derives from a base, and only `db.Model` names one.",
        "Write `class {model}(db.Model):`.",
    ),
    row(
        "db in place of its model",
        r"^TypeError: SQLAlchemy\.__init__\(\) takes from 1 to 2 positional arguments but 4 were",
        "A class of the models derives from `db` itself, which is no model.",
        "Write `db.Model` between its brackets, as in `class Post(db.Model):`.",
    ),
    row(
        "type of Python",
        r"^[\w.]+: 'SchemaItem' object, .* expected, got <class '(?P<type>\w+)'>",
        "`mapped_column(…)` takes a type of SQLAlchemy, and got Python's `{type}`.",
        "Leave it out, since `Mapped[…]` says it; or write `Integer` or `String(…)`, imported "
        "from sqlalchemy.",
    ),
    row(
        "no primary key",
        r"could not assemble any primary key columns for mapped table '(?P<table>[^']+)'",
        "The model of the table `{table}` has no primary key, the column that tells rows apart.",
        "Give it the line `id: Mapped[int] = mapped_column(primary_key=True)`.",
    ),
    row(
        "table twice",
        r"^[\w.]+: Table '(?P<table>[^']+)' is already defined for this MetaData instance",
        "Two classes of the models describe the table `{table}`.",
        "Take one of them out of `demo_app/models.py`, or rename it if you want a second table.",
    ),
    row(
        "foreign key to no table",
        r"^[\w.]+: Foreign key associated with column '(?P<column>[^']+)' could not find table "
        r"'(?P<table>[^']+)'",
        "The foreign key of `{column}` points to a table `{table}`, and no model describes one.",
        'Name the table, not the class: the table of `User` is `user`, so `ForeignKey("user.id")`.',
    ),
    row(
        "foreign key to no column",
        r"^[\w.]+: Could not initialize target column for ForeignKey '(?P<target>[^']+)' on table "
        r"'(?P<table>[^']+)'",
        "A foreign key of the table `{table}` points to `{target}`, a column that no model has.",
        'Name a column that exists, in most cases the id: `ForeignKey("user.id")`.',
    ),
    row(
        "db without app",
        r"^(?:(?:ERROR \[flask_migrate\] )?Error|RuntimeError): The current Flask app is not "
        r"registered with this 'SQLAlchemy' instance",
        "The app was built without the `db` that the models use.",
        "Call `db.init_app(app)` in `create_app`, and make only one `SQLAlchemy()` in the project.",
    ),
    row(
        "unknown kind of database",
        r"^[\w.]+: Can't load plugin: sqlalchemy\.dialects:(?P<kind>\w+(?:\.\w+)*)",
        "The address of the database begins with `{kind}`, which SQLAlchemy does not know.",
        "Write `sqlite:///app.db` for a file, or `postgresql://…`; look at `DATABASE_URL`.",
    ),
    row(
        "two slashes",
        r"^[\w.]+: Invalid SQLite URL: sqlite://(?:\S*/)?(?P<file>[^/\s]+)$",
        "`sqlite://` has two slashes, and before the name of a file there are three.",
        "Write `DATABASE_URL=sqlite:///{file}`.",
    ),
    row(
        "address of the database",
        r"^[\w.]+: (?:Could not parse SQLAlchemy URL|Invalid SQLite URL)",
        "What `DATABASE_URL` holds is not the address of a database.",
        "Write the kind before the name that is there: `DATABASE_URL=sqlite:///` and, right after "
        "it, the name of the file. Without the line, commands go to the default database, app.db.",
    ),
)
