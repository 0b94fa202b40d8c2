"""Commands for another database: the one that a file of settings (`production.env`) names."""

from __future__ import annotations

import re

_GOES_TO_A_DATABASE = re.compile(
    r"flask(?= db (?:current|upgrade|downgrade|stamp)\b)|(?:%board|%%flask_shell)\b(?! --env-file)"
)
"""What takes `--env-file`. Not `flask db migrate`: scripts are made with the usual database."""


def with_env_file(text: str, env_file: str) -> str:
    """A command, or a sentence with commands in it, in which each goes to this database.

    Without an `env_file` as it is: commands go to the usual one then.
    """
    if not env_file:
        return text
    return _GOES_TO_A_DATABASE.sub(lambda found: f"{found[0]} --env-file {env_file}", text)
