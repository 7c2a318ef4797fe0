import random
import unicodedata

import pytest

from foundation.accounts import passwords
from foundation.accounts.domain.names import clean_display_name, display_name_fault, fold_name, name_fault
from foundation.accounts.domain.passwords import normalise, password_fault, spoken_password


@pytest.mark.parametrize("typed", ["to-vien", "TO-VIEN", " tổ-viên ", unicodedata.normalize("NFD", "Tổ-Viên")])
def test_a_sign_in_name_is_the_same_however_the_keyboard_marks_it(typed):
    assert fold_name(typed) == "to-vien"


@pytest.mark.parametrize(
    ("folded", "fault"),
    [
        ("lan.batmot", None),
        ("x2", None),
        ("", "missing"),
        ("a" * 41, "too_long"),
        ("a" * 300, "too_long"),
        ("x", "bad_characters"),
        ("to vien", "bad_characters"),
        ("to\0vien", "bad_characters"),
        ("to\nvien", "bad_characters"),
        ("-vien", "bad_characters"),
        ("ที่", "bad_characters"),
        ("admin\u202e", "bad_characters"),
    ],
)
def test_sign_in_names_are_short_and_plain(folded, fault):
    assert name_fault(folded) == fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Hà Thị Ưởng", None),
        ("Y Bĭh Êban", None),
        ("ꪎꪳ ꪼꪕ", None),
        ("   ", "missing"),
        ("Lan " * 50, "too_long"),
        ("Lan\0", "bad_characters"),
        ("Lan\x1b[31m", "bad_characters"),
        ("Cán bộ \u202eGPJ.exe", "bad_characters"),
        ("Lan\u2066", "bad_characters"),
        ("Lan\u3164", "bad_characters"),
        ("Lan\ufe0f", "bad_characters"),
        ("Lan\U000e0041", "bad_characters"),
        ("...", "bad_characters"),
        ("Lan\u200b", None),  # a joint keyboards leave behind is dropped
    ],
)
def test_a_shown_name_takes_every_script_but_no_control_character(name, fault):
    assert display_name_fault(clean_display_name(name)) == fault


def test_two_names_that_look_alike_by_an_invisible_joint_are_one():
    assert clean_display_name("Lan\u200b \u2060Anh\ufeff") == "Lan Anh"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("suối trong núi", None),
        ("mat-khau-thu", None),
        ("", "missing"),
        ("bảy chữ", "too_short"),
        ("x" * 201, "too_long"),
        ("có\0trong này", "bad_characters"),
        ("to-vien-ban", "same_as_name"),
        ("TỔ-VIÊN-BẢN", "same_as_name"),
        ("aaaaaaaabb", "too_simple"),
        ("12345678", "too_simple"),
        ("987654321", "too_simple"),
    ],
)
def test_a_password_is_long_enough_and_no_obvious_one(password, fault):
    assert password_fault(normalise(password), "to-vien-ban") == fault


def test_a_password_is_the_same_on_keyboards_that_put_marks_differently():
    kept = passwords.hash_password(unicodedata.normalize("NFD", "bản mường mới"))

    assert passwords.is_right(kept, unicodedata.normalize("NFC", "bản mường mới"))
    assert not passwords.is_right(kept, "ban muong moi")


def test_nobody_gets_in_where_there_is_no_account():
    assert not passwords.is_right(None, "nobody has this password")


def test_a_damaged_hash_lets_nobody_in():
    assert not passwords.is_right("", "mat-khau-thu")
    assert not passwords.is_right("$argon2id$broken", "mat-khau-thu")


def test_an_unknown_account_takes_the_work_of_a_known_one(monkeypatch):
    worked = []

    class Counting:
        def verify(self, stored, password):
            worked.append(stored)
            return real.verify(stored, password)

        def __getattr__(self, name):
            return getattr(real, name)

    real = passwords.hasher
    kept = passwords.hash_password("mat-khau-thu")
    passwords.is_right(kept, "mat-khau-thu")  # the decoy is made at the first look, whoever it is for
    monkeypatch.setattr(passwords, "hasher", Counting())

    passwords.is_right(kept, "sai-mat-khau")
    passwords.is_right(None, "sai-mat-khau")

    assert len(worked) == 2
    assert worked[0].rsplit("$", 2)[0] == worked[1].rsplit("$", 2)[0]


def test_a_made_password_would_be_accepted_and_is_never_the_same():
    dice = random.Random(7)
    made = {spoken_password(dice.choice) for _ in range(200)}

    assert len(made) == 200
    assert all(password_fault(password, "to-vien") is None and password.isascii() for password in made)
