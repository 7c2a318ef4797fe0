"""Connections of people whose line is slow, or who mean harm: held open while others are served."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

HOST = "Host: 127.0.0.1\r\n"


def half_sent_body(path: str = "/dang-nhap", *, announced: int = 1000, sent: bytes = b"name") -> bytes:
    """The start of a request that announces more body than it brings."""
    head = f"POST {path} HTTP/1.1\r\n{HOST}Content-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}Content-Length: {announced}\r\n\r\n".encode() + sent


def slow_headers() -> bytes:
    return f"GET / HTTP/1.1\r\n{HOST}X-Slow: a".encode()


def idle() -> bytes:
    return b""


@contextmanager
def held(address: str, count: int, begin: bytes) -> Iterator[list[socket.socket]]:
    """`count` connections to http://host:port that have sent `begin` and nothing more. Closed at the end."""
    place = urlsplit(address)
    assert place.hostname
    assert place.port
    with ExitStack() as closing:
        lines = []
        for _ in range(count):
            line = closing.enter_context(socket.create_connection((place.hostname, place.port), timeout=10))
            if begin:
                line.sendall(begin)
            lines.append(line)
        yield lines
