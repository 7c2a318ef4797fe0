"""Which learning path this phone is on: so that a finished lesson leads on along it.

The phone alone remembers, and only the path last opened: docs/decisions/the-phone-remembers-its-path.md.
"""

from flask import after_this_request, current_app, request
from flask.wrappers import Response

from courses.domain.lesson import LearningPath
from learning.views.lookups import catalogue

COOKIE = "lo-trinh"
NINETY_DAYS = 90 * 24 * 3600  # seconds; a path of ten lessons, one a week, with a month to spare


def current_path() -> LearningPath | None:
    """The path this phone opened last, if there still is such a path."""
    return catalogue().path(request.cookies.get(COOKIE, ""))


def remember_path(path: LearningPath) -> None:
    """The answer to this request tells the phone that it is on `path` now."""

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            path.id,
            max_age=NINETY_DAYS,
            httponly=True,
            samesite="Lax",
            secure=current_app.extensions["settings"].https_only,
        )
        return response


def forget_path() -> None:
    """The answer to this request takes the cookie away."""

    @after_this_request
    def forget(response: Response) -> Response:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response
