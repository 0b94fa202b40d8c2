"""The lane of the migrations: the scripts as a graph, newest first."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from ..migration_facts import MigrationState, Revision
from ..plural import counted
from .news import News
from .parts import Lane, Node, Note, Word

_MOST = 6
_SAID = {
    "applied": Word("applied", "good"),
    "pending": Word("pending", "wait"),
    "unknown": Word("perhaps applied"),
}


def lane(found: MigrationState, versions: tuple[str, ...], news: News) -> Lane:
    """The migrations as a lane; `versions` is what the database says it is at."""
    empty = Lane("Migrations", "how to get there")
    notes = []
    if found.error:
        notes.append(Note("The scripts cannot be read", found.error, "bad"))
    elif not found.exists:
        notes.append(Note("No migrations folder yet", "flask db init makes it."))
    elif not found.revisions and not found.missing:
        notes.append(Note("No migration yet", "flask db migrate writes the first one."))
    nodes = [_missing(id, versions, news) for id in found.missing]
    nodes += _graph(found, versions, news, len(nodes))
    summary = [Word(counted(len(found.revisions), "revision"))] if found.exists else []
    if found.pending and not found.missing:
        summary.append(Word(f"{len(found.pending)} pending", "wait"))
    if found.missing:
        summary.append(Word(f"{len(found.missing)} missing", "bad"))
    if len(found.heads) > 1:
        summary.append(Word(f"{len(found.heads)} heads", "bad"))
    source = f"{found.folder}/versions" if found.exists else ""
    source = found.error_file or source
    return replace(
        empty, source=source, summary=tuple(summary), notes=tuple(notes), nodes=tuple(nodes)
    )


def _missing(id: str, versions: tuple[str, ...], news: News) -> Node:
    mark = news.mark("migrations", "missing", id)
    words = (Word(id, mono=True), Word("file missing", "bad"))
    return Node("missing", "The script is not here", words, new=mark, id=id, pointed=id in versions)


def _graph(found: MigrationState, versions: tuple[str, ...], news: News, before: int) -> list[Node]:
    """The revisions as nodes, newest first, at most about six; runs of the others are folded.

    Each has a column, as in `git log --graph`: a second head is drawn beside the first. `before`
    is how many nodes of the lane are above them.
    """
    kept = _worth_showing(found, versions)
    newest_first = groupby(found.revisions[::-1], lambda r: r.id if r.id in kept else "")
    runs = [list(run) for _, run in newest_first]
    place = {revision.id: n for n, run in enumerate(runs) for revision in run}
    nodes: list[Node] = []
    waiting: list[int] = []
    for n, run in enumerate(runs):
        targets = [place[p] for r in run for p in r.parents if p in place and place[p] != n]
        column = waiting.index(n) if n in waiting else len(waiting)
        parents = [target for target in dict.fromkeys(targets) if target not in waiting]
        waiting = [target for target in waiting if target != n]
        waiting[column:column] = parents
        links = tuple(before + target for target in dict.fromkeys(targets))
        node = (
            _revision(run[0], found, versions, news) if run[0].id in kept else _folded(run, found)
        )
        nodes.append(replace(node, column=min(column, 3), links=links))
    return nodes


def _worth_showing(found: MigrationState, versions: tuple[str, ...]) -> set[str]:
    """The ids to draw: heads and what the database is at, the oldest, then the newest."""
    ids = [revision.id for revision in found.revisions]
    if len(ids) <= _MOST:
        return set(ids)
    wanted = [*found.heads[:_MOST], *(v for v in versions if v in ids), ids[0], *ids[::-1]]
    return set(list(dict.fromkeys(wanted))[: _MOST - 1])


def _revision(
    revision: Revision, found: MigrationState, versions: tuple[str, ...], news: News
) -> Node:
    words = [Word(revision.id, mono=True)]
    shape = _shape(revision, found)
    words.append(_SAID[shape])
    if not revision.tracked:
        words.append(Word("ignored by Git" if revision.ignored else "untracked", "wait"))
    if len(found.heads) > 1 and revision.id in found.heads:
        words.append(Word("head", "bad"))
    return Node(
        shape,
        revision.message or "(no message)",
        tuple(words),
        new=news.mark("migrations", "revision", revision.id),
        id=revision.id,
        pointed=revision.id in versions,
    )


def _shape(revision: Revision, found: MigrationState) -> str:
    """Below a revision whose file is missing, nobody can say what the database has run.

    Nor can anybody when the database does not answer.
    """
    if revision.applied:
        return "applied"
    return "unknown" if found.missing or not found.asked else "pending"


def _folded(run: list[Revision], found: MigrationState) -> Node:
    loose = [revision for revision in run if not revision.applied]
    state = f"{len(loose)} {_SAID[_shape(loose[0], found)].text}" if loose else "applied"
    return Node("fold", f"… {len(run)} more, {state}")
