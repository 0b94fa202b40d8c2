"""Any other error that names a file of the learner's own: which one, and which line."""

from __future__ import annotations

from .row import AFTER_LOADING, APP_FRAME, ERROR, SCRIPT_FRAME, Row, row

TRACEBACK: tuple[Row, ...] = (
    row(
        "script stopped",
        rf"{SCRIPT_FRAME}, in (?P<function>upgrade|downgrade)\n[\s\S]*?{ERROR}",
        "`{function}()` stopped in line {line} of `{script}`: {error}.",
        "Fix that line; SQLite has kept what the lines above it did, so look with `%show "
        "instance/app.db` before you run it again.",
    ),
    row(
        "script cannot be read",
        rf"{SCRIPT_FRAME}[\s\S]*?{ERROR}",
        "Alembic reads all scripts before it does anything, and line {line} of `{script}` stops "
        "it: {error}.",
        "Fix that line or the one above it; if the script is committed, `git diff` shows what "
        "was changed since then.",
    ),
    row(
        "command of the app stopped",
        rf"{AFTER_LOADING}[\s\S]*?{ERROR}",
        "The app was loaded, and its own `{function}` stopped in line {line} of `{file}`: {error}.",
        "Look at that line; the text after `{error}` says what is wrong.",
    ),
    row(
        "app cannot be loaded",
        rf"{APP_FRAME}[\s\S]*?{ERROR}",
        "`flask` cannot load the app: Python stops in line {line} of `{file}`: {error}.",
        "Look at that line and the one above it; the text after `{error}` says what is wrong.",
    ),
)
