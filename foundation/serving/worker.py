"""One web process: `python -m foundation.serving.worker FACTORY LISTENING READY`, started by the supervisor.

Loads the application, looks whether it answers, says so, serves until SIGTERM, then ends without losing a request.
"""

import asyncio
import atexit
import logging
import os
import resource
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

from flask import Flask
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from sqlalchemy.exc import DBAPIError

from foundation.schema import SchemaMismatch, check_schema
from foundation.serving.front import Front
from foundation.serving.spool import Spool
from foundation.web.body_limits import body_limit

log = logging.getLogger(__name__)

# How many requests one process works on at once: two for each core of a small server, since some of them wait for the
# database. More makes every one slower.
THREADS = 4
# Bytes of one worker's bodies in memory. With what granian and Python hold for a connection (some 12 KB) two thousand
# half-sent ones stay below 64 MB over all workers.
MEMORY = 8 * 1024 * 1024
MOST_CONNECTIONS = 8192
# Also how long a connection may be idle: granian waits for the next headers in the same way.
HEADERS = 20_000  # milliseconds
# Headers and what is read ahead of a body. hyper would let each of two thousand connections fill 400 KB.
BUFFER = 32 * 1024  # bytes
# While leaving, answers say "Connection: close" for so long before idle connections are closed.
POLITE = 1.0  # seconds


class SchemaRefused(SystemExit):
    """Ends the worker. While others serve, the supervisor goes on trying, later and later."""

    def __init__(self) -> None:
        super().__init__(3)


class InheritedSocket(Server):
    """granian's embedded server on a socket that the supervisor has bound and listens on."""

    def __init__(self, listening: int, target: Any, **options: Any) -> None:
        super().__init__(target, **options)
        self._listening = listening

    def _init_shared_socket(self) -> None:
        # granian's stub knows none of its arguments: descriptor, whether it is a Unix socket, backlog.
        self._shd = SocketHolder(self._listening, False, self.backlog)  # type: ignore[call-arg,assignment]
        self._ssp = None


def load(factory: str) -> Flask:
    """The application of a place such as "app:serve"."""
    module, _, name = factory.partition(":")
    app: Flask = getattr(import_module(module), name)()
    return app


async def serve(app: Flask, listening: int, ready: int) -> None:
    settings = app.extensions["settings"]
    spool = Spool(settings.data_folder / "spool", memory=MEMORY, disk=settings.waiting_bodies_mb * 1024 * 1024)
    front = Front(app.wsgi_app, limit=lambda method, path: body_limit(app, method, path), spool=spool, threads=THREADS)
    server = InheritedSocket(
        listening,
        front,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=_connections(),
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS, max_buffer_size=BUFFER),
        # What the application raises is logged by the front, with the request it was raised on.
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    leave = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, leave.set)
    serving = loop.create_task(server.serve())
    await asyncio.sleep(0.05)  # granian's task has begun to accept
    os.write(ready, b"ready")
    os.close(ready)
    leaving = loop.create_task(leave.wait())
    await asyncio.wait({serving, leaving}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        raise SystemExit("the server ended by itself")
    front.leaving = True
    await asyncio.sleep(POLITE)
    # No new connections; those that are open end when their request is answered. The supervisor bounds the wait.
    server.stop()  # type: ignore[no-untyped-call]  # granian has no types here
    await serving


def answers(app: Flask) -> bool:
    """Whether the application answers at all; a database that is away for a moment is no reason not to start."""
    return app.test_client().get("/healthz").status_code in {200, 503}


def main(factory: str, listening: int, ready: int) -> None:
    app = load(factory)
    try:
        check_schema(app.extensions["engine"])
    except SchemaMismatch as mismatch:
        log.error("schema %s: database %r, needed %r", mismatch.code, mismatch.database, mismatch.needed)
        raise SchemaRefused from None
    except DBAPIError as error:
        log.warning("the database does not answer yet: %s", error.__class__.__name__)
    if not answers(app):
        raise SystemExit("the application does not answer /healthz")
    asyncio.run(serve(app, listening, ready))
    _end(app)


def _end(app: Flask) -> NoReturn:
    """Ends the process with 0, without Python's own shutdown: when it takes the interpreter from granian's threads,
    they sometimes abort (1 of 18 workers replaced under load), and the log of a server that does well shows a panic.
    """
    app.extensions["engine"].dispose()
    atexit._run_exitfuncs()  # what is left of the log
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _connections() -> int:
    """Connections at once: what the limit of open files allows, with room for databases, spools and answers."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(128, min(MOST_CONNECTIONS, (soft - 256) // 2))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
