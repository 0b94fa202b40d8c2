"""Errors of the other commands in the lessons: `git` and `pytest`."""

from __future__ import annotations

from .row import Row, row

GIT: tuple[Row, ...] = (
    row(
        "placeholder",
        r"[Ss]yntax error(?:: end of file unexpected| near unexpected token `newline')",
        "The shell reads `<` and `>` as signs of its own, so Git was not even started.",
        "A name in `<…>` stands for a value: write the value in its place, without the signs, such "
        "as a hash from `git log --oneline`.",
    ),
    row(
        "name without a value",
        r"^fatal: ambiguous argument '\{(?P<name>\w+)\}'",
        "`{name}` has no value in this notebook yet, so Git was given the name itself.",
        "Run the cell that begins with `{name} =` or ends with it, then this one again.",
    ),
    row(
        "file in no such commit",
        r"^fatal: path '(?P<path>[^']+)' (?:does not exist|exists on disk, but not) in "
        r"'(?P<commit>[^']+)'",
        "The commit `{commit}` does not hold `{path}`. A second reset moves `ORIG_HEAD`.",
        "`git reflog` lists where HEAD has been; take the hash of the commit that has the file.",
    ),
    row(
        "no such commit",
        r"^fatal: ambiguous argument '(?P<name>[^']+)': unknown revision",
        "Git knows no commit, branch or file `{name}`.",
        "`git log --oneline` lists the commits of the branch, `git reflog` also those left behind.",
    ),
    row(
        "no such file",
        r"^error: pathspec '(?P<path>[^']+)' did not match any file",
        "Git has no file `{path}`: it was never committed, or its name is another.",
        "Compare the name with what `git status --short` and `git ls-files` list.",
    ),
    row(
        "another repository",
        r"^fatal: working tree '[^'\n]+' already exists",
        "In a cell, Git works in the workspace's own repository alone; it makes no other.",
        "Clone in a terminal, into a folder outside the course.",
    ),
    row(
        "nothing to commit",
        r"^(?:nothing (?:added )?to commit|no changes added to commit)",
        "There is no change that was given to `git add`, so there is nothing to commit.",
        "Give it what changed: `git add .`, then commit again. `git status` tells which files that "
        "are; none there: the last commit has it all.",
    ),
)

PYTEST: tuple[Row, ...] = (
    row(
        "another app",
        r"TypeError: '(?P<column>\w+)' is an invalid keyword argument for (?P<name>\w+)",
        "The class `{name}` that pytest has imported has no `{column}`.",
        "Look whether the model has it, and whether `pytest.ini` is there: without it, pytest "
        "imports the course's own demo_app from the folder above.",
    ),
    row(
        "column without a script",
        r"(?:no such column: (?:\w+\.)?|has no column named )(?P<column>\w+)",
        "The model names `{column}`, and no migration makes it; so the test's database has none.",
        '`flask db migrate -m "…"` writes the script for it; or take the line out of the model.',
    ),
    row(
        "no pytest.ini",
        r"error: unrecognized arguments: --nbval",
        "pytest has found no `pytest.ini` here, and reads the settings of the course above.",
        "Write `pytest.ini` into this folder, the one that holds `tests`; lesson 06 has its lines.",
    ),
    row(
        "no tests",
        r"^(?:=+ )?no tests ran",
        "pytest has found no test.",
        "Write `tests/test_user.py` first; `pytest.ini` names the folder in which tests are looked "
        "for.",
    ),
)
