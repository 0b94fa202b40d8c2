"""What is advised in words, beside the command: which way round, which database, which half.

States put together by hand. A word turned into its contrary here would lose somebody's work.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from goal_states import (
    ADDS_AGE,
    AGE,
    AGE_SCRIPT,
    FIRST,
    SECOND,
    git,
    made,
    migrations,
    second,
    user,
)

from roundtrip.facts import Column, DatabaseState, Difference, Elsewhere, ModelState, Table
from roundtrip.migration_facts import Rescue

WITH_AGE = ModelState((user(AGE),), found=True, migrates=True)
RUN = replace(migrations(second(applied=True, tracked=True)), current=(SECOND,))
HAS_AGE = DatabaseState("instance/app.db", True, (user(AGE),), (SECOND,))
HAS_RUN = Elsewhere(
    "production.env", "instance/production.db", (SECOND,), names=("user", "user.age")
)
WAITS = replace(HAS_RUN, versions=(FIRST,), names=("user",))
GONE_AGE = (Difference("remove_column", "user", "age"),)
NICK = Column("nick", "VARCHAR(20)", True, False)

ADVICE = {
    "left over, and production has run it": (
        {"migrations": migrations(second()), "elsewhere": (HAS_RUN,)},
        "needs the script to go back, so downgrade that database first. Then delete the script.",
    ),
    "no value for a new column": (
        {
            "model": ModelState((user(replace(AGE, nullable=False)),), found=True, migrates=True),
            "migrations": migrations(second(required=("user.age",))),
        },
        "Allow NULL in the model: Mapped[… | None]. Then delete the script",
    ),
    "halfway": (
        {
            "model": ModelState((user(AGE, NICK),), found=True, migrates=True),
            "migrations": migrations(second(adds=("user.age", "user.nick"))),
            "database": DatabaseState("instance/app.db", True, (user(AGE),), (FIRST,)),
        },
        "take user.age out of its upgrade() for this one run",
    ),
    "it does more than what is there": (
        {
            "model": WITH_AGE,
            "migrations": migrations(second(others=("execute",))),
            "database": DatabaseState("instance/app.db", True, (user(AGE),), (FIRST,)),
            "differences": (Difference("modify_type", "user", "age", "x"),),
        },
        f"Do by hand what is missing; only then flask db stamp {SECOND} records it",
    ),
    "some of it is not there": (
        {
            "model": ModelState((user(AGE, NICK),), found=True, migrates=True),
            "migrations": replace(
                migrations(second(applied=True, adds=("user.age", "user.nick"))), current=(SECOND,)
            ),
            "database": HAS_AGE,
        },
        "the script was changed after it had run: put it back as it was, and make a new migration",
    ),
    "a reset over work that is not committed": (
        {
            "git": git(modified=("README.md",)),
            "migrations": replace(
                migrations(missing=(SECOND,), rescue=Rescue("orig_head", "ORIG_HEAD", AGE_SCRIPT)),
                current=(SECOND,),
            ),
            "database": HAS_AGE,
            "differences": GONE_AGE,
        },
        "downgrade every database that has run it (flask db downgrade), and delete the file again",
    ),
    "a reset before the downgrade": (
        {
            "migrations": replace(
                migrations(missing=(SECOND,), rescue=Rescue("orig_head", "ORIG_HEAD", AGE_SCRIPT)),
                current=(SECOND,),
            ),
            "database": HAS_AGE,
            "differences": GONE_AGE,
        },
        f"(flask db downgrade {FIRST} drops user.age with all values), and only then reset the",
    ),
    "a reset too far": (
        {
            "migrations": replace(
                migrations(missing=(SECOND,), rescue=Rescue("too_far", "1f", AGE_SCRIPT)),
                current=(SECOND,),
            ),
            "database": HAS_AGE,
            "differences": GONE_AGE,
        },
        "Was a downgrade forgotten? Then downgrade there, and reset again.",
    ),
    "both ways, and production has run it": (
        {
            "model": WITH_AGE,
            "migrations": migrations(second(tracked=True, before="1f")),
            "differences": (ADDS_AGE,),
            "elsewhere": (HAS_RUN,),
        },
        "Back: downgrade that database, then reset the code.",
    ),
    "production waits": (
        {"model": WITH_AGE, "migrations": RUN, "database": HAS_AGE, "elsewhere": (WAITS,)},
        "Each database is upgraded on its own: test this one, copy that one, then upgrade it.",
    ),
    "a copy left over": (
        {"database": replace(made().database, tables=(user(), Table("_alembic_tmp_user")))},
        "Check whether user still has its rows. If so, drop the copy",
    ),
    "a stash under changes": (
        {
            "git": git(stashed=("demo_app/models.py",), stash_behind=True),
            "differences": GONE_AGE,
        },
        "could end in a conflict. This shows it. Write the lines that you want back by hand.",
    ),
    "a conflict": (
        {"git": git(conflicts=("instance/app.db",))},
        "A database cannot be merged: choose one side of it.",
    ),
    "a rebase": (
        {"git": git(branch=None, rebasing=True)},
        "git rebase --continue goes on; git rebase --abort puts the files back.",
    ),
    "a merge": (
        {"git": git(merging="merge")},
        "makes that commit, with the message that Git has prepared. git merge --abort puts the",
    ),
    "a database in Git": (
        {"git": git(databases=("instance/app.db",))},
        "The command keeps the files. Add instance/ to .gitignore, too.",
    ),
    "a brought back second head": (
        {
            "migrations": replace(
                migrations(
                    second(applied=True),
                    replace(second(tracked=True, adds=()), id="c" * 12, file="c.py"),
                ),
                heads=("c" * 12, SECOND),
                current=(SECOND,),
            ),
            "database": HAS_AGE,
        },
        "Take it back, then delete its file; the other scripts stay as they are.",
    ),
}


@pytest.mark.parametrize("name", ADVICE)
def test_the_words_beside_the_command(name: str):
    places, words = ADVICE[name]
    said = [f"{each.why} {each.then}" for each in made(**places).disagreements]
    assert any(words in why for why in said), said
