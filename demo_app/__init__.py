"""The demo app: a table of users and a page that shows it."""

import os

from flask import Flask
from flask_migrate import Migrate

from .models import db
from .pages import pages

migrate = Migrate()


def create_app(settings=None):
    """Build the app. `settings`, a mapping, overrides the configuration (tests use it)."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///app.db")
    app.config.from_mapping(settings)
    db.init_app(app)
    migrate.init_app(app, db)
    app.register_blueprint(pages)
    return app
