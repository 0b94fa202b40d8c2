"""Reads the four places of a project: Git, the model, the migrations, the database.

Nothing is written, no code of the learner runs in this process, and no password gets out.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from .. import verdict
from ..env_file import file_with
from ..errors import RoundtripError
from ..facts import DatabaseState, Difference, ModelState
from ..git_facts import GitState
from ..migration_facts import MigrationState, Revision
from ..names import names_in
from ..plain_data import build
from ..probing import PROBE
from ..sqlite_files import is_database
from ..state import State
from .classes import not_imported
from .databases import is_copied, read_database, read_differing, read_others, with_copies
from .git import Run, git_lines, read_git
from .overwriting import overwritten
from .rescue import find_maker, find_script
from .script_folder import read_scripts
from .versions import with_versions


def read(project: Path, run: Run, env_file: str | None = None) -> State:
    """Read the four places of `project`. `env_file` chooses a database as `flask --env-file` does.

    Raises `RoundtripError` when the project or the file does not exist, and as `run` does.
    """
    if not project.is_dir():
        raise RoundtripError(f"There is no folder {project}. Start a lesson with %lesson first.")
    if env_file and not (project / env_file).is_file():
        raise RoundtripError(f"There is no file {env_file} in the project. Look at its name.")
    pool = ThreadPoolExecutor(1)
    try:
        loading = pool.submit(run, ["python", str(PROBE), *([env_file] if env_file else [])])
        git, tracked = read_git(project, run)
        report = _report(loading.result())
    finally:
        pool.shutdown(wait=False)  # after an interrupt, nobody waits for what is still loading
    model = replace(_model(project, report), named_in=file_with(project, "FLASK_APP"))
    database = with_copies(project, read_database(project, report, env_file))
    database = replace(database, named_in=env_file or file_with(project, "DATABASE_URL"))
    git = _with_private(git, tracked, project, database.url, run)
    git = _with_kept(git, project, tracked, database, run)
    migrations = read_scripts(project, report.get("folder", "migrations"), git, tracked)
    migrations = _against_database(migrations, database.versions, git, run, project, model.files)
    migrations = with_versions(migrations, database.tables, git, run)
    migrations = replace(migrations, asked=not database.problem)
    if "settings" in report and not migrations.error:
        error, file = report["settings"]
        migrations = replace(migrations, error=error, error_file=file)
    differences = _differences(report)
    loses = any(d.op == "modify_type" and d.required for d in differences)
    if loses or model.dependents or (env_file and migrations.pending):
        database = replace(database, copied=is_copied(project, database.url))
    usual = _report(run(["python", str(PROBE)])) if env_file and differences else {}
    alike = names_in(model.tables) & names_in(database.tables) if not differences else set()
    migrations = _with_maker(migrations, differences, alike, run)
    if not model.error:
        left_out = not_imported(project, [table.name for table in model.tables], model.files)
        model = replace(model, left_out=tuple(left_out))
    state = State(
        git,
        model,
        migrations,
        database,
        differences,
        env_file=env_file or "",
        elsewhere=tuple(read_others(project, database, env_file)),
        alone=_alone(differences, usual),
        differing=() if env_file else tuple(read_differing(project, database)),
    )
    return replace(state, disagreements=verdict.disagreements(state))


def _with_private(
    git: GitState, tracked: frozenset[str], project: Path, url: str, run: Run
) -> GitState:
    """Add what belongs to one machine, in Git or about to be: databases, and files of settings."""

    def is_private(name: str) -> bool:
        return name == url or name.endswith(".env") or is_database(project / name)

    found = set(filter(is_private, tracked))
    settings = {name for name in found if name.endswith(".env")}
    out = set(filter(is_private, {*git.staged} - tracked))
    last = git_lines(run, *_WHAT_THE_LAST_COMMIT_DID) if out else []
    did = dict(zip(last[1::2], last[::2], strict=False))
    brought = {name for name in out if did.get(name) == "A"}
    return replace(
        git,
        databases=tuple(sorted(found - settings)),
        settings=tuple(sorted(settings)),
        private=tuple(filter(is_private, git.untracked)),
        taken_out=tuple(sorted(brought)) if did.keys() > brought else (),
    )


_WHAT_THE_LAST_COMMIT_DID = ("show", "-z", "--format=", "--no-renames", "--name-status", "HEAD")


def _with_kept(
    git: GitState, project: Path, tracked: frozenset[str], database: DatabaseState, run: Run
) -> GitState:
    """Add what Git has of a database that is missing or emptied, and of the files beside it."""
    if not git.head or database.problem or (database.exists and not database.emptied):
        return git
    before_a_reset = ("ls-tree", "-r", "-z", "--name-only", "ORIG_HEAD")
    places = {
        "": tracked & {*git.modified},
        "HEAD": {*git.deleted},
        "ORIG_HEAD": () if database.exists else git_lines(run, *before_a_reset),
    }
    for place, files in places.items():
        if database.url in files:
            beside = {name for name in files if name.endswith((".db", ".env"))}
            gone = {name for name in beside if not (project / name).exists()}
            return replace(git, kept=tuple(sorted({database.url} | gone)), kept_in=place)
    return git


def _with_maker(
    migrations: MigrationState, differences: Iterable[Difference], alike: set[str], run: Run
) -> MigrationState:
    """Add where Git has a script for what no script here makes.

    That is in the database alone, or `alike` in it and in the model.
    """
    made = {name for r in migrations.revisions for name in (*r.adds, *r.columns)}
    strange = [d.name for d in differences if d.op in ("remove_column", "remove_table")]
    strange = [name for name in (*strange, *sorted(alike)) if name not in made]
    maker = find_maker(run, strange[0], migrations.folder, migrations.heads) if strange else None
    return replace(migrations, maker=maker)


def _differences(report: Mapping[str, Any]) -> tuple[Difference, ...]:
    return build(tuple[Difference, ...], report.get("differences", ()))


def _alone(differences: tuple[Difference, ...], usual: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The differences that the default database does not have, as far as its report knows."""
    if "differences" not in usual:
        return ()
    known = {replace(d, required=False) for d in _differences(usual)}
    return tuple(d for d in differences if replace(d, required=False) not in known)


def _report(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    try:
        return json.loads(done.stdout)
    except ValueError:
        # The app ended Python itself, or Python did not start.
        said = done.stderr.strip().splitlines()[-1:] or ["Python ended without a message."]
        return {"found": True, "error": f"The app could not be loaded: {said[0]}"}


def _model(project: Path, report: Mapping[str, Any]) -> ModelState:
    model = build(ModelState, report)
    code = (*project.glob("*.py"), *project.glob("*/__init__.py"))
    # An empty project is no error: there is no app yet.
    return model if model.found or any(code) else replace(model, error=None)


def _against_database(
    migrations: MigrationState,
    versions: tuple[str, ...],
    git: GitState,
    run: Run,
    project: Path,
    models: Iterable[str],
) -> MigrationState:
    """Add what the database says: which scripts it has run, and which of them are gone."""
    known, applied = migrations.ids, migrations.run_by(versions)
    missing = tuple(version for version in versions if version not in known)
    # Without a parent nothing can be read, so that one comes first.
    parents = (parent for r in migrations.revisions for parent in r.parents if parent not in known)
    gone = next(chain(parents, missing), "")

    def told(revision: Revision) -> Revision:
        if revision.id in applied:
            return replace(revision, applied=True)
        if not revision.committed:
            return revision
        before = _before(revision, run)
        in_the_way = overwritten(project, run, git, before) if before else ()
        alone = _came_alone(revision, models, run)
        return replace(revision, before=before, in_the_way=in_the_way, came_alone=alone)

    return replace(
        migrations,
        revisions=tuple(map(told, migrations.revisions)),
        current=versions,
        missing=missing,
        rescue=find_script(project, run, gone, migrations.folder, git) if gone else None,
    )


def _before(revision: Revision, run: Run) -> str:
    """The commit before the one that brought the script; empty when that was the first commit."""
    lines = git_lines(run, "log", "-n1", "--diff-filter=A", "--format=%p", "--", revision.file)
    return lines[0].split()[0] if lines else ""


def _came_alone(revision: Revision, models: Iterable[str], run: Run) -> bool:
    """Whether the last commit of those that had it, or a file of the models, had it alone."""
    words = ("log", "-n1", "--format=", "--name-only", "--", revision.file, *models)
    return git_lines(run, *words) == [revision.file]
