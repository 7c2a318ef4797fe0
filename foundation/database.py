"""The database: the base class of all tables, column types, and engines with their settings."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from foundation.sqlite_lock import QueuedConnection

# Milliseconds a writer waits for the write lock before the database counts as busy. A phone waits for a minute.
BUSY_TIMEOUT = 15_000

# Seconds to wait for a connection to PostgreSQL; `connect_timeout` in DATABASE_URL overrides it.
CONNECT_TIMEOUT = 5


class Base(DeclarativeBase):
    """Base class of all tables. Names every constraint, so that migrations can refer to it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def tables_without_backup() -> list[str]:
    """Tables whose rows are in no backup and no copy (info={"backup": False}), because they can be made again."""
    return sorted(table.name for table in Base.metadata.tables.values() if table.info.get("backup") is False)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its time zone. SQLite stores no zones, so UTC is stored and returned."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def bytewise(length: int) -> String:
    """Text that both databases sort and compare by bytes, as area paths and sort keys need."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def make_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL. Opens no connection yet.

    On SQLite: WAL, foreign keys on. A transaction whose connection has the execution option `writing` takes the write
    lock at its start, so it cannot fail halfway. Writers queue for the lock, BUSY_TIMEOUT at most.
    """
    if url.startswith("sqlite"):
        arguments = {"timeout": BUSY_TIMEOUT / 1000, "factory": QueuedConnection}
        engine = create_engine(url, connect_args=arguments, **_ENGINE_OPTIONS)
        _set_up_sqlite(engine)
        return engine
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # A machine that is off sends no answer: without a limit each request would wait two minutes.
    waiting = {} if "connect_timeout" in make_url(url).query else {"connect_timeout": CONNECT_TIMEOUT}
    return create_engine(
        url, connect_args=waiting, pool_pre_ping=True, pool_size=10, max_overflow=10, **_ENGINE_OPTIONS
    )


def _as_json(value: object) -> str:
    # One visit has ten JSON values; this takes a quarter of the time of the standard library.
    return to_json(value).decode()


# Data about families must not get into a log: an error names the statement, without its values.
_ENGINE_OPTIONS: dict[str, Any] = {"json_serializer": _as_json, "hide_parameters": True}


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    # Objects stay readable after a commit: pages are rendered after the commit.
    return sessionmaker(engine, expire_on_commit=False)


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is sent below, otherwise savepoints do not work
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        if not connection.get_execution_options().get("writing"):
            connection.exec_driver_sql("BEGIN")
            return
        try:
            connection.connection.dbapi_connection.begin_writing(BUSY_TIMEOUT / 1000)
        except sqlite3.Error as error:
            raise DBAPIError.instance("BEGIN IMMEDIATE", None, error, sqlite3.Error) from error
