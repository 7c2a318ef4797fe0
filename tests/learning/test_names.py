import unicodedata

import pytest

from learning.domain.names import FaultyName, read_name


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Mẫu",
        "Đặng Hữu Ước",
        "Ỷ Ẵm Ợt Ữ Ỗ",  # every mark over every mark
        "H'Hen Niê",
        "Giàng A Páo",
        "Y Bhŏk Niê Kđăm",
        "Ksor Ĕ Ĭ Ŏ Ŭ ƀ",
        "ꪼꪕ ꪒꪾ",  # Tai Viet
        "សុខ ដារា",
        "王三",  # 三 is a number to Unicode, and a name to its owner
        "Lò Văn A-Tú",
        "T. Mẫu",
        "Ma Seo O’Dỉn",
    ],
)
def test_names_of_every_people_are_taken_as_they_are(name):
    assert read_name(name) == name


def test_a_name_typed_in_pieces_becomes_one_form():
    assert read_name(unicodedata.normalize("NFD", "Nguyễn Thị Mẫu")) == "Nguyễn Thị Mẫu"


def test_spaces_too_many_and_invisible_joints_are_taken_out():
    assert read_name("  Nguyễn \t Thị\u200b  Mẫu\ufeff ") == "Nguyễn Thị Mẫu"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        (" \u200b ", "name_empty"),
        ("038085001234", "name_number"),
        ("Mẫu 2", "name_number"),
        ("Mẫu ٣", "name_number"),
        ("Ng\x00uyễn", "name_control"),
        ("Ng\x1buyễn", "name_control"),
        ("Ng\x9fuyễn", "name_control"),
        ("Nguyễn \u202eẫuM", "name_not_letters"),  # turns the letter's line round
        ("<b>Mẫu</b>", "name_not_letters"),
        ("Mẫu 😀", "name_not_letters"),
        ("🌸👵🏽🌸", "name_not_letters"),
        ("- . '", "name_not_letters"),
        ("\u0301Mẫu", "name_not_letters"),
        ("Z" + "\u0334" * 5, "name_not_letters"),
        ("Nguyễn " * 43, "name_too_long"),
        ("a" * 81, "name_too_long"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(typed, code):
    with pytest.raises(FaultyName) as refused:
        read_name(typed)

    assert refused.value.code == code


def test_eighty_letters_are_not_too_long_however_they_were_typed():
    name = "ễ" * 80

    assert read_name(unicodedata.normalize("NFD", name)) == name
