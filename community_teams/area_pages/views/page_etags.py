"""An ETag for public pages of coverage, known before the page is made: one that has not changed costs one statement."""

from hashlib import sha256

from flask import Response, current_app, make_response, request
from flask_login import current_user

from community_teams.area_pages.queries.public_version import public_version
from foundation import clock
from foundation.version import code_fingerprint
from foundation.web.database import session
from translations.web import HEADER, language


def page_etag() -> str | None:
    """Of the page this request asks for; None for somebody signed in, who sees more than has a version."""
    if current_user.is_authenticated:
        return None
    settings = current_app.extensions["settings"]
    made_of = (
        public_version(session()),
        request.full_path,
        language().tag,
        # Which weeks may be chosen follows from the day.
        clock.day_in_vietnam(clock.now()),
        code_fingerprint(),
        settings.map_tiles,
        settings.map_tiles_credit,
    )
    return sha256(repr(made_of).encode()).hexdigest()[:32]


def unchanged(etag: str | None) -> Response | None:
    """A bare 304 where the browser has this very page already, in whatever packing; else None."""
    # A packed page carries its packing behind the tag, such as "…:br".
    known = {tag.partition(":")[0] for tag in request.if_none_match.as_set(include_weak=True)}
    if etag is None or etag not in known:
        return None
    return tagged(make_response("", 304), etag)


def tagged(answer: Response, etag: str | None) -> Response:
    """The same answer, with its ETag where it has one."""
    if etag is not None:
        answer.set_etag(etag)
        answer.vary.update(("Cookie", HEADER))
    return answer
