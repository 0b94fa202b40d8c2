"""What belongs to one machine, and Git should not hold: databases, settings."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import normpath

from ..env_file import quoted
from ..state import Disagreement, State
from .commands import move_in
from .wording import listed, say


def database_in_git(state: State) -> Disagreement | None:
    """Git tracks a database file."""
    files = state.git.databases
    if not files:
        return None
    many = len(files) > 1
    why = "A reset or a checkout silently takes rows back, and a database cannot be merged. "
    why += f"The command keeps the files. Add {to_ignore(files)} to .gitignore, too."
    if {*files} & {*state.git.added} & {*state.git.modified}:
        why += " The staged version is in no commit, and is dropped."
    return say(
        "Database files are in Git." if many else "The database file is in Git.",
        f"Git tracks {listed(files)}.",
        why,
        f"git rm -f --cached {' '.join(map(quoted, files))}",
    )


def settings_in_git(state: State) -> Disagreement | None:
    """Git tracks a file of settings: an address, and often a password."""
    files = state.git.settings
    if not files:
        return None
    why = "Anyone with the repository can read the addresses and passwords in it. The command "
    why += "keeps the file here. Add *.env to .gitignore, too."
    if not {*files} <= {*state.git.added}:
        why += " The commits that have it keep it, so change every password that it holds."
    return say(
        "A file of settings is in Git.",
        f"Git tracks {listed(files)}.",
        why,
        f"git rm -f --cached {' '.join(map(quoted, files))}",
    )


def about_to_be_in_git(state: State) -> Disagreement | None:
    """A database or a file of settings that `git add .` would add."""
    found = state.git.private
    if not found:
        return None
    headline = f"git add . would add {listed(found)}."
    if ".gitignore" in {*state.git.deleted} - {*state.git.added}:
        return say(
            headline,
            "The file .gitignore, which kept such files out, is deleted.",
            "This brings it back as it was in the last commit.",
            "git checkout HEAD -- .gitignore",
        )
    used = {normpath(url) for url in (state.database.url, *(e.url for e in state.elsewhere))}
    apart = [f for f in found if f not in used and not f.startswith("instance/")]
    beside = [f for f in apart if not f.endswith(".env")]
    if beside:
        return say(
            headline,
            f"{beside[0]} is not in instance/, the folder of databases that Git leaves alone.",
            "Rows belong to one machine. The command moves it there; a copy belongs there too.",
            move_in(beside[0]),
        )
    lines = to_ignore(found)
    return say(
        headline,
        f"No line of .gitignore keeps {'them' if found[1:] else 'it'} out.",
        f"Rows and addresses belong to one machine. Write {lines} into the file .gitignore"
        f"{', one per line,' if ' and ' in lines else ''} before you run git add.",
    )


def to_ignore(files: Iterable[str]) -> str:
    """What .gitignore should have, so that these files stay out of Git."""
    folder = "instance/"
    kinds = (
        folder if f.startswith(folder) else "*.env" if f.endswith(".env") else f for f in files
    )
    return " and ".join(dict.fromkeys(kinds))
