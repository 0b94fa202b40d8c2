"""The errors of `git` and `pytest`, as the lessons' commands make them."""

from __future__ import annotations

import pytest
from mishaps import outcome
from states import Project

from roundtrip import diagnosis

GIT_AND_PYTEST = {
    "name without a value": "git reset --hard {previous_commit_hash}",
    "file in no such commit": "git show HEAD:tests/test_user.py",
    "no such commit": "git reset --hard abcdef",
    "no such file": "git restore demo_app/model.py",
    "another repository": "git clone . ../copy",
    "nothing to commit": "git commit -m again",
    "another app": "pytest -q tests -o pythonpath=.",
    "no tests": "pytest -q instance",
}


@pytest.mark.parametrize("name", GIT_AND_PYTEST)
def test_an_error_of_git_or_pytest_is_known(applied: Project, name: str):
    applied.write(
        "tests/test_user.py",
        "from demo_app.models import User\n\n\ndef test_it():\n    User(age=36)\n",
    )
    _, shown = outcome(applied, GIT_AND_PYTEST[name])
    (row,) = [row for table in diagnosis.TOOLS.values() for row in table if row.name == name]
    means, do = diagnosis.lines(GIT_AND_PYTEST[name], shown).strip().splitlines()
    match = row.pattern.search(shown)
    assert (means, do) == (
        f"means: {row.fill(row.means, match)}",
        f"do:    {row.fill(row.do, match)}",
    )


def test_every_row_of_git_and_pytest_has_a_test():
    names = [row.name for table in diagnosis.TOOLS.values() for row in table]
    assert sorted(names) == sorted(GIT_AND_PYTEST)
