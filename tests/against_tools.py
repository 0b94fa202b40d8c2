"""The verdict against what `flask db check`, `flask db current` and `git status` say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from states import Project

from roundtrip.state import State

NOT_UP_TO_DATE = {"pending", "left_over", "several_heads", "not_recorded"}
OPERATIONS = {"model_ahead", "database_ahead", "stamped"}
OPERATIONS |= {"model_not_imported", "class_not_imported"}
BROKEN = {"app_not_found", "no_app", "nothing", "model_error", "no_migrate", "script_error"}
BROKEN |= {"no_folder", "folder_gone"}


def check_against_commands(project: Project, env_file: str = "") -> State:
    """Read the state and hold its verdict against the three commands."""
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(project.ask, *(["--env-file", env_file] if env_file else []))
        state = project.read(env_file or None)
        check, current = asking.result()
    status = project.git("status", "--porcelain")
    kind = state.verdict.kind

    said = check.out + check.err
    assert (kind in NOT_UP_TO_DATE) == ("Target database is not up to date" in said), said
    assert (kind in OPERATIONS) == ("New upgrade operations detected" in said), said
    assert (kind == "missing_script") == ("Can't locate revision" in current.err), said
    if kind in BROKEN:
        assert check.code and current.code, said
    elif kind == "missing_script":
        assert f"'{state.migrations.missing[0]}'" in current.err
    else:
        ids = tuple(sorted(line.split()[0] for line in current.out.splitlines()))
        assert (current.code, ids) == (0, state.migrations.current)
        assert (check.code == 0) == (kind not in NOT_UP_TO_DATE | OPERATIONS), said
    assert bool(status) == bool(state.git.uncommitted)
    assert not (status and kind == "agree")
    return state
