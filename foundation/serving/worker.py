"""One web process: `python -m foundation.serving.worker FACTORY LISTENING READY`, started by the supervisor.

Loads the application, checks that it answers, reports ready, serves until SIGTERM, then ends without losing a request.
LISTENING: descriptors of the listening sockets, its own first. SIGUSR1: take connections from all of them, because a
worker is missing; SIGUSR2: from its own alone again.
"""

import asyncio
import atexit
import logging
import os
import resource
import signal
import sys
from collections.abc import Sequence
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
# When ending, answers have "Connection: close" for so long before idle connections are closed.
POLITE = 1.0  # seconds


class SchemaRefused(SystemExit):
    """Ends the worker. The supervisor tries again with growing pauses while other workers serve."""

    def __init__(self) -> None:
        super().__init__(3)


class InheritedSocket(Server):
    """granian's embedded server on a listening socket of the supervisor."""

    def __init__(self, listening: int, target: Any, **options: Any) -> None:
        super().__init__(target, **options)
        self._listening = os.dup(listening)  # granian closes it

    def _init_shared_socket(self) -> None:
        # granian's stub knows none of its arguments: descriptor, whether it is a Unix socket, backlog.
        self._shd = SocketHolder(self._listening, False, self.backlog)  # type: ignore[call-arg,assignment]
        self._ssp = None


def load(factory: str) -> Flask:
    """The application of a place such as "app:serve"."""
    module, _, name = factory.partition(":")
    app: Flask = getattr(import_module(module), name)()
    return app


class Sockets:
    """Serves a front on the worker's own socket, and on those of other workers while one of them is missing."""

    def __init__(self, front: Front, listening: Sequence[int]) -> None:
        self._front = front
        self._ending = False
        own, *self._of_others = listening
        self.server = _server(own, front)
        self.serving = asyncio.get_running_loop().create_task(self.server.serve())
        self._for_others: list[tuple[Server, asyncio.Task[None]]] = []

    def take_all(self) -> None:
        if not self._for_others:
            for listening in self._of_others:
                server = _server(listening, self._front)
                self._for_others.append((server, asyncio.get_running_loop().create_task(server.serve())))

    async def take_own(self) -> None:
        """Nothing where only its own are taken already. Open requests are answered; their connections end politely."""
        servers, self._for_others = self._for_others, []
        if servers:
            self._front.leaving = True
            await asyncio.sleep(POLITE)
            self._front.leaving = self._ending
        for server, _ in servers:
            server.stop()
        await asyncio.gather(*(serving for _, serving in servers))

    async def stop(self) -> None:
        """No new connections; those that are open end when their request is answered."""
        servers = [(self.server, self.serving), *self._for_others]
        self._front.leaving = self._ending = True
        await asyncio.sleep(POLITE)
        for server, _ in servers:
            server.stop()
        await asyncio.gather(*(serving for _, serving in servers))


def _server(listening: int, front: Front) -> InheritedSocket:
    return InheritedSocket(
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


async def serve(app: Flask, listening: Sequence[int], ready: int) -> None:
    settings = app.extensions["settings"]
    spool = Spool(settings.data_folder / "spool", memory=MEMORY, disk=settings.waiting_bodies_mb * 1024 * 1024)
    front = Front(app.wsgi_app, limit=lambda method, path: body_limit(app, method, path), spool=spool, threads=THREADS)
    loop = asyncio.get_running_loop()
    sockets = Sockets(front, listening)
    leave = asyncio.Event()
    changes: set[asyncio.Task[None]] = set()  # the loop itself keeps no task alive
    loop.add_signal_handler(signal.SIGTERM, leave.set)
    loop.add_signal_handler(signal.SIGUSR1, sockets.take_all)
    loop.add_signal_handler(signal.SIGUSR2, lambda: changes.add(loop.create_task(sockets.take_own())))
    await asyncio.sleep(0.05)  # granian's task has begun to accept
    os.write(ready, b"ready")
    os.close(ready)
    leaving = loop.create_task(leave.wait())
    await asyncio.wait({sockets.serving, leaving}, return_when=asyncio.FIRST_COMPLETED)
    if sockets.serving.done():
        sockets.serving.result()
        raise SystemExit("the server ended by itself")
    await asyncio.gather(sockets.stop(), *changes)  # the supervisor limits the wait


def answers(app: Flask) -> bool:
    """Whether the application answers; it may start while the database is unreachable."""
    return app.test_client().get("/healthz").status_code in {200, 503}


def main(factory: str, listening: Sequence[int], ready: int) -> None:
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
    """Ends the process with 0, without Python's own shutdown. During that shutdown granian's threads sometimes abort
    (1 of 18 workers replaced under load), and the log of a healthy server shows a panic.
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
    main(sys.argv[1], [int(each) for each in sys.argv[2].split(",")], int(sys.argv[3]))
