import json
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from foundation.settings import PROJECT_ROOT
from learning.domain.award_keys import key_id
from learning.domain.awards import (
    CONTEXT,
    Award,
    InvalidAward,
    award_for,
    read_scanned,
    read_token,
    signed_token,
)
from learning.domain.codes import RANDOM_BITS, InvalidCode, code_from
from learning.domain.letters import CertificateStatus, Facts, Letter, Manner
from learning.domain.names import LONGEST

CODE = code_from(20_261_121_000)
KEY = "0a1b2c3d"
LONGEST_COURSE = "thanh-toan-khong-tien-mat"


def letter(name="Nguyễn Thị Mẫu", *, course="vneid-cai-dat", **changes):
    facts = Facts(
        name, "Khoá mẫu", ("Bài mẫu",), 3, date(2026, 11, 21), "vi", "Xã Đoàn Mẫu", "2026-12", Manner.ASSISTED
    )
    made = Letter(
        CODE, uuid4(), course, facts, CertificateStatus.VALID, datetime(2026, 11, 21, tzinfo=UTC), status_index=70_000
    )
    return replace(made, **changes)


def sign(message):
    assert message.startswith(CONTEXT)
    return bytes(64)


def bytes_of(digits):
    number = int(digits)
    return number.to_bytes((number.bit_length() + 7) // 8)


def digits_of(token):
    return str(int.from_bytes(token))


def test_what_is_written_is_read_back():
    award = award_for(letter(), KEY)

    read, message, signature = read_token(signed_token(award, sign))

    assert read == award
    assert read.name == "Nguyễn Thị Mẫu"
    assert read.whole
    assert read.manner is Manner.ASSISTED
    assert message.startswith(CONTEXT)
    assert signature == bytes(64)


@pytest.mark.parametrize("name", ["Nguyễn Thị Hoàng Phương Thảo Nguyên Ánh", "Ẵ" * LONGEST, "A " * 40, "ꪼꪕ ꪒꪱ " * 11])
@pytest.mark.parametrize("course", ["ai-co-ban", LONGEST_COURSE])
def test_a_name_too_long_for_the_square_code_is_shortened_to_initials(name, course):
    award = award_for(letter(name.strip(), course=course), KEY)

    assert not award.whole
    assert award.name.split()[0] == f"{name[0]}."
    assert len(bytes_of(signed_token(award, sign))) <= 140


@given(st.integers(0, 2**RANDOM_BITS - 1), st.integers(0, 10_000_000), st.text("ẴabÂ đ", min_size=1, max_size=LONGEST))
def test_every_award_fits(number, index, name):
    name = " ".join(name.split()) or "A"
    award = award_for(letter(name, code=code_from(number), status_index=index, course=LONGEST_COURSE), KEY)

    digits = signed_token(award, sign)

    assert len(bytes_of(digits)) <= 140
    assert read_token(digits)[0] == award


def test_a_token_has_140_bytes_at_most_even_if_all_else_about_it_is_right():
    day = date(2026, 11, 21)
    fits = Award(KEY, CODE, 70_001, day, Manner.ASSISTED, "thanh-toan-khong-tien-ma", "A" * 25, whole=True)
    too_long = replace(fits, name="A" * 26)

    assert len(bytes_of(signed_token(fits, sign))) == 140
    assert read_token(signed_token(fits, sign))[0] == fits
    assert len(bytes_of(signed_token(too_long, sign))) == 141
    with pytest.raises(InvalidAward):
        read_token(signed_token(too_long, sign))


def test_a_cut_token_is_told_as_damaged_wherever_it_was_cut():
    digits = signed_token(award_for(letter(), KEY), sign)

    for length in range(len(digits)):
        with pytest.raises(InvalidAward):
            read_token(digits[:length])
        with pytest.raises(InvalidAward):
            read_token(digits[len(digits) - length :])


@pytest.mark.parametrize(
    "places",
    [
        [],
        "text",
        {1: 2},
        [2, b"\0\0\0\0", bytes(6), 1, 1, 0, "khoa", "Tên"],
        [1, "khoá", bytes(6), 1, 1, 0, "khoa", "Tên"],
        [1, b"\0\0\0\0", bytes(6), 1, 1, 9, "khoa", "Tên"],
        [1, b"\0\0\0\0", bytes(6), 1, 1, -1, "khoa", "Tên"],
        [1, b"\0\0\0\0", bytes(6), 1, 10**30, 0, "khoa", "Tên"],
        [1, b"\0\0\0\0", bytes(6), 1, 1, 0, "khoa", []],
        [1, b"\0\0\0\0", bytes(6), 1, 1, 0, "khoa", [5]],
        [1, b"\0\0\0\0", bytes(6), 1, 1, 0, "khoa", ["T.", "M."]],
        [1, b"\0\0\0\0", bytes(6), 1, 1, 0, 7, "Tên"],
        [1, b"\0\0\0\0", bytes(6), 1, 1, 0, "khoa", "Tên", "thừa"],
    ],
)
def test_what_we_would_never_write_is_damaged(places):
    with pytest.raises(InvalidAward):
        read_token(digits_of(cbor2.dumps(places).ljust(40, b"\0") + bytes(64)))
    with pytest.raises(InvalidAward):
        read_token(digits_of(b"\x88" + cbor2.dumps(places) + bytes(64)))


@given(st.binary(min_size=64, max_size=140))
def test_no_bytes_at_all_break_the_reader(token):
    try:
        read_token(digits_of(b"\x88" + token))
    except InvalidAward:
        return


@pytest.mark.parametrize(
    ("text", "code", "digits"),
    [
        (f"https://hoc.example.vn/xac-nhan/{CODE}#123456", CODE, "123456"),
        (f"  http://10.0.0.2:8000/xac-nhan/{CODE.lower()}#12\n34 ", CODE, "1234"),
        (f"https://hoc.example.vn/xac-nhan/{CODE}", CODE, ""),
        (f"{CODE[:3]}-{CODE[3:6]}-{CODE[6:]}", CODE, ""),
        ("7" * 300, "", "7" * 300),
        ("7" * 150 + "\n" + "7" * 150, "", "7" * 300),
    ],
)
def test_whatever_comes_from_a_letter_is_taken_apart(text, code, digits):
    scanned = read_scanned(text)

    assert (scanned.code, scanned.digits) == (code, digits)


@pytest.mark.parametrize("text", ["", "https://example.vn/khac", "https://x.vn/xac-nhan/ABC", "7" * 30, "bác ơi", "\0"])
def test_anything_else_is_mistyped(text):
    with pytest.raises(InvalidCode):
        read_scanned(text)


def test_the_sample_that_browsers_are_held_against_is_what_we_sign():
    sample = json.loads((PROJECT_ROOT / "tests/browser_modules/letter.json").read_text(encoding="utf-8"))
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    made = letter(status_index=70_001)
    made = replace(made, facts=replace(made.facts, manner=Manner.SUPERVISED))

    assert key_id(private.public_key().public_bytes_raw()) == sample["key"]
    assert signed_token(award_for(made, sample["key"]), private.sign) == sample["digits"]
