"""The shell's own pages: whether we are well, what crawlers may read, and the gallery of parts."""

from flask import Blueprint, Response, json, render_template
from sqlalchemy import text

from foundation.web.access import public
from foundation.web.database import session

blueprint = Blueprint(
    "web", __name__, template_folder="templates", static_folder="static", static_url_path="/static/web"
)
gallery = Blueprint("gallery", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while pages can be served and the database answers; 503 otherwise, made by the error handlers."""
    session().execute(text("SELECT 1"))
    answer = Response(json.dumps({"status": "ok"}), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Every page may be read; prints may not: drawing one anew costs seconds, and a letter carries a name."""
    answer = Response("User-agent: *\nDisallow: /*.pdf$\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@gallery.get("/giao-dien")
def show_gallery() -> str:
    return render_template("web/gallery.html")
