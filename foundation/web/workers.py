"""Serves a service worker: the settings of this deployment, and after them the script that was built."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request, url_for
from werkzeug.exceptions import NotFound


def worker_script(room: str, name: str, variable: str, settings: Mapping[str, Any]) -> Response:
    """The worker `name` of a room, which finds `settings` in `self.<variable>`. Asked anew at every visit, by its ETag.

    The settings take the place of the first line of the built file, so the lines of its source map stay true.
    Raises NotFound where it was not built.
    """
    try:
        built = current_app.extensions["static_files"].text(room, name)
    except LookupError as error:
        raise NotFound from error
    told = json.dumps(settings, separators=(",", ":"))
    rest = built.partition("\n")[2]
    map_address = url_for(f"{room}.static", filename=f"{name}.map")
    whole = f"self.{variable}={told};\n{rest}//# sourceMappingURL={map_address}\n"
    script = Response(whole, mimetype="text/javascript")
    script.headers["Cache-Control"] = "no-cache"
    script.add_etag()
    return script.make_conditional(request)  # type: ignore[return-value]
