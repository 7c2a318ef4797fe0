"""Runs migrations on the connection it is handed, or on the database of the settings when run as `alembic …`."""

from alembic import context
from sqlalchemy import Connection

import app
from foundation.database import Base, make_engine
from foundation.settings_reading import read_settings

# Importing the application registers the tables of every package.
assert callable(app.create_app)


def run(connection: Connection) -> None:
    # Batch: SQLite cannot alter a table, so alembic copies it.
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(read_settings().database).connect() as own, own.begin():
        run(own)
