"""Says where the four places disagree: an ordered table of rules over the facts.

The first rule that speaks is the board's verdict, so it must agree with what `flask db check`,
`flask db current` and `git status` say (tests/against_tools.py compares them). A rule marked as the
last word silences those after it: what they would need to know cannot be known.

The rules are in git_rules, model_rules, script_rules, pending_rules, difference_rules,
database_rules, unseen_rules and elsewhere_rules, by what they are about. downgrades: what each of
them adds where it tells one.
failing: whether a script that waits would fail. lookups: what they ask of a state. commands: what
they tell to type. wording: how they say it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..env_file import with_env_file
from ..facts import Disagreement, State
from .database_rules import (
    database_problem,
    half_made_copy,
    not_recorded,
    overlapping,
    script_changed,
    stamped,
)
from .difference_rules import database_ahead, model_ahead
from .downgrades import with_losses
from .elsewhere_rules import elsewhere, stamped_elsewhere
from .git_rules import (
    about_to_be_in_git,
    conflict,
    database_in_git,
    git_error,
    merge_not_committed,
    no_branch,
    no_repository,
    not_committed,
    nothing,
    script_not_committed,
    scripts_ignored,
)
from .model_rules import (
    app_not_found,
    cannot_be_related,
    class_not_imported,
    model_error,
    model_not_imported,
    no_app,
    no_migrate,
    no_model,
    no_type,
    not_a_column,
)
from .pending_rules import left_over, pending
from .script_rules import (
    folder_gone,
    missing_script,
    no_folder,
    script_error,
    several_heads,
    template_gone,
)
from .unseen_rules import not_made, other_length, unwanted

GIT, MODEL, MIGRATIONS, DATABASE = "git", "model", "migrations", "database"


def disagreements(state: State) -> tuple[Disagreement, ...]:
    """Every disagreement in a state, the most important first."""
    found = []
    for rule in RULES:
        said = rule.look(state)
        if said is None:
            continue
        said = replace(said, kind=rule.look.__name__, places=rule.places)
        said = with_losses(said, state)
        found.append(_with_env_file(said, state.env_file))
        if rule.last_word:
            break
    return tuple(found)


@dataclass(frozen=True)
class Rule:
    """`look` finds a disagreement, or None; its name is the disagreement's kind."""

    look: Callable[[State], Disagreement | None]
    places: tuple[str, ...]
    last_word: bool = False


RULES = (
    Rule(nothing, (GIT, MODEL), last_word=True),
    Rule(git_error, (GIT,)),
    Rule(conflict, (GIT,)),
    Rule(app_not_found, (MODEL,), last_word=True),
    Rule(no_app, (MODEL,), last_word=True),
    Rule(model_error, (MODEL,), last_word=True),
    Rule(no_migrate, (MODEL, MIGRATIONS), last_word=True),
    Rule(no_repository, (GIT,)),
    Rule(folder_gone, (GIT, MIGRATIONS), last_word=True),
    Rule(no_folder, (MODEL, MIGRATIONS), last_word=True),
    Rule(script_error, (MIGRATIONS,), last_word=True),
    Rule(database_problem, (DATABASE,), last_word=True),
    Rule(missing_script, (MIGRATIONS, DATABASE), last_word=True),
    Rule(template_gone, (MIGRATIONS,)),
    Rule(not_a_column, (MODEL,)),
    Rule(no_type, (MODEL,)),
    Rule(cannot_be_related, (MODEL,)),
    Rule(model_not_imported, (MODEL, DATABASE), last_word=True),
    Rule(no_model, (MODEL,)),
    Rule(half_made_copy, (DATABASE,)),
    Rule(several_heads, (MIGRATIONS,)),
    Rule(overlapping, (DATABASE,), last_word=True),
    Rule(stamped, (MIGRATIONS, DATABASE), last_word=True),
    Rule(not_recorded, (MIGRATIONS, DATABASE), last_word=True),
    Rule(stamped_elsewhere, (DATABASE,)),
    Rule(left_over, (MODEL, MIGRATIONS)),
    Rule(other_length, (MODEL, DATABASE)),
    Rule(pending, (MIGRATIONS, DATABASE)),
    Rule(class_not_imported, (MODEL, DATABASE), last_word=True),
    Rule(model_ahead, (MODEL, DATABASE)),
    Rule(database_ahead, (MODEL, DATABASE)),
    Rule(script_changed, (GIT, MIGRATIONS)),
    Rule(not_made, (MODEL, MIGRATIONS)),
    Rule(unwanted, (MIGRATIONS, DATABASE)),
    Rule(scripts_ignored, (GIT, MIGRATIONS)),
    Rule(database_in_git, (GIT, DATABASE)),
    Rule(about_to_be_in_git, (GIT,)),
    Rule(merge_not_committed, (GIT,)),
    Rule(script_not_committed, (GIT, MIGRATIONS)),
    Rule(not_committed, (GIT,)),
    Rule(no_branch, (GIT,)),
    Rule(elsewhere, (DATABASE,)),
)


def _with_env_file(said: Disagreement, env_file: str) -> Disagreement:
    """The commands that touch a database, for the one that is looked at."""
    texts = {n: with_env_file(getattr(said, n), env_file) for n in ("why", "next", "back")}
    return replace(said, **texts)
