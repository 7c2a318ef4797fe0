"""Renders a template to a tagged PDF (PDF/UA-1), or to one for archiving (PDF/A-3a and PDF/UA-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flask import render_template

# Imported at the first print only: it costs half a second and 40 MB, and commands never need it.
ENGINE = "foundation.web.pdf.engine"


def render_pdf(template: str, *, styles: Sequence[str] = (), **context: object) -> bytes:
    """Render `template` to PDF bytes, tagged for screen readers.

    styles: static files such as "learning/letter.css" ("<package>/<file>"), added to web/print.css. Each is parsed once
    per process. context: plain values only, never table rows, so that rendering cannot read or change the database.
    Pictures are named as on a page, url_for("web.static", filename="band.svg"), and are read from disk. Raises
    LookupError when the template names anything else or a file that does not exist; WeasyPrint alone would leave the
    picture out.
    """
    pdf: bytes = import_module(ENGINE).render_shortest([render_template(template, **context)], styles)
    return pdf


def render_shortest_pdf(
    template: str, ways: Sequence[Mapping[str, object]], *, styles: Sequence[str] = (), **context: object
) -> bytes:
    """Like render_pdf, with one of `ways` added to the context: the first of those that give the fewest pages.

    This sets a sheet in the largest type that fits: put the largest first. `ways` must not be empty.
    """
    pages = (render_template(template, **context, **way) for way in ways)
    pdf: bytes = import_module(ENGINE).render_shortest(pages, styles)
    return pdf


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF: the same content for machines. mimetype: such as "application/vc+jwt"."""

    name: str
    description: str
    mimetype: str
    content: bytes


def lay_out(template: str, *, styles: Sequence[str] = (), **context: object) -> Any:
    """Lay out `template` for write_archival_pdf, which may write it any number of times. Arguments: see render_pdf.

    `<title>`, `<meta name="author">`, `<meta name="description">` and `lang` become the metadata of the file.
    """
    return import_module(ENGINE).lay_out(render_template(template, **context), styles)


def write_archival_pdf(
    documents: Sequence[Any], *, title: str | None = None, attachments: Sequence[Attachment] = ()
) -> bytes:
    """Write the pages of one or more laid-out documents, in order, as one file: PDF/A-3a and PDF/UA-1.

    title: of the whole file; None takes title and description from the first document.
    """
    pdf: bytes = import_module(ENGINE).write_archival(documents, title, attachments)
    return pdf
