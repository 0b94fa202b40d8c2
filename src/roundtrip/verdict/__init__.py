"""Says where the four places disagree: an ordered table of rules over the facts.

The first rule that speaks is the board's verdict, so it must agree with what `flask db check`,
`flask db current` and `git status` say (tests/against_tools.py compares them). A rule marked as the
last word silences those after it: what they would need to know cannot be known.

The rules are in the modules `…_rules`, by what they are about. downgrades: what each of them adds
where it tells one. failing: whether a script that waits would fail. by_hand: whether one for a
change would, as no script made what it is about. careful: what else may be wrong with a change.
rebuilding: what goes with a table that is made anew. edited: whether one was changed after it had
run. twins: two that make the same. lookups: what they ask of a state. commands: what they tell to
type. wording: how they say it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..env_file import with_env_file
from ..state import Disagreement, State
from . import (
    database_rules,
    difference_rules,
    elsewhere_rules,
    git_rules,
    head_rules,
    left_over_rules,
    missing_rules,
    model_rules,
    pending_rules,
    private_rules,
    script_rules,
    twins,
    unseen_rules,
)
from .downgrades import with_losses

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
    Rule(git_rules.nothing, (GIT, MODEL), last_word=True),
    Rule(git_rules.git_error, (GIT,)),
    Rule(git_rules.conflict, (GIT,)),
    Rule(git_rules.half_a_reset, (GIT,)),
    Rule(model_rules.app_not_found, (MODEL,), last_word=True),
    Rule(model_rules.no_app, (MODEL,), last_word=True),
    Rule(model_rules.model_error, (MODEL,), last_word=True),
    Rule(model_rules.no_migrate, (MODEL, MIGRATIONS), last_word=True),
    Rule(git_rules.no_repository, (GIT,)),
    Rule(script_rules.folder_gone, (GIT, MIGRATIONS), last_word=True),
    Rule(script_rules.other_folder, (MODEL, MIGRATIONS), last_word=True),
    Rule(script_rules.no_folder, (MODEL, MIGRATIONS), last_word=True),
    Rule(script_rules.script_error, (MIGRATIONS,), last_word=True),
    Rule(elsewhere_rules.not_its_own, (DATABASE,), last_word=True),
    Rule(database_rules.database_problem, (DATABASE,), last_word=True),
    Rule(database_rules.kept_by_git, (GIT, DATABASE), last_word=True),
    Rule(missing_rules.missing_script, (MIGRATIONS, DATABASE), last_word=True),
    Rule(script_rules.template_gone, (MIGRATIONS,)),
    Rule(model_rules.not_a_column, (MODEL,)),
    Rule(model_rules.no_type, (MODEL,)),
    Rule(model_rules.cannot_be_related, (MODEL,)),
    Rule(model_rules.model_not_imported, (MODEL, DATABASE), last_word=True),
    Rule(model_rules.no_model, (MODEL,)),
    Rule(database_rules.half_made_copy, (DATABASE,), last_word=True),
    Rule(head_rules.several_heads, (MIGRATIONS,)),
    Rule(database_rules.overlapping, (DATABASE,), last_word=True),
    Rule(database_rules.stamped, (MIGRATIONS, DATABASE), last_word=True),
    Rule(twins.made_twice, (MIGRATIONS,), last_word=True),
    Rule(database_rules.not_recorded, (MIGRATIONS, DATABASE), last_word=True),
    Rule(elsewhere_rules.stamped_elsewhere, (DATABASE,)),
    Rule(left_over_rules.left_over, (MODEL, MIGRATIONS)),
    Rule(unseen_rules.other_length, (MODEL, DATABASE)),
    Rule(unseen_rules.drops_unmade, (MIGRATIONS, DATABASE)),
    Rule(pending_rules.pending, (MIGRATIONS, DATABASE)),
    Rule(model_rules.class_not_imported, (MODEL, DATABASE), last_word=True),
    Rule(elsewhere_rules.only_here, (MODEL, DATABASE), last_word=True),
    Rule(difference_rules.model_ahead, (MODEL, DATABASE)),
    Rule(difference_rules.database_ahead, (MODEL, DATABASE)),
    Rule(database_rules.script_changed, (GIT, MIGRATIONS)),
    Rule(unseen_rules.not_made, (MODEL, MIGRATIONS)),
    Rule(unseen_rules.unwanted, (MIGRATIONS, DATABASE)),
    Rule(unseen_rules.not_compared, (MODEL, DATABASE)),
    Rule(unseen_rules.changed_type, (MIGRATIONS, DATABASE)),
    Rule(git_rules.scripts_ignored, (GIT, MIGRATIONS)),
    Rule(private_rules.database_in_git, (GIT, DATABASE)),
    Rule(private_rules.settings_in_git, (GIT,)),
    Rule(private_rules.about_to_be_in_git, (GIT,)),
    Rule(git_rules.merge_not_committed, (GIT,)),
    Rule(git_rules.script_not_committed, (GIT, MIGRATIONS)),
    Rule(git_rules.not_committed, (GIT,)),
    Rule(git_rules.no_branch, (GIT,)),
    Rule(elsewhere_rules.elsewhere, (DATABASE,)),
)


def _with_env_file(said: Disagreement, env_file: str) -> Disagreement:
    """The commands that touch a database, for the one that is looked at.

    `%board` alone is told to look at the default one.
    """

    def there(text: str) -> str:
        return text if text == "%board" else with_env_file(text, env_file)

    next, back = there(said.next), there(said.back)
    return replace(said, why=there(said.why), next=next, back=back, then=there(said.then))
