"""Limits on the size of requests, checked before anything else reads them: docs/throttling.md.

Every address accepts a small body unless its view has the decorator `takes`. foundation/serving asks `body_limit`
before it receives a body; the application also enforces the limit itself, behind any other server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from foundation.problems import Problem
from foundation.web.access import View

KB = 1024
# Characters of an address. The longest query of ours contains the award of a letter, or an address to go back to.
LONGEST_PATH = 2_000
LONGEST_QUERY = 8_000
# Characters of all headers together: three cookies of 4 kB and the browser's own headers.
LONGEST_HEADERS = 24 * KB
LONGEST_FIELD_NAME = 200


@dataclass(frozen=True)
class BodyLimit:
    """most: bytes of the body as sent. fields: how many a form may have. longest: characters of one field.

    A Vietnamese letter takes up to nine bytes in a form. `longest` is above what any view accepts, so that a text
    that is a little too long is shown again in its form. It is low enough that Unicode normalisation, which is
    quadratic in a run of combining marks, takes 35 ms at most.
    """

    most: int = 64 * KB
    fields: int = 300
    longest: int = 6_000


USUAL = BodyLimit()


class BodyTooLarge(Problem):
    """`most`: the limit: bytes for too_large, fields for too_many_fields, characters for field_too_long."""

    status = 413


class AddressTooLong(Problem):
    status = 414


class HeadersTooLong(Problem):
    status = 431


def takes(
    most: int = USUAL.most, *, fields: int = USUAL.fields, longest: int = USUAL.longest
) -> Callable[[View], View]:
    """Decorator of a view that accepts more than USUAL. Put it below the route decorator; above or below @may."""

    def mark(view: View) -> View:
        view.body_limit = BodyLimit(most, fields, longest)  # type: ignore[attr-defined]
        return view

    return mark


def body_limit(app: Flask, method: str, path: str) -> int:
    """The largest body in bytes that the address accepts; the usual limit for an unknown address.

    path: as sent, already unquoted, without the query.
    """
    try:
        endpoint, _values = app.url_map.bind("").match(path, method)
    except HTTPException:
        return USUAL.most
    return _limit_of(app, endpoint).most


def _limit_of(app: Flask, endpoint: str | None) -> BodyLimit:
    limit: BodyLimit = getattr(app.view_functions.get(endpoint or ""), "body_limit", USUAL)
    return limit


class _FormParser(FormDataParser):
    """Werkzeug's parser, which does not limit the fields of an urlencoded form, with that limit."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        if mimetype == "application/x-www-form-urlencoded" and self.max_form_parts is not None:
            stream = _counted(stream, self.max_form_parts)
        return super().parse(stream, mimetype, content_length, options)


def _counted(stream: IO[bytes], most: int) -> IO[bytes]:
    """The body, read into memory. Raises BodyTooLarge if it has more than `most` fields."""
    body = stream.read()
    if body.count(b"&") >= most:
        raise BodyTooLarge("too_many_fields", most=most)
    return BytesIO(body)


class BoundedRequest(Request):
    """A request whose address and headers are shortened before anything parses them.

    overlong: code of the refusal, "" if nothing was shortened.
    """

    form_data_parser_class = _FormParser

    def __init__(self, environ: dict[str, Any], populate_request: bool = True, shallow: bool = False) -> None:
        self.overlong = _shorten(environ)
        super().__init__(environ, populate_request, shallow)

    @property
    def form_is_read(self) -> bool:
        """Whether the form has been parsed; a refused one has not."""
        return "form" in self.__dict__


def _shorten(environ: dict[str, Any]) -> str:
    code = ""
    for name, longest in (("PATH_INFO", LONGEST_PATH), ("QUERY_STRING", LONGEST_QUERY)):
        if len(environ.get(name, "")) > longest:
            environ[name] = environ[name][:100]
            code = "address_too_long"
    headers = [name for name in environ if name.startswith("HTTP_") or name == "CONTENT_TYPE"]
    if sum(len(environ[name]) for name in headers) > LONGEST_HEADERS:
        # Without them the refusal is shown in Vietnamese, as to somebody not signed in.
        for name in headers:
            if len(environ[name]) > KB:
                del environ[name]
        code = "headers_too_long"
    return code


def init_body_limits(app: Flask) -> None:
    """Refuse requests that are too large before any other hook or view reads them.

    Forms are parsed here, so never while a transaction is open.
    """
    app.request_class = BoundedRequest

    @app.before_request
    def refuse() -> None:
        overlong = getattr(request, "overlong", "")
        if overlong == "address_too_long":
            raise AddressTooLong(overlong)
        if overlong:
            raise HeadersTooLong(overlong)
        limit = _limit_of(app, request.endpoint)
        request.max_content_length = limit.most
        request.max_form_memory_size = limit.most
        request.max_form_parts = limit.fields
        if request.content_length is not None and request.content_length > limit.most:
            raise BodyTooLarge("too_large", most=limit.most)
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            _read_form(limit)


def _read_form(limit: BodyLimit) -> None:
    try:
        fields = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        # Werkzeug does not say which limit. A body of known length can only have too many parts; one of unknown length
        # may also be too long.
        if request.content_length is not None:
            raise BodyTooLarge("too_many_fields", most=limit.fields) from None
        raise BodyTooLarge("too_large", most=limit.most) from None
    if len(fields) + len(request.files) > limit.fields:
        raise BodyTooLarge("too_many_fields", most=limit.fields)
    for name, value in fields:
        if len(name) > LONGEST_FIELD_NAME or len(value) > limit.longest:
            raise BodyTooLarge("field_too_long", field=name[:LONGEST_FIELD_NAME], most=limit.longest)
