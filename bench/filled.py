"""A province filled by the house's own generator, or one that was filled before."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app import create_app
from community_teams.sample.loading import load_sample
from foundation import clock
from foundation.areas.services.loading import load
from foundation.migrating import upgrade
from foundation.settings import Settings
from foundation.web.database import transaction
from tests.postgres import own_database

PASSWORD = "mau-thu-2026"
COMMUNES = 166
SECRET = "bench"


def wanted() -> tuple[str, int, float]:
    """Which database, how many households, and visits to each: DATABASE, HOUSEHOLDS and VISITS."""
    told = os.environ.get
    return told("DATABASE", "postgresql"), int(told("HOUSEHOLDS", "60000")), float(told("VISITS", "3"))


@contextmanager
def opened(kind: str, filled: str = "") -> Iterator[Flask]:
    """The application over a database of its own, empty but for its tables, or over the one at `filled`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        nullcontext(filled) if filled else own_database(kind, Path(folder)) as url,
    ):
        app = create_app(Settings(data_folder=Path(folder), secret_key=SECRET, database_url=url))
        upgrade(app.extensions["engine"])
        yield app
        app.extensions["engine"].dispose()


def address_of(app: Flask) -> str:
    """Of its database, as FILLED takes it."""
    address: str = app.extensions["settings"].database
    return address


def fill(app: Flask, households: int, visits_per_household: float) -> float:
    """Seconds it took to make the sample."""
    start = time.perf_counter()
    with app.test_request_context(), transaction() as session:
        load(session)
        load_sample(
            session,
            households=households,
            communes=COMMUNES,
            visits_per_household=visits_per_household,
            password=PASSWORD,
            now=clock.now(),
        )
    seconds = time.perf_counter() - start
    engine = app.extensions["engine"]
    with engine.connect() as connection:
        analyse = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(analyse))
    return seconds
