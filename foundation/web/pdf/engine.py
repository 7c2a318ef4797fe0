"""Runs WeasyPrint: fonts, style sheets, and which files a document may load. Only pdf/render.py calls it."""

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

from foundation.web.pdf.render import Attachment

BASE_URL = "http://print.invalid"
FONTS = Path(fontpkg_be_vietnam_pro.__file__).parent / "files"
BASE_STYLE = "web/print.css"

# WeasyPrint writes the identifier of one variant only: of this one. We add the PDF/UA identifier.
ARCHIVAL = {"pdf_variant": "pdf/a-3a"}
_RDF_END = b"</rdf:RDF>"
# PDF/A does not define the PDF/UA identifier, so the file itself must describe it (ISO 19005-3, 6.6.2.3).
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

# Pango's font map is not thread-safe. Rendering is all CPU, so running one at a time loses nothing.
_lock = threading.Lock()
_fonts = FontConfiguration()
_styles: dict[Path, CSS] = {}
# Static pictures, read once per process. Pictures of a single document, such as a QR code, are not cached.
_pictures: dict[str, object] = {}


def render_shortest(ways: Iterable[str], styles: Sequence[str]) -> bytes:
    """The first of `ways` (HTML documents) with the fewest pages, as PDF bytes. Stops at the first with one page."""
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
    """A document that write_archival can write any number of times."""
    with _printing(styles) as options:
        return _laid_out(html, options | ARCHIVAL)


def write_archival(documents: Sequence[Document], title: str | None, attachments: Sequence[Attachment]) -> bytes:
    """The pages of all documents, in order, as one file; see foundation.web.pdf.render.write_archival_pdf."""
    with _printing(()) as options:
        whole = documents[0].copy([page for document in documents for page in document.pages])
        metadata = copy(whole.metadata)
        if title is not None:
            metadata.title, metadata.description = title, None
        # Not with the option xmp_metadata: it adds a second RDF element, and readers use the first one only.
        metadata.generate_rdf_metadata = partial(_with_pdf_ua, metadata.generate_rdf_metadata)
        whole.metadata = metadata
        embedded = [_embedded(attachment) for attachment in attachments]
        pdf: bytes = whole.write_pdf(**(options | ARCHIVAL | {"attachments": embedded}))
        return pdf


def _with_pdf_ua(generate: Callable[..., bytes], *variant: object) -> bytes:
    rdf = generate(*variant)
    assert rdf.endswith(_RDF_END)
    return rdf.removesuffix(_RDF_END) + _PDF_UA + _RDF_END


def _embedded(attachment: Attachment) -> PdfAttachment:
    # WeasyPrint takes the media type from the URL only.
    content = base64.b64encode(attachment.content).decode()
    return PdfAttachment(
        url=f"data:{attachment.mimetype};base64,{content}",
        name=attachment.name,
        description=attachment.description,
        relationship="Data",
    )


@contextmanager
def _printing(styles: Sequence[str]) -> Iterator[dict[str, Any]]:
    """WeasyPrint's options while holding the lock. Raises LookupError if a page loads a file it may not."""
    with _lock:
        try:
            pictures = dict(_pictures)
            sheets = [_style(name) for name in (BASE_STYLE, *styles)]
            yield DEFAULT_OPTIONS | {"stylesheets": sheets, "pdf_tags": True, "cache": pictures}
            _pictures.update(
                {name: picture for name, picture in pictures.items() if name.startswith(f"{BASE_URL}/static/")}
            )
        except FatalURLFetchingError as error:  # a BaseException: no error handler would see it
            raise LookupError(str(error)) from None


def _laid_out(html: str, options: dict[str, Any]) -> Document:
    return HTML(string=html, base_url=BASE_URL, url_fetcher=_StaticFilesOnly()).render(font_config=_fonts, **options)


def _style(name: str) -> CSS:
    package, _, filename = name.partition("/")
    files = current_app.extensions["static_files"]
    path = files.file(package, f"{files.version(package)}/{filename}")
    if path is None:
        raise LookupError(f"no such style: {name}")
    if path not in _styles:
        _styles[path] = CSS(
            string=path.read_text(encoding="utf-8"),
            base_url=f"{BASE_URL}/static/{package}/{files.version(package)}/{filename}",
            url_fetcher=_StaticFilesOnly(),
            font_config=_fonts,
        )
    return _styles[path]


class _StaticFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Lets a document load static files and fonts of the platform, and nothing else: no network, no other files."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        file = self._file_at(url)
        if file is None or not file.is_file():
            raise FatalURLFetchingError(f"a printed page may not load {url}")
        return URLFetcherResponse(url, file.read_bytes())

    def _file_at(self, url: str) -> Path | None:
        if not url.startswith(f"{BASE_URL}/"):
            return None
        path = unquote(urlsplit(url).path)
        if path.startswith("/fonts/"):
            found = safe_join(str(FONTS), path.removeprefix("/fonts/"))
            return Path(found) if found else None
        _, static, package, *rest = (*path.split("/", 3), "", "")
        if static != "static":
            return None
        file: Path | None = current_app.extensions["static_files"].file(package, rest[0])
        return file
