"""The two blueprints of this package: all pages of the teams, and all pages of coverage."""

from flask import Blueprint

# Addresses below /doi-so.
teams_blueprint = Blueprint(
    "teams",
    "community_teams",
    template_folder="templates",
    static_folder="static/teams",
    static_url_path="/static/teams",
)

# Addresses below /do-phu, /chi-so, /mo-hinh and the organisers' pages below /quan-ly.
coverage_blueprint = Blueprint(
    "coverage",
    "community_teams",
    template_folder="templates",
    static_folder="static/coverage",
    static_url_path="/static/coverage",
)

# Names the whole nation where an address asks for an area code.
NATION_CODE = "vn"
