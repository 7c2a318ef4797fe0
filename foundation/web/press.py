"""The press itself: WeasyPrint, its fonts and what it may read. Only foundation.web.print knows it."""

import base64
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import fontpkg_be_vietnam_pro
from flask import current_app
from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint import Attachment as PdfAttachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
from werkzeug.security import safe_join

from foundation.web.print import Attachment

OURSELVES = "http://print.invalid"
FONTS = Path(fontpkg_be_vietnam_pro.__file__).parent / "files"
BASE_STYLE = "web/print.css"

# WeasyPrint writes one variant at a time: it writes this one, and gets the identifier of the other from us.
LASTING = {"pdf_variant": "pdf/a-3a"}
_RDF_END = b"</rdf:RDF>"
# The PDF/UA identifier is foreign to PDF/A, which wants such names described in the file itself (ISO 19005-3, 6.6.2.3).
_PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""

# Pango's font map is not made for several threads at once, and printing is all CPU: one at a time loses nothing.
_press = threading.Lock()
_fonts = FontConfiguration()
_styles: dict[Path, CSS] = {}
# Our own pictures, read once. What only one print shows, such as a QR code, is forgotten with it.
_pictures: dict[str, object] = {}


def press(ways: Iterable[str], styles: Sequence[str]) -> bytes:
    """The first of `ways` (HTML documents) that takes the fewest pages, as PDF bytes; see foundation.web.print."""
    with _printing(styles) as options:
        options["pdf_variant"] = "pdf/ua-1"
        shortest = None
        for html in ways:
            laid_out = _laid_out(html, options)
            if shortest is None or len(laid_out.pages) < len(shortest.pages):
                shortest = laid_out
            if len(shortest.pages) == 1:
                break
        assert shortest is not None, "there is always a way to print"
        pdf: bytes = shortest.write_pdf(**options)
    return pdf


def lay_out(html: str, styles: Sequence[str]) -> Document:
    """A document ready to be written by write_lasting, any number of times."""
    with _printing(styles) as options:
        return _laid_out(html, options | LASTING)


def write_lasting(documents: Sequence[Document], title: str | None, attachments: Sequence[Attachment]) -> bytes:
    """The pages of documents, in order, as one file; see foundation.web.print.write_lasting_pdf."""
    with _printing(()) as options:
        whole = documents[0].copy([page for document in documents for page in document.pages])
        told = copy(whole.metadata)
        if title is not None:
            told.title, told.description = title, None
        # As an attribute: the option xmp_metadata would add a second RDF element, of which readers take the first only.
        told.generate_rdf_metadata = partial(_as_both, told.generate_rdf_metadata)
        whole.metadata = told
        inside = [_attached(attachment) for attachment in attachments]
        pdf: bytes = whole.write_pdf(**(options | LASTING | {"attachments": inside}))
        return pdf


def _as_both(generate: Callable[..., bytes], *variant: object) -> bytes:
    described = generate(*variant)
    assert described.endswith(_RDF_END)
    return described.removesuffix(_RDF_END) + _PDF_UA + _RDF_END


def _attached(attachment: Attachment) -> PdfAttachment:
    # WeasyPrint takes the media type from an address, and from nothing else.
    content = base64.b64encode(attachment.content).decode()
    return PdfAttachment(
        url=f"data:{attachment.mimetype};base64,{content}",
        name=attachment.name,
        description=attachment.description,
        relationship="Data",
    )


@contextmanager
def _printing(styles: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The options of WeasyPrint while the press is ours. Raises LookupError where a page loads what it may not."""
    with _press:
        try:
            pictures = dict(_pictures)
            sheets = [_style(name) for name in (BASE_STYLE, *styles)]
            yield DEFAULT_OPTIONS | {"stylesheets": sheets, "pdf_tags": True, "cache": pictures}
            _pictures.update(
                {name: drawn for name, drawn in pictures.items() if name.startswith(f"{OURSELVES}/static/")}
            )
        except FatalURLFetchingError as error:  # a BaseException, which no error handler of ours would see
            raise LookupError(str(error)) from None


def _laid_out(html: str, options: dict[str, Any]) -> Document:
    return HTML(string=html, base_url=OURSELVES, url_fetcher=_OurFiles()).render(font_config=_fonts, **options)


def _style(name: str) -> CSS:
    room, _, filename = name.partition("/")
    files = current_app.extensions["static_files"]
    path = files.file(room, f"{files.version(room)}/{filename}")
    if path is None:
        raise LookupError(f"no such style: {name}")
    if path not in _styles:
        _styles[path] = CSS(
            string=path.read_text(encoding="utf-8"),
            base_url=f"{OURSELVES}/static/{room}/{files.version(room)}/{filename}",
            url_fetcher=_OurFiles(),
            font_config=_fonts,
        )
    return _styles[path]


class _OurFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Lets a printed page load our static files and our fonts, and nothing else: no network, no other disk."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        file = self._file_at(url)
        if file is None or not file.is_file():
            raise FatalURLFetchingError(f"a printed page may not load {url}")
        return URLFetcherResponse(url, file.read_bytes())

    def _file_at(self, url: str) -> Path | None:
        if not url.startswith(f"{OURSELVES}/"):
            return None
        path = unquote(urlsplit(url).path)
        if path.startswith("/fonts/"):
            found = safe_join(str(FONTS), path.removeprefix("/fonts/"))
            return Path(found) if found else None
        _, static, room, *rest = (*path.split("/", 3), "", "")
        if static != "static":
            return None
        file: Path | None = current_app.extensions["static_files"].file(room, rest[0])
        return file
