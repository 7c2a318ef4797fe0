"""Brings the tables to the newest form, or back, one migration after another."""

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
from foundation.schema import revisions
from foundation.settings import PROJECT_ROOT

# Any number; every process that migrates asks for the same lock.
MIGRATION_LOCK = 20251121


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run every migration not yet run. Does nothing the second time; all of them are kept, or none.

    Processes that start together wait for each other, and the later ones find nothing left to do.
    """
    _run(engine, lambda config: command.upgrade(config, to))


def downgrade(engine: Engine, to: str) -> None:
    """Go back to revision `to`, or to an empty database with "base". What the later tables held is lost."""
    _run(engine, lambda config: command.downgrade(config, to))


def current(engine: Engine) -> str | None:
    """The revision the database is at; None if no migration has ever run."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def heads() -> list[str]:
    """The revisions nothing comes after. More than one means that two people have numbered at once."""
    return ScriptDirectory.from_config(_config()).get_heads()


def knows(revision: str) -> bool:
    """Whether a revision is one of ours; one of a newer checkout is not."""
    return revision in revisions()


def differences(engine: Engine) -> list[Any]:
    """What the database lacks, or has too much of, beside the models loaded so far; as alembic describes it."""
    with engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": _defaults_differ}
        context = MigrationContext.configure(connection, opts=opts)
        found: list[Any] = compare_metadata(context, Base.metadata)
        return found


def is_clean(engine: Engine) -> bool:
    """Whether the database is exactly as the models say. The whole application must have been imported."""
    return not differences(engine)


def _defaults_differ(
    _context: MigrationContext,
    _found: object,
    column: Column[Any],
    found: str | None,
    _default: object,
    expected: str | None,
) -> bool | None:
    """None leaves it to the database, which can tell for every type but JSON: PostgreSQL has no `=` there."""
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
    with engine.connect() as connection, _foreign_keys_asleep(connection):
        connection = connection.execution_options(writing=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                # SQLite's write lock, taken by `writing`, does the same there.
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            config.attributes["connection"] = connection
            action(config)


@contextmanager
def _foreign_keys_asleep(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying and dropping it, and dropping would cascade to the rows that point at it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # Only heard outside a transaction, hence past SQLAlchemy.
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        astray = raw.execute("PRAGMA foreign_key_check").fetchall()
        if astray:
            raise RuntimeError(f"rows point at nothing after the migration: {astray[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
