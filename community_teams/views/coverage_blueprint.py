"""The room all pages of coverage belong to."""

from flask import Blueprint, request

from community_teams.queries.area_versions import ask_versions_once
from foundation.web.database import session

blueprint = Blueprint(
    "coverage",
    "community_teams",
    template_folder="templates",
    static_folder="static/coverage",
    static_url_path="/static/coverage",
)

# Stands for the whole nation where an address asks for an area code.
NATION_CODE = "vn"


@blueprint.before_request
def _read_as_of_one_moment() -> None:
    # The request's session ends with it, and with the session what was asked.
    if request.method in {"GET", "HEAD"}:
        ask_versions_once(session())
