import unicodedata

import pytest

from courses.spelling import Vocabulary, sound_key, strip_diacritics, tokenize


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký", ["dang", "ki"]),
        ("  Thuỷ,  THỦY! ", ["thuy", "thuy"]),
        ("Wi-Fi 4G", ["wi", "fi", "4g"]),
        ("tay máy", ["tay", "may"]),
        ("", []),
        ("?! … 👍", []),
        ("ﬁ ２４７", ["fi", "247"]),
    ],
)
def test_words_are_folded_to_what_a_hurried_thumb_types(text, folded):
    assert [word for word, _ in tokenize(text)] == folded


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_composed_and_decomposed_letters_are_the_same_words(form):
    assert tokenize(unicodedata.normalize(form, "Đổi điện thoại")) == tokenize("Đổi điện thoại")


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("khoẻ", "khỏe"), ("kỹ", "kĩ"), ("QUÝ", "quí"), ("Đ", "đ")])
def test_two_spellings_of_one_word_sound_the_same(one, other):
    assert sound_key(one) == sound_key(other)


@pytest.mark.parametrize(("one", "other"), [("lừa", "lúa"), ("đá", "da"), ("ba", "bà"), ("tay", "tai")])
def test_two_words_sound_different(one, other):
    assert sound_key(one) != sound_key(other)


def test_letters_without_marks_are_left_as_they_are():
    assert strip_diacritics("VNeID 2") == "vneid 2"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("khua", ["khau"]),  # swapped
        ("khauu", ["khau"]),
        ("kau", []),  # too short to be sure
        ("khai", ["khau"]),
        ("khuau", ["khau"]),
        ("nghiep", []),
        ("sinh", ["sinh"]),
        ("kahu", ["khau"]),
        ("uahk", []),
    ],
)
def test_one_slip_of_the_finger_is_forgiven_and_no_second(typed, meant):
    assert Vocabulary(["khau", "sinh", "ma"]).similar(typed) == meant
