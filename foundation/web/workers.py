"""Serves a service worker: the settings of this deployment, followed by the built script."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request, url_for
from werkzeug.exceptions import NotFound


def worker_script(package: str, name: str, variable: str, settings: Mapping[str, Any]) -> Response:
    """The worker `name` of a package, which finds `settings` in `self.<variable>`. Asked anew at every visit, by its
    ETag.

    The settings replace the first line of the built file, so that line numbers of its source map stay correct.
    Raises NotFound if it was not built.
    """
    try:
        built = current_app.extensions["static_files"].text(package, name)
    except LookupError as error:
        raise NotFound from error
    values = json.dumps(settings, separators=(",", ":"))
    rest = built.partition("\n")[2]
    map_address = url_for(f"{package}.static", filename=f"{name}.map")
    whole = f"self.{variable}={values};\n{rest}//# sourceMappingURL={map_address}\n"
    script = Response(whole, mimetype="text/javascript")
    script.headers["Cache-Control"] = "no-cache"
    script.add_etag()
    return script.make_conditional(request)  # type: ignore[return-value]
