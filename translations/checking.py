"""Checks a catalogue before anything of it is shown: one faulty sentence is left out, never the whole site.

A translator's file arrives by mail, from Poedit, from Notepad, out of a merge. Each fault is named with file and line;
the sentence it concerns is shown in Vietnamese until it has been mended.
"""

import re
import unicodedata
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from gettext import c2py
from io import BytesIO
from itertools import groupby
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, PoFileParser

Values = tuple[tuple[str, str], ...]

SENTENCES = {
    # The file.
    "bom": "begins with a byte order mark: save it as UTF-8 without one",
    "not_utf8": "is not UTF-8 text (byte {byte}): save it as UTF-8",
    "other_charset": "says that it is written in {charset}: files are UTF-8",
    "merge_mark": "a mark of an unfinished merge",
    "broken_line": "no PO file has this line here, or a quote is missing: {begin}",
    "not_po": "cannot be read: {why}",
    "ends_early": "the file ends here and lacks {absent} of {wanted} sentences: cut off, or not updated",
    "cannot_be_opened": "cannot be opened: {why}",
    # One sentence.
    "repeated": "the sentence stands twice, first in line {first}",
    "plural_forms": "has {has} plural forms, the header says {wanted}",
    "placeholder_missing": "the translation lacks {names}",
    "placeholder_unknown": "the translation has {names}, which the sentence has not",
    "stray_percent": "a single % would break the page: write %%",
    "markup": "the translation has {tags} where the sentence has {wanted}",
    "control_character": "has an invisible character (U+{code})",
}

_ENTRY_LINE = re.compile(
    r'(?:msgid|msgid_plural|msgctxt|msgstr(?:\[[0-9]\])?)\s+"(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"', re.DOTALL
)
_MERGE_MARK = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_CHARSET = re.compile(r'^"Content-Type:[^"\n]*charset=([^"\\;\s]*)', re.MULTILINE)
_PERCENT = re.compile(r"%\(\w+\)[a-z]|%%")
_BRACES = re.compile(r"\{\w*\}")
_TAG = re.compile(r"<[^<>]*>?")
# They turn the direction of what follows: a sentence could show other words than it holds.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, order=True)
class CatalogueFault:
    """What must be otherwise in one line of a catalogue.

    file: as it was named to the checker. line: counted from 1. code: one of SENTENCES; values: set into its sentence.
    """

    file: str
    line: int
    code: str
    values: Values = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {SENTENCES[self.code].format(**dict(self.values))}"


@dataclass(frozen=True)
class CheckedCatalogue:
    """catalog: every sentence that could be read. rejected: those of them that must not be shown.

    faults: in the order of the file. whole: whether no entry was left out, so that the file may be written anew from
    `catalog` without losing a translator's work. lines: of the file.
    """

    catalog: Catalog
    rejected: tuple[Message, ...] = ()
    faults: tuple[CatalogueFault, ...] = ()
    whole: bool = True
    lines: int = 1

    def servable(self) -> Catalog:
        """`catalog` without the rejected sentences, which pages then show in Vietnamese. Changes `catalog` itself."""
        for message in self.rejected:
            self.catalog.delete(message.id, message.context)
        return self.catalog


class _Unreadable(Exception):
    def __init__(self, line: int, code: str, **values: object) -> None:
        self.line, self.code, self.values = line, code, _as_text(values)


class _ReadCatalog(Catalog):
    """Babel's catalogue, which lets a later entry of the same sentence replace the first, but remembers both lines."""

    def __init__(self, locale: str) -> None:
        super().__init__(locale=locale)
        self.repeated: dict[int, int] = {}

    def __setitem__(self, sentence: Any, message: Message) -> None:
        before = self.get(sentence, message.context) if sentence else None
        if before is not None:
            self.repeated[before.lineno or 1] = message.lineno or 1
        super().__setitem__(sentence, message)


def unreadable_catalogue(tag: str, file: str, error: OSError) -> CheckedCatalogue:
    """What stands for a file that the system will not open: no sentence, one fault."""
    fault = CatalogueFault(file, 1, "cannot_be_opened", _as_text({"why": error.strerror or error}))
    return CheckedCatalogue(Catalog(locale=tag), faults=(fault,), whole=False)


def check_catalogue(content: bytes, tag: str, file: str) -> CheckedCatalogue:
    """Read a .po, whatever state it is in. Never raises.

    content: the file's bytes. tag: its language, which need not be one that Babel knows. file: how faults name it.
    An entry with a broken line is left out and the others are read. Bytes that are not UTF-8, and a header that cannot
    be used, give an empty catalogue.
    """
    faults: list[CatalogueFault] = []
    if content.startswith(BOM_UTF8):
        faults.append(CatalogueFault(file, 1, "bom"))
    try:
        lines = _decoded(content.removeprefix(BOM_UTF8)).split("\n")
        broken = dict(_broken_lines(lines))
        faults += [CatalogueFault(file, line, code, values) for line, (code, values) in broken.items()]
        catalog = _parsed(_without_entries(lines, broken), tag)
    except _Unreadable as fault:
        faults.append(CatalogueFault(file, fault.line, fault.code, fault.values))
        return CheckedCatalogue(Catalog(locale=tag), faults=tuple(sorted(faults)), whole=False)
    rejected = []
    for message in catalog:
        if not message.id:
            continue
        found = list(message_faults(message, catalog.num_plurals))
        line = message.lineno or 1
        faults += [CatalogueFault(file, line, code, values) for code, values in found]
        if line in catalog.repeated:
            faults.append(CatalogueFault(file, catalog.repeated[line], "repeated", _as_text({"first": line})))
        if found or line in catalog.repeated:
            rejected.append(message)
    whole = not broken and not catalog.repeated
    return CheckedCatalogue(catalog, tuple(rejected), tuple(sorted(faults)), whole, lines=max(1, content.count(b"\n")))


def early_end(checked: CheckedCatalogue, template: Catalog, file: str) -> tuple[CatalogueFault, ...]:
    """One fault where a catalogue without a broken line lacks sentences of its template, else none.

    `translations update` writes each of them, translated or not, so that the rest of the file must have been lost.
    """
    wanted = [message for message in template if message.id]
    absent = sum(checked.catalog.get(message.id, message.context) is None for message in wanted)
    if not checked.whole or not absent:
        return ()
    values = _as_text({"absent": absent, "wanted": len(wanted)})
    return (CatalogueFault(file, checked.lines, "ends_early", values),)


def message_faults(message: Message, plurals: int) -> Iterator[tuple[str, Values]]:
    """(code, values) for each fault of one sentence. Nothing is asked of what is shown to nobody: fuzzy or unfilled."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if message.fuzzy or not any(forms):
        return
    if isinstance(message.id, str):
        yield from _form_faults(forms[0] or "", (message.id,), exact=True)
        return
    if len(forms) != plurals:
        yield "plural_forms", (("has", str(len(forms))), ("wanted", str(plurals)))
    for form in filter(None, forms):
        # "one household" need not give the number.
        yield from _form_faults(form, tuple(message.id), exact=False)


def _form_faults(form: str, sentences: tuple[str, ...], *, exact: bool) -> Iterator[tuple[str, Values]]:
    wanted, has = _places(sentences[-1]), _places(form)
    if exact and (missing := wanted - has):
        yield "placeholder_missing", (("names", _listed(missing)),)
    allowed = Counter({place: 99 for sentence in sentences for place in _places(sentence)})
    if unknown := has - (wanted if exact else allowed):
        yield "placeholder_unknown", (("names", _listed(unknown)),)
    if "%" in _PERCENT.sub("", form):
        yield "stray_percent", ()
    tags, wanted_tags = Counter(_TAG.findall(form)), Counter(_TAG.findall(sentences[-1]))
    if tags != wanted_tags:
        yield "markup", (("tags", _listed(tags) or "none"), ("wanted", _listed(wanted_tags) or "none"))
    for letter in form:
        control = letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"}
        if control or letter in _DIRECTIONS:
            yield "control_character", (("code", f"{ord(letter):04X}"),)
            return


def _places(sentence: str) -> Counter[str]:
    """Where values are set in: %(name)s by the page, {name} by a script."""
    return Counter(place for place in _PERCENT.findall(sentence) if place != "%%") + Counter(_BRACES.findall(sentence))


def _listed(found: Counter[str]) -> str:
    return ", ".join(sorted(found.elements()))


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Unreadable(content.count(b"\n", 0, error.start) + 1, "not_utf8", byte=error.start) from None
    charset = _CHARSET.search(text)
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        raise _Unreadable(text.count("\n", 0, charset.start()) + 1, "other_charset", charset=charset[1])
    return text


def _broken_lines(lines: list[str]) -> Iterator[tuple[int, tuple[str, Values]]]:
    """(line counted from 1, (code, values)) for each line that no PO file can have where it stands."""
    sentence_open = False
    for number, written in enumerate(lines, start=1):
        line = written.strip().removeprefix("#~").lstrip()
        word = line.partition(" ")[0]
        lost = word == "msgstr" and not sentence_open  # its msgid went in a merge
        sentence_open = word in {"msgid", "msgid_plural"} or (sentence_open and word != "msgstr")
        if not line or line.startswith("#") or (_ENTRY_LINE.fullmatch(line) and not lost):
            continue
        if _MERGE_MARK.match(line):
            yield number, ("merge_mark", ())
        else:
            yield number, ("broken_line", _as_text({"begin": line[:40]}))


def _without_entries(lines: list[str], broken: Container[int]) -> list[str]:
    """The lines, with every entry that holds a broken one emptied, so that line numbers stay as they were.

    An entry is what stands between two empty lines, as every editor of PO files writes it.
    """
    kept: list[str] = []
    for empty, group in groupby(enumerate(lines, start=1), lambda numbered: not numbered[1].strip()):
        entry = list(group)
        drop = not empty and any(number in broken for number, _ in entry)
        kept += [""] * len(entry) if drop else [line for _, line in entry]
    return kept


def _parsed(lines: list[str], tag: str) -> _ReadCatalog:
    # A tag Babel does not know is kept as it is; asking Locale for it would raise.
    catalog = _ReadCatalog(tag)
    try:
        PoFileParser(catalog, abort_invalid=True).parse(lines)
        c2py(catalog.plural_expr)
        write_mo(BytesIO(), catalog)
    except PoFileError as error:
        raise _Unreadable(error.lineno + 1, "not_po", why=error) from None
    except (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError) as error:
        raise _Unreadable(1, "not_po", why=error or error.__class__.__name__) from None
    return catalog


def _as_text(values: Mapping[str, object]) -> Values:
    return tuple((name, str(value)) for name, value in values.items())
