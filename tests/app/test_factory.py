"""How the demo app is built and run."""

import shutil
from pathlib import Path

from outside import flask

from demo_app import create_app

DEMO_APP = Path(__file__).parents[2] / "demo_app"


def test_takes_its_database_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert create_app().config["SQLALCHEMY_DATABASE_URI"].endswith("other.db")


def test_settings_override_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    settings = {"SQLALCHEMY_DATABASE_URI": "sqlite://"}
    assert create_app(settings).config["SQLALCHEMY_DATABASE_URI"] == "sqlite://"


def test_has_the_migration_commands(runner):
    answer = runner.invoke(args=["db", "--help"])
    assert answer.exit_code == 0
    assert "downgrade" in answer.output


def test_runs_from_the_folder_it_lies_in(tmp_path):
    shutil.copytree(DEMO_APP, tmp_path / "demo_app")
    answer = flask(tmp_path, "--app", "demo_app", "routes")
    assert answer.returncode == 0, answer.stderr
    assert "pages.users" in answer.stdout
