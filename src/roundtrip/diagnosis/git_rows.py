"""Errors of `git`."""

from __future__ import annotations

from .row import Row, row

RUNS = r"(?:^|[;&|(])\s*"
"""What comes before a command in a line, or begins it."""

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
        "`git log --oneline` lists the commits of the branch, `git reflog` also those left behind, "
        "and `git ls-files` the files.",
    ),
    row(
        "no repository",
        r"^(?:fatal|warning): [Nn]ot a git repository",
        "Git finds no repository of this project: none was made yet, or its folder `.git` is gone "
        "or damaged.",
        "`git init` makes one, once for each project; if there was one with commits, `%restart` "
        "brings back those of the lesson's start.",
    ),
    row(
        "no commit yet",
        r"^(?:fatal: your current branch .* does not have any commits|You do not have the initial)",
        "The repository is new: this branch has no commit yet.",
        'Make the first one: `git add .`, then `git commit -m "…"`.',
    ),
    row(
        "nothing to take over",
        r"^(?:fatal: (?:bad revision|invalid upstream) '|merge: )(?P<name>[^'\s]+)"
        r"(?:'| - not something we can merge)$",
        "Git knows no commit and no branch `{name}`.",
        "`git branch` lists the branches, `git log --oneline` the commits of this one, "
        "`git reflog` also those left behind.",
    ),
    row(
        "ignored",
        r"^The following paths are ignored by one of your \.gitignore files:\n(?P<path>\S.*)$",
        "`{path}` is ignored: a line of `.gitignore` keeps it out of Git.",
        "For a database, and for settings of your own, that is as it should be; for another file "
        "fix that line, which `git check-ignore -v {path}` shows.",
    ),
    row(
        "word outside the message",
        r"^(?:error: pathspec|fatal: paths) '(?P<word>[^'\s]+)(?: \.\.\.' with -a does|' did) not ",
        "`{word}` is outside the message, so Git looks for a file of that name.",
        'A message with spaces needs quotation marks: `git commit -m "Add age column"`.',
        ran=rf"{RUNS}git commit\b[^;&|\n]* -[a-z]*m\s+[^\s\"'-]\S*\s+[^\s;&|-]",
    ),
    row(
        "commit message without -m",
        r"^(?:error: pathspec|fatal: paths) '(?P<words>[^'/.]+?)"
        r"(?: \.\.\.' with -a does|' did) not ",
        "`{words}` is taken for the name of a file: a message needs `-m` before it.",
        'Write `git commit -m "{words}"`, with the whole message between the quotation marks.',
        ran=rf"{RUNS}git commit(?![^;&|\n]* (?:--(?:message|file|no-edit)|-[a-z]*[mFcC])\b)",
    ),
    row(
        "nothing to add",
        r"^fatal: pathspec '(?P<path>[^']+)' did not match any files",
        "In the folder where the command ran there is no `{path}`, and Git has none either.",
        "Compare the name with what `git status --short` lists; `git add .` takes all of it.",
        ran=rf"{RUNS}git add\b(?![\s\S]*{RUNS}git rm\b)",
    ),
    row(
        "no such branch or file",
        r"^error: pathspec '(?P<name>[^']+)' did not match any file",
        "Git knows no branch, commit or file `{name}`.",
        "Compare the name: `git branch` lists the branches, `git log --oneline` the commits of "
        "this one, `git ls-files` the files.",
        ran=rf"{RUNS}git checkout(?: -[a-z]+)* [^\s;&|-][^\s;&|]*\s*(?:$|[;&|)])",
    ),
    row(
        "no such file",
        r"^(?:error|fatal): pathspec '(?::\([^)]*\))?(?P<path>[^']+)' did not match any file",
        "Git has no file `{path}`: it was not committed, was deleted, or has another name.",
        "Compare the name with what `git status --short` and `git ls-files` list.",
    ),
    row(
        "no such branch",
        r"^fatal: invalid reference: (?P<name>\S+)",
        "There is no branch `{name}`, and no commit of that name either.",
        "Compare the name with what `git branch` lists; a new branch is made with "
        "`git switch -c NAME`.",
    ),
    row(
        "commit in place of a branch",
        r"^fatal: a branch is expected, got commit '(?P<name>[^']+)'",
        "`{name}` is a commit, and `git switch` goes to a branch.",
        "To look at the commit, write `git switch --detach {name}`; `git switch -` leads back.",
    ),
    row(
        "revert in place of restore",
        r"^error: [Yy]our local changes (?:to the following files )?would be overwritten by ",
        "`git revert` takes back a whole commit, by a new commit; your change is in no commit yet.",
        "`git restore FILE` throws the change in a file away, and `git diff FILE` shows it before. "
        "To take back a commit after all, commit your changes first.",
        ran=rf"{RUNS}git revert\b",
    ),
    row(
        "changes in the way",
        r"^error: Your local changes to the following files would be overwritten by \w+:\n"
        r"\t(?P<file>.+)$",
        "`{file}` has changes that are in no commit, and Git does not overwrite them.",
        "Commit them first; or `git stash` puts them away, and `git stash pop` brings them back "
        "afterwards.",
    ),
    row(
        "new file in the way",
        r"^error: The following untracked working tree files would be overwritten by \w+:\n"
        r"\t(?P<file>.+)$",
        "`{file}` is in no commit here, and Git does not overwrite it with another of that name.",
        "Look at it: if you need it, give it another name; if not, `git clean -f {file}` deletes "
        "it.",
    ),
    row(
        "clean without -f",
        r"^fatal: clean\.requireForce ",
        "`git clean` deletes files for good, so it wants to be told that you mean it.",
        "`git clean -n` lists what would go; `git clean -f FILE` deletes that file.",
    ),
    row(
        "no stash",
        r"^No stash entries found",
        "The stash is empty: nothing is put away there.",
        "`git status` shows what you have; `git stash` puts changed files away, and new ones only "
        "with `-u`.",
    ),
    row(
        "no such stash",
        r"^(?:error: (?:refs/)?stash@\{\d+\} is not a valid|fatal: log for 'refs/stash' only has )",
        "The stash has no entry of that number; its entries are counted from 0, the newest.",
        "`git stash list` lists them; `git stash pop` without a number takes the newest.",
    ),
    row(
        "lock",
        r"^(?:fatal|error): Unable to create '[^'\n]*?(?P<lock>\.git/[^'\n]+\.lock)': File exists",
        "Another Git command is at work in this repository, or one was stopped and has left its "
        "lock, `{lock}`.",
        "Wait a little, then run the command again; only if no Git command runs any more, delete "
        "that file.",
    ),
    row(
        "option of Git without a value",
        r"^error: switch `(?P<option>\w)' requires a value",
        "`-{option}` needs a value after it, and there is none.",
        'Write it there, a text in quotation marks: `git commit -m "Add age column"`.',
    ),
    row(
        "another repository",
        r"^fatal: working tree '[^'\n]+' already exists",
        "In a cell, Git works only in the workspace's own repository; it makes no other.",
        "Clone in a terminal, into a folder outside the course.",
    ),
    row(
        "outside the workspace",
        r"^fatal: in a cell, git works only in the workspace, and this is (?P<place>.+)$",
        "`{place}` is another folder than the workspace, or another repository in it: nothing was "
        "changed, neither here nor there.",
        "Leave out what leads there, such as `cd` or `-C`. To try something out, make a branch: "
        "`git switch -c try`.",
    ),
    row(
        "another repository by name",
        r"^fatal: in a cell, git works only in the workspace; leave out (?P<what>.+)$",
        "`{what}` names a repository, and a cell works on the workspace's own: nothing was done.",
        "Type the command without it.",
    ),
    row(
        "conflict of whole files",
        rf"^(?:warning: Cannot merge binary files: |{CONFLICT}\((?!content|add/add)[^)]*\): )",
        "Git cannot merge the two sides: one has deleted a file, for example, that the other has "
        "changed.",
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
        "A conflict is not resolved: a file that two sides changed still needs a choice.",
        "`git status` names the file: keep the lines that you want, delete the marks `<<<<<<<`, "
        "`=======` and `>>>>>>>`, and `git add` it.",
    ),
    row(
        "nothing to commit",
        r"^(?:nothing (?:added )?to commit|no changes added to commit)[^\n]*\s*\Z",
        "Nothing is staged with `git add`, so there is nothing to commit.",
        "Stage what changed: `git add .`, then commit again. `git status` lists it; if it lists "
        "nothing, the last commit has it all.",
        ran=rf"{RUNS}git commit\b(?![\s\S]*{RUNS}git (?:status|stash)\b)",
    ),
)
