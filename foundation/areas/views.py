"""The areas have no page of their own; this makes their templates known to those that do."""

from flask import Blueprint

blueprint = Blueprint("areas", __name__, template_folder="templates")
