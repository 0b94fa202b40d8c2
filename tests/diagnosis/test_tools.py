"""The errors of `git` and `pytest`, as the lessons' commands make them."""

from __future__ import annotations

import shutil

import pytest
from mishaps import outcome
from pages import ROOT
from states import Project

from roundtrip import diagnosis

GIT_AND_PYTEST = {
    "placeholder": "git reset --hard <previous_commit_hash>",
    "name without a value": "git reset --hard {previous_commit_hash}",
    "file in no such commit": "git show HEAD:tests/test_user.py",
    "no such commit": "git reset --hard abcdef",
    "no such file": "git restore demo_app/model.py",
    "another repository": "git clone . ../copy",
    "nothing to commit": "git commit -m again",
    "another app": "pytest -q tests -o pythonpath=.",
    "column without a script": "pytest -q tests/test_column.py -o pythonpath=.",
    "no pytest.ini": "pytest -q",
    "no tests": "pytest -q instance",
}


@pytest.mark.parametrize("name", GIT_AND_PYTEST)
def test_an_error_of_git_or_pytest_is_known(applied: Project, name: str):
    applied.write(
        "tests/test_user.py",
        "from demo_app.models import User\n\n\ndef test_it():\n    User(age=36)\n",
    )
    if name == "column without a script":
        applied.add_to_model()
        applied.write(
            "tests/test_column.py",
            "from flask_migrate import upgrade\n\nfrom demo_app import create_app\n"
            "from demo_app.models import User, db\n\n\ndef test_it(tmp_path):\n"
            "    app = create_app({'SQLALCHEMY_DATABASE_URI': f'sqlite:///{tmp_path}/test.db'})\n"
            "    with app.app_context():\n        upgrade()\n"
            "        db.session.add(User(name='Ada'))\n        db.session.commit()\n",
        )
    if name == "no pytest.ini":  # a workspace in the course's folder
        shutil.copy(ROOT / "pyproject.toml", applied.path.parent)
    _, shown = outcome(applied, GIT_AND_PYTEST[name])
    (row,) = [row for table in diagnosis.TOOLS.values() for row in table if row.name == name]
    told = diagnosis.lines(GIT_AND_PYTEST[name], shown).strip().splitlines()
    means, do = row.told(row.pattern.search(shown))
    assert told == [f"means: {means}", f"do:    {do}"]


def test_a_change_that_was_not_added_is_nothing_to_commit_too(applied: Project):
    applied.add_to_model()
    _, shown = outcome(applied, "git commit -m again")
    assert "no changes added to commit" in shown
    assert "means: There is no change that was given to `git add`" in diagnosis.lines(
        "git commit -m again", shown
    )


def test_every_row_of_git_and_pytest_has_a_test():
    names = [row.name for table in diagnosis.TOOLS.values() for row in table]
    assert sorted(names) == sorted(GIT_AND_PYTEST)
