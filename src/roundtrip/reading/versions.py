"""Finds what a script that has run makes otherwise than an earlier version of its file, in Git."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from ..facts import Table
from ..git_facts import GitState
from ..migration_facts import MigrationState, Revision
from ..names import names_in
from ..verdict.lookups import made_by
from .git import Run, git_lines
from .scripts import read_script


def with_versions(
    migrations: MigrationState, tables: Iterable[Table], git: GitState, run: Run
) -> MigrationState:
    """Add what earlier versions of the scripts made, where the database needs to know."""
    made = made_by(r for r in migrations.revisions if r.applied).keys()
    strange = bool(made ^ names_in([*tables]))

    def compared(revision: Revision) -> Revision:
        if not (revision.applied and revision.committed):
            return revision
        if revision.file in (*git.modified, *git.staged):
            return _compared(revision, "HEAD", run)
        first = _first(revision.file, run) if strange else ""
        return _compared(revision, first, run) if first else revision

    return replace(migrations, revisions=tuple(map(compared, migrations.revisions)))


def _first(file: str, run: Run) -> str:
    """The commit that brought a file, where a later one has changed it; else empty."""
    changed = git_lines(run, "log", "-n1", "--format=%h", "--diff-filter=M", "--", file)
    brought = ("log", "-n1", "--format=%h", "--diff-filter=A", "--", file)
    return "".join(git_lines(run, *brought)) if changed else ""


def _compared(revision: Revision, commit: str, run: Run) -> Revision:
    """The script, and what its file makes or drops in this commit that it does not do now."""
    with suppress(SyntaxError, ValueError):
        text = run(["git", "show", f"{commit}:{revision.file}"]).stdout
        then = read_script(ast.parse(text), revision.file)
        now, before = _makes(revision), _makes(then)
        once = tuple(name for name in before if name not in now)
        lately = tuple(name for name in now if name not in before)
        spared = tuple(name for name in then.drops if name not in revision.drops)
        rewound = then.steps == revision.steps and then.steps_back != revision.steps_back
        return replace(
            revision, version=commit, once=once, lately=lately, spared=spared, rewound=rewound
        )
    return revision


def _makes(revision: Revision) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*revision.adds, *revision.columns)))
