"""The room all pages of the teams belong to."""

from flask import Blueprint

blueprint = Blueprint(
    "teams",
    "community_teams",
    template_folder="templates",
    static_folder="static/teams",
    static_url_path="/static/teams",
)
