"""Every command that the text names can be typed as it is. None of them is run."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from commands import EVERY, all_right, flask_tree, forms, git_help, none
from pages import BESIDE, LESSONS, MARKDOWN, PLACEHOLDERS, QUESTIONS, Command, in_tables, spans

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


def of(*programs: str) -> list[Command]:
    """All commands of these programs; there are some."""
    return [each for each in EVERY if each.words[0] in programs]


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
