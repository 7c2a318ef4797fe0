"""Pages that are the same for everybody, drawn and compressed once for each version of what they show.

A lesson page is most of what this house serves, often to many phones of a hamlet at once. Kept whole it costs neither
drawing nor compressing, and a phone that has it already is told so in a few bytes.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import brotli
from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from learning.views.current_path import COOKIE as PATH
from learning.views.learner import COOKIE as PHONE
from learning.views.learner import NOW_LEARNING
from translations.web import COOKIE as LANGUAGE

# Cookies that change nothing on such a page, once the language is part of its key. With any other, above all that of
# somebody signed in, the frame around the page may speak of its reader: then nothing is kept and nothing kept is shown.
_SAYS_NOTHING = {PHONE, NOW_LEARNING, LANGUAGE, PATH}


@dataclass(frozen=True)
class _Kept:
    plain: bytes
    gzip: bytes
    br: bytes
    fingerprint: str


_pages: dict[tuple[str, ...], _Kept] = {}


def cached_page(draw: Callable[[], str], *key: str, media_type: str = "text/html") -> BaseResponse | str:
    """The page `draw` makes, as kept under `key`, which names all that it depends on: version, thing, language."""
    if not request.cookies.keys() <= _SAYS_NOTHING:
        return Response(draw(), mimetype=media_type)
    page = _kept(draw, key)
    encoding = request.accept_encodings.best_match(["br", "gzip"])
    body = page.br if encoding == "br" else page.gzip if encoding == "gzip" else page.plain
    answer = Response(body, mimetype=media_type)
    if encoding:
        answer.content_encoding = encoding
    answer.vary.update(["Accept-Encoding", "Cookie"])
    # Weak: the same page, however it was compressed.
    answer.set_etag(page.fingerprint, weak=True)
    return answer.make_conditional(request)


def compressed_size(draw: Callable[[], str], *key: str) -> int:
    """Bytes of such a page on the wire, compressed as phones take it."""
    return len(_kept(draw, key).br)


def cached_for_new_visitors(draw: Callable[[], str], *key: str) -> BaseResponse | str:
    """A page that shows what its reader has learnt: kept only for phones that have not learnt anything yet."""
    return draw() if PHONE in request.cookies else cached_page(draw, *key)


def _kept(draw: Callable[[], str], key: tuple[str, ...]) -> _Kept:
    page = _pages.get(key)
    if page is None:
        page = _pages[key] = _keep(draw().encode())
    return page


def _keep(html: bytes) -> _Kept:
    return _Kept(
        plain=html,
        gzip=gzip.compress(html, 9, mtime=0),
        br=brotli.compress(html),
        fingerprint=hashlib.sha256(html).hexdigest()[:16],
    )
