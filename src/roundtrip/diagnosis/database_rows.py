"""Errors of the database, to a script or to a statement in the shell. All are SQLite's."""

from __future__ import annotations

from .row import SCRIPT_FRAME, SQLITE, Row, row, sqlite, sqlite_in_script

MOVE_AWAY = (
    "Move it away, and keep it; then `flask db upgrade` makes a new one, with the tables but "
    "without the rows."
)

DATABASE: tuple[Row, ...] = (
    sqlite(
        "copy without quotation marks",
        r"no such column: [\s\S]*\[SQL: VACUUM INTO (?P<file>[^'\"\]]+)\]",
        "SQLite takes `{file}` for columns: the name of a file needs quotation marks of its own.",
        "Write `VACUUM INTO '{file}'` in the text.",
    ),
    sqlite(
        "locked",
        r"database is locked",
        "Another program is writing to this database, and SQLite lets only one write at a time.",
        "Close it (a `flask shell`, another notebook, a database viewer), then run the command "
        "again.",
    ),
    sqlite(
        "copy into no folder",
        r"unable to open database: (?P<file>.+)\n\[SQL: VACUUM ",
        "SQLite cannot make the file `{file}`: its folder is missing, or a folder has that name.",
        "Name a file right in the folder of databases, as in `VACUUM INTO 'instance/copy.db'`.",
    ),
    sqlite(
        "cannot be opened",
        r"unable to open database file",
        "SQLite can neither open nor make the file, usually because its folder is missing.",
        "Look at `DATABASE_URL`: its path begins in `instance/` already, so it names the file "
        "alone; for `instance/x.db` it is `sqlite:///x.db`.",
    ),
    sqlite(
        "not a database",
        r"file is not a database",
        "The file is damaged or not a SQLite database.",
        MOVE_AWAY,
    ),
    sqlite(
        "damaged",
        r"database disk image is malformed",
        "A part of the file is damaged, and SQLite does not know what was there.",
        MOVE_AWAY,
    ),
    sqlite(
        "no room",
        r"database or disk is full",
        "There is no room left on the disk, so SQLite has rolled back what it began.",
        "Make room, then run the command again.",
    ),
    sqlite(
        "a copy that is there",
        r"output file already exists",
        "`VACUUM INTO` never overwrites a file, and this one exists: no copy was made now.",
        "Take another name: that is always safe. Or see with `%show` whether the file "
        "holds the rows of the right database, as they are today.",
    ),
    sqlite(
        "value for a new column",
        r"Cannot add a NOT NULL column with default value NULL\n"
        r'\[SQL: ALTER TABLE "?(?P<table>[^\s"]+)"? ADD COLUMN "?(?P<column>[^\s"]+)',
        "`{table}` has rows, and there is no value to put into the new column `{column}`, which "
        "must not be empty.",
        "Let it be empty (`{column}: Mapped[… | None]`), or give it a `server_default` in the "
        "model, a value that the database fills in. Then `%board`, delete the script, and run "
        "`flask db migrate` again.",
    ),
    sqlite(
        "value in the copy",
        r"NOT NULL constraint failed: _alembic_tmp_(?P<table>\w+)\.(?P<column>\w+)",
        "To change `{table}`, SQLite copies its rows, and one has no value for `{column}`, which "
        "must not be empty.",
        'For a rename, write `batch_op.alter_column("OLD", new_column_name="{column}")` in place '
        "of add and drop; otherwise fill in values, or let a new column be empty. Before the next "
        "try, `DROP TABLE _alembic_tmp_{table}`.",
    ),
    sqlite(
        "twice in the copy",
        r"UNIQUE constraint failed: _alembic_tmp_(?P<table>\w+)\.(?P<column>\w+)",
        "Two rows of `{table}` have the same `{column}`, so it cannot become unique.",
        "Change one of them, then `DROP TABLE _alembic_tmp_{table}`, the half-made copy, and run "
        "the upgrade again.",
    ),
    sqlite(
        "half-made copy",
        r"table _alembic_tmp_(?P<table>\w+) already exists",
        "An earlier try stopped halfway and left a half-made copy of `{table}` behind.",
        "If `%show instance/app.db` still lists `{table}` with its rows, drop the copy in a cell "
        'with `%%flask_shell`: `db.session.execute(db.text("DROP TABLE _alembic_tmp_{table}"))`.',
    ),
    sqlite_in_script(
        "others point to the table",
        r"FOREIGN KEY constraint failed\n\[SQL:\s+DROP TABLE \"?(?P<table>[^\s\"\]]+)",
        "To change `{table}`, the script drops it and makes it again, but rows of another table "
        "point to it.",
        "First `DROP TABLE _alembic_tmp_{table}`, the half-made copy. Then begin the script's "
        'function with `op.execute("PRAGMA foreign_keys=OFF")`, and run it again.',
    ),
    sqlite_in_script(
        "table exists",
        r'(?P<kind>table|index) "?(?P<name>[^\s"]+)"? already exists',
        "The {kind} `{name}` is there already: an earlier try stopped halfway, or something else "
        "made it, such as `db.create_all()`.",
        "If `%show instance/app.db` shows all that the script makes, `flask db stamp {revision}` "
        "records it, and `db.create_all()` has to go; if only a part, leave that part out of the "
        "script this time.",
    ),
    sqlite_in_script(
        "column exists",
        r"duplicate column name: (?P<column>\S+)",
        "The column `{column}` is there already: an earlier try stopped halfway, or something else "
        "made it.",
        "If `%show instance/app.db` shows all that the script makes, `flask db stamp {revision}` "
        "records it; if only a part, leave that part out of the script this time.",
    ),
    sqlite_in_script(
        "column in use",
        r'(?:error in \w+ \S+ after drop column: no such column: |cannot drop \w+ column: ")'
        r"(?P<column>\w+)",
        "A constraint or an index still needs the column `{column}`, so SQLite keeps it.",
        "Drop the index first; a constraint goes with the column in "
        '`with op.batch_alter_table(…) as batch_op:` and `batch_op.drop_column("{column}")`.',
    ),
    sqlite_in_script(
        "model in a script",
        r"no such column: (?P<column>[\w.]+)\n\[SQL: SELECT [\s\S]* AS ",
        "The script reads through a model, and today's model has `{column}`, which this database "
        "gets in a later step.",
        "Let the script name what it reads itself, as in "
        '`op.get_bind().execute(sa.text("SELECT id, name FROM user"))`.',
    ),
    row(
        "script without its object",
        rf'{SCRIPT_FRAME}.*\n(?:[\s\S]*{SQLITE}no such (?:column|table|index): "?|'
        r"    with op\.batch_alter_table[\s\S]*^KeyError: ')(?P<name>[\w.]+)",
        "The script works on `{name}`, which this database does not have.",
        "Correct the name; or, if `%show instance/app.db` shows that the step is done already, "
        "record it: `flask db stamp REVISION`, the one you wanted to reach.",
    ),
    sqlite(
        "no such column",
        r'(?:no such column: "?|table \S+ has no column named )(?P<column>[\w.]+)',
        "The statement asks for `{column}`, a column that this database does not have.",
        "If you want the column, `flask db upgrade` adds it, once there is a script for it. If it "
        "is not wanted any more, take back the model and the script too.",
    ),
    sqlite(
        "no such table",
        r"no such table: (?P<table>[\w.]+)",
        "There is no table `{table}` in this database.",
        "See with `flask db current -v` which database it is; `flask db upgrade` makes the tables "
        "that a script describes.",
    ),
    sqlite(
        "value of no column",
        r"Error binding parameter [^:]+: type '(?P<type>\w+)' is not supported",
        "A column was given a `{type}`, and SQLite stores only plain values: numbers, texts, NULL.",
        "Give the value itself; for a row that is its id: `user_id=user.id`.",
    ),
    sqlite(
        "no value",
        r"NOT NULL constraint failed: (?P<column>\S+)",
        "A row was to be written without a value for `{column}`, and this database requires one.",
        "Give it one; if the model has no such attribute, the database is ahead of the code, and "
        "`%board` says how to go on.",
    ),
    sqlite(
        "same value",
        r"UNIQUE constraint failed: (?P<columns>.+)",
        "Two rows would have the same value in `{columns}`, which has to be unique.",
        "Take another value, or change the row that has it already. If the same lines have run "
        "before, the row is there: leave them out, and add only what is missing.",
    ),
    sqlite(
        "row points to nothing",
        r"FOREIGN KEY constraint failed",
        "A row would point to a missing row, or a row that others point to would be deleted.",
        "Write the row that is pointed to first, and delete it last.",
    ),
    sqlite(
        "SQL syntax",
        r'near "(?P<word>[^"]*)": syntax error',
        "SQLite does not understand the SQL at the word `{word}`.",
        "Read the line that begins with `[SQL:`, and correct it there.",
    ),
    row(
        "plain text as SQL",
        r"^[\w.]+: Textual SQL expression .* should be explicitly declared as text",
        "SQLAlchemy takes a text as SQL only if it is marked so.",
        'Put it into `db.text(…)`, as in `db.session.execute(db.text("SELECT 1"))`.',
    ),
)
