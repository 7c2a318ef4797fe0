"""Template filters of learning."""

from datetime import datetime

from learning.domain.codes import format_code
from learning.views.blueprint import blueprint


@blueprint.app_template_filter("letter_code")
def letter_code(code: str) -> str:
    return format_code(code)


@blueprint.app_template_filter("parse_moment")
def parse_moment(written: str) -> datetime:
    """Parse a time written as ISO 8601."""
    return datetime.fromisoformat(written)


@blueprint.app_template_filter("first_letter")
def first_letter(text: str) -> str:
    """The first letter or digit in `text`, as a capital, for imitation icons; "" if there is none."""
    return next((letter.upper() for letter in text if letter.isalnum()), "")
