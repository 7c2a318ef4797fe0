"""Prints a template as a tagged PDF (PDF/UA-1), or as one that lasts (PDF/A-3a as well)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import render_template

# Half a second and 40 MB that a worker spends only once somebody prints, and a command never.
PRESS = "foundation.web.press"


def render_pdf(template: str, *, styles: Sequence[str] = (), **context: object) -> bytes:
    """Render `template` to PDF bytes, tagged for screen readers.

    styles: static files such as "learning/letter.css" ("<room>/<file>"), added to web/print.css; each is parsed once in
    a process. context: plain values only, never table rows, so that printing can neither read nor change the database.
    Pictures are named as on a page, url_for("web.static", filename="band.svg"), and are read from disk. Raises
    LookupError when the template names anything else or a file that is not there: WeasyPrint would otherwise leave the
    picture out and print on.
    """
    pdf: bytes = import_module(PRESS).press([render_template(template, **context)], styles)
    return pdf


def render_shortest_pdf(
    template: str, ways: Sequence[Mapping[str, object]], *, styles: Sequence[str] = (), **context: object
) -> bytes:
    """As render_pdf, with one of `ways` added to the context: the first of those that give the fewest pages.

    So a sheet is set in the largest type that fits: name the largest first. At least one way must be given.
    """
    pdf: bytes = import_module(PRESS).press((render_template(template, **context, **way) for way in ways), styles)
    return pdf


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: the same thing for machines to read. mimetype: such as "application/vc+jwt"."""

    name: str
    description: str
    mimetype: str
    content: bytes


def lay_out(template: str, *, styles: Sequence[str] = (), **context: object) -> Any:
    """Lay out `template` for write_lasting_pdf, which may write it any number of times. Arguments: as of render_pdf.

    `<title>`, `<meta name="author">`, `<meta name="description">` and `lang` tell what the file is.
    """
    return import_module(PRESS).lay_out(render_template(template, **context), styles)


def write_lasting_pdf(
    documents: Sequence[Any], *, title: str | None = None, attachments: Sequence[Attachment] = ()
) -> bytes:
    """The pages of at least one laid-out document, in order, as one file to keep: PDF/A-3a and PDF/UA-1.

    title: of the whole file; where it is None, what the first document tells of itself.
    """
    pdf: bytes = import_module(PRESS).write_lasting(documents, title, attachments)
    return pdf
