"""What makes the team's app installable: its service worker and manifest; and the check of the X-Member header."""

import hashlib
import json

from flask import Response, current_app, request, url_for
from flask_login import current_user

from community_teams.blueprints import teams_blueprint
from community_teams.phones.views.app_shell import show_shell
from foundation.problems import Conflict
from foundation.web.access import public
from foundation.web.workers import worker_script

# Where the app lives: the one address of it that a phone keeps.
HOME = "/doi-so"
# Files of foundation/web that the shell uses besides its own.
SHARED_FILES = ("page.css", "mark.svg", "band.svg", "keeping.js", "too_old.js")
CACHED_SUFFIXES = {".js", ".css", ".svg", ".webp", ".png"}
WORKER = "phone/worker.js"


@teams_blueprint.before_app_request
def refuse_visits_of_somebody_else() -> None:
    """The X-Member header says whose visits a phone sends. If somebody else is signed in by now, it is refused:
    visits of one member must never count as another's."""
    member = request.headers.get("X-Member")
    if member is not None and current_user.is_authenticated and member != str(current_user.id):
        raise Conflict("other_member")


@teams_blueprint.get("/doi-so/sw.js")
@public
def serve_worker() -> Response:
    """The service worker. It changes, and with it the app on every phone, when any file or word of the shell does."""
    script = worker_script("teams", WORKER, "doiSo", {"files": precached(), "shell": url_for(".show_shell")})
    script.headers["Service-Worker-Allowed"] = HOME
    return script


@teams_blueprint.get("/doi-so/manifest.webmanifest")
@public
def show_manifest() -> Response:
    manifest = {
        "id": HOME,
        "start_url": HOME,
        "scope": HOME,
        "name": "Đi từng ngõ, gõ từng nhà",
        "short_name": "Đi từng nhà",
        "lang": "vi",
        "display": "standalone",
        "background_color": "#fdf8ee",
        "theme_color": "#1e2f5c",
        "icons": [_icon("app-192", 192), _icon("app-512", 512), _icon("app-512-maskable", 512, "maskable")],
    }
    return Response(json.dumps(manifest, ensure_ascii=False), mimetype="application/manifest+json")


def _icon(name: str, pixels: int, use: str = "any") -> dict[str, str]:
    source = url_for(".static", filename=f"icons/{name}.png")
    return {"src": source, "sizes": f"{pixels}x{pixels}", "type": "image/png", "purpose": use}


def precached() -> list[dict[str, str | None]]:
    """What a phone caches to open offline: the shell by the hash of its text, files by the hash in their address."""
    words = show_shell().get_data()
    shell: dict[str, str | None] = {"url": url_for(".show_shell"), "revision": hashlib.sha256(words).hexdigest()[:16]}
    worn = [url_for("web.static", filename=name) for name in SHARED_FILES]
    return [shell, *({"url": url, "revision": None} for url in worn + _own_files())]


def _own_files() -> list[str]:
    files = current_app.extensions["static_files"]
    place = files.folder / "teams" / files.version("teams")
    names = sorted(
        file.relative_to(place).as_posix()
        for file in place.rglob("*")
        if file.is_file() and file.suffix in CACHED_SUFFIXES and file.parent.name != "icons"
    )
    return [url_for(".static", filename=name) for name in names if name != WORKER]
