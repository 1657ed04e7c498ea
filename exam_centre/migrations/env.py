"""Runs the migrations on the engine it is given, each step in a transaction of its own."""

from alembic import context
from sqlalchemy import MetaData

from exam_centre.kernel.database import NAMES

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=MetaData(naming_convention=NAMES),
        transaction_per_migration=True,
        transactional_ddl=True,  # SQLite's DDL is transactional too, once we say BEGIN ourselves
    )
    with context.begin_transaction():
        context.run_migrations()
