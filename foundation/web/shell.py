"""The shell's own pages: what crawlers may read, and the gallery of parts."""

from flask import Blueprint, Response, render_template

from foundation.web.access import public

blueprint = Blueprint(
    "web", __name__, template_folder="templates", static_folder="static", static_url_path="/static/web"
)
gallery = Blueprint("gallery", __name__)


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
