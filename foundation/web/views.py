"""Pages of the web package itself: robots.txt and the gallery of page parts."""

from flask import Blueprint, Response, render_template

from foundation.web.access import public

blueprint = Blueprint(
    "web", __name__, template_folder="templates", static_folder="static", static_url_path="/static/web"
)
gallery = Blueprint("gallery", __name__)


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Crawlers may read pages but not PDFs: rendering one takes seconds, and a letter contains a person's name."""
    answer = Response("User-agent: *\nDisallow: /*.pdf$\n", mimetype="text/plain")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@gallery.get("/giao-dien")
def show_gallery() -> str:
    return render_template("web/gallery.html")
