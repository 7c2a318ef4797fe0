"""The shell every page lives in: frame, parts, errors, origin check, static files, print."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_compress import Compress

from foundation.web.body_limits import limit_requests
from foundation.web.body_refusals import answer_refusals
from foundation.web.csrf import init_csrf_protection
from foundation.web.errors import answer_for_problems
from foundation.web.headers import guard_headers
from foundation.web.health import serve_health
from foundation.web.hosts import check_hosts
from foundation.web.navigation import init_navigation
from foundation.web.openapi import serve_api
from foundation.web.request_log import serve_request_log
from foundation.web.views import blueprint, gallery


class Templates(Environment):
    """Templates that share their globals: given none of its own a template gets ours as they are, not a map over them.

    At every import in every page Jinja compares the two sets of names, which takes 50 µs through such a map.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def serve_web(app: Flask) -> None:
    """Give the app its frame, its parts and its manners. The gallery of parts is served in development only."""
    answer_refusals(app)
    limit_requests(app)  # first: whatever asks next may look at the form
    check_hosts(app)
    app.jinja_environment = Templates
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    # Level 4 costs a third of the default and gives away a few per cent.
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, COMPRESS_LEVEL=5, COMPRESS_MIN_SIZE=400)
    Compress(app)
    app.register_blueprint(blueprint)
    if app.extensions["settings"].development:
        app.register_blueprint(gallery)
    serve_request_log(app)
    serve_health(app)
    init_navigation(app)
    init_csrf_protection(app)
    guard_headers(app)
    answer_for_problems(app)
    serve_api(app)
