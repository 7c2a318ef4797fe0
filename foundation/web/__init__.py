"""What every page uses: navigation, page parts, error pages, CSRF protection, static files, PDF output."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_compress import Compress

from foundation.web.body_limits import init_body_limits
from foundation.web.body_refusals import init_body_refusals
from foundation.web.csrf import init_csrf_protection
from foundation.web.errors import init_error_handlers
from foundation.web.headers import init_security_headers
from foundation.web.health import init_health
from foundation.web.hosts import init_host_check
from foundation.web.navigation import init_navigation
from foundation.web.openapi import init_api
from foundation.web.request_log import init_request_log
from foundation.web.views import blueprint, gallery


class Templates(Environment):
    """Jinja environment whose templates share one dict of globals instead of a ChainMap over it.

    At every import in a page Jinja compares the two sets of names; through a ChainMap that takes 50 µs.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def init_web(app: Flask) -> None:
    """Set up everything in this package. The gallery of page parts is served in development only."""
    init_body_refusals(app)
    init_body_limits(app)  # first, because the hooks below may read the form
    init_host_check(app)
    app.jinja_environment = Templates
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    # Level 4 costs a third of the default level and compresses a few per cent less.
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=4, COMPRESS_LEVEL=5, COMPRESS_MIN_SIZE=400)
    Compress(app)
    app.register_blueprint(blueprint)
    if app.extensions["settings"].development:
        app.register_blueprint(gallery)
    init_request_log(app)
    init_health(app)
    init_navigation(app)
    init_csrf_protection(app)
    init_security_headers(app)
    init_error_handlers(app)
    init_api(app)
