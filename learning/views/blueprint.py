"""The room all pages of learning belong to."""

from flask import Blueprint

blueprint = Blueprint(
    "learning",
    "learning",
    template_folder="templates",
    static_folder="static/learning",
    static_url_path="/static/learning",
)
