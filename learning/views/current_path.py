"""The learning path this phone follows, so that the last page of a lesson leads to the path's next lesson.

Only a cookie stores it, and only the path last opened: docs/decisions/the-phone-remembers-its-path.md.
"""

from flask import after_this_request, current_app, request
from flask.wrappers import Response

from courses.domain.lesson import LearningPath
from learning.views.lookups import catalogue

COOKIE = "lo-trinh"
NINETY_DAYS = 90 * 24 * 3600  # seconds; ten lessons at one a week, plus a month


def current_path() -> LearningPath | None:
    """The path this phone opened last, if it still exists."""
    return catalogue().path(request.cookies.get(COOKIE, ""))


def remember_path(path: LearningPath) -> None:
    """Store `path` in a cookie with the response to this request."""

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
    """Delete the cookie with the response to this request."""

    @after_this_request
    def forget(response: Response) -> Response:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response
