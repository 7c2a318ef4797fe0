import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.naming import fold, local_name, sort_key, without_kind

LETTERS = "aàảãáạăằẳẵắặâbcdđeêếghiklmnoôồơpqrstuưứvxyỳzĕŏŭƀñ AĐÊƠ0123456789'-’."
any_name = st.text(LETTERS, max_size=40) | st.text(max_size=40)
steady = settings(derandomize=True, deadline=None, database=None, max_examples=200)


@pytest.mark.parametrize(
    "in_order",
    [
        ["An", "Ăn", "Ân", "Ba"],
        ["Da", "Đa", "Ea", "Ê"],
        ["O", "Ô", "Ơ", "P"],
        ["U", "Ư", "V"],
        # Tones count only between equal letters: level, falling, asking, tumbling, rising, heavy.
        ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai"],
        # Syllable by syllable.
        ["Ba Đình", "Ba Vì", "Bà Rịa", "Bá Thước", "Ban"],
        ["Mẫu 1", "Mẫu 2", "Mẫu 2A", "Mẫu 10", "Mẫu 100", "Mẫu Mới"],
        ["1 Bảo Lộc", "2 Bảo Lộc", "Bảo Lộc"],
        ["Hà Giang 1", "Hà Giang 2", "Hà Nội"],
        ["Bản Mẫu 2", "Bản Mẫu 10"],
    ],
)
def test_names_stand_as_in_a_vietnamese_dictionary(in_order):
    names = in_order[::-1]
    names.sort(key=lambda name: sort_key(name).encode())
    assert names == in_order


def test_where_the_tone_mark_stands_makes_no_difference():
    assert sort_key("Thanh Hóa") == sort_key("Thanh Hoá")


def test_capitals_and_punctuation_make_no_difference():
    assert sort_key("EA H'LEO") == sort_key("Ea H’leo")
    assert sort_key("Chân Mây - Lăng Cô") == sort_key("chân mây lăng cô")


@given(st.integers(0, 10**30), st.integers(0, 10**30))
@steady
def test_numbers_in_names_stand_by_their_size(a, b):
    assert (sort_key(f"Mẫu {a}") < sort_key(f"Mẫu {b}")) == (a < b)


@given(any_name)
@steady
def test_both_ways_of_writing_marks_give_one_key_of_bounded_length(name):
    key = sort_key(name)

    assert key == sort_key(unicodedata.normalize("NFD", name)) == sort_key(unicodedata.normalize("NFC", name))
    assert len(key) <= 6 * len(unicodedata.normalize("NFD", name.casefold()))


@given(any_name, any_name)
@steady
def test_a_longer_name_stands_after_the_name_it_begins_with(name, more):
    assert sort_key(name) <= sort_key(f"{name} {more}")


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đặng", "dang"),
        ("Ea H'Leo", "ea hleo"),
        ("  Bát   Mọt ", "bat mot"),
        ("Lang Biang - Đà Lạt", "lang biang da lat"),
        ("Ƀŏn Ĕa", "bon ea"),
        ("", ""),
    ],
)
def test_search_sees_names_without_marks(written, folded):
    assert fold(written) == folded


@given(any_name)
@steady
def test_folding_twice_changes_nothing_more(name):
    assert fold(fold(name)) == fold(name)


def test_a_kind_written_into_the_name_is_taken_off():
    assert without_kind(AreaKind.BAN, "Bản Mẫu 1") == "Mẫu 1"
    assert without_kind(AreaKind.TO_DAN_PHO, "TỔ DÂN PHỐ 3") == "3"
    assert without_kind(AreaKind.THON, "Bản Mẫu 1") == "Bản Mẫu 1"
    assert without_kind(AreaKind.BAN, "Bản") == "Bản"


def test_an_area_is_called_by_its_kind_and_name():
    assert local_name(AreaKind.XA, "Bát Mọt") == "xã Bát Mọt"
    assert local_name(AreaKind.DAC_KHU, "Hoàng Sa") == "đặc khu Hoàng Sa"
