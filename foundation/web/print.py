"""Prints a template as a tagged PDF (PDF/UA-1), or as one that lasts (PDF/A-3a as well)."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from flask import render_template

from foundation.web.papers import Drawing, Paper

# Half a second and 40 MB that a worker spends only once somebody prints, and a command never.
PRESS = "foundation.web.press"
LASTING = "foundation.web.lasting_pdf"


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


def draw_part(template: str, *, styles: Sequence[str] = (), **context: object) -> bytes:
    """Draw a form with blanks, or the strip that fills them, for a Drawing: filled_forms.py says what each must hold.

    What is the same for many people is so laid out once: a form may be kept and used again.
    """
    pdf: bytes = import_module(PRESS).press([render_template(template, **context)], styles, "pdf/a-3a")
    return pdf


def separate_files(drawing: Drawing, papers: Sequence[Paper]) -> Iterator[bytes]:
    """One file for each page that a drawing makes, in order: PDF/A-3a and PDF/UA-1. papers: what is told of each."""
    files: Iterator[bytes] = import_module(LASTING).separate(drawing, papers)
    return files


def bind_files(drawings: Sequence[Drawing], paper: Paper) -> bytes:
    """All pages of at least one drawing, in order, as one file for the printer: PDF/A-3a and PDF/UA-1."""
    file: bytes = import_module(LASTING).bound(drawings, paper)
    return file
