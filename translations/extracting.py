"""Extracts the sentences of the interface from the source and updates the catalogues."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from foundation.settings import PROJECT_ROOT
from translations import checking
from translations.catalogues import FOLDER, INTERFACE, file_name, po_file, read_checked
from translations.checking import CatalogueFault, CheckedCatalogue, check_catalogue
from translations.languages import SOURCE, Language, interface_languages

PACKAGES = ("foundation", "translations", "courses", "learning", "community_teams")
TEMPLATE = FOLDER / f"{INTERFACE}.pot"
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
# The same settings as at rendering, so that an extracted sentence equals the one that is looked up. A template that
# cannot be parsed stops the extraction.
OPTIONS = {"**/templates/**": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


class IncompleteCatalogue(Exception):
    """A .po that cannot be rewritten without losing some of its content. `faults`: at least one."""

    def __init__(self, faults: tuple[CatalogueFault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(map(str, faults)))


def translated_languages() -> list[Language]:
    """The languages of the interface except the source language."""
    return [language for language in interface_languages() if language != SOURCE]


def extract() -> Catalog:
    """Every sentence marked with `_`, `N_` or `{% trans %}` in the source, with its files, in order."""
    found = Catalog(project="Binh-dan-hoc-vu-so", version="1", charset="utf-8", fuzzy=False)
    found.header_comment = "# Sentences of the interface, in Vietnamese. Written by `translations extract`."
    for package in PACKAGES:
        sentences = extract_from_dir(PROJECT_ROOT / package, METHODS, OPTIONS, comment_tags=["For translators:"])
        for file, _line, sentence, comments, context in sentences:
            # No line numbers: they would change the catalogue with every edit anywhere above.
            found.add(sentence, None, [(f"{package}/{file}", 0)], auto_comments=comments, context=context)
    return found


def write_template(found: Catalog) -> bool:
    """Write the template for translators. Returns whether it changed; if not, the file is not written."""
    return _write(TEMPLATE, found)


def early_end(checked: CheckedCatalogue, language: Language) -> tuple[CatalogueFault, ...]:
    """A fault where the catalogue ends before the template does; to be asked before anything is taken out of it."""
    if not TEMPLATE.is_file():
        return ()
    template = read_checked(TEMPLATE, SOURCE.tag).catalog
    return checking.early_end(checked, template, file_name(po_file(language.tag)))


def update(found: Catalog, language: Language) -> bool:
    """Update a language's catalogue, or create it. Returns whether anything changed.

    A sentence whose Vietnamese changed a little keeps its translation, marked fuzzy until a person has checked it.
    Raises IncompleteCatalogue, and does not change the file, when a part of it could not be read.
    """
    file = po_file(language.tag)
    if file.is_file():
        checked = read_checked(file, language.tag)
        if not checked.complete:
            raise IncompleteCatalogue(checked.faults)
        catalog = checked.catalog
    else:
        catalog = Catalog(locale=language.tag, project=found.project, version=found.version, fuzzy=False)
        catalog.header_comment = f"# The interface in {language.own_name}."
    catalog.update(found)
    file.parent.mkdir(parents=True, exist_ok=True)
    return _write(file, catalog)


@dataclass(frozen=True)
class Completeness:
    """How much of a catalogue is translated. total: sentences of the source. The others are shown in Vietnamese."""

    total: int
    fuzzy: int
    missing: int

    @property
    def translated(self) -> int:
        return self.total - self.fuzzy - self.missing


def measure_completeness(found: Catalog, checked: CheckedCatalogue) -> Completeness:
    """The completeness of a checked catalogue. InvalidFile sentences count as missing and are removed from it."""
    catalog = checked.servable()
    fuzzy = missing = 0
    for sentence in sentences_of(found):
        translation = catalog.get(sentence.id, sentence.context)
        if translation is None or not _is_filled(translation):
            missing += 1
        elif translation.fuzzy:
            fuzzy += 1
    return Completeness(len(sentences_of(found)), fuzzy, missing)


def sentences_of(catalog: Catalog) -> list[Message]:
    """The sentences of a catalogue, without its header."""
    return [message for message in catalog if message.id]


def _is_filled(message: Message) -> bool:
    text = message.string
    return all(text) if isinstance(text, (tuple, list)) else bool(text)


def _write(file: Path, catalog: Catalog) -> bool:
    buffer = BytesIO()
    write_po(buffer, catalog, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    if file.is_file() and _content(file.read_bytes()) == _content(buffer.getvalue()):
        return False
    file.write_bytes(buffer.getvalue())
    return True


def _content(content: bytes) -> list[object] | None:
    """The content of a catalogue without the dates of its header; None when it should be rewritten."""
    checked = check_catalogue(content, SOURCE.tag, INTERFACE)
    if not checked.complete or any(fault.code == "bom" for fault in checked.faults):
        return None
    return [
        (m.id, m.string, m.context, m.fuzzy, [file for file, _line in m.locations], m.auto_comments, m.user_comments)
        for m in sentences_of(checked.catalog)
    ]
