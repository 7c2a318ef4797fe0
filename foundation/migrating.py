"""Runs migrations up and down, and compares the database with the models."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, Engine, text

from foundation.database import Base
from foundation.schema import database_revision, revisions
from foundation.settings import PROJECT_ROOT

# An arbitrary number: every process that migrates takes the same lock.
MIGRATION_LOCK = 20251121


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run every missing migration in one transaction. A second call does nothing.

    Processes that start together wait for each other; the later ones find nothing to do.
    Raises SchemaMismatch("several_revisions") before anything is changed.
    """
    current(engine)
    _run(engine, lambda config: command.upgrade(config, to))


def downgrade(engine: Engine, to: str) -> None:
    """Go back to revision `to`, or to an empty database with "base". The data of later tables is lost."""
    _run(engine, lambda config: command.downgrade(config, to))


def current(engine: Engine) -> str | None:
    """The revision of the database; None if no migration has ever run. Raises SchemaMismatch("several_revisions")."""
    with engine.connect() as connection:
        return database_revision(connection) or None


def heads() -> list[str]:
    """The newest revisions. More than one means that two migrations follow the same one."""
    return ScriptDirectory.from_config(_config()).get_heads()


def knows(revision: str) -> bool:
    """Whether this code has the revision; one of a newer version it has not."""
    return revision in revisions()


def differences(engine: Engine) -> list[Any]:
    """Differences between the database and the models imported so far, as alembic describes them."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": _defaults_differ}
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found


def is_clean(engine: Engine) -> bool:
    """Whether the database matches the models. The whole application must have been imported."""
    return not differences(engine)


def _defaults_differ(
    _context: MigrationContext,
    _found: object,
    column: Column[Any],
    found: str | None,
    _default: object,
    expected: str | None,
) -> bool | None:
    """None lets the database compare. That fails for JSON only: PostgreSQL has no `=` for it."""
    if not isinstance(column.type, JSON):
        return None
    return (found or "").removesuffix("::json").strip("'") != (expected or "").strip("'")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _run(engine: Engine, action: Callable[[Config], None]) -> None:
    config = _config()
    with engine.connect() as connection, _foreign_keys_off(connection):
        connection = connection.execution_options(writing=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                # SQLite's write lock, taken by `writing`, does the same there.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            config.attributes["connection"] = connection
            action(config)


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Turn foreign keys off on SQLite: it alters a table by copying and dropping it, and the drop would cascade."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # Has an effect outside a transaction only, so it goes directly to the driver.
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"rows point at nothing after the migration: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
