"""Renders lesson text as HTML."""

import re

from markupsafe import Markup, escape

_WITHIN_A_NUMBER = re.compile(r"(?<=\d) (?=\d)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")


def render_rich_text(text: str) -> Markup:
    """Lesson text as safe markup: **bold** becomes <strong>, everything else is escaped. "" gives "".

    The groups of a number, 000 000 000 000, stay on one line: people copy it digit by digit.
    """
    unbroken = _WITHIN_A_NUMBER.sub("\u00a0", str(escape(text)))
    return Markup(_BOLD.sub(r"<strong>\1</strong>", unbroken))  # noqa: S704  escaped first
