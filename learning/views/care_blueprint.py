"""The room of pages that keep lessons true: reports of faults, and the editors' list."""

from flask import Blueprint

blueprint = Blueprint("lesson_care", "learning", template_folder="templates")
