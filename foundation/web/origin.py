"""Refuses writes that another site makes in our visitor's name (CSRF).

Browsers say where a request comes from, so no token is needed. That matters here: a page kept for offline use would
carry a token that has long expired by the time the phone is back on the network.
"""

from flask import Flask, request

from foundation.problems import NotAllowed

HARMLESS = {"GET", "HEAD", "OPTIONS"}


def refuse_foreign_writes(app: Flask) -> None:
    @app.before_request
    def refuse() -> None:
        if request.method in HARMLESS:
            return
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            foreign = site not in {"same-origin", "none"}
        else:  # browsers before 2023; a client that sends neither header is no browser
            origin = request.headers.get("Origin")
            foreign = origin is not None and origin != request.host_url.rstrip("/")
        if foreign:
            raise NotAllowed("foreign_site")
