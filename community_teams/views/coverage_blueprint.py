"""The room all pages of coverage belong to."""

from flask import Blueprint

blueprint = Blueprint(
    "coverage",
    "community_teams",
    template_folder="templates",
    static_folder="static/coverage",
    static_url_path="/static/coverage",
)

# Stands for the whole nation where an address asks for an area code.
NATION_CODE = "vn"
