import pytest
from hypothesis import HealthCheck, given, settings, strategies

from tests.courses.conftest import FACTS

HERE = "library/khoa-mau/bai-mau/lesson.toml"


def test_a_good_library_has_no_faults(library):
    catalogue = library.load()

    assert catalogue.faults == ()
    assert catalogue.lesson("bai-mau").goal == "Gọi 1900.0000 khi cần."
    assert catalogue.lesson("bai-mau").number == "1.1"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('title = "Bài mẫu"\n', "", "title: is missing"),
        ('title = "Bài mẫu"', 'title = "  "', "title: must not be empty"),
        ('title = "Bài mẫu"', "title = 5", "title: Input should be a valid string"),
        ("minutes = 3", "minutes = 30", "minutes: Input should be less than or equal to 5"),
        ("minutes = 3", 'minutes = "3"', "minutes: Input should be a valid integer"),
        ("minutes = 3", "minutes = 3\nminuts = 3", "minuts: there is no such key"),
        ("volatile = true", 'volatile = "true"', "volatile: Input should be a valid boolean"),
        ("checked_on = 2026-11-21", "checked_on = 2026-13-21", "is not TOML: Expected newline"),
        ('mistakes = ["Đọc mã cho người lạ."]', "mistakes = []", "mistakes: at least 1, has 0"),
        ('id = "hai"', 'id = "Hai Bước"', "step[2].id: an id is made of a–z, 0–9 and single dashes"),
        ('text = "Không đọc mã cho ai."', 'txt = "Không"', "step[2].txt: there is no such key"),
        (
            'reliability = "read"',
            'reliability = "sure"',
            "source[1].reliability: Input should be 'read', 'secondary' or",
        ),
        ('reliability = "read"', 'reliability = "memory"', "draft: must be true while a source is from memory"),
        ('text = "Mãi mãi"', 'text = "Mãi mãi"\n  right = true', "question[3].option: exactly one must be right"),
        (
            'id = "khong"\n  text = "Không"\n  right = true',
            'id = "co"\n  text = "Không"',
            "question[1].option: exactly one",
        ),
        ('id = "khong"', 'id = "co"', "question[1].option: the id co is used 2 times"),
        ('id = "hai"', 'id = "mot"', "step, question, practice.screen: the id mot is used 2 times"),
        ('id = "hoi-mot"', 'id = "xong"', "step, question, practice.screen: the id xong is used 2 times"),
        ("{TD_MAU}", "{TD_LA}", "goal: no such fact: {TD_LA}"),
        ("{TD_MAU}", "1900.0000", "goal: '1900.0000' is a shared fact: write {TD_MAU}"),
        ("{TD_MAU}", "0912 345 678", "goal: 0912 345 678 may be somebody's real number"),
        ("{TD_MAU}", "la.gov.vn", "goal: la.gov.vn is not on the list of addresses"),
        ("{TD_MAU}", "https://mau.gov.vn.la.top/app", "goal: mau.gov.vn.la.top is not on the list of addresses"),
        ("{TD_MAU}", "<b>số</b>", "goal: <b> would be shown as it is written"),
        ("{TD_MAU}", "&nbsp;", "goal: &nbsp; would be shown as it is written"),
        ("{TD_MAU}", "{td_mau}", "goal: no such fact: {td_mau}"),
        ("{TD_MAU}", "{TD_MAU", "goal: no such fact: {"),
        ("{TD_MAU}", "số\u202e", "goal: has an invisible character (U+202E)"),
        ("{TD_MAU}", "số\ufeff", "goal: has an invisible character (U+FEFF)"),
        ("{TD_MAU}", "một " * 25, "goal: 28 words in one sentence, at most 25"),
        (
            "Bác chạm Tắt máy nhé.",
            "Sai rồi bác ạ.",
            "practice.screen[1].target[1].hint: say what to do instead of 'sai'",
        ),
        ('kind = "tap"', 'kind = "drag"', "practice.screen[1].kind: Input should be 'tap', 'type'"),
        ('look = "call"', 'look = "tv"', "practice.screen[1].look: Input should be 'home', 'app'"),
        ('look = "call"', 'typed = "123456"', "practice.screen[1].typed: a screen of kind tap has no such key"),
        ('  hint = "Bác chạm Tắt máy nhé."\n', "", "practice.screen[1].target[1].hint: is missing"),
        (
            "  right = true\n\n[[practice.screen]]",
            "\n[[practice.screen]]",
            "practice.screen[1].target: one at least must",
        ),
        (
            'id = "xong"\nkind = "end"',
            'id = "xong"\nkind = "type"',
            "practice.screen[2].typed: is missing; a screen of kind",
        ),
        (
            'id = "xong"\nkind = "end"',
            'id = "xong"\nkind = "tick"',
            "practice.screen[2].target: is missing; a screen of",
        ),
        ('look = "call"', 'goes = "dau-do"', "practice.screen cuoc-goi: leads to dau-do, which does not exist"),
        ('look = "call"', 'goes = "cuoc-goi"', "practice.screen cuoc-goi: no row of right answers leads from it"),
        ('look = "call"', 'goes = "cuoc-goi"', "practice.screen xong: nothing leads to it"),
        ("[practice]", '[practice]\nmust_pass = ["la"]', "practice.must_pass: there is no screen la"),
        ("[practice]", "[practice]\nmust_pass = []", "practice.must_pass: at least one screen must have to be passed"),
    ],
)
def test_every_fault_is_named_with_file_and_key(library, old, new, fault):
    assert any(found.startswith(f"{HERE}: {fault}") for found in library.faults_when(old, new)), library.faults()


TYPE = """
[[practice.screen]]
id = "go-so"
kind = "type"
task = "Gõ số."
label = "Số"
typed = "{typed}"
hint = "Gõ lại nhé."
"""
SECRET = """
[[practice.screen]]
id = "dat-ma"
kind = "secret"
task = "Đặt mã."
label = "Mã"
rules = ["six_digits", "very_long"]
hint = "Thử số khác nhé."
"""
SORT = """
[[practice.screen]]
id = "xep"
kind = "sort"
task = "Xếp vào ô."
hint = "Ô kia bác ạ."
bin = [{{id = "mot-o", text = "Một"}}, {{id = "hai-o", text = "Hai"}}]
item = [{{id = "a", text = "A", bin = "mot-o"}}, {{id = "b", text = "B", bin = "{bin}"}}]
"""
AFTER = '[[practice.screen]]\nid = "xong"'


@pytest.mark.parametrize(
    ("screen", "fault"),
    [
        (TYPE.format(typed="038201000123"), "practice.screen[2].typed: 038201000123 may be somebody's real number"),
        (SECRET, "practice.screen[2].rules[2]: no such rule; there are at_least_8"),
        (SORT.format(bin="ba-o"), "practice.screen[2].item[2].bin: must be one of hai-o, mot-o"),
        (
            SORT.replace('"sort"', '"order"').format(bin="mot-o"),
            "practice.screen[2].bin: a screen of kind order has no",
        ),
        ('[[practice.screen]]\nid = "giua"\nkind = "end"\ntask = "…"\n', "practice.screen[2].goes: is missing; an end"),
    ],
)
def test_faults_of_other_kinds_of_screens_are_named_too(library, screen, fault):
    found = library.faults_when(AFTER, screen + AFTER)

    assert any(each.startswith(f"{HERE}: {fault}") for each in found), found


def test_a_card_must_not_take_the_id_of_a_question_once_unfolded(library):
    row = SORT.format(bin="hai-o").replace('id = "xep"', 'id = "hoi"').replace('id = "b"', 'id = "mot"')

    assert library.faults_when(AFTER, row + AFTER) == [
        f"{HERE}: practice.screen: once cards are unfolded, the id hoi-mot is used more than once"
    ]


def test_only_words_after_a_tap_must_not_say_sai(library):
    assert library.faults_when("Gọi {TD_MAU} khi cần.", "Gõ sai thì làm lại.") == []


def test_a_detour_may_go_around_a_screen_that_must_be_passed(library, good_lesson):
    detour = 'hint = "Bác chạm Tắt máy nhé."\n  goes = "xong"'

    named = good_lesson.replace("[practice]", '[practice]\nmust_pass = ["cuoc-goi", "xep"]')
    named = named.replace(AFTER, SORT.format(bin="hai-o") + AFTER).replace('hint = "Bác chạm Tắt máy nhé."', detour)

    assert library.put("khoa-mau/bai-mau/lesson.toml", named).faults() == []


def test_a_right_way_around_a_screen_that_must_be_passed_is_a_fault(library, good_lesson):
    around = SORT.format(bin="hai-o")
    library.put(
        "khoa-mau/bai-mau/lesson.toml",
        good_lesson.replace(AFTER, around + AFTER)
        .replace("[practice]", '[practice]\nmust_pass = ["xep"]')
        .replace('hint = "Bác chạm Tắt máy nhé."', 'right = true\n  goes = "xong"'),
    )

    assert library.faults() == [
        f"{HERE}: practice.must_pass: the practice can be finished rightly without {each}" for each in ("xep", "xep-b")
    ]


def test_invented_numbers_files_and_named_fakes_may_be_shown(library):
    invented = "Số 000 000 000 000, máy 0900 000 000, biển 36X100000, mã 123456, tệp VNelD-moi.apk, trang mau-gov.top."

    found = library.faults_when('title = "Bài mẫu"', f'title = "{invented}"\nfake_links = ["mau-gov.top"]')

    assert found == []


def test_all_faults_of_a_file_are_told_at_once(library):
    found = library.faults_when('title = "Bài mẫu"\nminutes = 3', 'titel = "Gọi {TD_LA}"\nminutes = 1')

    assert [fault.partition(": ")[2].partition(":")[0] for fault in found] == ["titel", "title", "minutes", "titel"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("title = ", "is not TOML: Invalid value (at end of document)"),
        ('title = "một\ntitle = "hai"', "is not TOML: Illegal character '\\n' (at line 1, column 13)"),
        ("a = 1\na = 2", "is not TOML: Cannot overwrite a value"),
        ("a = " + "[" * 5000, "is nested too deeply"),
        (".".join("a" * 5000) + " = 1", "is nested too deeply"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "line 1: is not UTF-8 text (byte 0)"),
        (b"\x00\x01\x02", "is not TOML"),
        ('title = "Một"\ngoal = "Gọi"\n'.encode("utf-16"), "line 1: is not UTF-8 text (byte 0)"),
        ('title = "B"\ngoal = "Leçon"\n'.encode("cp1252"), "line 2: is not UTF-8 text (byte 22)"),
        ('title = "Một"\n<<<<<<< HEAD\nminutes = 3\n', "line 2: a mark of an unfinished merge"),
        ('goal = """\nMột\n=======\nHai\n"""\n', "line 3: a mark of an unfinished merge"),
        ('goal = """\nMột\n>>>>>>> theirs\n"""\n', "line 3: a mark of an unfinished merge"),
        ("a = 1\n" + "#" * 300_000, "is over 200000 bytes"),
        ("", "title: is missing"),
    ],
)
def test_a_file_that_is_no_lesson_says_why_and_leaves_the_others_alone(library, content, message):
    catalogue = library.with_second(content).load()

    assert str(catalogue.faults[0]).startswith(f"library/khoa-mau/bai-hai/lesson.toml: {message}")
    assert [lesson.id for lesson in catalogue.lessons] == ["bai-mau"]


@pytest.mark.parametrize(
    "file", ["facts.toml", "khoa-mau/course.toml", "khoa-mau/bai-mau/lesson.toml", "paths.toml", "asked.toml"]
)
def test_a_byte_order_mark_is_named_and_harms_nobody(library, file):
    source = library.folder / file
    before = library.load()
    library.put(file, b"\xef\xbb\xbf" + (source.read_bytes() if source.exists() else b""))

    after = library.load()

    assert list(map(str, after.faults)) == [
        f"library/{file}: line 1: begins with a byte order mark: save it as UTF-8 without one"
    ]
    assert after.courses == before.courses


def test_a_lesson_that_is_listed_but_not_there_is_named(library, good_lesson):
    library.with_second(good_lesson)
    (library.folder / "khoa-mau/bai-hai/lesson.toml").unlink()

    assert library.faults() == ["library/khoa-mau/bai-hai/lesson.toml: is missing"]


def test_a_folder_in_place_of_a_lesson_is_a_fault(library, good_lesson):
    library.with_second(good_lesson)
    file = library.folder / "khoa-mau/bai-hai/lesson.toml"
    file.unlink()
    file.mkdir()

    assert library.faults() == ["library/khoa-mau/bai-hai/lesson.toml: cannot be opened: Is a directory"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('about = "phone"', 'about = "fax"', "TD_MAU.about: Input should be 'phone', 'menu'"),
        ('value = "1900.0000"\n', "", "TD_MAU.value: is missing"),
        ("[TD_MAU]", "[td_mau]", "td_mau: a fact is named in capitals"),
        ("[TD_MAU]", "stray = 1\n[TD_MAU]", "stray: a fact is named in capitals"),
        ("[TD_MAU]", "STRAY = 1\n[TD_MAU]", "STRAY: Input should be a valid dictionary"),
        (
            'value = "mau.gov.vn"',
            'value = "mau.com"',
            "WEB_MAU.value: lessons link only to addresses that end in .gov.vn",
        ),
    ],
)
def test_a_faulty_fact_is_named(library, old, new, fault):
    facts = (library.folder / "facts.toml").read_text()
    found = library.put("facts.toml", facts.replace(old, new, 1)).faults()

    assert found[0].startswith(f"library/facts.toml: {fault}")


def test_without_its_facts_file_only_lessons_that_name_facts_are_left_out(library, good_lesson):
    library.with_second(good_lesson.replace("{TD_MAU}", "công an xã"))
    (library.folder / "facts.toml").unlink()
    catalogue = library.load()

    assert [str(fault) for fault in catalogue.faults] == [
        "library/facts.toml: is missing",
        f"{HERE}: goal: no such fact: {{TD_MAU}}",
    ]
    assert [lesson.id for lesson in catalogue.lessons] == ["bai-hai"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=strategies.floats(0, 1),
    cut=strategies.integers(0, 40),
    put=strategies.one_of(
        strategies.binary(max_size=12),
        strategies.sampled_from(
            [b"[[step]]", b'"', b"=", b"[]", b"{}", b"true", b"0x1F", b"1979-05-27T07:32:00Z", b"inf"]
        ),
    ),
)
def test_no_slip_of_the_pen_stops_the_library_from_opening(library, good_lesson, place, cut, put):
    content = good_lesson.encode()
    at = int(place * len(content))
    catalogue = library.with_second(content[:at] + put + content[at + cut :]).load()

    assert catalogue.lesson("bai-mau") is not None
    assert catalogue.faults or catalogue.lesson("bai-hai") is not None


def test_a_sentence_is_as_long_as_it_is_read_aloud_with_its_facts_told(library):
    library.put("facts.toml", FACTS.replace('value = "Mục mẫu"', f'value = "{"một " * 25}"'))

    faults = library.faults_when("Gọi {TD_MAU} khi cần.", "Chạm {MENU_MAU}.")

    assert [fault for fault in faults if "26 words in one sentence" in fault]
