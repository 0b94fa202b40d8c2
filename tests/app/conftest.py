"""Fixtures for the demo app: an app with an empty database of its own, a client, a runner."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner

from demo_app import create_app
from demo_app.models import User, db


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The app on a database without tables."""
    return create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'test.db'}"})


@pytest.fixture
def filled(app: Flask) -> Flask:
    """The app with the table `user` and two rows in it, one of them hostile."""
    with app.app_context():
        db.create_all()
        db.session.add(User(name="Ada", email="ada@example.com"))
        db.session.add(User(name="<script>alert(1)</script>", email="bobby@example.com"))
        db.session.commit()
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Asks the app for pages."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """Runs the app's commands."""
    return app.test_cli_runner()
