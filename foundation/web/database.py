"""One database session per request, closed when the request ends."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g, has_app_context
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

# Views import the type from here, because they may not import SQLAlchemy.
from sqlalchemy.orm import Session as Session

from foundation.database import make_sessions

log = logging.getLogger(__name__)


def init_database(app: Flask, engine: Engine) -> None:
    app.extensions["engine"] = engine
    app.extensions["sessions"] = make_sessions(engine)
    app.teardown_appcontext(_close)


def session() -> Session:
    """This request's session, for reading. The first call opens it; later calls return the same one."""
    if "session" not in g:
        g.session = current_app.extensions["sessions"]()
    current: Session = g.session
    return current


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's session, for writing. Commits at the end; rolls back if anything was raised.

    Other writers wait while this is open, so validate input before it and render pages after it:
    tests/lock_watch.py fails otherwise.
    """
    current = session()
    # Ends the read transaction of this request, then takes the write lock at once, so that two writers queue
    # instead of one failing halfway.
    current.commit()
    current.connection(execution_options={"writing": True})
    g.writing = True
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        g.writing = False


def is_writing() -> bool:
    """Whether a write transaction is open in this request or command."""
    return has_app_context() and bool(g.get("writing"))


def write_if_possible(write: Callable[[Session], None]) -> bool:
    """Write in a separate session, after the request has read all it needs. Returns whether it was written.

    For optional data only: if the database is busy or read-only, the request continues without it.
    """
    try:
        session().commit()
        with current_app.extensions["sessions"]() as own:
            own.connection(execution_options={"writing": True})
            write(own)
            own.commit()
    except SQLAlchemyError:
        log.debug("optional data was not written", exc_info=True)
        return False
    return True


def _close(_error: BaseException | None) -> None:
    current: Session | None = g.pop("session", None)
    if current is not None:
        current.close()
