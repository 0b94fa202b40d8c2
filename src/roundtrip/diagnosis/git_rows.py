"""Errors of `git`."""

from __future__ import annotations

from .row import Row, row

RUNS = r"(?:^|[;&|(])\s*"
"""What stands before a command in a line, or begins it."""

CONFLICT = r"(?:Rebasing .*\r)?CONFLICT "
"""How Git says that two sides do not fit: in a rebase, on the line of its counter too."""

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
        "conflict of whole files",
        rf"^(?:warning: Cannot merge binary files: |{CONFLICT}\((?!content|add/add)[^)]*\): )",
        "Two sides do not fit together, and Git cannot join them: one has deleted a file that the "
        "other has changed, for one.",
        "`git status` lists such files: `git add FILE` keeps one as it is, `git rm FILE` deletes "
        "it; then `git status` says how to go on, or back.",
    ),
    row(
        "conflict with the stash",
        rf"^{CONFLICT}\([^)]*\): Merge conflict in (?P<file>.*\S)$[\s\S]*^The stash entry is kept",
        "The stash and the file here differ in the same lines, so Git wrote both into `{file}`, "
        "between `<<<<<<<` and `>>>>>>>`.",
        "In each file that a `CONFLICT` line names, keep the lines that you want, delete the "
        "marks, and `git add` it. The stash is kept, too: `git stash drop` deletes it.",
    ),
    row(
        "conflict",
        rf"^{CONFLICT}\([^)]*\): Merge conflict in (?P<file>.*\S)$",
        "Two sides changed the same lines of `{file}`, so Git wrote both into it, between "
        "`<<<<<<<` and `>>>>>>>`.",
        "In each file that a `CONFLICT` line names, keep the lines that you want, delete the "
        "marks, and `git add` it. `git status` says how to go on, or back.",
    ),
    row(
        "conflict that is left",
        r"^(?:error: \S+ is not possible because you have unmerged files|.*: needs merge$)",
        "A conflict is not settled: in a file that two sides changed, nobody has chosen yet.",
        "`git status` names the file: keep the lines that you want, delete the marks `<<<<<<<`, "
        "`=======` and `>>>>>>>`, and `git add` it.",
    ),
    row(
        "nothing to commit",
        r"^(?:nothing (?:added )?to commit|no changes added to commit)[^\n]*\s*\Z",
        "There is no change that was given to `git add`, so there is nothing to commit.",
        "Give it what changed: `git add .`, then commit again. `git status` tells which files that "
        "are; none there: the last commit has it all.",
        ran=rf"{RUNS}git commit\b(?![\s\S]*{RUNS}git (?:status|stash)\b)",
    ),
)
