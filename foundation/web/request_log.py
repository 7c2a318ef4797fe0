"""Logs one line per request, with an id that is also on error pages, in problem+json and in a response header.

The line has the pattern of the route, never the address with its values, and nothing about the person.
"""

import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context, request, request_started

from foundation.logs.context import working_on
from foundation.logs.faults import fault_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
_ENTRY = "bdhvs.request_log"
# Request ids from a proxy: nginx writes 32 hexadecimal digits, others a UUID.
_FROM_PROXY = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Easy to read out over the telephone: no I, L, O, U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"}
STATIC = "/static/…"
UNKNOWN = "-"

# Called after each answer with {method, route, status, ms, size}, for metrics.
Observer = Callable[[dict[str, Any]], None]


def init_request_log(app: Flask) -> None:
    """Record the route of each request. RequestLog, around the application, writes the lines."""

    # Before any hook, because a hook may refuse the request.
    @request_started.connect_via(app)
    def note_route(_app: Flask, **_: Any) -> None:
        entry = request.environ.get(_ENTRY)
        if entry is not None:
            entry["route"] = request.url_rule.rule if request.url_rule is not None else UNKNOWN

    def log_exception(exc_info: Any) -> None:
        note_fault(exc_info[1])
        log.error("fault", exc_info=exc_info)

    # Flask's own would log the address, which may contain a card's code.
    app.log_exception = log_exception  # type: ignore[method-assign]
    app.jinja_env.globals["request_id"] = request_id


def request_id() -> str:
    """The id of the current request; "" outside of a request, or without RequestLog."""
    entry = request.environ.get(_ENTRY) if has_request_context() else None
    return str(entry["id"]) if entry is not None else ""


def note_fault(error: BaseException | None) -> None:
    """Add the fault's id to this request's line; the traceback is logged under the same id."""
    entry = request.environ.get(_ENTRY) if has_request_context() else None
    if entry is not None and error is not None:
        entry["fault"] = fault_id(error)


def new_request_id() -> str:
    """Ten characters, 50 random bits."""
    bits = int.from_bytes(os.urandom(7), "big")
    return "".join(_ALPHABET[bits >> (5 * place) & 31] for place in range(10))


class RequestLog:
    """WSGI middleware around the whole application, ProxyFix included.

    from_proxy: take X-Request-Id from the request; set it only behind a trusted proxy. addresses: log the client's
    address, which is personal data. In a line, `ms` is the time until the headers are ready; `size` is the body in
    bytes, missing if the answer was interrupted.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        from_proxy: bool = False,
        addresses: bool = False,
    ) -> None:
        self._application = application
        self._from_proxy = from_proxy
        self._addresses = addresses
        self.observers: list[Observer] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun = time.perf_counter()
        id_ = environ.get("HTTP_X_REQUEST_ID", "") if self._from_proxy else ""
        method = environ["REQUEST_METHOD"]
        entry: dict[str, Any] = {
            "id": id_ if _FROM_PROXY.fullmatch(id_) else new_request_id(),
            "method": method if method in _METHODS else "OTHER",
            # A file that WhiteNoise answers for reaches no route.
            "route": STATIC if environ.get("PATH_INFO", "").startswith("/static/") else UNKNOWN,
        }
        environ[_ENTRY] = entry

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            entry["status"] = int(status[:3])
            entry["ms"] = round((time.perf_counter() - begun) * 1000, 1)
            entry["size"] = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
            headers = [*headers, (HEADER, entry["id"])]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        with working_on(entry):
            try:
                body = self._application(environ, start)
            except BaseException:
                entry.update(status=500, ms=round((time.perf_counter() - begun) * 1000, 1), size=None)
                self._write(entry, environ)
                raise
            if entry.get("size") is None and method != "HEAD":
                return _Counted(body, lambda size: self._write({**entry, "size": size}, environ))
            self._write(entry, environ)
            return body

    def _write(self, entry: dict[str, Any], environ: "WSGIEnvironment") -> None:
        if self._addresses:
            entry = {**entry, "address": environ.get("REMOTE_ADDR") or UNKNOWN}
        for observe in self.observers:
            observe(entry)
        log.info("request", extra={"fields": {name: value for name, value in entry.items() if value is not None}})


class _Counted:
    """A body of unknown length: calls `tell` once with its size, or with None if it was interrupted."""

    def __init__(self, body: Iterable[bytes], tell: Callable[[int | None], None]) -> None:
        self._body = body
        self._tell = tell
        self._size = 0
        self._whole = False
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            self._size += len(part)
            yield part
        self._whole = True

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        close = getattr(self._body, "close", None)
        try:
            if close is not None:
                close()
        finally:
            self._tell(self._size if self._whole else None)
