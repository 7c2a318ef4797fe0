"""ETags of public pages of coverage, computed before the page: an unchanged page costs one statement."""

from hashlib import sha256

from flask import Response, current_app, make_response, request
from flask_login import current_user

from community_teams.area_pages.queries.public_version import public_version
from foundation import clock
from foundation.version import code_fingerprint
from foundation.web.database import session
from translations.web import HEADER, language


def page_etag() -> str | None:
    """The ETag of the requested page; None for somebody signed in, whose page shows more than the version covers."""
    if current_user.is_authenticated:
        return None
    settings = current_app.extensions["settings"]
    made_of = (
        public_version(session()),
        request.full_path,
        language().tag,
        # The weeks to choose from depend on the day.
        clock.day_in_vietnam(clock.now()),
        code_fingerprint(),
        settings.map_tiles,
        settings.map_tiles_credit,
    )
    return sha256(repr(made_of).encode()).hexdigest()[:32]


def unchanged(etag: str | None) -> Response | None:
    """304 without a body if the browser has this page already, in any content encoding; else None."""
    # The ETag of a compressed page ends with its encoding, such as "…:br".
    known = {tag.partition(":")[0] for tag in request.if_none_match.as_set(include_weak=True)}
    if etag is None or etag not in known:
        return None
    return tagged(make_response("", 304), etag)


def tagged(answer: Response, etag: str | None) -> Response:
    """The same response, with its ETag if there is one."""
    if etag is not None:
        answer.set_etag(etag)
        answer.vary.update(("Cookie", HEADER))
    return answer
