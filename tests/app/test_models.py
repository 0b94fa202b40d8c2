"""The model of the demo app."""

import pytest
from sqlalchemy.exc import IntegrityError

from demo_app.models import User, db


def test_an_email_belongs_to_one_user(filled):
    with filled.app_context():
        db.session.add(User(name="Another Ada", email="ada@example.com"))
        with pytest.raises(IntegrityError, match=r"user\.email"):
            db.session.commit()


def test_every_constraint_has_a_name(app):
    with app.app_context():
        names = {constraint.name for constraint in User.__table__.constraints}
    assert names == {"pk_user", "uq_user_email"}
