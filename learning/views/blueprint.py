"""The blueprints of learning: pages for learners, pages for editors and officers, pages for teachers and helpers."""

from flask import Blueprint

blueprint = Blueprint(
    "learning",
    "learning",
    template_folder="templates",
    static_folder="static/learning",
    static_url_path="/static/learning",
)
# Fault reports, the editors' list of lessons, revoking letters.
admin = Blueprint("lesson_admin", "learning", template_folder="templates")
# Assisted sessions, classes, the report of learning.
teaching = Blueprint("teaching", "learning", template_folder="templates")
