"""How a letter's code is shown to people."""

from datetime import datetime

from learning.domain.codes import format_code
from learning.views.blueprint import blueprint


@blueprint.app_template_filter("letter_code")
def letter_code(code: str) -> str:
    return format_code(code)


@blueprint.app_template_filter("parse_moment")
def parse_moment(written: str) -> datetime:
    """The moment that was written as ISO 8601."""
    return datetime.fromisoformat(written)


@blueprint.app_template_filter("first_letter")
def first_letter(text: str) -> str:
    """The letter an imitation icon wears: the first one in `text`, as a capital; "" when there is none."""
    return next((letter.upper() for letter in text if letter.isalnum()), "")
