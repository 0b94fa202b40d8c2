"""The commands that the text names, and what the tests of them ask."""

from __future__ import annotations

import ast
import os
import subprocess
from functools import cache
from pathlib import Path

import click
import flask.cli
import flask_migrate.cli
from pages import BESIDE, MARKDOWN, Command, Text, command, fenced, in_tables, spans, typed

from roundtrip import cli


def in_text(texts: list[Text]) -> list[Command]:
    """The commands in the code of these texts: between backticks and between fences."""
    found = []
    for text in texts:
        lines = [line for block in fenced(text.words) for line in typed(block)]
        found += [command(text.where, line) for line in (*spans(text.words), *lines)]
    return [each for each in found if each]


EVERY = in_text([*MARKDOWN, *BESIDE, *in_tables()])


def all_right(commands: list[Command], least: int, problem) -> None:
    """No command has a problem, and there are at least so many of them."""
    said = [f"{each} {found}" for each in commands if (found := problem(each))]
    assert not said, "\n".join(said)
    assert len(commands) >= least


def none(wrong: list[tuple[str, str]]) -> None:
    """There is none of these: where it is, and what is wrong there."""
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong)


def flask_tree() -> click.Group:
    """`flask` with the commands that Flask-Migrate adds to an app."""
    commands = {**flask.cli.cli.commands, "db": flask_migrate.cli.db}
    return click.Group("flask", commands, params=flask.cli.cli.params)


@cache
def git_help(word: str) -> str:
    """What `git WORD -h` says; empty where Git has no such command."""
    plain = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        ["git", word, "-h"], env=plain, capture_output=True, text=True, check=False
    )
    text = done.stdout + done.stderr
    return text if "usage: " in text else ""


def forms() -> dict[str, str]:
    """The magics and how each is written: what their code asks `given` and `names` for."""
    found = {
        "%%flask_shell": "",  # takes what `flask` takes
        "%load_ext": "%load_ext NAME",  # IPython's own
        "%check": "%check NAME",  # these three look for a name themselves
        "%ask": "%ask NAME [LETTER]",
        "%answer": "%answer NAME",
    }
    for file in Path(cli.__file__).with_name("magics").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("given", "names"):
                form = ast.literal_eval(node.args[1])
                found[form.split()[0]] = form
    return found
