"""The press itself: WeasyPrint, its fonts and what it may read. Only foundation.web.print knows it."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import fontpkg_be_vietnam_pro
from flask import current_app
from weasyprint import CSS, DEFAULT_OPTIONS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse
from werkzeug.security import safe_join

OURSELVES = "http://print.invalid"
FONTS = Path(fontpkg_be_vietnam_pro.__file__).parent / "files"
BASE_STYLE = "web/print.css"

# Pango's font map is not made for several threads at once, and printing is all CPU: one at a time loses nothing.
_press = threading.Lock()
_fonts = FontConfiguration()
_styles: dict[Path, CSS] = {}
# Our own pictures, read once. What only one print shows, such as a QR code, is forgotten with it.
_pictures: dict[str, object] = {}


def press(ways: Iterable[str], styles: Sequence[str], variant: str = "pdf/ua-1") -> bytes:
    """The first of `ways` (HTML documents) that takes the fewest pages, as PDF bytes; see foundation.web.print.

    variant: a name WeasyPrint knows; every one used here is tagged.
    """
    with _press:
        try:
            sheets = [_style(name) for name in (BASE_STYLE, *styles)]
            pictures = dict(_pictures)
            options = DEFAULT_OPTIONS | {
                "stylesheets": sheets,
                "pdf_variant": variant,
                "pdf_tags": True,
                "cache": pictures,
            }
            shortest = None
            for html in ways:
                document = HTML(string=html, base_url=OURSELVES, url_fetcher=_OurFiles())
                laid_out = document.render(font_config=_fonts, **options)
                if shortest is None or len(laid_out.pages) < len(shortest.pages):
                    shortest = laid_out
                if len(shortest.pages) == 1:
                    break
            assert shortest is not None, "there is always a way to print"
            pdf: bytes = shortest.write_pdf(**options)
            _pictures.update(
                {name: drawn for name, drawn in pictures.items() if name.startswith(f"{OURSELVES}/static/")}
            )
        except FatalURLFetchingError as error:  # a BaseException, which no error handler of ours would see
            raise LookupError(str(error)) from None
    return pdf


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
