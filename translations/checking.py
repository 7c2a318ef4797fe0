"""Checks a gettext catalogue before it is used: a faulty sentence is excluded, the others are shown.

Translators' files come by mail, from Poedit, from Notepad, from a merge. Each fault has a file and line; its sentence
is shown in Vietnamese until it is corrected.
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

MESSAGES = {
    # The file.
    "bom": "begins with a byte order mark: save it as UTF-8 without one",
    "not_utf8": "is not UTF-8 text (byte {byte}): save it as UTF-8",
    "other_charset": "says that it is written in {charset}: files are UTF-8",
    "merge_mark": "a mark of an unfinished merge",
    "broken_line": "no PO file has this line here, or a quote is missing: {begin}",
    "no_header": "the header is missing (empty msgid, Content-Type, Plural-Forms): copy that of interface.pot",
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

# gettext's manual lists languages with up to six; msgstr has one digit here.
MOST_PLURALS = 10

_ENTRY_LINE = re.compile(
    r'(?:msgid|msgid_plural|msgctxt|msgstr(?:\[[0-9]\])?)\s+"(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"', re.DOTALL
)
_MERGE_MARK = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_CHARSET = re.compile(r'^"Content-Type:[^"\n]*charset=([^"\\;\s]*)', re.MULTILINE)
_PERCENT = re.compile(r"%\(\w+\)[a-z]|%%")
_BRACES = re.compile(r"\{\w*\}")
_TAG = re.compile(r"<[^<>]*>?")
# They change the text direction: a sentence could look different from what it contains.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, order=True)
class CatalogueFault:
    """An error in one line of a catalogue.

    file: as given to the checker. line: from 1. code: one of MESSAGES; values: for its placeholders.
    """

    file: str
    line: int
    code: str
    values: Values = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {MESSAGES[self.code].format(**dict(self.values))}"


@dataclass(frozen=True)
class CheckedCatalogue:
    """catalog: every sentence that could be read. rejected: those of them that must not be shown.

    faults: in the order of the file. complete: no entry was dropped, so the file can be rewritten from `catalog`
    without losing a translator's work. lines: of the file.
    """

    catalog: Catalog
    rejected: tuple[Message, ...] = ()
    faults: tuple[CatalogueFault, ...] = ()
    complete: bool = True
    lines: int = 1

    def servable(self) -> Catalog:
        """`catalog` without the rejected sentences, which pages then show in Vietnamese. Changes `catalog` itself."""
        for message in self.rejected:
            self.catalog.delete(message.id, message.context)
        return self.catalog


class _ParseError(Exception):
    def __init__(self, line: int, code: str, **values: object) -> None:
        self.line, self.code, self.values = line, code, _as_values(values)


class _ReadCatalog(Catalog):
    """Babel's catalogue; also records lines of repeated sentences (the last one wins) and whether there is a header."""

    def __init__(self, locale: str) -> None:
        super().__init__(locale=locale)
        self.repeated: dict[int, int] = {}
        self.has_header = False

    def __setitem__(self, sentence: Any, message: Message) -> None:
        previous = self.get(sentence, message.context) if sentence else None
        if previous is not None:
            self.repeated[previous.lineno or 1] = message.lineno or 1
        self.has_header |= not sentence and bool(message.string)
        super().__setitem__(sentence, message)


def unopenable_catalogue(tag: str, file: str, error: OSError) -> CheckedCatalogue:
    """The result for a file that cannot be opened: no sentence, one fault."""
    fault = CatalogueFault(file, 1, "cannot_be_opened", _as_values({"why": error.strerror or error}))
    return CheckedCatalogue(Catalog(locale=tag), faults=(fault,), complete=False)


def check_catalogue(content: bytes, tag: str, file: str) -> CheckedCatalogue:
    """Read and check a .po. Never raises.

    content: the bytes of the file. tag: its language, may be unknown to Babel. file: how faults name it. An entry with
    a broken line is dropped and the others are read. Bytes that are not UTF-8 and an unusable header give an empty
    catalogue.
    """
    faults: list[CatalogueFault] = []
    if content.startswith(BOM_UTF8):
        faults.append(CatalogueFault(file, 1, "bom"))
    try:
        lines = _decode(content.removeprefix(BOM_UTF8)).split("\n")
        broken = dict(_broken_lines(lines))
        faults += [CatalogueFault(file, line, code, values) for line, (code, values) in broken.items()]
        catalog = _parse(_blank_broken_entries(lines, broken), tag)
    except _ParseError as fault:
        faults.append(CatalogueFault(file, fault.line, fault.code, fault.values))
        return CheckedCatalogue(Catalog(locale=tag), faults=tuple(sorted(faults)), complete=False)
    if not catalog.has_header and not broken:
        faults.append(CatalogueFault(file, 1, "no_header"))
    rejected = []
    for message in catalog:
        if not message.id:
            continue
        found = list(message_faults(message, catalog.num_plurals))
        line = message.lineno or 1
        faults += [CatalogueFault(file, line, code, values) for code, values in found]
        if line in catalog.repeated:
            faults.append(CatalogueFault(file, catalog.repeated[line], "repeated", _as_values({"first": line})))
        if found or line in catalog.repeated:
            rejected.append(message)
    complete = not broken and not catalog.repeated
    return CheckedCatalogue(
        catalog, tuple(rejected), tuple(sorted(faults)), complete, lines=max(1, content.count(b"\n"))
    )


def early_end(checked: CheckedCatalogue, template: Catalog, file: str) -> tuple[CatalogueFault, ...]:
    """One fault where a catalogue without a broken line lacks sentences of its template, else none.

    `translations update` writes each of them, translated or not, so that the rest of the file must have been lost.
    """
    wanted = [message for message in template if message.id]
    absent = sum(checked.catalog.get(message.id, message.context) is None for message in wanted)
    if not checked.complete or not absent:
        return ()
    values = _as_values({"absent": absent, "wanted": len(wanted)})
    return (CatalogueFault(file, checked.lines, "ends_early", values),)


def message_faults(message: Message, plurals: int) -> Iterator[tuple[str, Values]]:
    """(code, values) for each fault of one sentence. Fuzzy and empty ones are not checked: they are not shown."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    if message.fuzzy or not any(forms):
        return
    if isinstance(message.id, str):
        yield from _form_faults(forms[0] or "", (message.id,), exact=True)
        return
    if len(forms) != plurals:
        yield "plural_forms", (("has", str(len(forms))), ("wanted", str(plurals)))
    for form in filter(None, forms):
        # "one household" may omit the number.
        yield from _form_faults(form, tuple(message.id), exact=False)


def _form_faults(form: str, sentences: tuple[str, ...], *, exact: bool) -> Iterator[tuple[str, Values]]:
    wanted, found = _placeholders(sentences[-1]), _placeholders(form)
    if exact and (missing := wanted - found):
        yield "placeholder_missing", (("names", _joined(missing)),)
    allowed = Counter({placeholder: 99 for sentence in sentences for placeholder in _placeholders(sentence)})
    if unknown := found - (wanted if exact else allowed):
        yield "placeholder_unknown", (("names", _joined(unknown)),)
    if "%" in _PERCENT.sub("", form):
        yield "stray_percent", ()
    tags, wanted_tags = Counter(_TAG.findall(form)), Counter(_TAG.findall(sentences[-1]))
    if tags != wanted_tags:
        yield "markup", (("tags", _joined(tags) or "none"), ("wanted", _joined(wanted_tags) or "none"))
    for letter in form:
        control = letter not in "\n\t" and unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"}
        if control or letter in _DIRECTION_CONTROLS:
            yield "control_character", (("code", f"{ord(letter):04X}"),)
            return


def _placeholders(sentence: str) -> Counter[str]:
    """The placeholders: %(name)s of pages, {name} of scripts."""
    return Counter(placeholder for placeholder in _PERCENT.findall(sentence) if placeholder != "%%") + Counter(
        _BRACES.findall(sentence)
    )


def _joined(found: Counter[str]) -> str:
    return ", ".join(sorted(found.elements()))


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _ParseError(content.count(b"\n", 0, error.start) + 1, "not_utf8", byte=error.start) from None
    charset = _CHARSET.search(text)
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        raise _ParseError(text.count("\n", 0, charset.start()) + 1, "other_charset", charset=charset[1])
    return text


def _broken_lines(lines: list[str]) -> Iterator[tuple[int, tuple[str, Values]]]:
    """(line from 1, (code, values)) for each line that is invalid at its place."""
    sentence_open = False
    for number, raw_line in enumerate(lines, start=1):
        line = raw_line.strip().removeprefix("#~").lstrip()
        keyword = line.partition(" ")[0]
        orphaned = keyword == "msgstr" and not sentence_open  # its msgid was lost in a merge
        sentence_open = keyword in {"msgid", "msgid_plural"} or (sentence_open and keyword != "msgstr")
        if not line or line.startswith("#") or (_ENTRY_LINE.fullmatch(line) and not orphaned):
            continue
        if _MERGE_MARK.match(line):
            yield number, ("merge_mark", ())
        else:
            yield number, ("broken_line", _as_values({"begin": line[:40]}))


def _blank_broken_entries(lines: list[str], broken: Container[int]) -> list[str]:
    """The lines with every entry that has a broken one made empty; line numbers stay the same.

    Entries are separated by empty lines, as every PO editor writes them.
    """
    lines_left: list[str] = []
    for empty, group in groupby(enumerate(lines, start=1), lambda numbered: not numbered[1].strip()):
        entry = list(group)
        drop = not empty and any(number in broken for number, _ in entry)
        lines_left += [""] * len(entry) if drop else [line for _, line in entry]
    return lines_left


def _parse(lines: list[str], tag: str) -> _ReadCatalog:
    # A string, not a Locale: Locale raises for a tag that Babel does not know.
    catalog = _ReadCatalog(tag)
    try:
        PoFileParser(catalog, abort_invalid=True).parse(lines)
        if catalog.num_plurals > MOST_PLURALS:
            raise ValueError(f"nplurals={catalog.num_plurals}, at most {MOST_PLURALS}")
        form_of = c2py(catalog.plural_expr)
        # 0 to 200 shows every rule of the languages we know; one that fails only there would fail on a page.
        if not all(0 <= form_of(n) < catalog.num_plurals for n in range(201)):
            raise ValueError(f"Plural-Forms: {catalog.plural_forms}")
        write_mo(BytesIO(), catalog)
    except PoFileError as error:
        raise _ParseError(error.lineno + 1, "not_po", why=error) from None
    except (
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        ArithmeticError,
        AssertionError,
        RecursionError,
    ) as error:
        raise _ParseError(1, "not_po", why=error or error.__class__.__name__) from None
    return catalog


def _as_values(values: Mapping[str, object]) -> Values:
    return tuple((name, str(value)) for name, value in values.items())
