"""Protection against cross-site request forgery (CSRF): refuses writes that come from another site.

Browsers send the origin of a request, so no token is needed. That matters here: a page stored for offline use would
carry a token that has long expired by the time the phone is back on the network.
"""

from flask import Flask, request

from foundation.problems import NotAllowed

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def init_csrf_protection(app: Flask) -> None:
    @app.before_request
    def refuse() -> None:
        if request.method in SAFE_METHODS:
            return
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            foreign = site not in {"same-origin", "none"}
        else:  # browsers before 2023; a client that sends neither header is no browser
            origin = request.headers.get("Origin")
            foreign = origin is not None and origin != request.host_url.rstrip("/")
        if foreign:
            raise NotAllowed("foreign_site")
