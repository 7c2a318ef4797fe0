"""The room of pages for those who sit beside, hold classes, and look at sums."""

from flask import Blueprint

blueprint = Blueprint("teaching", "learning", template_folder="templates")
