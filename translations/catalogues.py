"""Catalogues of translated sentences: one for each language and domain, read once."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from translations.languages import SOURCE

FOLDER = Path(__file__).resolve().parent
INTERFACE = "interface"


class Words(GNUTranslations):
    """A catalogue that gives nothing for nothing: gettext would answer an empty sentence with the file's header."""

    def gettext(self, message: str) -> str:
        return super().gettext(message) if message else ""

    def pgettext(self, context: str, message: str) -> str:
        return super().pgettext(context, message) if message else ""


@cache
def catalogue(tag: str, domain: str = INTERFACE) -> NullTranslations:
    """The catalogue of one domain ("interface", or a course's id) in one language.

    A sentence not yet translated, one whose Vietnamese has changed since, and a language with no catalogue at all give
    the Vietnamese sentence back. Compiled catalogues are read where they are up to date, else the .po itself.
    """
    file = po_file(tag, domain)
    if tag == SOURCE.tag or not file.is_file():
        return NullTranslations()
    compiled = file.with_suffix(".mo")
    if compiled.is_file() and compiled.stat().st_mtime_ns >= file.stat().st_mtime_ns:
        return Words(BytesIO(compiled.read_bytes()))
    return Words(BytesIO(compiled_bytes(read_catalog(file, tag))))


def po_file(tag: str, domain: str = INTERFACE) -> Path:
    return FOLDER / tag / "LC_MESSAGES" / f"{domain}.po"


def read_catalog(file: Path, tag: str) -> Catalog:
    """The .po at `file` as Babel's catalogue, for looking into; an empty one if there is no such file.

    Raises babel's PoFileError when it cannot be read.
    """
    if not file.is_file():
        return Catalog(locale=tag)
    with file.open("rb") as opened:
        # A tag Babel does not know is kept as it is; asking Locale for it would raise.
        return read_po(opened, locale=tag, abort_invalid=True)


def compiled_bytes(catalog: Catalog) -> bytes:
    """The catalogue as a .mo holds it: without fuzzy and untranslated sentences."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()
