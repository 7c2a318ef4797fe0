"""Receives whole requests before a thread is spent on them, then runs the WSGI application in a pool of threads.

Speaks RSGI, granian's own interface: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md.
Why not ASGI, and what else was measured: docs/decisions/bodies-before-threads.md.
"""

import asyncio
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from foundation.serving.spool import Body, Spool, SpoolFull
from foundation.serving.threads import Threads
from foundation.serving.wsgi import WSGI, Answer, environ_of
from foundation.web.body_refusals import REFUSAL, BodyRefused

log = logging.getLogger(__name__)

# A refused body is still read for a while: closing a connection with unread bytes loses the answer.
LINGER = 5.0  # seconds
LINGER_BYTES = 16 * 1024 * 1024
# granian opens an answer's file after we return it, so we keep the file open for so long.
FILE_OPEN = 30.0  # seconds
BODILESS = {"GET", "HEAD"}
# A print takes from half a second to ten of processor time, and is runs alone: foundation/web/pdf/engine.py.
PRINTS = ".pdf"
MOST_PRINTS_WAITING = 40  # some 30 s of drawing; a proxy gives up after 60


@dataclass(frozen=True)
class Patience:
    """Time limit for a body: `floor` seconds, one more for every `rate` bytes received, at most `longest`.

    A phone in a hamlet sends 1 kB/s, with gaps of ten seconds; 50 visits are some 40 kB.
    """

    rate: float = 256.0
    floor: float = 30.0
    longest: float = 900.0

    def allowed(self, received: int) -> float:
        return min(self.floor + received / self.rate, self.longest)


class BodyCut(Exception):
    """The connection ended before the body was complete."""


class Front:
    """One worker's application as granian runs it.

    app: the WSGI application. limit: (method, path) → the largest body in bytes. threads: how many requests run at
    once.
    """

    def __init__(
        self,
        app: WSGI,
        *,
        limit: Callable[[str, str], int],
        spool: Spool,
        threads: int = 4,
        patience: Patience | None = None,
    ) -> None:
        self._app = app
        self._limit = limit
        self._spool = spool
        self._threads = Threads(threads)
        # PDFs have their own thread: otherwise fifty requests for PDFs would block all other requests.
        self._prints = Threads(1)
        self._prints_waiting = 0
        self._patience = patience or Patience()
        # While the worker ends, every answer asks the client for a new connection, which another worker accepts.
        self.leaving = False

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        headers = scope.headers
        if scope.method in BODILESS and "content-length" not in headers and "transfer-encoding" not in headers:
            await self._answer(scope, proto, io.BytesIO(), None)
            return
        body = self._spool.open()
        try:
            await self._receive(scope, proto, body)
            await self._answer(scope, proto, body.reader(), body.size)
        except BodyRefused as refusal:
            # Frees its share of the budget before the answer is made.
            body.close()
            await self._answer(scope, proto, io.BytesIO(), 0, refusal)
            if refusal.status == 413:
                await _read_on(proto)
        except BodyCut:
            # The client is gone; the application is not called.
            fields = {"method": scope.method, "status": 400, "size": body.size}
            log.info("request cut", extra={"fields": fields})
            proto.response_empty(400, [("connection", "close")])
        finally:
            body.close()

    async def _receive(self, scope: Any, proto: Any, body: Body) -> None:
        most = self._limit(scope.method, scope.path)
        announced = scope.headers.get("content-length")
        expected = int(announced) if announced and announced.isdecimal() else None
        if expected is not None and expected > most:
            raise BodyRefused(413, "too_large", most=most)
        started = asyncio.get_running_loop().time()
        ended = False
        try:
            async with asyncio.timeout_at(started + self._patience.floor) as timeout:
                async for chunk in proto:
                    # granian ends a body with one empty chunk, and an incomplete body with two.
                    if ended:
                        raise BodyCut
                    if not chunk:
                        ended = True
                        continue
                    if body.size + len(chunk) > most:
                        raise BodyRefused(413, "too_large", most=most)
                    body.write(chunk)
                    timeout.reschedule(started + self._patience.allowed(body.size))
        except TimeoutError:
            raise BodyRefused(408, "too_slow") from None
        except SpoolFull as full:
            log.warning("no room for a body: %s", full)
            raise BodyRefused(503, "no_room") from None
        if not ended or (expected is not None and body.size != expected):
            raise BodyCut

    async def _answer(
        self, scope: Any, proto: Any, body: IO[bytes], size: int | None, refusal: BodyRefused | None = None
    ) -> None:
        environ = environ_of(scope, body, size)
        if refusal:
            environ[REFUSAL] = refusal
        if scope.path.endswith(PRINTS) and not refusal:
            answer = await self._print(environ, proto)
        else:
            answer = await self._threads.run(self._run, environ, proto)
        if answer is not None:
            asyncio.get_running_loop().call_later(FILE_OPEN, answer.close)

    async def _print(self, environ: dict[str, Any], proto: Any) -> Answer | None:
        """Run in the one thread for PDFs; answer 503 "busy" if MOST_PRINTS_WAITING are waiting."""
        if self._prints_waiting >= MOST_PRINTS_WAITING:
            environ[REFUSAL] = BodyRefused(503, "busy")
            return await self._threads.run(self._run, environ, proto)
        self._prints_waiting += 1
        try:
            return await self._prints.run(self._run, environ, proto)
        finally:
            self._prints_waiting -= 1

    def _run(self, environ: dict[str, Any], proto: Any) -> Answer | None:
        """Runs in a thread of the pool. Returns the answer if its file must stay open, else None."""
        try:
            answer = Answer(self._app, environ, self._spool.folder)
        except Exception:
            # Without the address, which may contain a card's code; the request has its own log line.
            log.exception("the application raised")
            proto.response_empty(500, [])
            return None
        headers = answer.headers
        if self.leaving or REFUSAL in environ:
            headers = [*headers, ("Connection", "close")]
        if answer.file is None:
            proto.response_bytes(answer.status, headers, answer.content)
            return None
        proto.response_file(answer.status, headers, f"/proc/self/fd/{answer.file.fileno()}")
        return answer


async def _read_on(proto: Any) -> None:
    """Read and discard the rest of a refused body."""
    received = 0
    try:
        stream = aiter(proto)
    except RuntimeError:
        stream = proto  # already started
    try:
        async with asyncio.timeout(LINGER):
            while chunk := await anext(stream):
                received += len(chunk)
                if received > LINGER_BYTES:
                    return
    except (TimeoutError, StopAsyncIteration):
        return
