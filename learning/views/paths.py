"""Learning paths: the lessons for one need in order, from several courses."""

from flask import render_template
from werkzeug.wrappers import Response

from foundation.web.access import public
from foundation.web.database import session
from learning import queries
from learning.domain.progress import course_progress
from learning.views.blueprint import blueprint
from learning.views.current_path import remember_path
from learning.views.learner import known_learner
from learning.views.lookups import catalogue, find_path
from learning.views.page_cache import cached_for_new_visitors
from translations.web import language


@blueprint.get("/lo-trinh")
@public
def show_paths() -> Response | str:
    def draw() -> str:
        learner = known_learner()
        answers = queries.right_answers(session(), learner) if learner else {}
        paths = catalogue().paths
        return render_template(
            "learning/paths.html",
            paths=paths,
            along={path.id: course_progress(path, answers) for path in paths},
        )

    return cached_for_new_visitors(draw, "paths", catalogue().version, language().tag)


@blueprint.get("/lo-trinh/<path_id>")
@public
def show_path(path_id: str) -> Response | str:
    path = find_path(path_id)

    def draw() -> str:
        learner = known_learner()
        answers = queries.right_answers(session(), learner) if learner else {}
        return render_template("learning/path.html", path=path, progress=course_progress(path, answers))

    remember_path(path)
    return cached_for_new_visitors(draw, "path", catalogue().version, path.id, language().tag)
