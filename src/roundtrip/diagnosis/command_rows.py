"""Errors in what was typed: an option, a name, a text without quotation marks."""

from __future__ import annotations

from .row import Row, row, said

_OF_DB = (
    "init|revision|migrate|edit|merge|upgrade|downgrade|show|history|heads|branches|current|"
    "stamp|check|list-templates"
)

_TAKES_MESSAGE = r"flask db (?:migrate|revision)(?= )"


def _more_than(command: str, words: str) -> str:
    """What click says where more was typed than this command takes."""
    usage = rf"^Usage: (?:python -m )?(?P<command>{command}).*\n.*\n\n"
    return rf"{usage}Error: Got unexpected extra {words}"


COMMAND: tuple[Row, ...] = (
    row(
        "message without -m",
        _more_than(_TAKES_MESSAGE, r"argument \((?P<words>\S* .*)\)"),
        "`{words}` is more than the command takes; a message needs `-m` before it.",
        'Write `-m "{words}"`.',
    ),
    row(
        "text without quotation marks",
        _more_than(_TAKES_MESSAGE, r"arguments? \((?P<words>.*)\)"),
        "`{words}` is more than the command takes; a text with spaces needs quotation marks.",
        'Write a message as one text: `-m "… {words}"`.',
    ),
    row(
        "more than one revision",
        _more_than(
            r"flask db [a-z]+(?= \[OPTIONS\] \[REVISION\])", r"arguments? \((?P<words>.*)\)"
        ),
        "`{command}` takes one revision, and `{words}` is more than that.",
        "Name only one: `{command} REVISION`.",
    ),
    row(
        "extra argument",
        _more_than(r"flask[\w -]*(?= \[)", r"arguments? \((?P<words>.*)\)"),
        "`{words}` is more than `{command}` takes.",
        "Leave it out; `{command} --help` shows what may go there.",
    ),
    said(
        "option of flask",
        r"No such option:? '?--(?P<option>env-file|app)\b",
        "`--{option}` is an option of `flask` itself, so it has to come before `db`.",
        "Put it there, as in `flask --{option} NAME db current`.",
    ),
    said(
        "steps as an option",
        r"No such option:? '?-(?P<steps>\d+)\b",
        "`-{steps}` looks like an option, so it was not taken as a number of steps.",
        "`flask db downgrade` goes back one step; for a number, put two dashes before it: "
        "`flask db downgrade -- -{steps}`.",
    ),
    said(
        "unknown option",
        r"No such option:? '?(?P<option>-[\w-]*)",
        "The command has no option `{option}`.",
        "Put `--help` after the command to see those it has, as in `flask db migrate --help`.",
    ),
    said(
        "option without a value",
        r"Option '(?P<option>[^']+)' requires an argument",
        "`{option}` needs a value after it, and there is none.",
        'Write it there, in quotation marks if it has spaces: `{option} "Add age column"`.',
    ),
    said(
        "missing env file",
        r"Invalid value for '-e' / '--env-file': \w+ '(?P<file>[^']*)' does not exist",
        "There is no file `{file}` in the folder where the command ran.",
        "Compare its name with what `git status --short --ignored` lists; if it is not written "
        "yet, or lost, write it: Git has no copy of an ignored file.",
    ),
    said(
        "command of db",
        rf"No such command '(?P<command>{_OF_DB})'",
        "`{command}` is one of the commands that follow `flask db`.",
        "Put `db` before it: `flask db {command}`.",
    ),
    said(
        "no Flask-Migrate",
        r"No such command 'db'",
        "The app was loaded, but nothing in it adds the commands that begin with `flask db`.",
        "Call `migrate.init_app(app, db)` where the app is built, in `demo_app/__init__.py`.",
    ),
    said(
        "unknown command",
        r"No such command '(?P<command>[^']*)'",
        "There is no command `{command}`.",
        "Run `flask --help` and `flask db --help` to list the commands.",
    ),
)
