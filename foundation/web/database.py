"""One session a request, closed when the request ends."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g, has_app_context
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

# Views name the type from here: they know no SQLAlchemy.
from sqlalchemy.orm import Session as Session

from foundation.database import make_sessions

log = logging.getLogger(__name__)


def serve_database(app: Flask, engine: Engine) -> None:
    app.extensions["engine"] = engine
    app.extensions["sessions"] = make_sessions(engine)
    app.teardown_appcontext(_close)


def session() -> Session:
    """This request's session, for reading. Opened at the first call, the same one ever after."""
    if "session" not in g:
        g.session = current_app.extensions["sessions"]()
    current: Session = g.session
    return current


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's session, for writing: commits at the end, or keeps nothing if anything was raised.

    Others wait to write for as long as this is open, so what was typed is read and judged before, and pages are drawn
    after: tests/lock_watch.py notices who forgets.
    """
    current = session()
    # What the request has read so far ends here; the write lock is taken at once, so that two writers queue up
    # instead of one being refused halfway.
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
    """Write in a session of its own, once the request has read all it needs; tells whether it was written.

    For what may be missing: where the database is busy or cannot be written, the request goes on as if nothing was.
    """
    try:
        session().commit()
        with current_app.extensions["sessions"]() as own:
            own.connection(execution_options={"writing": True})
            write(own)
            own.commit()
    except SQLAlchemyError:
        log.debug("something that may be missing was not written", exc_info=True)
        return False
    return True


def _close(_error: BaseException | None) -> None:
    current: Session | None = g.pop("session", None)
    if current is not None:
        current.close()
