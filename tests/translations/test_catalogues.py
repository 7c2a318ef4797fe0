"""Every catalogue compiles, fits its sentences and lacks none of them."""

import os
import re
from io import BytesIO

import pytest

from translations import catalogues
from translations.catalogues import InterfaceTranslations, compiled_bytes, po_file, read_checked, translations_for
from translations.extracting import TEMPLATE, extract, measure_completeness, sentences_of, translated_languages, update
from translations.languages import LANGUAGES, SOURCE, Language, interface_language

PLACES = re.compile(r"%\((\w+)\)s|%%|%s|%d")
ENGLISH = LANGUAGES["en"]

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Bài học"
msgstr "Lessons"

#, fuzzy
msgid "Lưu lượt thăm"
msgstr "Save"

msgid "Chưa dịch"
msgstr ""

msgctxt "title"
msgid "Bài học"
msgstr "Lesson"
"""


@pytest.fixture(scope="module")
def found():
    return extract()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of catalogues. Reading through the cache would keep what another test wrote."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    translations_for.cache_clear()
    yield tmp_path
    translations_for.cache_clear()


@pytest.fixture
def mtq(folder):
    file = po_file("mtq")
    file.parent.mkdir(parents=True)
    file.write_text(PO, encoding="utf-8")
    return file


@pytest.mark.parametrize("language", translated_languages(), ids=lambda language: language.tag)
def test_every_catalogue_compiles(language):
    checked = read_checked(po_file(language.tag), language.tag)

    assert checked.faults == ()
    assert compiled_bytes(checked.servable())


@pytest.mark.parametrize("language", translated_languages(), ids=lambda language: language.tag)
def test_no_sentence_of_the_interface_is_missing_or_fuzzy(language, found):
    checked = read_checked(po_file(language.tag), language.tag)
    catalog = checked.catalog
    untold = [
        sentence.id
        for sentence in sentences_of(found)
        if (told := catalog.get(sentence.id, sentence.context)) is None or not told.string or told.fuzzy
    ]

    assert untold == [], "run `make translate` and fill the catalogue"
    assert measure_completeness(found, checked).translated == len(sentences_of(found))


def test_the_template_for_translators_is_what_the_source_says(found):
    written = read_checked(TEMPLATE, SOURCE.tag).catalog

    keys = {(str(m.id), m.context) for m in sentences_of(written)}
    assert keys == {(str(m.id), m.context) for m in sentences_of(found)}, "run `make translate`"


def test_no_sentence_stumbles_over_a_percent_sign(found):
    """A bare % in `_()` would break the page: templates fill in values with it."""
    loose = [m.id for m in sentences_of(found) if "%" in PLACES.sub("", str(m.id))]

    assert loose == []


def test_what_is_not_translated_stays_vietnamese(mtq):
    words = translations_for("mtq")

    assert words.gettext("Bài học") == "Lessons"
    assert words.pgettext("title", "Bài học") == "Lesson"
    assert words.gettext("Lưu lượt thăm") == "Lưu lượt thăm"
    assert words.gettext("Chưa dịch") == "Chưa dịch"
    assert words.gettext("Chưa có trong sổ") == "Chưa có trong sổ"


def test_nothing_is_translated_as_nothing(mtq):
    assert translations_for("mtq").gettext("") == ""
    assert translations_for("mtq").pgettext("title", "") == ""
    assert translations_for("vi").gettext("") == ""


@pytest.mark.parametrize("tag", ["vi", "hmv", "tag-nobody-has", "../../etc"])
def test_a_language_without_a_catalogue_speaks_vietnamese(folder, tag):
    assert translations_for(tag).gettext("Bài học") == "Bài học"


def test_a_compiled_catalogue_is_read_only_while_it_is_up_to_date(mtq):
    compiled = mtq.with_suffix(".mo")
    compiled.write_bytes(compiled_bytes(read_checked(mtq, "mtq").catalog).replace(b"Lessons", b"LESSONS"))
    os.utime(mtq, (1, 1))
    assert translations_for("mtq").gettext("Bài học") == "LESSONS"

    translations_for.cache_clear()
    os.utime(compiled, (0, 0))
    assert translations_for("mtq").gettext("Bài học") == "Lessons"


def test_a_language_babel_does_not_know_can_have_a_catalogue(mtq, found, monkeypatch):
    mtq.unlink()
    assert update(found, LANGUAGES["mtq"]) is True
    assert update(found, LANGUAGES["mtq"]) is False
    assert len(sentences_of(read_checked(mtq, "mtq").catalog)) == len(sentences_of(found))


def test_a_changed_sentence_keeps_its_translation_until_somebody_has_looked(folder, found):
    file = po_file("en")
    file.parent.mkdir(parents=True)
    first = sentences_of(found)
    old = max((m.id for m in first if isinstance(m.id, str)), key=len)
    file.write_text(PO.replace('msgid "Chưa dịch"\nmsgstr ""', f'msgid "{_quoted(old)} Xin cảm ơn."\nmsgstr "Told."'))

    update(found, ENGLISH)

    told = read_checked(file, "en").catalog.get(old)
    assert (told.string, told.fuzzy) == ("Told.", True)
    assert InterfaceTranslations(_opened(file)).gettext(old) == old


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _opened(file):
    return BytesIO(compiled_bytes(read_checked(file, "en").catalog))


def test_interface_languages_are_those_with_menus():
    assert interface_language("en") == ENGLISH
    assert interface_language("mtq") is None
    assert interface_language("xx") is None
    assert interface_language(None) is None
    assert all(isinstance(language, Language) and tag == language.tag for tag, language in LANGUAGES.items())
