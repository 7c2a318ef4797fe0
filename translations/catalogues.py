"""Loads gettext catalogues: one for each language and domain, read once and cached."""

import logging
import struct
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from foundation.command_name import COMMAND
from translations.checking import CheckedCatalogue, check_catalogue, unopenable_catalogue
from translations.languages import SOURCE

FOLDER = Path(__file__).resolve().parent
INTERFACE = "interface"

log = logging.getLogger(__name__)


class InterfaceTranslations(GNUTranslations):
    """A catalogue that returns "" for "": gettext would return the header of the file."""

    def gettext(self, message: str) -> str:
        return super().gettext(message) if message else ""

    def pgettext(self, context: str, message: str) -> str:
        return super().pgettext(context, message) if message else ""


@cache
def translations_for(tag: str, domain: str = INTERFACE) -> NullTranslations:
    """The catalogue of one domain ("interface", or a course's id) in one language.

    The Vietnamese sentence is returned for a sentence that is untranslated, fuzzy or faulty, and for a language without
    a catalogue. Never raises: faults are logged once, and `translations status` lists them. A compiled catalogue is
    used when it is complete and newer than the .po.
    """
    file = po_file(tag, domain)
    if tag == SOURCE.tag or not file.is_file():
        return NullTranslations()
    compiled = _read_compiled(file)
    if compiled is not None:
        return compiled
    checked = read_checked(file, tag)
    if checked.faults:
        log.warning(
            "%s: %d faults, shown in Vietnamese instead; the first: %s. `%s translations status` names all.",
            file.name, len(checked.faults), checked.faults[0], COMMAND,
        )  # fmt: skip
    return InterfaceTranslations(BytesIO(compiled_bytes(checked.servable())))


def _read_compiled(file: Path) -> InterfaceTranslations | None:
    """The .mo next to a .po; None when it is missing, older or truncated."""
    compiled = file.with_suffix(".mo")
    try:
        if compiled.stat().st_mtime_ns < file.stat().st_mtime_ns:
            return None
        return InterfaceTranslations(BytesIO(compiled.read_bytes()))
    except (OSError, struct.error, ValueError, LookupError):
        return None


def po_file(tag: str, domain: str = INTERFACE) -> Path:
    return FOLDER / tag / "LC_MESSAGES" / f"{domain}.po"


def read_checked(file: Path, tag: str) -> CheckedCatalogue:
    """The .po at `file`, checked; an empty catalogue if there is no file. Never raises: see its faults."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return CheckedCatalogue(Catalog(locale=tag))
    except OSError as error:
        return unopenable_catalogue(tag, file_name(file), error)
    return check_catalogue(content, tag, file_name(file))


def file_name(file: Path) -> str:
    """How faults name a catalogue: "en/LC_MESSAGES/interface.po"."""
    return "/".join(file.parts[-3:])


def compiled_bytes(catalog: Catalog) -> bytes:
    """The content of the .mo: without fuzzy and untranslated sentences."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()
