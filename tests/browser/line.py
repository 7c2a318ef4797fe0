"""The line between a phone and the server, which a test may cut, also under what a browser does with no page open."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Line:
    """Forwards connections to one server. While it is cut, a connection is closed before a byte comes back."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._is_silent = False
        self.address = ""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)

    def cut(self) -> None:
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._hang_up)

    def hush(self) -> None:
        """From now on the line takes every connection and never answers: connected in name only."""
        self._is_silent = True
        self._loop.call_soon_threadsafe(self._hang_up)

    def lead_to(self, server: str) -> None:
        """From now on another server answers under the same address, as after an upgrade."""
        self._server = urlsplit(server)
        self._loop.call_soon_threadsafe(self._hang_up)

    def mend(self) -> None:
        self._is_cut = self._is_silent = False

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        ready.set()
        self._loop.run_forever()
        listening.close()

    def _hang_up(self) -> None:
        for writer in self._open:
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        if self._is_silent:
            with suppress(ConnectionError):
                while await reader.read(65536):
                    pass
            writer.close()
            return
        up_reader, up_writer = await asyncio.open_connection(self._server.hostname, self._server.port)
        self._open |= {writer, up_writer}
        await asyncio.gather(_pass(reader, up_writer), _pass(up_reader, writer))
        self._open -= {writer, up_writer}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@contextmanager
def line_to(server: str) -> Iterator[Line]:
    line = Line(server)
    try:
        yield line
    finally:
        line.close()
