"""A cache in memory of prints that are the same for everybody, made once for each version of their content.

docs/decisions/prints-kept-in-memory.md says why not on disk.
"""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cachetools import LRUCache
from flask import Response, current_app, request

from learning.views.blueprint import blueprint
from learning.views.lookups import catalogue
from learning.views.qr import has_own_address, printed_root

MOST_BYTES = 24 * 1024 * 1024
ONE_HOUR = 3600

_TEMPLATES = sorted((Path(blueprint.root_path) / "templates" / "learning").rglob("*.html"))
_WORDING = hashlib.sha256(b"".join(file.read_bytes() for file in _TEMPLATES)).hexdigest()

_prints: LRUCache[str, bytes] = LRUCache(MOST_BYTES, getsizeof=len)
_rendering = threading.Lock()
_changing = threading.Lock()  # of _prints, whose reads also change it; never held while rendering


def cached_print(draw: Callable[[], bytes], name: str) -> Response:
    """The PDF that `draw` returns. `name`: its file name, which is also part of the cache key.

    A client that already has it gets 304 without rendering. Concurrent requests for the same print share one rendering.
    """
    version = _version(name)
    if request.if_none_match.contains(version):
        answer = Response(status=304)
    else:
        answer = Response(_get_or_render(version, draw), mimetype="application/pdf")
        # Downloaded as a file: people take it to a print shop or send it on.
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.set_etag(version)
    if has_own_address():
        answer.cache_control.public = True
        answer.cache_control.max_age = ONE_HOUR
    else:
        answer.cache_control.private = True
    return answer


def _version(name: str) -> str:
    """Changes with everything a print depends on: lessons, styles, wording, organisation, and the address in its QR
    codes.
    """
    files = current_app.extensions["static_files"]
    inputs = (
        name,
        catalogue().version,
        files.version("learning"),
        files.version("web"),
        _WORDING,
        current_app.extensions["settings"].organisation,
        printed_root(),
    )
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:20]


def _get_or_render(version: str, draw: Callable[[], bytes]) -> bytes:
    """The print from memory, or rendered now: one at a time. The least recently used print is dropped first.

    Without PUBLIC_ADDRESS each invented Host header is a version of its own. No host is refused for it: LIMIT_PRINTS
    bounds what one visitor can have rendered, MOST_BYTES the memory, and prints that people ask for stay.
    """
    if (found := _get(version)) is not None:
        return found
    with _rendering:
        # Whoever waited finds what was rendered meanwhile.
        if (found := _get(version)) is not None:
            return found
        rendered = draw()
        # ValueError: larger than the whole cache; then it is rendered for each request.
        with _changing, suppress(ValueError):
            _prints[version] = rendered
        return rendered


def _get(version: str) -> bytes | None:
    """A print in memory, which is then the most recently used."""
    with _changing:
        return _prints.get(version)
