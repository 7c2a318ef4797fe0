"""Which host a request may name: that of PUBLIC_ADDRESS, once it is set.

A proxy or browser that is talked into another one would be handed addresses, prints and keys that lead there. The
machine itself may ask by its own names: health checks do.
"""

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, request

from foundation.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

# In a request's environ: its Host header was no name at all.
_MALFORMED = "bdhvs.malformed_host"

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class WrongHost(Problem):
    status = 421


def init_host_check(app: Flask) -> None:
    """Refuse requests for another host than PUBLIC_ADDRESS names; without one any name is served.

    A Host header that is no name, such as one with an empty part or a part of more than 63 letters, is refused in any
    case. It is taken away first: with it no address can be built, not even those on the page that refuses it.
    """
    application = app.wsgi_app

    def take_malformed_away(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        if not _is_name(environ.get("HTTP_HOST", "")):
            environ["HTTP_HOST"] = ""
            environ[_MALFORMED] = True
        return application(environ, start_response)

    app.wsgi_app = take_malformed_away  # type: ignore[method-assign]

    @app.before_request
    def refuse() -> None:
        if _MALFORMED in request.environ:
            raise WrongHost("wrong_host")
        expected = urlsplit(app.extensions["settings"].public_address).netloc.lower()
        if not expected or _same(request.host, expected):
            return
        if _bare(request.host) in OWN_NAMES and _is_this_machine(request.remote_addr):
            return
        raise WrongHost("wrong_host")


def _is_name(host: str) -> bool:
    """Whether addresses can be built with it: Werkzeug encodes it like this."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _same(host: str, expected: str) -> bool:
    """With or without the port that goes without saying, and the dot that ends a whole name."""
    parts = urlsplit(f"//{host.lower()}")
    try:
        name, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return False
    wanted = urlsplit(f"//{expected}")
    return name == wanted.hostname and (port == wanted.port or (wanted.port is None and port in {80, 443}))


def _bare(host: str) -> str:
    """Without its port."""
    name, _, port = host.lower().rpartition(":")
    return name if port.isdecimal() and name else host.lower()


def _is_this_machine(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
