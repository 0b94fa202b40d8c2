"""Reads the four places of a project: Git, the model, the migrations, the database.

Nothing is written, no code of the learner runs in this process, and no password gets out.
"""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import probe, verdict
from .errors import RoundtripError
from .facts import (
    Column,
    Commit,
    DatabaseState,
    Difference,
    GitState,
    MigrationState,
    ModelState,
    Rescue,
    Revision,
    State,
    Table,
    build,
)

__all__ = ["Run", "State", "read"]

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
"""Runs a program in the project, as `terminal.capture` does."""

_PATIENCE = 0.3
"""Seconds to wait for a locked database."""
_LAST_COMMITS = 200


def read(project: Path, run: Run, env_file: str | None = None) -> State:
    """Read the four places of `project`. `env_file` chooses a database as `flask --env-file` does.

    Raises `RoundtripError` when the project or the file does not exist, or Git is not there.
    """
    if not project.is_dir():
        raise RoundtripError(f"There is no folder {project}. Start a lesson with %lesson first.")
    if env_file and not (project / env_file).is_file():
        raise RoundtripError(f"There is no file {env_file} in the project. Look at its name.")
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(run, ["python", probe.__file__, *([env_file] if env_file else [])])
        git, tracked = _git(project, run)
        report = _report(loading.result())
    model = _model(project, report)
    database = _database(project, report, env_file)
    git = replace(git, tracks_database=database.url in tracked)
    migrations = _migrations(project, report.get("folder", "migrations"), git, tracked)
    migrations = _against_database(migrations, database.versions, git, run)
    differences = build(tuple[Difference, ...], report.get("differences", ()))
    state = State(git, model, migrations, database, differences, env_file=env_file or "")
    return replace(state, disagreements=verdict.disagreements(state))


def _git(project: Path, run: Run) -> tuple[GitState, frozenset[str]]:
    """What Git says, and every file in its index."""
    if not (project / ".git").exists():
        return GitState(), frozenset()
    options = ["--porcelain=v2", "--branch", "--show-stash", "--untracked-files=all", "-z"]
    try:
        # Without optional locks `git status` does not write a fresher index.
        status = run(["git", "--no-optional-locks", "status", *options])
    except OSError as error:
        raise RoundtripError("Git does not start here. Install it, then run this again.") from error
    if status.returncode:
        said = " ".join(status.stderr.split()).removeprefix("fatal: ")
        return GitState(error=said or "Git cannot read the folder .git."), frozenset()
    found: dict[str, list[str]] = {name: [] for name in _LISTS}
    about: dict[str, str] = {}
    fields = iter(status.stdout.split("\0"))
    for entry in filter(None, fields):
        if entry.startswith("# "):
            key, _, value = entry[2:].partition(" ")
            about[key] = value
        elif entry.startswith("? "):
            found["untracked"].append(entry[2:])
        else:
            _sort_in(found, entry, fields)
    head = about.get("branch.oid", "(initial)")
    branch = about.get("branch.head", "(detached)")
    commits: tuple[Commit, ...] = ()
    if head != "(initial)":
        lines = _lines(run, "log", "-z", "-n", str(_LAST_COMMITS), "--format=%H%x1f%s")
        commits = tuple(Commit(*line.split("\x1f", 1)) for line in lines)
    state = GitState(
        repository=True,
        branch=None if branch == "(detached)" else branch,
        head=None if head == "(initial)" else head,
        commits=commits,
        stashed=_stashed(run) if "stash" in about else (),
        **{name: tuple(sorted(set(paths))) for name, paths in found.items()},
    )
    return state, frozenset(_lines(run, "ls-files", "-z"))


_LISTS = ("modified", "staged", "untracked", "added", "deleted", "conflicts")


def _sort_in(found: dict[str, list[str]], entry: str, fields: Iterator[str]) -> None:
    """Sort one entry into the lists (`git help status`, "Porcelain Format Version 2")."""
    kind, changes = entry[0], entry[2:4]
    path = entry.split(" ", {"1": 8, "2": 9, "u": 10}[kind])[-1]
    if kind == "u":
        found["conflicts"].append(path)
        return
    if kind == "2":
        old = next(fields)
        found["staged"].append(old)
        found["deleted"].append(old)
    for name, is_so in {
        "staged": changes[0] != ".",
        "modified": changes[1] != ".",
        "added": changes[0] in "ARC",
        "deleted": "D" in changes,
    }.items():
        if is_so:
            found[name].append(path)


def _stashed(run: Run) -> tuple[str, ...]:
    """The files in the newest stash. Its third parent, where it has one, holds those untracked."""
    changed = _lines(run, "diff-tree", "-r", "-z", "--name-only", "refs/stash^1", "refs/stash")
    return (*changed, *_lines(run, "ls-tree", "-r", "-z", "--name-only", "refs/stash^3"))


def _lines(run: Run, *arguments: str) -> list[str]:
    """What a Git command lists, entries ended by NUL or newline; nothing where it fails."""
    done = run(["git", *arguments])
    separator = "\0" if "-z" in arguments else "\n"
    return [] if done.returncode else [line for line in done.stdout.split(separator) if line]


def _report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        return json.loads(done.stdout)
    except ValueError:
        # The app ended Python itself, or Python did not start.
        said = done.stderr.strip().splitlines()[-1:] or ["Python ended without a word."]
        return {"found": True, "error": f"The app could not be loaded: {said[0]}"}


def _model(project: Path, report: Mapping[str, Any]) -> ModelState:
    model = build(ModelState, report)
    code = (*project.glob("*.py"), *project.glob("*/__init__.py"))
    # An empty project is no error: there is no app yet.
    return model if model.found or any(code) else replace(model, error=None)


def _database(project: Path, report: Mapping[str, Any], env_file: str | None) -> DatabaseState:
    if "database" in report:
        return build(DatabaseState, {"url": report["url"]} | report["database"])
    if "url" in report:
        file = Path(report["sqlite_file"]) if report["sqlite_file"] else None
        database = _sqlite(file, report["url"])
        if "uncompared" in report and not database.error:
            return replace(database, error=report["uncompared"], problem="unreachable")
        return database
    usual = project / "instance" / "app.db"
    # The app does not say which database it has; its usual one is still worth a look.
    if env_file or not usual.is_file():
        return DatabaseState()
    return _sqlite(usual, usual.relative_to(project).as_posix())


def _sqlite(file: Path | None, url: str) -> DatabaseState:
    if file is None or not file.exists():
        return DatabaseState(url)
    try:
        with closing(
            sqlite3.connect(probe.sqlite_uri(file), uri=True, timeout=_PATIENCE)
        ) as connection:
            names = [
                name
                for (name,) in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' "
                    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
                )
            ]
            versions: list[str] = []
            if "alembic_version" in names:
                rows = connection.execute("SELECT version_num FROM alembic_version ORDER BY 1")
                versions = [row[0] for row in rows]
            tables = [_table(connection, name) for name in names if name != "alembic_version"]
    except sqlite3.Error as error:
        return DatabaseState(url, exists=True, error=f"{error}.", problem=_problem(error))
    return DatabaseState(url, True, tuple(tables), tuple(versions))


def _table(connection: sqlite3.Connection, name: str) -> Table:
    quoted = '"' + name.replace('"', '""') + '"'
    columns = tuple(
        Column(column, kind, nullable=not required, primary_key=bool(key))
        for _, column, kind, required, _, key in connection.execute(f"PRAGMA table_info({quoted})")
    )
    return Table(name, columns, connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0])


def _problem(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "locked"
    return "garbage" if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) else "unreachable"


def _migrations(
    project: Path, folder: str, git: GitState, tracked: frozenset[str]
) -> MigrationState:
    """The scripts as they lie there, oldest first; nothing of the database yet."""
    if not (project / folder).is_dir():
        return MigrationState(folder=folder)
    found: dict[str, Revision] = {}
    problems = list(_setup_problems(project, folder))
    for path in sorted((project / folder / "versions").glob("*.py")):
        if path.name.startswith((".#", "__init__")):  # as Alembic does
            continue
        inside = path.is_relative_to(project)
        file = path.relative_to(project).as_posix() if inside else path.as_posix()
        try:
            revision = _revision(ast.parse(path.read_bytes()), file)
        except SyntaxError as error:
            problems.append((f"{file}, line {error.lineno}: SyntaxError: {error.msg}.", file))
            continue
        except (OSError, ValueError) as error:
            problems.append((f"{file}: {error}.", file))
            continue
        if revision.id in found:
            problem = f"Both {found[revision.id].file} and {file} say that they are {revision.id}."
            problems.append((problem, file))
        found[revision.id] = replace(
            revision,
            tracked=file in tracked,
            committed=file in tracked and file not in git.added,
            ignored=git.repository and file not in tracked and file not in git.untracked,
        )
    for revision in found.values():
        for parent in revision.parents:
            if parent not in found and not problems:
                problem = f"{revision.file} follows revision {parent}, which no file has."
                problems.append((problem, revision.file))
    parents = {parent for revision in found.values() for parent in revision.parents}
    error, error_file = problems[0] if problems else (None, "")
    return MigrationState(
        exists=True,
        revisions=tuple(_oldest_first(found)),
        heads=tuple(sorted(found.keys() - parents)),
        error=error,
        error_file=error_file,
        folder=folder,
    )


def _setup_problems(project: Path, folder: str) -> Iterator[tuple[str, str]]:
    """What keeps Alembic from starting, before it looks at any script."""
    for name in ("alembic.ini", "env.py"):
        file = f"{folder}/{name}"
        try:
            source = (project / file).read_bytes()
            if name == "env.py":
                ast.parse(source)
        except SyntaxError as error:
            yield f"{file}, line {error.lineno}: SyntaxError: {error.msg}.", file
        except (OSError, ValueError):
            yield f"There is no readable {file}.", file


def _revision(tree: ast.Module, file: str) -> Revision:
    """What a script says of itself. Raises ValueError when it names no revision."""
    names: dict[str, Any] = {}
    adds: list[str] = []
    drops: list[str] = []
    required: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {t.id: _literal(node.value) for t in targets if isinstance(t, ast.Name)}
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            for kind, name, is_required in _operations(node, ""):
                if not name or name.startswith(".") or name.endswith("."):
                    continue  # a name that only the script's run could tell
                {"add": adds, "drop": drops}[kind].append(name)
                if is_required:
                    required.append(name)
    if not isinstance(names.get("revision"), str):
        raise ValueError("it has no line that says revision = '…'")
    down = names.get("down_revision") or ()
    message = (ast.get_docstring(tree) or "").partition("\n\n")[0]
    return Revision(
        id=names["revision"],
        message=" ".join(message.split()),
        parents=(down,) if isinstance(down, str) else tuple(map(str, down)),
        file=file,
        tracked=False,
        applied=False,
        adds=tuple(dict.fromkeys(adds)),
        drops=tuple(dict.fromkeys(drops)),
        required=tuple(dict.fromkeys(required)),
    )


def _operations(node: ast.AST, table: str) -> Iterator[tuple[str, str, bool]]:
    """("add" or "drop", name, required) of each operation; `table` is that of the batch around."""
    for child in ast.iter_child_nodes(node):
        inner = table
        if isinstance(child, ast.With):
            for item in child.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and _called(call) == "batch_alter_table":
                    inner = _argument(call, 0, "table_name") or ""
        if isinstance(child, ast.Call):
            yield from _operation(child, table)
        yield from _operations(child, inner)


def _operation(call: ast.Call, table: str) -> Iterator[tuple[str, str, bool]]:
    name, place = _called(call), 0 if table else 1
    if any(word.arg == "schema" for word in call.keywords):
        return  # another schema's tables are not read
    on = table or _argument(call, 0, "table_name") or ""
    if name in ("create_table", "drop_table"):
        yield "add" if name == "create_table" else "drop", on, False
    elif name == "add_column":
        given = (*call.args[place:], *(word.value for word in call.keywords))
        column = next((value for value in given if isinstance(value, ast.Call)), None)
        if column and (called := _argument(column, 0, "name")):
            options = {word.arg: _literal(word.value) for word in column.keywords}
            required = options.get("nullable") is False and "server_default" not in options
            yield "add", f"{on}.{called}", required
    elif name == "drop_column":
        yield "drop", f"{on}.{_argument(call, place, 'column_name') or ''}", False
    elif name == "rename_table":
        yield "drop", _argument(call, 0, "old_table_name") or "", False
        yield "add", _argument(call, 1, "new_table_name") or "", False
    elif name == "alter_column" and (new := _argument(call, -1, "new_column_name")):
        yield "drop", f"{on}.{_argument(call, place, 'column_name') or ''}", False
        yield "add", f"{on}.{new}", False


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _argument(call: ast.Call, place: int, name: str) -> str | None:
    given = [word.value for word in call.keywords if word.arg == name]
    if 0 <= place < len(call.args):
        given.append(call.args[place])
    value = _literal(given[0]) if given else None
    return value if isinstance(value, str) else None


def _literal(node: ast.AST | None) -> Any:
    try:
        return ast.literal_eval(node) if node else None
    except (ValueError, TypeError):
        return None


def _oldest_first(found: Mapping[str, Revision]) -> Iterator[Revision]:
    waiting = dict(found)
    while waiting:
        ready = [r for r in waiting.values() if not any(p in waiting for p in r.parents)]
        for revision in ready or list(waiting.values()):
            del waiting[revision.id]
            yield revision


def _against_database(
    migrations: MigrationState, versions: tuple[str, ...], git: GitState, run: Run
) -> MigrationState:
    """Add what the database says: which scripts it has run, and which of them are gone."""
    known = {revision.id: revision for revision in migrations.revisions}
    applied = _ancestors(known, versions)
    missing = tuple(version for version in versions if version not in known)
    revisions = tuple(
        replace(
            revision,
            applied=revision.id in applied,
            before=_before(revision, run)
            if revision.committed and revision.id not in applied
            else "",
        )
        for revision in migrations.revisions
    )
    return replace(
        migrations,
        revisions=revisions,
        current=versions,
        missing=missing,
        rescue=_rescue(run, missing[0], migrations.folder, git) if missing else None,
    )


def _ancestors(known: Mapping[str, Revision], ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        each = waiting.pop()
        if each in known and each not in found:
            found.add(each)
            waiting.extend(known[each].parents)
    return found


def _before(revision: Revision, run: Run) -> str:
    """The commit before the one that brought the script; empty when that was the first commit."""
    lines = _lines(run, "log", "-n1", "--diff-filter=A", "--format=%p", "--", revision.file)
    return lines[0].split()[0] if lines else ""


def _rescue(run: Run, missing: str, folder: str, git: GitState) -> Rescue:
    """Look for the file of a missing revision wherever Git may still have it."""
    if not git.repository:
        return Rescue("lost")
    pattern = rf"^revision\b.*['\"]{re.escape(missing)}['\"]"

    def file_in(commit: str) -> str:
        # A name that Git does not know makes it fail, so each is asked for alone.
        lines = _lines(run, "grep", "-z", "-l", "-E", pattern, commit, "--", f"{folder}/versions")
        return lines[0].partition(":")[2] if lines else ""

    moved = "".join(_lines(run, "log", "-g", "-n1", "--format=%gs"))
    left = re.match(r"checkout: moving from (\S+) to ", moved)
    branches = _lines(run, "for-each-ref", "--format=%(refname:short)", "refs/heads")
    if file := file_in("HEAD"):
        return Rescue("worktree", "HEAD", file)
    if git.stashed:
        for commit in ("refs/stash^3", "refs/stash^2", "refs/stash"):
            if file := file_in(commit):
                return Rescue("stash", "refs/stash", file)
    if left and left[1] in branches and (file := file_in(left[1])):
        return Rescue("branch", left[1], file)
    if file := file_in("ORIG_HEAD"):
        ahead = not run(["git", "merge-base", "--is-ancestor", "HEAD", "ORIG_HEAD"]).returncode
        return Rescue("orig_head" if ahead else "commit", "ORIG_HEAD", file)
    for branch in branches:
        if file := file_in(branch):
            return Rescue("commit", branch, file)
    everywhere = ("log", "--all", "--reflog", "-n1", "--format=%h", "--diff-filter=AM")
    for commit in _lines(run, *everywhere, "-E", f"-G{pattern}", "--", f"{folder}/versions"):
        if file := file_in(commit):
            return Rescue("commit", commit, file)
    # What was only staged is in no commit, but its content stays until Git cleans up.
    for line in _lines(run, "fsck", "--unreachable", "--no-progress"):
        kind, blob = line.split()[1:3]
        if kind == "blob" and _lines(run, "grep", "-z", "-l", "-E", pattern, blob):
            return Rescue("blob", blob[:10], f"{folder}/versions/{missing}.py")
    return Rescue("lost")
