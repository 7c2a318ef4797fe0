"""A cache of pages that are the same for everybody, rendered and compressed once for each version of their content.

Lesson pages are most of the traffic, often to many phones of a hamlet at once. A cached page needs no rendering and no
compression, and a phone that already has it gets a short 304.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import brotli
from cachetools import LRUCache
from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from learning.views.current_path import COOKIE as PATH
from learning.views.learner import COOKIE as PHONE
from learning.views.learner import NOW_LEARNING
from translations.web import COOKIE as LANGUAGE

MOST_BYTES = 32 * 1024 * 1024  # of page bodies, in all three forms

# Cookies that do not change such a page, once the language is part of its key. With any other cookie, above all that of
# a signed-in person, the navigation may depend on the reader: then the cache is neither read nor written.
_NEUTRAL_COOKIES = {PHONE, NOW_LEARNING, LANGUAGE, PATH}


@dataclass(frozen=True)
class _CachedPage:
    plain: bytes
    gzip: bytes
    br: bytes
    fingerprint: str


def _size(page: _CachedPage) -> int:
    return len(page.plain) + len(page.gzip) + len(page.br)


_pages: LRUCache[tuple[str, ...], _CachedPage] = LRUCache(MOST_BYTES, getsizeof=_size)
_changing = threading.Lock()  # of _pages, whose reads also change it; never held while rendering


def cached_page(draw: Callable[[], str], *key: str, media_type: str = "text/html") -> BaseResponse | str:
    """The page `draw` returns, cached under `key`, which names everything it depends on: version, object, language."""
    if not request.cookies.keys() <= _NEUTRAL_COOKIES:
        return Response(draw(), mimetype=media_type)
    page = _get_or_draw(draw, key)
    encoding = request.accept_encodings.best_match(["br", "gzip"])
    body = page.br if encoding == "br" else page.gzip if encoding == "gzip" else page.plain
    answer = Response(body, mimetype=media_type)
    if encoding:
        answer.content_encoding = encoding
    answer.vary.update(["Accept-Encoding", "Cookie"])
    # Weak: the same page in any compression.
    answer.set_etag(page.fingerprint, weak=True)
    return answer.make_conditional(request)


def compressed_size(draw: Callable[[], str], *key: str) -> int:
    """Size of such a page in bytes, compressed as phones receive it."""
    return len(_get_or_draw(draw, key).br)


def cached_for_new_visitors(draw: Callable[[], str], *key: str) -> BaseResponse | str:
    """A page that shows its reader's progress: cached only for phones without a learner."""
    return draw() if PHONE in request.cookies else cached_page(draw, *key)


def _get_or_draw(draw: Callable[[], str], key: tuple[str, ...]) -> _CachedPage:
    with _changing:
        page = _pages.get(key)
    if page is None:
        page = _compress(draw().encode())
        # ValueError: larger than the whole cache; then it is rendered for each request.
        with _changing, suppress(ValueError):
            _pages[key] = page
    return page


def _compress(html: bytes) -> _CachedPage:
    return _CachedPage(
        plain=html,
        gzip=gzip.compress(html, 9, mtime=0),
        br=brotli.compress(html),
        fingerprint=hashlib.sha256(html).hexdigest()[:16],
    )
