"""The pages that a visitor sees."""

from flask import Blueprint, render_template

from .models import User, db

pages = Blueprint("pages", __name__)


@pages.get("/")
def users():
    """Show the `user` table, whatever columns the model has."""
    columns = User.__table__.columns.keys()
    table_exists = db.inspect(db.engine).has_table(User.__tablename__)
    rows = db.session.scalars(db.select(User).order_by(User.id)).all() if table_exists else []
    return render_template("users.html", columns=columns, rows=rows, table_exists=table_exists)
