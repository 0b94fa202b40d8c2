"""What each of the board's four lanes says about a state."""

from __future__ import annotations

from dataclasses import replace

from ..git_facts import GitState
from ..plural import counted
from ..state import State
from . import revisions, tables
from .news import News, compare
from .parts import Board, Files, Lane, Node, Note, Verdict, Word
from .tables import Box

_COMMITS = 4
_NAMES = 2
_PROBLEMS = {
    "locked": "The database is locked",
    "garbage": "The file is no database",
    "unreachable": "The database does not answer",
    "memory": "The database is in memory",
    "no folder": "The database has no folder",
}


def lay_out(state: State, since: State | None = None) -> Board:
    """Everything to be drawn or said about a state."""
    news = compare(state, since)
    pairs, left_over = tables.pairs(state, news)
    lanes = (
        _git(state.git, news),
        _model(state, tuple(model for model, _ in pairs), left_over),
        revisions.lane(state.migrations, state.database.versions, news),
        _database(state, tuple(database for _, database in pairs)),
    )
    looks = {place.lower() for place in state.verdict.places}
    return Board(
        lanes=tuple(replace(lane, look=lane.name.lower() in looks) for lane in lanes),
        verdict=verdict(state),
        versions=state.database.versions,
        news=news.line,
    )


def verdict(state: State) -> Verdict:
    """What the first disagreement says, and the headlines of the others."""
    found = state.verdict
    broken = (
        state.git.error,
        state.model.error,
        state.migrations.error,
        state.migrations.missing,
        state.database.problem,
    )
    tone = "bad" if any(broken) else "wait"
    if not state.disagreements:
        tone = "good"
    others = [other.headline for other in state.disagreements[1:]]
    also = " ".join(others[:2])
    if len(others) > 2:
        also += f" And {len(others) - 2} more."
    # No commit and no reflog has what this one overwrites.
    of_back = _THROWS_AWAY if found.back.startswith("git restore ") else ""
    text = " ".join(filter(None, (found.found, found.why, found.then, of_back)))
    return Verdict(tone, found.headline, text, found.next, found.back, also)


_THROWS_AWAY = "The other command throws away all that is new in the file."


def _git(git: GitState, news: News) -> Lane:
    lane = Lane("Git", "what you committed")
    if git.error:
        return replace(lane, notes=(Note("Git cannot read it", git.error, "bad"),))
    if not git.repository:
        return replace(lane, notes=(Note("No repository yet", "git init makes one."),))
    nodes = [_loose(git, news)] if git.uncommitted else []
    shown = len(git.commits) if len(git.commits) <= _COMMITS else _COMMITS - 1
    for commit in git.commits[:shown]:
        words = [Word(commit.hash[:7], mono=True)]
        if commit.hash == git.head:
            words.append(Word("HEAD", "name"))
        mark = news.mark("git", "commit", commit.hash)
        nodes.append(Node("commit", commit.subject, tuple(words), new=mark))
    if len(git.commits) > shown:
        nodes.append(Node("fold", f"… {counted(len(git.commits) - shown, 'older commit')}"))
    summary = [Word(counted(len(git.commits), "commit"))]
    if git.commits and not git.uncommitted:
        summary.append(Word("working tree clean", "good"))
    notes: tuple[Note, ...] = (
        () if git.commits else (Note("No commit yet", "git commit makes the first one."),)
    )
    if git.databases:
        notes += (Note("The database file is in Git", "A reset would take its rows back.", "wait"),)
    branch = f"branch {git.branch}" if git.branch else "no branch (detached HEAD)"
    return replace(lane, source=branch, summary=tuple(summary), notes=notes, nodes=_straight(nodes))


def _loose(git: GitState, news: News) -> Node:
    total = len(git.uncommitted)
    groups = []
    for kind, paths in (
        ("in conflict", git.conflicts),
        ("staged", [path for path in git.staged if path not in git.deleted]),
        ("modified", [path for path in git.modified if path not in git.deleted]),
        ("deleted", git.deleted),
        ("untracked", git.untracked),
    ):
        if paths:
            names = tuple(paths[:_NAMES])
            groups.append(Files(f"{len(paths)} {kind}", names, len(paths) - len(names)))
    fresh = any(news.mark("git", "file", path) for path in git.uncommitted)
    title = f"{counted(total, 'file')} not committed"
    return Node("loose", title, files=tuple(groups), new="new" if fresh else "")


def _straight(nodes: list[Node]) -> tuple[Node, ...]:
    last = len(nodes) - 1
    return tuple(replace(n, links=(i + 1,) if i < last else ()) for i, n in enumerate(nodes))


def _model(state: State, boxes: tuple[Box | None, ...], left_over: tuple[str, ...]) -> Lane:
    model = state.model
    lane = Lane("Model", "what the code says", boxes=boxes)
    if model.error:
        title = "The app does not load" if model.found else "Flask does not find the app"
        note = Note(title, model.error, "bad")
        return replace(lane, source=model.error_file, notes=(note,))
    if not model.found:
        note = Note("No app yet", "There is no code that Flask can load.")
        return replace(lane, notes=(note,))
    files = model.files
    summary = [Word(counted(len(model.tables), "table"))]
    if set(files) & set(state.git.uncommitted):
        new = set(files) & set(state.git.untracked)
        summary.append(Word("not in Git yet" if new else "modified", "wait"))
    notes = [Note("Not a column", odd, "wait") for odd in model.odd]
    if left_over:
        notes.append(Note("Also different", "; ".join(left_over), "wait"))
    if not model.tables:
        notes.append(Note("No tables", "The app has no model class."))
    if not model.migrates:
        notes.append(Note("No Flask-Migrate", "The app does not set it up."))
    source = files[0] if len(files) == 1 else counted(len(files), "file") if files else ""
    return replace(lane, source=source, summary=tuple(summary), notes=tuple(notes))


def _database(state: State, boxes: tuple[Box | None, ...]) -> Lane:
    database = state.database
    about = f"what really is ({state.env_file})" if state.env_file else "what really is"
    lane = Lane("Database", about, source=_place(database.url), boxes=boxes)
    if problem := database.problem or database.error:
        title = _PROBLEMS.get(problem, "The database cannot be read")
        return replace(lane, notes=(Note(title, database.error or "", "bad"),))
    if not database.exists:
        text = "flask db upgrade makes it." if state.migrations.revisions else ""
        return replace(lane, notes=(Note("No database yet", text),))
    since = "any more" if database.emptied else "yet"
    notes = () if database.tables else (Note(f"No tables {since}"),)
    summary = () if database.versions else (Word("alembic_version: nothing"),)
    return replace(lane, summary=summary, notes=notes)


def _place(url: str) -> str:
    """The database's address; of a file elsewhere on this machine, its name alone."""
    path = url.replace("\\", "/")
    absolute = path.startswith("/") or path[1:3] == ":/"
    return f"…/{path.rpartition('/')[2]}" if absolute else url
