"""A line thinner and farther than loopback: TCP carried to a server slowly, for everything a browser does."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

PACKET = 1460  # bytes; what one Ethernet frame carries of TCP


@contextmanager
def shaped(address: str, *, bytes_a_second: int, round_trip: float, round_trips_to_connect: int = 1) -> Iterator[str]:
    """An address on loopback that leads to `address` over such a line, until the block ends.

    bytes_a_second: what comes down, shared by all connections; what goes up is only delayed. round_trip: seconds.
    round_trips_to_connect: 1 for TCP, 2 for TCP and TLS 1.3. Names are not looked up and nothing is lost on the way;
    a server's first burst is not held back as TCP's slow start would beyond 14 KB.
    """
    server = urlsplit(address)
    down = _Line(bytes_a_second)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as door:

        def serve() -> None:
            while True:
                try:
                    near, _ = door.accept()
                except OSError:
                    return
                far = socket.create_connection((server.hostname, server.port))
                for end in (near, far):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                open_at = time.monotonic() + round_trip * round_trips_to_connect
                _carry(near, far, partial(_arrives, open_at, round_trip / 2))
                _carry(far, near, lambda size: down.sent(size) + round_trip / 2)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            # Closing alone leaves a thread that waits in accept() waiting.
            door.shutdown(socket.SHUT_RDWR)


def _arrives(open_at: float, way: float, _size: int) -> float:
    """When what is said up the line now is heard: not before the connection stands."""
    return max(time.monotonic(), open_at) + way


class _Line:
    def __init__(self, bytes_a_second: int) -> None:
        self._bytes_a_second = bytes_a_second
        self._free_at = 0.0
        self._lock = threading.Lock()

    def sent(self, size: int) -> float:
        """When `size` bytes more have left, on time.monotonic()'s clock: after all that was given before them."""
        with self._lock:
            self._free_at = max(time.monotonic(), self._free_at) + size / self._bytes_a_second
            return self._free_at


def _carry(source: socket.socket, sink: socket.socket, due: Callable[[int], float]) -> None:
    """Hand on what `source` says, each packet when `due` says, in two threads; the end of it, too."""
    under_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

    def read() -> None:
        packet = b"-"
        while packet:
            try:
                packet = source.recv(PACKET)
            except OSError:
                packet = b""
            under_way.put((due(len(packet)), packet))

    def write() -> None:
        packet = b"-"
        while packet:
            at, packet = under_way.get()
            time.sleep(max(0.0, at - time.monotonic()))
            try:
                if packet:
                    sink.sendall(packet)
                else:
                    sink.shutdown(socket.SHUT_WR)
            except OSError:
                return

    for act in (read, write):
        threading.Thread(target=act, daemon=True).start()
