"""Prints that are the same for everybody, made once for each version of what they show and kept in memory.

docs/decisions/prints-kept-in-memory.md says why not on disk.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from flask import Response, current_app, request

from foundation.problems import NotFound
from learning.views.blueprint import blueprint
from learning.views.lookups import catalogue
from learning.views.qr import has_own_address, printed_root

MOST_BYTES = 24 * 1024 * 1024
ONE_HOUR = 3600
# A machine is reached as localhost, by its name and by its address in the house's network.
MOST_ROOTS = 4

_TEMPLATES = sorted((Path(blueprint.root_path) / "templates" / "learning").rglob("*.html"))
_WORDING = hashlib.sha256(b"".join(file.read_bytes() for file in _TEMPLATES)).hexdigest()

_kept: OrderedDict[str, bytes] = OrderedDict()
_drawing = threading.Lock()
_roots: set[str] = set()


def cached_print(draw: Callable[[], bytes], name: str) -> Response:
    """The PDF that `draw` makes. `name`: that of its file, which also tells one print from another.

    Whoever has it already is told so without anything being drawn. Two who ask for the same one at the same moment
    share one drawing.
    """
    version = _version(name)
    if request.if_none_match.contains(version):
        answer = Response(status=304)
    else:
        _refuse_unknown_hosts()
        answer = Response(_get_or_render(version, draw), mimetype="application/pdf")
        # Taken home as a file: people carry it to a shop that prints, or send it on.
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.set_etag(version)
    if has_own_address():
        answer.cache_control.public = True
        answer.cache_control.max_age = ONE_HOUR
    else:
        answer.cache_control.private = True
    return answer


def _refuse_unknown_hosts() -> None:
    """Without an address of our own a print carries the host it was asked under; only the first few are drawn for.

    Raises NotFound("wrong_host"). Otherwise each new Host header would draw every booklet anew, ten seconds each.
    """
    if has_own_address() or printed_root() in _roots:
        return
    if len(_roots) >= MOST_ROOTS:
        raise NotFound("wrong_host")
    _roots.add(printed_root())


def _version(name: str) -> str:
    """Changes with anything a print depends on: lessons, styles, wording, who speaks, and where its QR codes lead."""
    files = current_app.extensions["static_files"]
    told = (
        name,
        catalogue().version,
        files.version("learning"),
        files.version("web"),
        _WORDING,
        current_app.extensions["settings"].organisation,
        printed_root(),
    )
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:20]


def _get_or_render(version: str, draw: Callable[[], bytes]) -> bytes:
    if (kept := _kept.get(version)) is not None:
        return kept
    with _drawing:
        kept = _kept.get(version)
        if kept is None:
            kept = _kept[version] = draw()
            # The oldest goes first: made-up addresses in Host headers push out their like, and memory stays bounded.
            while len(_kept) > 1 and sum(map(len, _kept.values())) > MOST_BYTES:
                _kept.popitem(last=False)
        return kept
