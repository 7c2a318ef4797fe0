"""The team's app on a phone: one page that is the same for everybody, and the data of the signed-in member."""

from typing import Any

from flask import Response, current_app, jsonify, render_template
from flask_login import current_user

from community_teams.blueprints import teams_blueprint
from community_teams.domain.codes import Skill
from community_teams.domain.visits import CONSENT_TEXT_VERSION
from community_teams.phones.views.app_questions import questions_as_json
from community_teams.queries import households as queries
from community_teams.views.visit_answers import LANGUAGES
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.web.access import public
from foundation.web.database import session

RELEASE = "1.0.0"


@teams_blueprint.get("/doi-so/tren-may")
@public
def show_shell() -> Response:
    """The app's only page: words and empty screens, no personal data. The phone fills it from its own store."""
    catalogue = current_app.extensions["catalogue"]
    page = Response(
        render_template(
            "phones/app.html",
            app_version=app_version(),
            consent_text=CONSENT_TEXT_VERSION,
            languages=LANGUAGES,
            visit_questions_json=questions_as_json(),
            skills=[skill.value for skill in Skill],
            courses=catalogue.courses,
        )
    )
    page.headers["Cache-Control"] = "no-cache"
    return page


@teams_blueprint.get("/doi-so/tren-may/toi")
@may(Act.RECORD_VISIT)
def tell_member() -> Response:
    """The signed-in member and the names of their hamlets: the worklist has only codes.

    {"member": str, "name": str, "hamlets": [{"code", "name", "sample"}]}; 401 where nobody is signed in.
    """
    names = current_app.jinja_env.get_template("areas/names.html").make_module({})
    hamlets = queries.hamlets(session(), scope_for(Act.RECORD_VISIT))
    content: dict[str, Any] = {
        "member": str(current_user.id),
        "name": current_user.display_name,
        "hamlets": [
            {"code": each.area.code, "name": str(names.area_heading(each.area)), "sample": each.area.is_sample}  # type: ignore[attr-defined]
            for each in hamlets
        ],
    }
    answer = jsonify(content)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def app_version() -> str:
    """The release and the hash of its files: what a phone says it runs, such as "1.0.0+3f2a9c01d7"."""
    return f"{RELEASE}+{current_app.extensions['static_files'].version('teams')}"
