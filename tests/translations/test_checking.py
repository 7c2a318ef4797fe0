"""Slips in a translator's file: each fault is named with its line, and the page shows Vietnamese instead."""

import random

import pytest

from app import create_app
from foundation.settings import Settings
from translations import catalogues
from translations.catalogues import po_file, translations_for
from translations.checking import MESSAGES, check_catalogue
from translations.extracting import IncompleteCatalogue, extract, update
from translations.languages import LANGUAGES

HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""
GOOD = 'msgid "Đăng nhập"\nmsgstr "Sign in"\n'


def entry(sentence: str, translation: str) -> str:
    return f'msgid "{sentence}"\nmsgstr "{translation}"\n'


@pytest.fixture
def english(tmp_path, monkeypatch):
    """The path of an English catalogue that a test may break."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    translations_for.cache_clear()
    file = po_file("en")
    file.parent.mkdir(parents=True)
    yield file
    translations_for.cache_clear()


@pytest.mark.parametrize(
    ("sentence", "translation", "code"),
    [
        ("%(n)s hộ", "households", "placeholder_missing"),
        ("%(n)s hộ", "%(m)s households", "placeholder_unknown"),
        ("%(n)s hộ", "%(n)s of %(n)s households", "placeholder_unknown"),
        ("%(n)s hộ", "%(n)d households", "placeholder_unknown"),
        ("%(n)s hộ", "%(n) households", "stray_percent"),
        ("%(n)s hộ", "%s households", "stray_percent"),
        ("Hẹn {today} hộ", "Due: {todya}", "placeholder_unknown"),
        ("Hẹn {today} hộ", "Due", "placeholder_missing"),
        ("Đủ", "100 % done", "stray_percent"),
        ("Đủ", "done %", "stray_percent"),
        ("Đủ", "<script>alert(1)</script>", "markup"),
        ("Đủ", "<img src=x onerror=alert(1)", "markup"),
        ("<strong>%(n)s</strong> hộ", "%(n)s households", "markup"),
        ("<strong>%(n)s</strong> hộ", "<strong>%(n)s households", "markup"),
        ("<strong>%(n)s</strong> hộ", "<strong onclick=x>%(n)s</strong> households", "markup"),
        ("Đủ", "do\u202ene", "control_character"),
        ("Đủ", "do\\u0000ne".replace("\\u0000", "\x07"), "control_character"),
    ],
)
def test_a_sentence_with_a_fault_is_named_and_the_others_are_shown(english, sentence, translation, code):
    english.write_text(f"{HEADER}\n{GOOD}\n{entry(sentence, translation)}", encoding="utf-8")

    checked = check_catalogue(english.read_bytes(), "en", "en.po")

    assert code in {fault.code for fault in checked.faults}
    assert {fault.line for fault in checked.faults} == {9}
    assert all(str(fault).startswith("en.po:9: ") for fault in checked.faults)
    assert translations_for("en").gettext(sentence) == sentence
    assert translations_for("en").gettext("Đăng nhập") == "Sign in"


@pytest.mark.parametrize(
    ("sentence", "translation"),
    [
        ("%(n)s hộ", "%(n)s households"),
        ("%(a)s trên %(b)s", "of %(b)s: %(a)s"),
        ("Đủ %(n)s %%", "%(n)s %% done"),
        ("Hẹn {today} hộ", "{today} due"),
        ("<b>A</b> và <i>B</i>", "<i>B</i> and <b>A</b>"),
        ("Ít hơn", "less &lt; more"),
        ("Đủ", ""),
    ],
)
def test_a_good_sentence_has_no_fault(sentence, translation):
    content = f"{HEADER}\n{entry(sentence, translation)}".encode()

    assert check_catalogue(content, "en", "en.po").faults == ()


def test_plural_forms_may_leave_the_number_out_but_not_invent_one():
    plural = 'msgid "%(n)s hộ"\nmsgid_plural "%(n)s hộ"\nmsgstr[0] "one household"\nmsgstr[1] "{}"\n'

    assert check_catalogue((HEADER + "\n" + plural.format("%(n)s households")).encode(), "en", "f").faults == ()
    checked = check_catalogue((HEADER + "\n" + plural.format("%(m)s households")).encode(), "en", "f")
    assert [fault.code for fault in checked.faults] == ["placeholder_unknown"]


def test_a_fuzzy_sentence_is_shown_to_nobody_and_asked_nothing():
    content = f"{HEADER}\n#, fuzzy\n{entry('%(n)s hộ', 'households')}".encode()

    assert check_catalogue(content, "en", "en.po").faults == ()


WHOLE = f"{HEADER}\n{GOOD}\n{entry('Bài học', 'Lessons')}"


@pytest.mark.parametrize(
    ("content", "line", "code", "shown"),
    [
        (b"\xef\xbb\xbf" + WHOLE.encode(), 1, "bom", "Sign in"),
        (WHOLE.replace("Lessons", "Leçons").encode("cp1252", "ignore"), 9, "not_utf8", None),
        (WHOLE.encode("utf-16"), 1, "not_utf8", None),
        (WHOLE.replace("utf-8", "windows-1252").encode(), 3, "other_charset", None),
        (WHOLE.replace('msgid "Bài', '<<<<<<< HEAD\nmsgid "Bài').encode(), 9, "merge_mark", "Sign in"),
        (WHOLE.replace('msgid "Bài', '=======\nmsgid "Bài').encode(), 9, "merge_mark", "Sign in"),
        (f"{WHOLE}>>>>>>> theirs\n".encode(), 11, "merge_mark", "Sign in"),
        (WHOLE[:-4].encode(), 10, "broken_line", "Sign in"),
        (WHOLE.replace('"Lessons"', 'Lessons"').encode(), 10, "broken_line", "Sign in"),
        (WHOLE.replace('"Lessons"', '"Les"sons"').encode(), 10, "broken_line", "Sign in"),
        (WHOLE.replace("msgstr", "msgstring").encode(), 2, "broken_line", None),
        (f"{WHOLE}\n{entry('Bài học', 'Lesson')}".encode(), 12, "repeated", "Sign in"),
        (WHOLE.replace("nplurals=2; plural=(n != 1)", "nplurals=2; plural=n**n**n").encode(), 1, "not_po", None),
        (WHOLE.replace("nplurals=2", "nplurals=many").encode(), 1, "not_po", None),
        (WHOLE.replace("nplurals=2", "nplurals=99999").encode(), 1, "not_po", None),
        (f"{GOOD}\n{entry('Bài học', 'Lessons')}".encode(), 1, "no_header", "Sign in"),
        (WHOLE.replace(HEADER, 'msgid ""\nmsgstr ""\n').encode(), 1, "no_header", "Sign in"),
        (b"", 1, "no_header", None),
        (b'msgstr "x"\n', 1, "broken_line", None),
        (b'"x"\n', 1, "not_po", None),
        (WHOLE.replace('msgid "Bài học"\n', "").encode(), 9, "broken_line", "Sign in"),
        (b'msgid "x"\n', 1, "not_po", None),
    ],
)
@pytest.mark.one_database
def test_a_file_with_a_fault_is_named_with_its_line_and_the_site_starts(
    english, tmp_path, engine, content, line, code, shown
):
    english.write_bytes(content)

    checked = check_catalogue(content, "en", "en.po")
    assert (line, code) in {(fault.line, fault.code) for fault in checked.faults}, list(map(str, checked.faults))

    app = create_app(Settings(data_folder=tmp_path / "data", secret_key="x" * 40), engine=engine)
    client = app.test_client()
    client.set_cookie("tieng", "en")
    page = client.get("/dang-nhap")
    assert page.status_code == 200
    assert ("Sign in" in page.text) is bool(shown)
    assert ("Đăng nhập" in page.text) is not bool(shown)
    assert translations_for("en").gettext("Chưa có trong sổ") == "Chưa có trong sổ"


@pytest.mark.parametrize("plural", ["n/0", "n%0", "5", "n-9", "n ? 1/(n-3) : 0"])
def test_a_rule_for_plurals_that_fails_on_a_page_is_told(plural):
    header = f'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=({plural});\\n"\n'

    checked = check_catalogue(f'{header}\nmsgid "Bài"\nmsgstr "Lesson"\n'.encode(), "en", "x.po")

    assert [fault.code for fault in checked.faults] == ["not_po"]
    assert not checked.complete


@pytest.mark.parametrize("command", ["compile", "status", "update"])
def test_commands_name_the_fault_and_exit_with_1(english, tmp_path, engine, monkeypatch, command):
    broken = WHOLE[:-4].encode()
    english.write_bytes(broken)
    monkeypatch.setattr("translations.extracting.TEMPLATE", tmp_path / "interface.pot")
    app = create_app(Settings(data_folder=tmp_path / "data", secret_key="x" * 40), engine=engine)

    done = app.test_cli_runner().invoke(args=["translations", command])

    assert done.exit_code == 1
    assert "FAULT  en/LC_MESSAGES/interface.po:10: " in done.stderr
    assert english.read_bytes() == broken, "a translator's file is never written over while it cannot be read"


@pytest.mark.parametrize("command", ["compile", "status"])
@pytest.mark.parametrize("end", ["", "#: a/page.html\n", "#: a/pa"])
def test_a_file_cut_off_between_two_sentences_is_named(english, tmp_path, engine, monkeypatch, command, end):
    template = tmp_path / "interface.pot"
    template.write_text(WHOLE, encoding="utf-8")
    monkeypatch.setattr("translations.extracting.TEMPLATE", template)
    english.write_text(f"{HEADER}\n{GOOD}\n{end}", encoding="utf-8")
    app = create_app(Settings(data_folder=tmp_path / "data", secret_key="x" * 40), engine=engine)

    done = app.test_cli_runner().invoke(args=["translations", command])

    assert done.exit_code == 1
    last = english.read_bytes().count(b"\n")
    assert f"FAULT  en/LC_MESSAGES/interface.po:{last}: the file ends here and lacks 1 of 2" in done.stderr
    assert translations_for("en").gettext("Đăng nhập") == "Sign in"


def test_an_update_takes_a_byte_order_mark_away_and_keeps_every_translation(english):
    english.write_bytes(b"\xef\xbb\xbf" + WHOLE.encode())
    found = extract()

    assert update(found, LANGUAGES["en"]) is True
    assert not english.read_bytes().startswith(b"\xef\xbb\xbf")
    assert check_catalogue(english.read_bytes(), "en", "f").catalog.get("Đăng nhập").string == "Sign in"


def test_an_update_refuses_what_it_cannot_read(english):
    english.write_bytes(WHOLE[:-4].encode())

    with pytest.raises(IncompleteCatalogue, match=r"interface\.po:10"):
        update(extract(), LANGUAGES["en"])


@pytest.mark.parametrize("compiled", [b"", b"\xde\x12\x04\x95", b"x" * 100])
def test_a_compiled_catalogue_that_was_cut_off_is_passed_over(english, compiled):
    english.write_text(WHOLE, encoding="utf-8")
    english.with_suffix(".mo").write_bytes(compiled)

    assert translations_for("en").gettext("Đăng nhập") == "Sign in"


def test_a_file_that_cannot_be_opened_is_named(english):
    english.mkdir()

    assert [fault.code for fault in catalogues.read_checked(english, "en").faults] == ["cannot_be_opened"]
    assert translations_for("en").gettext("Đăng nhập") == "Đăng nhập"


def test_damaged_files_never_raise_and_are_never_silent():
    """Seeded damage to a good file: whatever is served is a sentence of the good file, or Vietnamese."""
    content = WHOLE.encode()
    chance = random.Random(11)
    for _ in range(600):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 3)] = bytes(chance.choices(b'"\\<%{\n\xff[=', k=chance.randint(0, 3)))
        checked = check_catalogue(bytes(damaged), "en", "en.po")
        assert all(fault.code in MESSAGES and str(fault) for fault in checked.faults)
        checked.servable()
