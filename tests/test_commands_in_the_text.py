"""Every command that the text names can be typed as it stands there. None of them is run."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import flask.cli
import flask_migrate.cli
import pytest
from pages import (
    BESIDE,
    CELLS,
    LESSONS,
    MARKDOWN,
    PLACEHOLDERS,
    QUESTIONS,
    ROOT,
    Command,
    Text,
    command,
    fenced,
    in_tables,
    spans,
    typed,
)

from roundtrip import cli
from roundtrip.errors import RoundtripError
from roundtrip.magics.options import given

IN_CAPITALS = {"HEAD", "ORIG_HEAD"}
"""Names that Git has."""

NO_HELP_SAYS = {
    "git commit": {"--amend"},
    "git log": {"--oneline", "--format", "--grep"},
}
"""Options that `git WORD -h` leaves out: those of commits shown, which are in the manual."""

TOLD = {
    "git add": "also without what is added, as a name for the step",
    "git clean -fdx": "never to be run: it would delete the databases",
    "git push": "the repository is on this machine alone",
    "git fetch": "the same",
    "git branch -r --contains HASH": "the same; tests/lessons/test_claims.py",
    "git branch keep": "for a project of one's own; tests/lessons/test_claims.py",
    "git switch -c try-age": "for a project of one's own; tests/lessons/test_claims.py",
    "git switch main": "the same",
    "git revert": "not to be run there; tests/lessons/test_claims.py",
    "flask db merge heads": "after two people's scripts; tests/lessons/test_claims.py",
    "git stash pop": "for a project of one's own",
    "git stash -u": "for a project of one's own",
    "git restore --staged": "for who has run git add too early",
    "git restore --staged --worktree demo_app/models.py": "for who has run git add too early",
    "git restore --source=HASH -- migrations/versions/FILE": "for who has reset too early",
    "git commit --amend": "for who has given another message",
    "flask db --help": "the learner looks there",
    "flask run": "%page runs it",
}
"""Commands that the lessons name and no cell and no answer runs, and why."""


def in_text(texts: list[Text]) -> list[Command]:
    """The commands in the code of these texts: between backticks and between fences."""
    found = []
    for text in texts:
        lines = [line for block in fenced(text.words) for line in typed(block)]
        found += [command(text.where, line) for line in (*spans(text.words), *lines)]
    return [each for each in found if each]


EVERY = in_text([*MARKDOWN, *BESIDE, *in_tables()])


def of(*programs: str) -> list[Command]:
    """All commands of these programs; there are some."""
    return [each for each in EVERY if each.words[0] in programs]


def all_right(commands: list[Command], least: int, problem) -> None:
    """No command has a problem, and there are at least so many of them."""
    said = [f"{each} {found}" for each in commands if (found := problem(each))]
    assert not said, "\n".join(said)
    assert len(commands) >= least


def none(wrong: list[tuple[str, str]]) -> None:
    """There is none of these: where it stands, and what is wrong there."""
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong)


def in_tree(root: click.Group, words: list[str]) -> str:
    """What is wrong with these words for a tree of click commands; nothing is run."""
    here, context = root, click.Context(root)
    while True:
        try:
            given, rest, _ = here.make_parser(context).parse_args(list(words))
        except click.UsageError as error:
            return error.format_message()
        if not isinstance(here, click.Group):
            break
        if not rest:
            return ""  # the name of a group
        if rest[0] not in here.commands:
            return f"{here.name} has no command {rest[0]}"
        here, words = here.commands[rest[0]], rest[1:]
        context = click.Context(here, context, **here.context_settings)
    if rest and not context.ignore_unknown_options:
        return f"does not take {rest[0]}"
    needed = [p.name for p in here.params if isinstance(p, click.Argument) and p.required]
    missing = [n for n in needed if not (isinstance(given.get(n), str | tuple) and given[n])]
    return f"needs {missing[0]}" if missing and words else ""


def flask_tree() -> click.Group:
    """`flask` with the commands that Flask-Migrate adds to an app."""
    commands = {**flask.cli.cli.commands, "db": flask_migrate.cli.db}
    return click.Group("flask", commands, params=flask.cli.cli.params)


@pytest.mark.parametrize(
    ("tree", "line", "said"),
    [
        (flask_tree(), "--env-file production.env db upgrade REVISION:head --sql", ""),
        (flask_tree(), "db down", "db has no command down"),
        (flask_tree(), "db current --env-file production.env", "No such option"),
        (flask_tree(), "db upgrade head base", "does not take base"),
        (flask_tree(), "db migrate -m", "requires an argument"),
        (cli.main, "lab --port 9999", ""),
        (cli.main, "attic", ""),
        (cli.main, "attic putback NAME", "attic has no command putback"),
        (cli.main, "board --svg=x.svg --fresh", "No such option"),
        (cli.main, "restart --fresh", "needs number"),
    ],
)
def test_a_slip_is_said(tree: click.Group, line: str, said: str):
    found = in_tree(tree, line.split())
    assert said in found and bool(said) == bool(found)


def test_flask_knows_them():
    tree = flask_tree()
    all_right(of("flask"), 100, lambda each: in_tree(tree, [*each.words[1:]]))


def test_roundtrip_and_start_py_know_them():
    all_right(of("roundtrip"), 15, lambda each: in_tree(cli.main, [*each.words[1:]]))


def test_the_readme_names_commands_of_roundtrip_alone_too():
    """In the paragraph that begins so, each code is one of them."""
    (said,) = re.findall(
        r"The same `roundtrip` command has more to offer:.*?minutes\.", BESIDE[0].words, re.S
    )
    named = [each for each in spans(said) if each != "roundtrip"]
    assert len(named) >= 5
    assert {each: in_tree(cli.main, each.split()) for each in named} == dict.fromkeys(named, "")


@cache
def git_help(word: str) -> str:
    """What `git WORD -h` says; empty where Git has no such command."""
    plain = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        ["git", word, "-h"], env=plain, capture_output=True, text=True, check=False
    )
    text = done.stdout + done.stderr
    return text if "usage: " in text else ""


def git_options(word: str) -> set[str]:
    """The options of a command of Git."""
    text = git_help(word)
    found = set(re.findall(r"(?<![\w-])--?\w[\w-]*", text.replace("--[no-]", "--")))
    return found | NO_HELP_SAYS.get(f"git {word}", set())


def test_git_knows_them():
    def problem(each: Command) -> str:
        if len(each.words) == 1:
            return ""
        word = each.words[1]
        if not git_help(word):
            return f"Git has no command {word}"
        unknown = each.options - git_options(word)
        return f"git {word} does not know {min(unknown)}" if unknown else ""

    all_right(of("git"), 80, problem)


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


def test_the_magics_know_them():
    known = forms()
    tree = flask_tree()
    names = {
        "%check": {e["name"] for row in LESSONS for e in row.get("exercise", ())},
        "%ask": {question["name"] for question in QUESTIONS},
    }
    names["%answer"] = names["%ask"]
    names["%lesson"] = {"N", *(str(row["number"]) for row in LESSONS)}

    def problem(each: Command) -> str:
        magic, *rest = each.words
        if magic not in known:
            return "is no magic"
        if magic == "%%flask_shell":
            return in_tree(tree, [*rest, "shell"])
        if not rest:
            return ""  # its name
        if rest[0] not in {*names.get(magic, rest), "NAME"}:
            return f"{rest[0]} is none of the course"
        try:
            given(shlex.join(rest), known[magic])
        except RoundtripError as error:
            return str(error)
        return ""

    magics = [each for each in EVERY if each.words[0].startswith("%")]
    all_right(magics, 50, problem)
    assert known["%board"] == "%board [--env-file FILE] [--trip]"


def test_a_magic_that_is_named_without_backticks_is_one():
    known = forms()
    said = [
        (text.where, magic)
        for text in (*MARKDOWN, *BESIDE, *in_tables())
        for magic in re.findall(r"(?<![\w`%])%%?[a-z_]{3,}", text.words)
    ]
    assert len(said) >= 10
    none([each for each in said if each[1] not in known])


def test_pytest_knows_its_options(pytestconfig: pytest.Config):
    known = {f"--{name.replace('_', '-')}" for name in vars(pytestconfig.option)} | {"-q"}
    all_right(of("pytest"), 3, lambda each: ", ".join(each.options - known))


def test_words_in_capitals_are_to_be_filled_in_or_names():
    def problem(each: Command) -> str:
        for word in re.findall(r"(?<![\w.])[A-Z][A-Z_]+(?![\w.])", each.line.partition(' -m "')[0]):
            if word not in PLACEHOLDERS | IN_CAPITALS:
                return f"{word} is no name that Git has, and nothing to fill in"
        return ""

    all_right(EVERY, 300, problem)


def shape(each: Command, tree: click.Group) -> str:
    """Program and command, such as `flask db upgrade` or `git reset`."""
    if each.words[0] == "git":
        return " ".join(each.words[:2])
    words, found = list(each.words[1:]), ["flask"]
    while words and isinstance(tree, click.Group):
        _, words, _ = tree.make_parser(click.Context(tree)).parse_args(words)
        if words:
            found.append(words.pop(0))
            tree = tree.commands.get(found[-1])
    return " ".join(found)


def commits(each: Command) -> set[str]:
    """The commits that a command names by the place of HEAD."""
    return {word for word in each.words if re.match(r"(?:ORIG_)?HEAD\b", word)}


def run() -> Iterator[Command]:
    """The commands that cells and folded answers run."""
    for cell in CELLS:
        blocks = [cell.source] if cell.is_code else fenced(cell.source)
        for block in blocks:
            for line in typed(block):
                line = line.removeprefix("found = ")
                if line.startswith("!") and (each := command(cell.where, line)):
                    yield each
                elif line.startswith("%%flask_shell"):
                    yield command(cell.where, f"flask {line[13:]} shell")


def test_what_a_lesson_names_is_run_in_one_or_told_with_a_reason():
    """So a slip that gives another command, which also exists, is seen."""
    tree = flask_tree()
    known: dict[str, set[str]] = {}
    for each in run():
        if each.words[0] in ("git", "flask"):
            known.setdefault(shape(each, tree), set()).update(each.options, commits(each))
    lessons = in_text([*MARKDOWN, *in_tables()])
    named = [each for each in lessons if each.words[0] in ("git", "flask") and len(each.words) > 1]
    used: set[str] = set()

    def problem(each: Command) -> str:
        called = shape(each, tree)
        told = each.line.partition(" -m ")[0]
        options = [known[other] for other in known if other.startswith(called)]
        if told in TOLD or (options and each.options | commits(each) <= set().union(*options)):
            used.add(told)
            return ""
        return "is run in no cell and no answer, and has no reason in TOLD"

    all_right(named, 150, problem)
    assert {*TOLD} - used == set()
    assert len(known) >= 20


def test_messages_are_those_that_a_cell_or_an_answer_gives():
    given_there = {m for c in run() for m in re.findall(r'-m "(.+?)"', c.line)}
    told = {"…", "Drop age column", "Join both"}  # for a commit that is pushed, and for two heads
    said = [(str(c), m) for c in EVERY for m in re.findall(r'-m "(.+?)"', c.line)]
    assert len(said) >= 10
    none([each for each in said if each[1] not in given_there | told])


def test_an_option_alone_is_one_of_a_command_that_is_run():
    known = {option for each in (*run(), *EVERY) for option in each.options}
    known |= {option for form in forms().values() for option in re.findall(r"--[\w-]+", form)}
    told = {
        "--app": "of flask, which .flaskenv spares",
        "-journal": "ends a file's name",
        "-wal": "the same",
        "-shm": "the same",
    }
    said = [
        (text.where, each.split()[0].partition("=")[0])
        for text in (*MARKDOWN, *in_tables())
        for each in spans(text.words)
        if re.match(r"--?[a-z]", each)
    ]
    assert len(said) >= 15
    none([each for each in said if each[1] not in known | told.keys()])


WAYS = {"back": {"downgrade", "reset", "-1"}, "forward": {"upgrade", "+1"}}


def test_a_step_back_is_a_downgrade_and_a_step_forward_an_upgrade():
    seen = 0
    for text in (*MARKDOWN, *in_tables()):
        for sentence in re.split(r"(?<=[.:!?])\s", text.words):
            way = re.search(r"\b(?:one|a) (?:step|commit) (back|forward)\b", sentence)
            words = {word for span in spans(sentence) for word in span.split()}
            if way and words:
                assert words & WAYS[way[1]], f"{text.where}: {sentence}"
                seen += 1
    assert seen >= 3


def test_files_in_commands_are_there():
    """In the clone, or in the project that the cells make."""
    made = "\n".join(w for c in CELLS if c.is_code for w in (c.source, *dict(c.shown()).values()))
    named = [
        (str(each), word)
        for each in EVERY
        for word in each.words[1:]
        if re.search(r"\w/\w|\w\.(?:py|env|db|toml|ini|txt|ipynb)$", word) and "NN_" not in word
    ]
    missing = [
        (where, word)
        for where, word in named
        if not (ROOT / word).exists() and not re.search(rf"\b{re.escape(word)}\b", made)
    ]
    told = {"staging.env", "migrations/versions/FILE"}  # made in an exercise; to be filled in
    messages = re.findall(r'db migrate -m "(.+?)"', "\n".join(each.line for each in EVERY))
    told |= {f"migrations/versions/*_{m.lower().replace(' ', '_')}.py" for m in messages}
    assert len(named) >= 40
    none([each for each in missing if each[1] not in told])


def test_packages_that_pip_installs_are_those_of_the_course():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    named = [
        (text.where, package)
        for text in (*MARKDOWN, *BESIDE)
        for span in spans(text.words)
        if span.startswith("pip install ")
        for package in span.split()[2:]
        if re.match(r"[A-Za-z][\w-]+$", package)
    ]
    assert len(named) >= 3
    none([each for each in named if f"\n{each[1].lower()}==" not in lock])
