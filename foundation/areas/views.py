"""Areas have no pages of their own; this blueprint registers their templates for other packages."""

from flask import Blueprint

blueprint = Blueprint("areas", __name__, template_folder="templates")
