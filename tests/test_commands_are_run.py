"""What the text names is what the cells run, make and install, or is told with a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
from commands import EVERY, all_right, flask_tree, forms, git_help, in_text, none
from pages import BESIDE, CELLS, MARKDOWN, ROOT, Command, command, fenced, in_tables, spans, typed

from roundtrip import cli

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
    "flask db heads": "after two people's scripts; tests/lessons/test_claims.py",
    "flask db merge heads": "the same",
    "flask db stamp head": "where a table was there first; tests/lessons/test_claims.py",
    "flask db stamp REVISION": "where all is there already; tests/lessons/test_claims.py",
    "flask db downgrade REVISION": "run twice; tests/lessons/test_claims_of_the_way_back.py",
    "git rm --cached FILE": "for what was committed; tests/lessons/test_claims_of_the_way_back.py",
    "git pull": "the repository is here alone; tests/lessons/test_claims_of_the_way_back.py",
    "git stash": "moves ORIG_HEAD; tests/lessons/test_claims_of_the_way_back.py",
    "git stash pop": "for a project of one's own",
    "git stash -u": "for a project of one's own",
    "git restore --staged": "for who has run git add too early",
    "git rm": "for who has committed too early",
    "git restore --staged --worktree demo_app/models.py": "for who has run git add too early",
    "git restore --source=HASH -- migrations/versions/FILE": "for who has reset too early",
    "git commit --amend": "for who has given another message",
    "flask db --help": "the learner looks there",
    "flask run": "%page runs it",
}
"""Commands that the lessons name and no cell and no answer runs, and why."""

NOT_TAUGHT = {
    "git checkout": "brings back a file that is staged as deleted, too",
    "git check-ignore": "shows the line of .gitignore that is in the way",
    "git cherry-pick": "for who has committed on another branch",
    "git ls-files": "for who has mistyped a name",
    "git merge": "for who has committed on another branch, or has begun a merge",
    "git mv": "gives a script the name by which later cells find it",
    "git rebase": "for who has begun one",
}
"""Commands that advice names and no lesson does, and what for."""


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


def advised() -> dict[str, str]:
    """The commands of Git and Flask-Migrate in what gives advice, each with a file that has it.

    Looked for in the strings of the source that a learner may read.
    """
    found = {}
    package = Path(cli.__file__).parent
    for folder in ("verdict", "checks", "diagnosis"):
        for file in (package / folder).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            notes = {
                id(node.value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and id(node) not in notes:
                    said = re.findall(r"\b(?:flask db|git) [a-z][a-z-]*", str(node.value))
                    found |= dict.fromkeys(said, f"{folder}/{file.name}")
    return found


def test_what_advice_says_to_run_is_named_in_a_lesson_or_told_with_a_reason():
    in_flask = flask_tree().commands["db"].commands
    lessons = "\n".join(cell.source for cell in CELLS)
    commands = {
        said: file
        for said, file in advised().items()
        if (said.split()[-1] in in_flask if said.startswith("flask") else git_help(said[4:]))
    }
    missing = {said for said in commands if not re.search(rf"\b{said}\b", lessons)}
    none([(commands[said], said) for said in sorted(missing - {*NOT_TAUGHT})])
    assert {*NOT_TAUGHT} - missing == set()
    assert len(commands) >= 25


def test_messages_are_those_that_a_cell_or_an_answer_gives():
    given_there = {m for c in run() for m in re.findall(r'-m "(.+?)"', c.line)}
    told = {"…", "Drop age column", "Merge heads"}  # for a commit that is pushed, and for two heads
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
    assert seen >= 2


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
    told = {"staging.env", "instance/before-phone.db"}  # made in an exercise
    told.add("migrations/versions/FILE")  # to be filled in
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
