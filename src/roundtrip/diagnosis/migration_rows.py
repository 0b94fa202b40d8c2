"""Errors about the scripts in `migrations`: missing, waiting, forked, or not to be run so."""

from __future__ import annotations

from .row import SAID, SCRIPT_FRAME, SQLITE, Row, row, said

MIGRATION: tuple[Row, ...] = (
    said(
        "no migrations folder",
        r"Path doesn't exist: '?(?P<folder>[^\s']+?)'?\.\s",
        "There is no folder `{folder}` here to hold the migration scripts.",
        "`flask db init` makes it, once for each project; if it was committed, "
        "`git checkout HEAD -- {folder}` brings it back instead.",
    ),
    said(
        "init twice",
        r"Directory (?P<folder>\S+) already exists and is not empty",
        "`flask db init` is for a project that has no folder `{folder}`; here it was done already.",
        'Leave the folder as it is, and go on with `flask db migrate -m "…"`.',
    ),
    row(
        "missing machinery",
        r"^(?:ImportError: Can't find Python file |FileNotFoundError: (?:\[Errno 2\] .*: ')?)"
        r"(?P<file>migrations[/\\]+(?:env\.py|alembic\.ini|script\.py\.mako))",
        "The file `{file}` is gone, and Flask-Migrate cannot work without it.",
        "If it was committed, `git checkout HEAD -- {file}` brings it back.",
    ),
    row(
        "no settings for the log",  # up to Python 3.11.3 also where the file is not there
        r"^    fileConfig\(config\.config_file_name\)\n[\s\S]*^KeyError: '(?P<part>\w+)'",
        "`migrations/alembic.ini` is gone, or has lost its part `[{part}]`, which Alembic needs.",
        "If it was committed, `git checkout HEAD -- migrations/alembic.ini` brings it back.",
    ),
    row(
        "copied script",
        r"^Revision (?P<revision>\S+) is present more than once[\s\S]*" + SAID + r"Multiple head",
        "Two files in `migrations/versions` are revision {revision}: one is a copy of the other.",
        "Delete the copy; `git status --short` marks it with `??` if it was never committed.",
    ),
    row(
        "missing link",
        r"^Revision (?P<revision>\S+) referenced from .* is not present[\s\S]*"
        r"^KeyError: '(?P=revision)'",
        "A script follows revision {revision}, and no file in `migrations/versions` has that id.",
        "`%board` says whether Git still has the file, and what to do if not. For a typo in "
        "`down_revision`, compare it with `Revises` at the top.",
    ),
    row(
        "head of a script",
        r"(?:Could not determine revision id from filename (?=\S+\.py)|^AttributeError: module ')"
        r"(?P<script>\w+?)(?:\.py\. Be sure|_py' has no attribute '(?:down_)?revision')",
        "`{script}.py` has lost one of the lines by which the scripts follow one another: "
        "`revision = …` or `down_revision = …`.",
        "Write it again, with what `Revision ID` and `Revises` say at the top of that file.",
    ),
    said(
        "lost revision",
        r"Can't locate revision identified by '(?P<revision>[0-9a-f]{12})'",
        "No script is revision {revision}; unless you typed it, the database is at that step, and "
        "the step's file is gone.",
        "`%board` says whether Git still has the file, and what to do; `flask db stamp` fails "
        "the same way.",
    ),
    said(
        "unknown revision",
        r"Can't locate revision identified by '(?P<revision>[^']*)'",
        "No script in `migrations/versions` is revision `{revision}`.",
        "Choose one of those that `flask db history` lists.",
    ),
    said(
        "not up to date",
        r"Target database is not up to date",
        "A script is waiting that this database has not run; until then, nothing is compared.",
        "Read that script. Is it right? `flask db upgrade` runs it. If not, and no other "
        "database and no colleague has it, delete it: an untracked one with `git clean -f FILE`, "
        "a staged one with `git rm -f FILE`.",
    ),
    said(
        "check finds a loss",
        r"New upgrade operations detected: .*'remove_(?:column|table)'",
        "This is an answer, not a fault: the database has more than the model; the list after "
        "`detected:` names it.",
        "If you want to keep it, bring the model back; a script from `flask db migrate` would drop "
        "it, with its values.",
    ),
    said(
        "check finds a difference",
        r"New upgrade operations detected",
        "This is an answer, not a fault: model and database differ, and the list after "
        "`detected:` says where.",
        "`%board` says whether a script for it would fail or lose a value; if not, "
        '`flask db migrate -m "…"` writes it. If you expected no difference, look at the model.',
    ),
    said(
        "several heads",
        r"Multiple head(?:s| revisions) are present",
        "More than one script is the last one: two follow the same script, and neither follows "
        "the other.",
        "`flask db heads` names them. Read both, and look at `%board`: do they do the same? Then "
        'one is left over, and goes. If both are wanted, `flask db merge heads -m "Merge heads"` '
        "joins them.",
    ),
    said(
        "ambiguous walk",
        r"Ambiguous walk",
        "The revision of this database joins two others, so one step back could lead to either.",
        "Name one of the two, which `flask db history` shows before the arrow: "
        "`flask db downgrade REVISION`.",
    ),
    said(
        "too many steps",
        r"Relative revision (?P<steps>[+-]\d+) didn't produce \d+ migrations",
        "From where this database is, there are fewer steps than `{steps}` asks for.",
        "`flask db current` says where it is (no revision: before the first step), and "
        "`flask db history` lists the steps.",
    ),
    said(
        "not a step back",
        r"Destination (?P<target>\S+) is not a valid downgrade target",
        "`{target}` is not an earlier step, so no downgrade leads there.",
        "`flask db downgrade` goes back one step; or name an earlier revision of "
        "`flask db history`.",
    ),
    said(
        "copy needed for --sql",
        r"This operation cannot proceed in --sql mode",
        "To make this change, SQLite copies the table; with `--sql` no database is asked, so there "
        "is no table to copy.",
        "Read the script itself with `%show migrations/versions/*.py`, and try it on a copy of the "
        "database.",
    ),
    said(
        "range without --sql",
        r"Range revision not allowed",
        "`FROM:TO` is for `--sql`, which shows the SQL and runs nothing.",
        "Add `--sql` to see it; to run what is waiting, `flask db upgrade` needs no range.",
    ),
    said(
        "--sql without a range",
        r"downgrade with --sql requires <fromrev>:<torev>",
        "With `--sql` no database is asked where it is, so the command has to say from where to "
        "where.",
        "Write both with a colon: `flask db downgrade FROM:TO --sql`, newest first; `base` is "
        "before the first step.",
    ),
    row(
        "constraint without a name",
        r"^ValueError: Constraint must have a name",
        "The script makes or drops a constraint that has no name (`None`); on SQLite it needs one.",
        "Write a name in place of `None`, such as `uq_user_name`, the same in `upgrade()` and in "
        "`downgrade()`.",
    ),
    row(
        "batch needed",
        rf'(?:{SCRIPT_FRAME}[\s\S]*{SQLITE}near "(?:ALTER|TYPE)": syntax|'
        rf"{SAID}No support for ALTER of con)",
        "SQLite cannot make this change to a table that exists.",
        "Write it as `batch_op.…` inside `with op.batch_alter_table(…) as batch_op:`, which copies "
        "the table.",
    ),
)
