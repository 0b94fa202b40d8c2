"""Commands that end with a known error, for every row of the tables, and what makes them do so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from mishaps import (
    ADD_ADA,
    APP,
    BROKEN_HEAD,
    DOUBLE,
    IMPORT,
    MODELS,
    NAME,
    NAMELESS_HEAD,
    NO_MIGRATE,
    NULLABLE,
    POST,
    RENAMED,
    REQUIRED_AGE,
    TWICE,
    UNIQUE_NAME,
    both,
    copied,
    damaged,
    database,
    deleted,
    dropped_by_hand,
    edited,
    failed_upgrade,
    keys_on,
    lost,
    made_by_hand,
    merged,
    middle_gone,
    migrated,
    mistyped_link,
    not_null_by_hand,
    own_command,
    script,
    sql,
    stamped_back,
    two_heads,
    unnamed,
    waiting,
    with_line,
    with_marks,
    with_post,
)
from states import AGE, Project

UNKNOWN_NAME = (
    "name that nothing imports" if sys.version_info < (3, 14) else "name in an annotation"
)
"""The row for a name in `Mapped[…]`: from 3.14 on, Python looks for it when SQLAlchemy asks."""


@dataclass(frozen=True)
class Case:
    """A command (`>>> ` before it: a statement in `flask shell`) that must end with a known error.

    `prepare` makes what goes wrong; `start` names the project that it is made of.
    """

    row: str
    command: str
    prepare: Callable[[Project], object] = lambda project: None
    start: str = "first"


NO_INI = "missing machinery" if sys.version_info >= (3, 11, 4) else "no settings for the log"

CASES = [
    # what was typed
    Case("message without -m", "flask db revision 'Fill in the ages'"),
    Case("text without quotation marks", "flask db migrate -m add age"),
    Case("text without quotation marks", "flask db migrate -m add age column"),
    Case("text without quotation marks", "python -m flask db revision -m add age"),
    Case("more than one revision", "flask db upgrade head head"),
    Case("more than one revision", "flask db downgrade base +1 head"),
    Case("more than one revision", "flask --env-file .flaskenv db stamp head head"),
    Case("extra argument", "flask db current head"),
    Case("extra argument", "flask db history 'all of it'"),
    Case("extra argument", "flask routes all"),
    Case("extra argument", "python -m flask run 5000"),
    Case("option of flask", "flask db upgrade --env-file production.env"),
    Case("option of flask", "flask db upgrade --app demo_app"),
    Case("steps as an option", "flask db downgrade -2"),
    Case("unknown option", "flask db migrate --mesage age"),
    Case("unknown option", "flask -m age db migrate"),
    Case("option without a value", "flask db migrate -m"),
    Case("missing env file", "flask --env-file missing.env db current"),
    Case("missing env file", "flask --env-file missing.env shell"),
    Case("command of db", "flask migrate -m age"),
    Case("no Flask-Migrate", "flask db upgrade", NO_MIGRATE),
    Case("unknown command", "flask db upgrde"),
    Case("unknown command", "flask databse"),
    # the app
    Case("mark of a conflict", "flask db upgrade", with_marks(MODELS, NAME)),
    Case("mark of a conflict", "flask db upgrade", with_marks(MODELS, "class User(db.Model):\n")),
    Case("mark of a conflict", ">>> 1", with_marks(APP, "import os\n")),
    Case("mark of a conflict", "flask db current", with_line("=======\n    x = 2\n")),
    Case("mark of a conflict", "flask db current", with_line(">>>>>>> other\n")),
    Case("mark of a conflict", "flask db history", script("pass\n<<<<<<< HEAD\n    pass")),
    Case("no app named", "flask db upgrade", deleted(".flaskenv")),
    Case("no app named", "flask routes", deleted(".flaskenv")),
    Case("app not found", "flask --app nope db upgrade"),
    Case("app not found", "cd instance && flask db upgrade"),
    Case("app not found", "flask --app nope shell"),
    Case("no app inside", "flask db upgrade", edited(APP, "    return app\n", "")),
    Case("no app inside", "flask --app demo_app.models db upgrade"),
    Case("no app inside", "flask db init", deleted(APP), "new"),
    Case("not an app", "flask --app demo_app:nope db upgrade"),
    Case("not an app", "flask --app demo_app.models:db db upgrade"),
    Case("factory with arguments", "flask db upgrade", edited(APP, "settings=None", "settings")),
    *(
        Case(UNKNOWN_NAME, command, with_line(f"    age: Mapped[{kind}]\n"))
        for command, kind in (("flask db check", "nope"), (">>> 1", "Int | None"))
    ),
    Case("name that nothing imports", "flask db upgrade", with_line(POST)),
    Case(
        "name that nothing imports",
        "flask db upgrade",
        with_line("    age: Mapped[int] = maped_column()\n"),
    ),
    Case(
        "name in an annotation",
        "flask db upgrade",
        both(
            edited(MODELS, "from flask_", "from __future__ import annotations\n\nfrom flask_"),
            with_line("    age: Mapped[Optional[int]]\n"),
        ),
    ),
    Case(
        "name in an annotation",
        "flask db upgrade",
        both(
            edited(MODELS, "from flask_", "from __future__ import annotations\n\nfrom flask_"),
            with_line("    age: Maped[int]\n"),
        ),
    ),
    Case("circular import", "flask db upgrade", with_line("\nfrom . import migrate\n")),
    Case("missing module of your own", "flask db check", edited(APP, "from .models", "from .mdls")),
    Case("missing module of your own", "flask db upgrade", deleted(MODELS)),
    Case("missing module of your own", ">>> 1", with_line("\nimport demo_app.page\n")),
    Case("missing module", "flask routes", edited(APP, "import os", "import os, no_package")),
    Case("missing module", "flask db upgrade", with_line("\nimport no_package\n")),
    Case("annotation", "flask db upgrade", with_line("    age: int\n")),
    Case(
        "base in place of the model",
        "flask db check",
        edited(MODELS, "User(db.Model)", "User(Base)"),
    ),
    Case(
        "db in place of its model", "flask db check", edited(MODELS, "User(db.Model)", "User(db)")
    ),
    Case("annotation", "flask db check", with_line("    age: int = mapped_column()\n")),
    Case("no primary key", "flask db check", edited(MODELS, "primary_key=True", "")),
    Case("table twice", "flask db check", with_line(TWICE)),
    Case("foreign key to no table", "flask db migrate", with_post("users.id")),
    Case("foreign key to no table", "flask db check", with_post("User.id")),
    Case("foreign key to no column", "flask db migrate", with_post("user.uid")),
    Case("db without app", "flask db upgrade", edited(APP, "    db.init_app(app)\n", "")),
    Case(
        "db without app",
        f">>> {IMPORT}; User.query.all()",
        edited(APP, "    db.init_app(app)\n", ""),
    ),
    Case("unknown kind of database", "flask db current", database("postgres://ada@localhost/x")),
    Case("address of the database", "flask db current", database("app.db")),
    Case("address of the database", "flask db current", database("")),
    Case("two slashes", "flask db current", database("sqlite://app.db")),
    Case("two slashes", "flask db current", database("sqlite://instance/app.db")),
    Case("type of Python", "flask db check", with_line("    age = mapped_column(int)\n")),
    Case("type of Python", "flask db check", with_line(f"{AGE.rstrip()} = mapped_column(int)\n")),
    # the scripts
    Case("no migrations folder", "flask db migrate -m one", start="new"),
    Case("no migrations folder", "flask db upgrade", start="new"),
    Case("init twice", "flask db init"),
    Case("missing machinery", "flask db current", deleted("migrations/env.py")),
    Case(NO_INI, "flask db current", deleted("migrations/alembic.ini")),
    Case(
        "no settings for the log",
        "flask db upgrade",
        edited("migrations/alembic.ini", "[formatters]", "[formats]"),
    ),
    Case(
        "missing machinery",
        "flask db migrate",
        both(with_line(AGE), deleted("migrations/script.py.mako")),
    ),
    Case("copied script", "flask db upgrade", copied),
    Case("missing link", "flask db upgrade", middle_gone),
    Case("missing link", "flask db history", middle_gone),
    Case("missing link", "flask db upgrade", mistyped_link),
    Case("head of a script", "flask db current", BROKEN_HEAD),
    Case("head of a script", "flask db upgrade", NAMELESS_HEAD),
    *(
        Case("lost revision", f"flask db {command}", lost)
        for command in ("current", "migrate", "upgrade", "downgrade", "check", "stamp head")
    ),
    Case("unknown revision", "flask db upgrade nope"),
    Case("unknown revision", "flask db show nope"),
    Case("not up to date", "flask db migrate -m again", waiting),
    Case("not up to date", "flask db check", waiting),
    Case("check finds a loss", "flask db check", edited(MODELS, NAME, "")),
    Case("check finds a loss", "flask db check", sql("CREATE TABLE other (id INTEGER)")),
    Case("check finds a difference", "flask db check", with_line(AGE)),
    Case("several heads", "flask db upgrade", two_heads),
    Case("several heads", "flask db stamp head", two_heads),
    Case("several heads", "flask db revision -m three", two_heads),
    Case("ambiguous walk", "flask db downgrade", merged),
    Case("too many steps", "flask db downgrade -- -2"),
    Case("too many steps", "flask db downgrade", lambda project: project.db("downgrade")),
    Case("too many steps", "flask db upgrade +1"),
    Case("not a step back", "flask db downgrade head", lambda project: project.db("downgrade")),
    Case("copy needed for --sql", "flask db downgrade --sql", waiting),
    Case("range without --sql", "flask db upgrade base:head"),
    Case("--sql without a range", "flask db downgrade base --sql"),
    Case("constraint without a name", "flask db upgrade", migrated(unnamed, UNIQUE_NAME)),
    Case(
        "batch needed",
        "flask db upgrade",
        script('op.alter_column("user", "name", type_=sa.Text())'),
    ),
    Case(
        "batch needed",
        "flask db upgrade",
        script('op.create_unique_constraint("uq_user_name", "user", ["name"])'),
    ),
    # the database
    Case("cannot be opened", "flask db upgrade", database("sqlite:///instance/app.db")),
    Case(
        "not a database",
        "flask db current",
        lambda project: project.write("instance/app.db", "x" * 9999),
    ),
    Case("damaged", ">>> User.query.all()", damaged),
    Case(
        "no room",
        ">>> few = db.session.execute(db.text('PRAGMA max_page_count = 6'))\n"
        "much = db.session.execute(db.text('CREATE TABLE big AS SELECT zeroblob(99999) AS x'))",
    ),
    Case(
        "a copy that is there",
        ">>> result = db.session.execute(db.text(\"VACUUM INTO 'instance/copy.db'\"))",
        lambda project: project.sql(f"VACUUM INTO '{project.path}/instance/copy.db'"),
    ),
    Case("value for a new column", "flask db upgrade", REQUIRED_AGE),
    Case("value in the copy", "flask db upgrade", RENAMED),
    Case("twice in the copy", "flask db upgrade", both(DOUBLE, migrated(UNIQUE_NAME))),
    Case("half-made copy", "flask db upgrade", both(RENAMED, failed_upgrade)),
    Case("others point to the table", "flask db upgrade", both(keys_on, script(NULLABLE))),
    Case("table exists", "flask db upgrade", made_by_hand),
    Case(
        "table exists",
        "flask db upgrade",
        both(
            sql("CREATE INDEX ix_user_name ON user (name)"),
            script('op.create_index("ix_user_name", "user", ["name"])'),
        ),
    ),
    Case("column exists", "flask db upgrade", stamped_back),
    Case("column in use", "flask db upgrade", script('op.drop_column("user", "email")')),
    Case(
        "column in use",
        "flask db upgrade",
        both(
            sql("CREATE INDEX ix_user_name ON user (name)"),
            script('op.drop_column("user", "name")'),
        ),
    ),
    Case(
        "column in use",
        "flask db upgrade",
        both(
            sql("CREATE TABLE other (id INTEGER PRIMARY KEY, code TEXT UNIQUE)"),
            script('op.drop_column("other", "code")'),
        ),
    ),
    Case(
        "model in a script",
        "flask db upgrade",
        both(script(f"{IMPORT}; User.query.all()"), with_line(AGE)),
    ),
    Case("script without its object", "flask db downgrade", dropped_by_hand),
    *(
        Case("script without its object", "flask db upgrade", script(body))
        for body in (
            'op.drop_column("user", "nope")',
            'op.drop_table("nope")',
            'op.drop_index("nope")',
            'op.execute("UPDATE user SET nope = 1")',
        )
    ),
    Case("no such column", ">>> User.query.first()", with_line(AGE)),
    Case("no such column", f">>> {ADD_ADA}", with_line(AGE)),
    Case("name of no model", ">>> Post.query.all()"),
    Case("name of another shell", ">>> grace.age = 45"),
    *(
        Case("part of db", f">>> {statement}")
        for statement in ("session.commit()", "db.session.execute(text('SELECT 1'))")
    ),
    Case("part of the session", ">>> db.execute(db.text('SELECT 1'))"),
    *(
        Case("SQL in the shell", f">>> {statement}")
        for statement in (
            "VACUUM INTO 'instance/x.db'",
            "select * from user",
            "result = db.session.execute(db.text('VACUUM INTO 'instance/x.db''))",
            "result = db.session.execute(db.text(VACUUM INTO 'instance/x.db'))",
        )
    ),
    *(
        Case("copy into no folder", f""">>> db.session.execute(db.text("VACUUM INTO '{file}'"))""")
        for file in ("instance/backups/x.db", "instance")
    ),
    Case("no row found", f""">>> {IMPORT}; User.query.get("Ada").name"""),
    Case("no row found", f""">>> {IMPORT}; ada = User.query.get(9)\nada.name = 'A'"""),
    Case("method without brackets", ">>> user = User.query.first\nuser.age"),
    Case("no such table", ">>> User.query.first()", lambda project: project.db("downgrade")),
    *(
        Case("value of no column", f">>> {IMPORT}; {statement}")
        for statement in (
            "db.session.add(User(name=User.query.first(), email='x')); db.session.commit()",
            "User.query.filter_by(name=['Ada']).all()",
            "db.session.execute(db.text('SELECT :x'), {'x': User.query.first()})",
        )
    ),
    Case("no value", ">>> db.session.add(User(name='x')); db.session.commit()"),
    Case("no value", f">>> {ADD_ADA}", not_null_by_hand),
    Case("same value", f">>> {ADD_ADA}"),
    Case(
        "row points to nothing",
        ">>> db.session.execute(db.text('INSERT INTO post VALUES (2, 99)'))",
        keys_on,
    ),
    Case("SQL syntax", ">>> db.session.execute(db.text('SELCT 1'))"),
    Case("SQL syntax", "flask db upgrade", script('op.execute("UPDATE user SE name = 1")')),
    Case(
        "copy without quotation marks",
        ">>> db.session.execute(db.text('VACUUM INTO instance/before.db'))",
    ),
    Case("plain text as SQL", ">>> db.session.execute('SELECT 1')"),
    Case("no such attribute", ">>> User(age=36)"),
    Case("no such attribute in a query", ">>> User.query.filter_by(nme='Ada').first()"),
    Case("no such attribute of an object", ">>> User.query.first().agee"),
    Case("no such attribute of an object", ">>> User.query.filter(User.agee == 3)"),
    Case("None in place of a row", ">>> db.session.delete(User.query.get(99))"),
    Case(
        "text in place of a date",
        ">>> db.session.scalar(db.select(db.literal('1815-12-10', db.Date)))",
    ),
    Case("filter by a name", ">>> User.query.filter(name='Ada').all()"),
    Case("value without its column", ">>> User.query.filter_by('Ada')"),
    Case("values without their columns", ">>> User('Ada', 'ada@example.com')"),
    Case("command in the shell", ">>> flask db upgrade"),
    Case("command in the shell", ">>> !git status"),
    Case("no such method of the session", ">>> db.session.comit()"),
    Case("no such method of a query", ">>> User.query.frist()"),
    Case("no such method of a query", ">>> User.query.filter_by(name='Ada').name"),
    *(
        Case("class in place of a row", f">>> db.session.{method}(User)")
        for method in ("add", "delete")
    ),
    # any other
    Case("script stopped", "flask db upgrade", script("op.nope()")),
    Case("script cannot be read", "flask db upgrade", script("op.nope(")),
    Case("script cannot be read", "flask db history", script("pass\n\nnope")),
    Case("app cannot be loaded", "flask db upgrade", with_line("    age: Mapped[int\n")),
    Case("app cannot be loaded", "flask routes", with_line("   age: Mapped[int]\n")),
    Case("missing name of your own", "flask db check", edited(APP, "import db", "import dbx")),
    Case("missing name of your own", "flask db check", edited(MODELS, "User(", "Users(")),
    Case("app cannot be loaded", "flask db check", edited(APP, "db.init_app", "db.init_ap")),
    Case(
        "app cannot be loaded",
        "flask db check",
        edited(APP, '"SQLALCHEMY_DATABASE_URI"', '"SQLALCHEMY_DATABSE_URI"'),
    ),
    Case("command of the app stopped", "flask boom", own_command),
]
