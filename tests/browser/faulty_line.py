"""A line between a phone and the platform that does more than break: it loses answers, or belongs to a captive portal.

A browser's own "offline" switch does not reach a service worker; this does, for whatever the browser runs.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from urllib.parse import urlsplit

PORTAL = b"<!doctype html><title>Wi-Fi</title><h1>Wi-Fi mien phi</h1>"
PORTAL_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
    len(PORTAL),
    PORTAL,
)


class Mode(Enum):
    UP = "up"
    DOWN = "down"
    # What is asked arrives; no answer comes back.
    ANSWERS_LOST = "answers_lost"
    PORTAL = "portal"


class FaultyLine:
    """`address`: what the phone calls the platform. Setting `mode` cuts every connection there is."""

    def __init__(self, address: str, server: tuple[str, int]) -> None:
        self.address = address
        self._server = server
        self._mode = Mode.UP
        self._open: set[socket.socket] = set()

    @property
    def mode(self) -> Mode:
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def take(self, near: socket.socket) -> None:
        if self._mode is Mode.DOWN:
            near.close()
            return
        if self._mode is Mode.PORTAL:
            with contextlib.suppress(OSError):
                near.recv(65536)
                near.sendall(PORTAL_ANSWER)
            near.close()
            return
        far = socket.create_connection(self._server)
        self._open |= {near, far}
        threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
        threading.Thread(target=self._carry, args=(far, near, self._mode is Mode.UP), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, arrives: bool) -> None:
        with contextlib.suppress(OSError):
            while packet := source.recv(65536):
                if not arrives:
                    break
                sink.sendall(packet)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self._open.discard(end)


@contextmanager
def faulty_line_to(server: str) -> Iterator[FaultyLine]:
    """A line to `server`, up until the test says otherwise."""
    there = urlsplit(server)
    assert there.hostname is not None
    assert there.port is not None
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:
        line = FaultyLine(f"http://127.0.0.1:{door.getsockname()[1]}", (there.hostname, there.port))

        def serve() -> None:
            while True:
                try:
                    near, _ = door.accept()
                except OSError:
                    return
                threading.Thread(target=line.take, args=(near,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield line
        finally:
            line.mode = Mode.DOWN
            # Closing alone leaves a thread that waits in accept() waiting.
            door.shutdown(socket.SHUT_RDWR)
