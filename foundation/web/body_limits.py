"""How much a request may bring, asked before anything looks at it: docs/throttling.md.

Every form and JSON address takes a small body unless its view says otherwise with `takes`. A server that receives
bodies for the application asks `body_limit`; the application enforces the same by itself, whatever stands in front.
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
# Characters of an address. The longest of ours goes back to a page with its own query, and carries a letter's award.
LONGEST_PATH = 2_000
LONGEST_QUERY = 8_000
# Characters of all headers together: three cookies of 4 kB and what browsers say of themselves.
LONGEST_HEADERS = 24 * KB
LONGEST_FIELD_NAME = 200


@dataclass(frozen=True)
class BodyLimit:
    """most: bytes of the body as sent. fields: how many a form may have. longest: characters of one field.

    A Vietnamese letter takes up to nine bytes in a form. `longest` lies above what any view takes, so that a text a
    little too long comes back in its form; and low enough that Unicode normalisation, which is quadratic in a run of
    combining marks, takes 35 ms at most.
    """

    most: int = 64 * KB
    fields: int = 300
    longest: int = 6_000


USUAL = BodyLimit()


class BodyTooLarge(Problem):
    """`most`: what is taken: bytes for too_large, fields for too_many_fields, characters for field_too_long."""

    status = 413


class AddressTooLong(Problem):
    status = 414


class HeadersTooLong(Problem):
    status = 431


def takes(
    most: int = USUAL.most, *, fields: int = USUAL.fields, longest: int = USUAL.longest
) -> Callable[[View], View]:
    """Marks a view that takes more than the usual body. Stands below the route decorator, in any order with @may."""

    def mark(view: View) -> View:
        view.body_limit = BodyLimit(most, fields, longest)  # type: ignore[attr-defined]
        return view

    return mark


def body_limit(app: Flask, method: str, path: str) -> int:
    """How many bytes of body the address takes; the usual amount for one that does not exist.

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
    """As Werkzeug's, which does not count the fields of an urlencoded form."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        if mimetype == "application/x-www-form-urlencoded" and self.max_form_parts is not None:
            stream = _counted(stream, self.max_form_parts)
        return super().parse(stream, mimetype, content_length, options)


def _counted(stream: IO[bytes], most: int) -> IO[bytes]:
    """The same body, read. Raises BodyTooLarge where it has more fields."""
    body = stream.read()
    if body.count(b"&") >= most:
        raise BodyTooLarge("too_many_fields", most=most)
    return BytesIO(body)


class BoundedRequest(Request):
    """A request whose address and headers are shortened before anything parses them.

    overlong: code of the refusal, "" when nothing had to be shortened.
    """

    form_data_parser_class = _FormParser

    def __init__(self, environ: dict[str, Any], populate_request: bool = True, shallow: bool = False) -> None:
        self.overlong = _shorten(environ)
        super().__init__(environ, populate_request, shallow)

    @property
    def form_is_read(self) -> bool:
        """Whether the form has been parsed: a refused one never is."""
        return "form" in self.__dict__


def _shorten(environ: dict[str, Any]) -> str:
    code = ""
    for name, longest in (("PATH_INFO", LONGEST_PATH), ("QUERY_STRING", LONGEST_QUERY)):
        if len(environ.get(name, "")) > longest:
            environ[name] = environ[name][:100]
            code = "address_too_long"
    headers = [name for name in environ if name.startswith("HTTP_") or name == "CONTENT_TYPE"]
    if sum(len(environ[name]) for name in headers) > LONGEST_HEADERS:
        # Without them the refusal is told to a stranger, in Vietnamese.
        for name in headers:
            if len(environ[name]) > KB:
                del environ[name]
        code = "headers_too_long"
    return code


def limit_requests(app: Flask) -> None:
    """Refuse what is too long before any other part of the application sees it.

    Forms are parsed here, and so never while a transaction is open.
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
        # Werkzeug does not tell which. A body whose length is known to fit can only have too many parts; one without a
        # length may have gone on instead.
        if request.content_length is not None:
            raise BodyTooLarge("too_many_fields", most=limit.fields) from None
        raise BodyTooLarge("too_large", most=limit.most) from None
    if len(fields) + len(request.files) > limit.fields:
        raise BodyTooLarge("too_many_fields", most=limit.fields)
    for name, value in fields:
        if len(name) > LONGEST_FIELD_NAME or len(value) > limit.longest:
            raise BodyTooLarge("field_too_long", field=name[:LONGEST_FIELD_NAME], most=limit.longest)
