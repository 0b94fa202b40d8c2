"""Uses the libraries once in the helper, so that what they make at first use is in every fork.

Patterns are compiled, and Python has seen which way the code goes: a fork that loads an app and
compares it with its database has a fifth less to do. The app is one of our own, in memory, and
leaves no trace that another app could find.
"""

import logging  # and no annotations from the future: SQLAlchemy would look for their names here


def warm_up() -> None:
    """Make a model and its table, and compare the two, as `flask db migrate` does."""
    manager = logging.Logger.manager
    logging.Logger.manager = logging.Manager(logging.root)  # for the loggers that engines have
    try:
        _compare()
    finally:
        logging.Logger.manager = manager


def _compare() -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData, String, create_engine
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    from sqlalchemy.pool import NullPool

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})

    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(String(120), unique=True)
        age: Mapped[int | None]

    with create_engine("sqlite://", poolclass=NullPool).connect() as connection:
        Base.metadata.create_all(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        compare_metadata(context, Base.metadata)
